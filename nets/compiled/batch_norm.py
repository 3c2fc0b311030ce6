"""Batch normalisation of as many units as a register holds, over ``rows`` rows that stand ``stride`` bytes apart.

Unit by unit the sums, and what every row is scaled and shifted by, stay in registers: row by row, through all units, a pass
was measured to take two to four times as long.
"""

from nets.compiled.jit import compiled
from nets.compiled.registers import load, root, splat, store
from nets.compiled.vectors import BYTES


@compiled
def sum_rows(y, stride, rows, like):
    """Σ y, four at a time: the sum of a row waits for that of the row before."""
    total, at = splat(like.dtype.type(0)), y
    for _ in range(rows // 4):
        total += (load(at, like) + load(at + stride, like)) + (
            load(at + 2 * stride, like) + load(at + 3 * stride, like)
        )
        at += 4 * stride
    for _ in range(rows % 4):
        total += load(at, like)
        at += stride
    return total


@compiled
def sum_of_products(x, x_stride, y, stride, rows, like):
    """Σ x y, in the same way."""
    total = splat(like.dtype.type(0))
    for _ in range(rows // 4):
        total += (product_at(x, y, like) + product_at(x + x_stride, y + stride, like)) + (
            product_at(x + 2 * x_stride, y + 2 * stride, like) + product_at(x + 3 * x_stride, y + 3 * stride, like)
        )
        x, y = x + 4 * x_stride, y + 4 * stride
    for _ in range(rows % 4):
        total += product_at(x, y, like)
        x, y = x + x_stride, y + stride
    return total


@compiled
def product_at(x, y, like):
    return load(x, like) * load(y, like)


@compiled
def centre(y, stride, rows, mean, centred, like):
    for row in range(rows):
        store(load(y + row * stride, like) - mean, centred + row * BYTES)


@compiled
def centre_on_batch(y, stride, rows, centred, like):
    """E x and Var x over the batch; leaves x - E x in ``centred``."""
    share = splat(like.dtype.type(1) / like.dtype.type(rows))
    mean = share * sum_rows(y, stride, rows, like)
    centre(y, stride, rows, mean, centred, like)
    return mean, share * sum_of_products(centred, BYTES, centred, BYTES, rows, like)


@compiled
def blend(running, batch, weight, batch_weight, like):
    """running ← weight · running + batch_weight · batch."""
    store(splat(weight) * load(running, like) + splat(batch_weight) * batch, running)


@compiled
def normalise(centred, variance, epsilon, scale, shift, y, stride, rows, like):
    """y = γ (x - E x)/√(variance + ε) + β; returns 1/√(variance + ε)."""
    inverse = splat(like.dtype.type(1)) / root(variance + splat(epsilon))
    factor = scale * inverse
    for row in range(rows):
        store(factor * load(centred + row * BYTES, like) + shift, y + row * stride)
    return inverse


@compiled
def batch_norm_slope(dy, stride, rows, centred, scale, inverse, detached, like):
    """dy ← γ/√(Var x + ε) · (dy - (Σ dy + x̂ Σ dy x̂)/B); with ``detached`` moments γ/√(Var x + ε) · dy.

    Returns dγ = Σ dy x̂ and dβ = Σ dy over the batch of B.
    """
    share = splat(like.dtype.type(0) if detached else like.dtype.type(1) / like.dtype.type(rows))
    scale_slope = inverse * sum_of_products(dy, stride, centred, BYTES, rows, like)
    shift_slope = sum_rows(dy, stride, rows, like)
    factor, mean_slope, weight = scale * inverse, share * shift_slope, share * scale_slope * inverse
    for row in range(rows):
        at = dy + row * stride
        store(factor * (load(at, like) - mean_slope - weight * load(centred + row * BYTES, like)), at)
    return scale_slope, shift_slope
