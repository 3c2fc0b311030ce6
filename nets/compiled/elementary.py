"""exp and tanh in operations that LLVM makes vectors of, for both types of numbers; a NaN stays one."""

import math
from typing import Any

import numpy as np
from llvmlite import ir
from numba import types
from numba.extending import intrinsic, overload

MANTISSA = {32: 23, 64: 52}  # bits
BIAS = {32: 127, 64: 1023}  # of the exponent
LN2 = {32: (0.693359375, -2.12194440054690583e-4), 64: (0.693145751953125, 1.42860682030941723212e-6)}
LEAST = {32: -87.0, 64: -708.0}  # e to this is a normal number
MOST = {32: 88.0, 64: 709.0}


@intrinsic
def power_of_two(typing, shifted):
    """2ⁿ of n + 1.5 · 2^mantissa, whose lowest bits are n."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        width = shifted.bitwidth
        word = ir.IntType(width)
        bits = builder.shl(builder.bitcast(arguments[0], word), ir.Constant(word, MANTISSA[width]))
        biased = builder.add(bits, ir.Constant(word, BIAS[width] << MANTISSA[width]))
        return builder.bitcast(biased, context.get_value_type(shifted))

    return shifted(shifted), generate


def reduced(x):
    """The q and 2ⁿ of eˣ = (1 + q) 2ⁿ, q = e^r - 1, with |r| ≤ ln(2)/2; x below ``LEAST`` or above ``MOST`` counts as they do."""
    raise NotImplementedError


def exp(x):
    raise NotImplementedError


def tanh(x):
    raise NotImplementedError


@overload(reduced, jit_options={"fastmath": {"contract"}, "error_model": "numpy"})
def _reduced(x):
    number, width = (np.float32, 32) if x == types.float32 else (np.float64, 64)
    least, most, per_ln2 = number(LEAST[width]), number(MOST[width]), number(1 / math.log(2))
    ln2, rest = (number(part) for part in LN2[width])
    rounding = number(1.5 * 2.0 ** MANTISSA[width])  # a sum with it has no place for a fraction
    c = tuple(number(1 / math.factorial(k)) for k in range(14))
    short = width == 32

    def formula(x):
        """Taylor's series up to r⁷/7! or r¹³/13!: what is left out, beside r, is below half a rounding."""
        x = least if x < least else x
        x = most if x > most else x
        shifted = x * per_ln2 + rounding
        n = shifted - rounding
        r = (x - n * ln2) - n * rest
        upper = c[7] if short else (((((c[13] * r + c[12]) * r + c[11]) * r + c[10]) * r + c[9]) * r + c[8]) * r + c[7]
        q = (((((upper * r + c[6]) * r + c[5]) * r + c[4]) * r + c[3]) * r + c[2]) * r * r + r
        return q, power_of_two(shifted)

    return formula


@overload(exp, jit_options={"fastmath": {"contract"}, "error_model": "numpy"})
def _exp(x):
    def formula(x):
        q, power = reduced(x)
        return q * power + power

    return formula


@overload(tanh, jit_options={"fastmath": {"contract"}, "error_model": "numpy"})
def _tanh(x):
    """(e²ˣ - 1)/(e²ˣ + 1), by e²ˣ - 1 = q 2ⁿ + (2ⁿ - 1): as exact where x is small."""
    number = np.float32 if x == types.float32 else np.float64
    one, two = number(1), number(2)

    def formula(x):
        q, power = reduced(two * x)
        grown = q * power + (power - one)
        return grown / (grown + two)

    return formula
