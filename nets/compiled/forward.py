"""The forward pass of one network: products, and what stands between them."""

from nets.compiled import batch_norm, layers
from nets.compiled.arguments import BATCH, GELU, IDENTITY, JITTER, NORM, RELU, RUNNING, SIGMOID, TANH, TRAINING
from nets.compiled.disturbance import apply_noise, jitter
from nets.compiled.jit import compiled, inlined, vector
from nets.compiled.products import product
from nets.compiled.registers import load, store
from nets.compiled.vectors import BYTES


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
            for stage in shape.stages:
                if stage <= IDENTITY:
                    count = batch * units
                    activate(
                        stage,
                        vector(b.y[layer], count, networks.values),
                        vector(b.slope[layer], count, networks.values),
                    )
                elif stage == NORM:
                    normalise(shape, networks, k, b, layer, batch, mode, weight)
                elif mode == TRAINING and stage == JITTER:
                    jitter(shape, networks, k, b, layer, batch, tape, step)
                elif mode == TRAINING:
                    apply_noise(shape, b, layer, b.y[layer], batch, tape, networks.values)


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
def normalise(shape, networks, k, b, layer, batch, mode, weight):
    """As many units at a time as a register holds, whose moments and γ, β are ``offset`` bytes from the layer's first."""
    like, stride = networks.values, shape.columns[layer] * shape.size
    first = shape.moments[layer - 1] * shape.size
    epsilon, one = networks.bn_epsilon[0], like.dtype.type(1)
    unbiased = like.dtype.type(batch / max(1, batch - 1))
    for offset in range(0, stride, BYTES):
        y, centred = b.y[layer] + offset, b.centred[layer] + offset * batch
        mean = networks.mean[k].ctypes.data + first + offset
        variance = networks.variance[k].ctypes.data + first + offset
        scale, shift = affine(shape, networks.values[k].ctypes.data, layer, offset)
        if mode == RUNNING:
            batch_variance = load(variance, like)
            batch_norm.centre(y, stride, batch, load(mean, like), centred, like)
        else:
            batch_mean, batch_variance = batch_norm.centre_on_batch(y, stride, batch, centred, like)
            if mode != BATCH:
                batch_norm.blend(mean, batch_mean, one - weight, weight, like)
                batch_norm.blend(variance, batch_variance, one - weight, weight * unbiased, like)
        inverse = batch_norm.normalise(
            centred, batch_variance, epsilon, load(scale, like), load(shift, like), y, stride, batch, like
        )
        store(inverse, b.inverse[layer] + offset)


@compiled
def affine(shape, values, layer, offset):
    """The addresses of γ and of β of some units of a hidden layer."""
    scale = values + shape.affine[layer - 1] * shape.size + offset
    return scale, scale + shape.columns[layer] * shape.size
