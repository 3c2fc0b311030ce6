"""The backward pass of one network: slopes back through the layers, and every parameter moved as soon as nothing needs it."""

from nets.compiled import batch_norm, layers
from nets.compiled.arguments import IDENTITY, JITTER, NOISE, NORM
from nets.compiled.descent import descend, update
from nets.compiled.disturbance import apply_noise
from nets.compiled.forward import affine
from nets.compiled.jit import compiled, inlined, matrix, vector
from nets.compiled.products import product, transpose_panels
from nets.compiled.registers import load, store
from nets.compiled.vectors import BYTES


@inlined
def backward(shape, networks, k, b, batch, tape, motion):
    """From the slopes by the logits, in the last ``dy``: moves every parameter as soon as nothing else needs it."""
    like = networks.values
    for layer in range(len(shape.sizes) - 1, 0, -1):
        units, inputs = shape.columns[layer], shape.sizes[layer - 1]
        if layer < len(shape.sizes) - 1:
            for place in range(len(shape.stages) - 1, -1, -1):
                stage = shape.stages[place]
                if stage < IDENTITY:
                    layers.multiply(
                        vector(b.dy[layer], batch * units, like), vector(b.slope[layer], batch * units, like)
                    )
                elif stage == NORM:
                    differentiate_norm(shape, networks, k, b, layer, batch, motion)
                elif stage == JITTER:
                    layers.scale_units(matrix(b.dy[layer], batch, units, like), vector(b.jitter[layer], units, like))
                elif stage == NOISE:
                    apply_noise(shape, b, layer, b.dy[layer], batch, tape, like)
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
def differentiate_norm(shape, networks, k, b, layer, batch, motion):
    like, units = networks.values, shape.columns[layer]
    stride = units * shape.size
    for offset in range(0, stride, BYTES):
        scale, _ = affine(shape, motion.values, layer, offset)
        scale_slope, shift_slope = batch_norm.batch_norm_slope(
            b.dy[layer] + offset,
            stride,
            batch,
            b.centred[layer] + offset * batch,
            load(scale, like),
            load(b.inverse[layer] + offset, like),
            shape.detached,
            like,
        )
        store(scale_slope, b.gradient + offset)
        store(shift_slope, b.gradient + stride + offset)
    update(motion, shape.affine[layer - 1], 2 * units, False, like)
