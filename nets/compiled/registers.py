"""A register of the processor as a value of compiled code: as many numbers as it holds, side by side, and their arithmetic."""

import operator
from collections.abc import Callable
from typing import Any

from numba import types
from numba.extending import intrinsic, models, overload, register_model

from nets.compiled.vectors import Vectors


class Register(types.Type):  # type: ignore[misc]  # numba has no types of its own
    """numba's type of it, for one type of numbers."""

    def __init__(self, dtype: Any) -> None:
        self.dtype = dtype
        super().__init__(name=f"Register({dtype})")


@register_model(Register)
class RegisterModel(models.PrimitiveModel):  # type: ignore[misc]
    """LLVM's type of it."""

    def __init__(self, manager: Any, kind: Any) -> None:
        super().__init__(manager, kind, Vectors(None, manager.lookup(kind.dtype).get_value_type()).type)


def _vectors(context: Any, builder: Any, kind: Any) -> Vectors:
    return Vectors(builder, context.get_value_type(kind.dtype))


@intrinsic
def load(typing, address, like):
    """What stands at an address, in numbers of the type of those of the array ``like``."""
    kind = Register(like.dtype)

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        return _vectors(context, builder, kind).load(arguments[0])

    return kind(types.int64, like), generate


@intrinsic
def store(typing, register, address):
    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        _vectors(context, builder, register).store(*arguments)
        return context.get_dummy_value()

    return types.void(register, types.int64), generate


@intrinsic
def splat(typing, number):
    """One number in all places."""
    kind = Register(number)

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        return _vectors(context, builder, kind).splat(arguments[0])

    return kind(number), generate


@intrinsic
def root(typing, register):
    """√, exact to rounding."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        return _vectors(context, builder, register).root(arguments[0])

    return register(register), generate


def _arithmetic(numbers: type, symbol: Callable[..., Any], instruction: str) -> None:
    """Gives the operator between two registers of such numbers its meaning."""

    @intrinsic
    def operate(typing, one, other):
        def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
            return getattr(builder, instruction)(*arguments)

        return one(one, other), generate

    @overload(symbol, inline="always")
    def _between(one, other):
        def formula(one, other):
            return operate(one, other)

        return formula if isinstance(one, Register) and one == other and isinstance(one.dtype, numbers) else None


INSTRUCTIONS = {
    types.Float: {
        operator.add: "fadd",
        operator.iadd: "fadd",
        operator.sub: "fsub",
        operator.mul: "fmul",
        operator.truediv: "fdiv",
    },
    types.Integer: {  # without a sign
        operator.add: "add",
        operator.iadd: "add",
        operator.xor: "xor",
        operator.or_: "or_",
        operator.lshift: "shl",
        operator.rshift: "lshr",
    },
}
for numbers, meanings in INSTRUCTIONS.items():
    for symbol, instruction in meanings.items():
        _arithmetic(numbers, symbol, instruction)
