"""How the compiled code is compiled, and what it asks of the processor."""

from collections.abc import Callable
from typing import Any, TypeVar

import numba
from llvmlite import binding, ir
from numba import carray, types
from numba.core import cgutils
from numba.extending import intrinsic

Function = TypeVar("Function", bound=Callable[..., Any])

# a product and a sum may share one rounding; all else is as written, and NaN and inf stay what they are
compiled: Callable[[Function], Function] = numba.njit(error_model="numpy", fastmath={"contract"}, nogil=True)
# part of the code of its callers: what is called is compiled once more in each of them
inlined: Callable[[Function], Function] = numba.njit(
    error_model="numpy", fastmath={"contract"}, nogil=True, inline="always"
)

X86 = binding.get_process_triple().startswith(("x86_64", "i686"))  # elsewhere denormals stay
DENORMALS_ARE_ZERO = 0x8040  # of x86's control register: flush to zero, denormals are zero


@intrinsic
def pointer(typing, address, like):
    """An address as a pointer to numbers of the type of the array ``like``."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        return builder.inttoptr(arguments[0], context.get_value_type(signature.return_type))

    return types.CPointer(like.dtype)(types.int64, like), generate


@compiled
def vector(address, count, like):
    """The ``count`` numbers at an address; numba's own slices were measured to cost 5 ns each."""
    return carray(pointer(address, like), (count,))


@compiled
def matrix(address, rows, columns, like):
    return carray(pointer(address, like), (rows, columns))


def _control(builder: Any, name: str, slot: Any) -> None:
    kind = ir.FunctionType(ir.VoidType(), [slot.type])
    builder.call(cgutils.get_or_insert_function(builder.module, kind, name), [slot])


@intrinsic
def flush_denormals(typing):
    """From now on denormal numbers are zero, which slow a product up to 110 times; returns what ``restore`` takes."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        if not X86:
            return ir.Constant(ir.IntType(32), 0)
        slot = cgutils.alloca_once(builder, ir.IntType(32))
        _control(builder, "llvm.x86.sse.stmxcsr", slot)
        before = builder.load(slot)
        builder.store(builder.or_(before, ir.Constant(ir.IntType(32), DENORMALS_ARE_ZERO)), slot)
        _control(builder, "llvm.x86.sse.ldmxcsr", slot)
        return before

    return types.int32(), generate


@intrinsic
def restore_denormals(typing, before):
    """Puts the processor back as ``flush_denormals`` found it."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        if X86:
            slot = cgutils.alloca_once_value(builder, arguments[0])
            _control(builder, "llvm.x86.sse.ldmxcsr", slot)
        return context.get_dummy_value()

    return types.void(types.int32), generate
