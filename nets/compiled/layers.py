"""What stands between the products: each in place on activations ``y``, or on their slopes ``dy``, both (batch, units)."""

import numpy as np

from nets.compiled.elementary import tanh
from nets.compiled.jit import compiled
from nets.layers.activations import GELU

FAR, SCALE, CUBIC = GELU.FAR, GELU.SCALE, GELU.CUBIC


@compiled
def relu(y, slope):
    """max(x, 0), with derivative 0 at 0; a NaN stays one."""
    zero, one = y.dtype.type(0), y.dtype.type(1)
    for row in range(y.shape[0]):
        for unit in range(y.shape[1]):
            x = y[row, unit]
            slope[row, unit] = one if x > zero else zero
            y[row, unit] = zero if x <= zero else x


@compiled
def hyperbolic_tangent(y, slope):
    """tanh x, with derivative 1 - y²."""
    one = y.dtype.type(1)
    for row in range(y.shape[0]):
        for unit in range(y.shape[1]):
            value = tanh(y[row, unit])
            slope[row, unit] = one - value * value
            y[row, unit] = value


@compiled
def sigmoid(y, slope):
    """1 / (1 + e^-x) as (1 + tanh(x/2)) / 2, with derivative y (1 - y)."""
    half, one = y.dtype.type(0.5), y.dtype.type(1)
    for row in range(y.shape[0]):
        for unit in range(y.shape[1]):
            value = half * (one + tanh(half * y[row, unit]))
            slope[row, unit] = value * (one - value)
            y[row, unit] = value


@compiled
def gelu(y, slope):
    """x (1 + t)/2, t = tanh(c (x + a x³)), with derivative (1 + t)/2 · (1 + (1 - t) c x (1 + 3 a x²))."""
    half, one, far = y.dtype.type(0.5), y.dtype.type(1), y.dtype.type(FAR)
    scale, cubic, slope_cubic = y.dtype.type(SCALE), y.dtype.type(CUBIC), y.dtype.type(3 * CUBIC)
    for row in range(y.shape[0]):
        for unit in range(y.shape[1]):
            x = y[row, unit]
            bounded = -far if x < -far else x
            bounded = far if bounded > far else bounded
            square = bounded * bounded
            t = tanh(scale * bounded * (one + cubic * square))
            share = half * (one + t)
            slope[row, unit] = share * (one + (one - t) * scale * bounded * (one + slope_cubic * square))
            y[row, unit] = x * share


@compiled
def multiply(y, factor):
    for row in range(y.shape[0]):
        for unit in range(y.shape[1]):
            y[row, unit] *= factor[row, unit]


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


@compiled
def sum_over_batch(y, total):
    """Σ y over the rows, four at a time: the sum of a row waits for that of the row before."""
    for unit in range(y.shape[1]):
        total[unit] = 0
    rows = y.shape[0]
    for quarter in range(rows // 4):
        four = y[4 * quarter : 4 * quarter + 4]
        for unit in range(y.shape[1]):
            total[unit] += (four[0, unit] + four[1, unit]) + (four[2, unit] + four[3, unit])
    for row in range(rows // 4 * 4, rows):
        for unit in range(y.shape[1]):
            total[unit] += y[row, unit]


@compiled
def sum_of_products_over_batch(x, y, total):
    """Σ x y over the rows, in the same way."""
    for unit in range(y.shape[1]):
        total[unit] = 0
    rows = y.shape[0]
    for quarter in range(rows // 4):
        a, b = x[4 * quarter : 4 * quarter + 4], y[4 * quarter : 4 * quarter + 4]
        for unit in range(y.shape[1]):
            total[unit] += (a[0, unit] * b[0, unit] + a[1, unit] * b[1, unit]) + (a[2, unit] * b[2, unit] + a[3, unit] * b[3, unit])  # fmt: skip
    for row in range(rows // 4 * 4, rows):
        for unit in range(y.shape[1]):
            total[unit] += x[row, unit] * y[row, unit]


@compiled
def centre(y, mean, centred):
    for row in range(y.shape[0]):
        for unit in range(y.shape[1]):
            centred[row, unit] = y[row, unit] - mean[unit]


@compiled
def centre_on_batch(y, mean, variance, centred):
    """E x and Var x over the batch, both (units,), and x - E x."""
    share = y.dtype.type(1) / y.dtype.type(y.shape[0])
    sum_over_batch(y, mean)
    for unit in range(y.shape[1]):
        mean[unit] *= share
    centre(y, mean, centred)
    sum_of_products_over_batch(centred, centred, variance)
    for unit in range(y.shape[1]):
        variance[unit] *= share


@compiled
def blend(running, batch, weight, batch_weight):
    """running ← weight · running + batch_weight · batch."""
    for unit in range(len(running)):
        running[unit] = weight * running[unit] + batch_weight * batch[unit]


@compiled
def normalise(centred, variance, epsilon, affine, inverse, y):
    """y = γ (x - E x)/√(variance + ε) + β, with γ and β in ``affine`` (2, units); leaves 1/√(variance + ε) in ``inverse``."""
    one = y.dtype.type(1)
    for unit in range(y.shape[1]):
        inverse[unit] = one / np.sqrt(variance[unit] + epsilon)
    for row in range(y.shape[0]):
        for unit in range(y.shape[1]):
            y[row, unit] = affine[0, unit] * inverse[unit] * centred[row, unit] + affine[1, unit]


@compiled
def batch_norm_slope(dy, centred, affine, inverse, gradient, mean_slope, weight, detached):
    """dy ← γ/√(Var x + ε) · (dy - (Σ dy + x̂ Σ dy x̂)/B); with ``detached`` moments γ/√(Var x + ε) · dy.

    Leaves dγ = Σ dy x̂ and dβ = Σ dy over the batch of B in ``gradient`` (2, units).
    """
    share = dy.dtype.type(0) if detached else dy.dtype.type(1) / dy.dtype.type(dy.shape[0])
    sum_of_products_over_batch(dy, centred, gradient[0])
    sum_over_batch(dy, gradient[1])
    for unit in range(dy.shape[1]):
        gradient[0, unit] *= inverse[unit]
        mean_slope[unit] = share * gradient[1, unit]
        weight[unit] = share * gradient[0, unit] * inverse[unit]
    for row in range(dy.shape[0]):
        for unit in range(dy.shape[1]):
            factor = affine[0, unit] * inverse[unit]
            dy[row, unit] = factor * (dy[row, unit] - mean_slope[unit] - weight[unit] * centred[row, unit])
