"""What stands between the products but normalisation: each in place on activations ``y``, or on their slopes.

Where all numbers are treated alike they are one row, of which LLVM makes vectors whatever the number of units.
"""

from nets.compiled.elementary import tanh
from nets.compiled.jit import compiled
from nets.layers.activations import GELU

FAR, SCALE, CUBIC = GELU.FAR, GELU.SCALE, GELU.CUBIC


@compiled
def relu(y, slope):
    """max(x, 0), with derivative 0 at 0; a NaN stays one.

    0 is added since LLVM writes a number that may stay as it is under a mask, which on AMD takes 12 times as long.
    """
    zero, one = y.dtype.type(0), y.dtype.type(1)
    for place in range(len(y)):
        x = y[place]
        slope[place] = one if x > zero else zero
        y[place] = (zero if x <= zero else x) + zero


@compiled
def hyperbolic_tangent(y, slope):
    """tanh x, with derivative 1 - y²."""
    one = y.dtype.type(1)
    for place in range(len(y)):
        value = tanh(y[place])
        slope[place] = one - value * value
        y[place] = value


@compiled
def sigmoid(y, slope):
    """1 / (1 + e^-x) as (1 + tanh(x/2)) / 2, with derivative y (1 - y)."""
    half, one = y.dtype.type(0.5), y.dtype.type(1)
    for place in range(len(y)):
        value = half * (one + tanh(half * y[place]))
        slope[place] = value * (one - value)
        y[place] = value


@compiled
def gelu(y, slope):
    """x (1 + t)/2, t = tanh(c (x + a x³)), with derivative (1 + t)/2 · (1 + (1 - t) c x (1 + 3 a x²))."""
    half, one, far = y.dtype.type(0.5), y.dtype.type(1), y.dtype.type(FAR)
    scale, cubic, slope_cubic = y.dtype.type(SCALE), y.dtype.type(CUBIC), y.dtype.type(3 * CUBIC)
    for place in range(len(y)):
        x = y[place]
        bounded = -far if x < -far else x
        bounded = far if bounded > far else bounded
        square = bounded * bounded
        t = tanh(scale * bounded * (one + cubic * square))
        share = half * (one + t)
        slope[place] = share * (one + (one - t) * scale * bounded * (one + slope_cubic * square))
        y[place] = x * share


@compiled
def multiply(y, factor):
    for place in range(len(y)):
        y[place] *= factor[place]


@compiled
def scale_units(y, scale):
    for row in range(y.shape[0]):
        for unit in range(y.shape[1]):
            y[row, unit] *= scale[unit]


@compiled
def shift_units(y, shift):
    for row in range(y.shape[0]):
        for unit in range(y.shape[1]):
            y[row, unit] += shift[unit]
