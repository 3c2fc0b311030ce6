"""How the compiled code is compiled, and what it asks of the processor."""

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

import numba
from llvmlite import binding, ir
from numba import types
from numba.core import cgutils
from numba.extending import intrinsic
from numba.np.arrayobj import populate_array

Function = TypeVar("Function", bound=Callable[..., Any])

# a product and a sum may share one rounding; all else is as written, and NaN and inf stay what they are; references are
# not counted: an atomic operation for every array that a call hands on took a tenth of a step of 12 units
compiled: Callable[[Function], Function] = numba.njit(
    error_model="numpy", fastmath={"contract"}, nogil=True, _nrt=False
)
# part of the code of its callers: what is called is compiled once more in each of them
inlined: Callable[[Function], Function] = numba.njit(
    error_model="numpy", fastmath={"contract"}, nogil=True, inline="always", _nrt=False
)

X86 = binding.get_process_triple().startswith(("x86_64", "i686"))  # elsewhere denormals stay
DENORMALS_ARE_ZERO = 0x8040  # of x86's control register: flush to zero, denormals are zero


@intrinsic
def vector(typing, address, count, like):
    """The ``count`` numbers at an address, of the type of those of ``like``."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        return _array(context, builder, signature.return_type, arguments[0], arguments[1:2])

    return types.Array(like.dtype, 1, "C")(types.int64, types.int64, like), generate


@intrinsic
def matrix(typing, address, rows, columns, like):
    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        return _array(context, builder, signature.return_type, arguments[0], arguments[1:3])

    return types.Array(like.dtype, 2, "C")(types.int64, types.int64, types.int64, like), generate


def _array(context: Any, builder: Any, kind: Any, address: Any, shape: Sequence[Any]) -> Any:
    """Of numba's type ``kind``, row after row."""
    made = context.make_array(kind)(context, builder)
    size = context.get_abi_sizeof(context.get_data_type(kind.dtype))
    strides = [ir.Constant(ir.IntType(64), size)]
    for length in reversed(shape[1:]):
        strides.insert(0, builder.mul(strides[0], length))
    data = builder.inttoptr(address, made.data.type)
    populate_array(made, data=data, shape=shape, strides=strides, itemsize=size, meminfo=None)
    return made._getvalue()  # noqa: SLF001  # the name that numba gives it


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
