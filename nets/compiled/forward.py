"""The forward pass of one network: products, and what stands between them."""

from nets.compiled import layers
from nets.compiled.arguments import BATCH, GELU, IDENTITY, JITTER, NORM, RELU, RUNNING, SIGMOID, TANH, TRAINING
from nets.compiled.disturbance import apply_noise, jitter
from nets.compiled.jit import compiled, inlined, matrix, vector
from nets.compiled.products import product


@inlined
def forward(shape, networks, k, b, batch, mode, tape, step, weight):
    """Leaves the logits in the last ``y``."""
    last = len(shape.sizes) - 1
    values = networks.values[k].ctypes.data
    for layer in range(1, last + 1):
        units = shape.columns[layer]
        weights = values + shape.dense[layer - 1] * shape.size
        product(
            b.rows[layer - 1].ctypes.data,
            batch,
            weights,
            shape.sizes[layer - 1],
            1,
            b.y[layer],
            units,
            shape.size,
            shape.lanes,
            networks.values,
        )
        if layer < last:
            y = matrix(b.y[layer], batch, units, networks.values)
            for stage in shape.stages:
                if stage <= IDENTITY:
                    activate(stage, y, matrix(b.slope[layer], batch, units, networks.values))
                elif stage == NORM:
                    normalise(shape, networks, k, b, layer, y, mode, weight)
                elif mode == TRAINING and stage == JITTER:
                    jitter(shape, networks, k, b, layer, y, tape, step)
                elif mode == TRAINING:
                    apply_noise(b, layer, y, tape)


@compiled
def activate(stage, y, slope):
    if stage == RELU:
        layers.relu(y, slope)
    elif stage == TANH:
        layers.hyperbolic_tangent(y, slope)
    elif stage == SIGMOID:
        layers.sigmoid(y, slope)
    elif stage == GELU:
        layers.gelu(y, slope)


@compiled
def normalise(shape, networks, k, b, layer, y, mode, weight):
    batch, units = y.shape
    start = shape.moments[layer - 1]
    mean, variance = networks.mean[k, start : start + units], networks.variance[k, start : start + units]
    batch_mean = vector(b.sums, units, networks.values)
    batch_variance = vector(b.sums + units * shape.size, units, networks.values)
    centred = matrix(b.centred[layer], batch, units, networks.values)
    inverse = vector(b.inverse[layer], units, networks.values)
    affine = matrix(affine_at(shape, networks, k, layer), 2, units, networks.values)
    if mode == RUNNING:
        layers.centre(y, mean, centred)
        layers.normalise(centred, variance, networks.bn_epsilon[0], affine, inverse, y)
        return
    layers.centre_on_batch(y, batch_mean, batch_variance, centred)
    if mode != BATCH:
        one = y.dtype.type(1)
        unbiased = y.dtype.type(batch / max(1, batch - 1))
        layers.blend(mean, batch_mean, one - weight, weight)
        layers.blend(variance, batch_variance, one - weight, weight * unbiased)
    layers.normalise(centred, batch_variance, networks.bn_epsilon[0], affine, inverse, y)


@compiled
def affine_at(shape, networks, k, layer):
    """The address of γ and β, (2, units), of a hidden layer."""
    return networks.values[k].ctypes.data + shape.affine[layer - 1] * shape.size
