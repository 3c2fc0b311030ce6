"""The backward pass of one network: slopes back through the layers, and every parameter moved as soon as nothing needs it."""

from nets.compiled import layers
from nets.compiled.arguments import IDENTITY, JITTER, NOISE, NORM
from nets.compiled.descent import descend, update
from nets.compiled.disturbance import apply_noise
from nets.compiled.forward import affine_at
from nets.compiled.jit import compiled, inlined, matrix, vector
from nets.compiled.products import product, transpose_panels


@inlined
def backward(shape, networks, k, b, batch, tape, motion):
    """From the slopes by the logits, in the last ``dy``: moves every parameter as soon as nothing else needs it."""
    like = networks.values
    for layer in range(len(shape.sizes) - 1, 0, -1):
        units, inputs = shape.columns[layer], shape.sizes[layer - 1]
        dy = matrix(b.dy[layer], batch, units, like)
        if layer < len(shape.sizes) - 1:
            for place in range(len(shape.stages) - 1, -1, -1):
                stage = shape.stages[place]
                if stage < IDENTITY:
                    layers.multiply(dy, matrix(b.slope[layer], batch, units, like))
                elif stage == NORM:
                    differentiate_norm(shape, networks, k, b, layer, dy, motion)
                elif stage == JITTER:
                    layers.scale_units(dy, vector(b.jitter[layer], units, like))
                elif stage == NOISE:
                    apply_noise(b, layer, dy, tape)
        if layer > 1:
            weights = networks.values[k].ctypes.data + shape.dense[layer - 1] * shape.size
            transpose_panels(
                weights,
                inputs,
                shape.sizes[layer],
                units,
                b.transposed,
                shape.columns[layer - 1],
                shape.size,
                shape.lanes,
                like,
            )
            product(
                b.dy_rows[layer].ctypes.data,
                batch,
                b.transposed,
                shape.sizes[layer],
                0,
                b.dy[layer - 1],
                shape.columns[layer - 1],
                shape.size,
                shape.lanes,
                like,
            )
        descend(shape, b, layer, batch, motion, like)


@compiled
def differentiate_norm(shape, networks, k, b, layer, dy, motion):
    batch, units = dy.shape
    gradient = matrix(b.gradient, 2, units, dy)
    mean_slope, weight = vector(b.sums, units, dy), vector(b.sums + units * shape.size, units, dy)
    affine = matrix(affine_at(shape, networks, k, layer), 2, units, dy)
    inverse, centred = vector(b.inverse[layer], units, dy), matrix(b.centred[layer], batch, units, dy)
    layers.batch_norm_slope(dy, centred, affine, inverse, gradient, mean_slope, weight, shape.detached)
    update(motion, shape.affine[layer - 1], 2 * units, False, dy)
