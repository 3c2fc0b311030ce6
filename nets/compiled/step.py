"""A training step of one network, and runs of them: everything between two checkpoints in one call.

Activations stand row by row, (batch, units), units rounded up to whole vectors: what is beyond them is zero in
weights and slopes, and decides nothing. Row by row the input of the first layer is the table itself, read in place.
"""

from typing import Any, NamedTuple

from nets.compiled import layers, loss, optimisers
from nets.compiled.jit import compiled, flush_denormals, inlined, matrix, restore_denormals, vector
from nets.compiled.products import height_of, product, transpose, transpose_panels
from nets.compiled.tiles import gradient_tile, keep_lowest_tile, prefetch
from nets.compiled.vectors import LINE, VECTORS

TRAINING, RUNNING, BATCH, COLLECTING = range(
    4
)  # moments that a forward pass normalises with; collected in the last one
RELU, TANH, SIGMOID, GELU, IDENTITY, NORM, JITTER, NOISE = range(8)  # stages between two products
NO_NOISE, WORDS, FACTORS = range(3)  # what a noise is drawn as
FAR = 1024  # bytes between the rows of slopes; from there on packing them was measured to gain 25 %, and below to lose


class Shape(NamedTuple):
    """What a stack's networks have in common; what begins where, in numbers from a network's first parameter or moment."""

    sizes: Any  # inputs, units of the hidden layers, classes
    columns: Any  # the same in whole vectors
    dense: Any  # start of each layer's panels
    affine: Any  # of each hidden layer's γ and β
    moments: Any
    stages: Any  # codes, in the order of a forward pass
    rule: int
    detached: int
    logit: int  # one for two classes, not one for each class
    lanes: int
    size: int  # bytes of a number


class Networks(NamedTuple):
    """Parameters, optimiser's memory and moments of K networks, and their knobs (K,)."""

    values: Any  # (K, P)
    first: Any
    second: Any
    mean: Any  # (K, M)
    variance: Any
    momentum: Any
    l1: Any
    l2: Any
    max_norm: Any  # 0: no bound
    moment_weight: Any
    jitter: Any  # spread
    beta2: Any  # (1,)
    bn_epsilon: Any  # (1,)


class Buffers(NamedTuple):
    """Addresses by layer, the inputs' being the first, and of what all layers share."""

    rows: Any  # addresses of the rows of y, (layers, rows)
    dy_rows: Any
    ones: Any  # (rows,): where a one stands
    y: Any
    dy: Any
    slope: Any  # of the activation
    centred: Any
    factor: Any  # of the noise
    inverse: Any  # 1/√(variance + ε)
    jitter: Any  # scales, then shifts
    transposed: int
    logits: int
    gradient: int
    packed: int  # slopes of a panel
    sums: int  # room for four vectors of units or rows
    capacity: int  # rows


class Pace(NamedTuple):
    """Of one step of one network, or of all, each (steps, K)."""

    rate: Any  # the learning rate, with Adam's correction
    epsilon: Any  # Adam's ε with its
    decay: Any  # share of a weight that AdamW takes away


class Tape(NamedTuple):
    """The random draws of a run of steps, by layer, the inputs' noise first."""

    kind: Any
    start: Any  # address
    of_step: Any  # bytes from step to step
    of_draw: Any  # bytes from draw to draw
    draw: Any  # of each network, (layers, K)
    highest: Any  # of words that keep a unit, (layers, steps, K)
    scale: Any  # of what is kept, (layers, steps, K)
    shared: int  # one draw for the whole batch
    words: Any  # of the words' type
    jitter: Any  # (hidden layers, steps, K, units, 2)


@inlined
def forward(shape, networks, k, b, batch, mode, tape, step, weight):
    """Leaves the logits in the last ``y``."""
    last = len(shape.sizes) - 1
    values = networks.values[k].ctypes.data
    for layer in range(1, last + 1):
        units = shape.columns[layer]
        weights = values + shape.dense[layer - 1] * shape.size
        product(b.rows[layer - 1].ctypes.data, batch, weights, shape.sizes[layer - 1], 1, b.y[layer], units, shape.size, shape.lanes, networks.values)  # fmt: skip
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
    affine = affine_of(shape, networks.values, k, layer)
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
def affine_of(shape, array, k, layer):
    """γ and β, (2, units), of a hidden layer, or what the optimiser remembers of them."""
    start, units = shape.affine[layer - 1], shape.columns[layer]
    return array[k, start : start + 2 * units].reshape(2, units)


@compiled
def jitter(shape, networks, k, b, layer, y, tape, step):
    """(1 + δ u) x + δ v."""
    units = y.shape[1]
    scale, shift = vector(b.jitter[layer], units, y), vector(b.jitter[layer] + units * shape.size, units, y)
    normals = tape.jitter[layer - 1, step, k]
    for unit in range(shape.sizes[layer]):
        scale[unit] = y.dtype.type(1) + networks.jitter[k] * normals[unit, 0]
        shift[unit] = networks.jitter[k] * normals[unit, 1]
    layers.scale_units(y, scale)
    layers.shift_units(y, shift)


@compiled
def apply_noise(b, layer, y, tape):
    """To activations, or to their slopes."""
    if tape.shared:
        layers.scale_units(y, vector(b.factor[layer], y.shape[1], y))
    else:
        layers.multiply(y, matrix(b.factor[layer], y.shape[0], y.shape[1], y))


@compiled
def draw_noise(shape, k, b, layer, batch, tape, step, like):
    """Fills the factors (batch, units), or with one draw for the batch (units,), from what was drawn as (units, batch)."""
    units, columns, lanes, size = shape.sizes[layer], shape.columns[layer], shape.lanes, shape.size
    drawn = tape.start[layer] + step * tape.of_step[layer] + tape.draw[layer, k] * tape.of_draw[layer]
    if tape.kind[layer] == FACTORS and not tape.shared:
        transpose(drawn, units, batch, batch * size, b.factor[layer], columns * size, size, lanes, like)
    elif tape.kind[layer] == FACTORS:
        factor, factors = vector(b.factor[layer], units, like), vector(drawn, units, like)
        for unit in range(units):
            factor[unit] = factors[unit]
    elif not tape.shared:
        highest, scale = tape.highest[layer, step, k], tape.scale[layer, step, k]
        for top in range(0, units, lanes):
            for left in range(0, batch, lanes):
                words, factor = drawn + 2 * (top * batch + left), b.factor[layer] + (left * columns + top) * size
                keep_lowest_tile(words, 2 * batch, highest, scale, factor, columns * size, like)
    else:
        words, factor = vector(drawn, units, tape.words), vector(b.factor[layer], units, like)
        for unit in range(units):
            factor[unit] = tape.scale[layer, step, k] if words[unit] <= tape.highest[layer, step, k] else 0


@inlined
def backward(shape, networks, k, b, batch, tape, rate):
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
                    differentiate_norm(shape, networks, k, b, layer, dy, rate)
                elif stage == JITTER:
                    layers.scale_units(dy, vector(b.jitter[layer], units, like))
                elif stage == NOISE:
                    apply_noise(b, layer, dy, tape)
        if layer > 1:
            weights = networks.values[k].ctypes.data + shape.dense[layer - 1] * shape.size
            transpose_panels(weights, inputs, shape.sizes[layer], units, b.transposed, shape.columns[layer - 1], shape.size, shape.lanes, like)  # fmt: skip
            product(b.dy_rows[layer].ctypes.data, batch, b.transposed, shape.sizes[layer], 0, b.dy[layer - 1], shape.columns[layer - 1], shape.size, shape.lanes, like)  # fmt: skip
        descend(shape, networks, k, b, layer, batch, rate)


@compiled
def differentiate_norm(shape, networks, k, b, layer, dy, rate):
    batch, units = dy.shape
    gradient = matrix(b.gradient, 2, units, dy)
    mean_slope, weight = vector(b.sums, units, dy), vector(b.sums + units * shape.size, units, dy)
    affine = affine_of(shape, networks.values, k, layer)
    inverse, centred = vector(b.inverse[layer], units, dy), matrix(b.centred[layer], batch, units, dy)
    layers.batch_norm_slope(dy, centred, affine, inverse, gradient, mean_slope, weight, shape.detached)
    update(shape, networks, k, b, shape.affine[layer - 1], 2 * units, False, rate)


@compiled
def descend(shape, networks, k, b, layer, batch, rate):
    """The gradient of a dense layer tile by tile, each with its update: dW = xᵀ dy, db = Σ dy."""
    inputs, units, size, like = shape.sizes[layer - 1], shape.columns[layer], shape.size, networks.values
    rows, ones = b.rows[layer - 1].ctypes.data, b.ones.ctypes.data
    for left in range(0, units, VECTORS * shape.lanes):
        width = min(VECTORS, (units - left) // shape.lanes)
        columns = width * shape.lanes
        panel = shape.dense[layer - 1] + left * (inputs + 1)
        dy, stride = b.dy[layer] + left * size, units * size
        if stride >= FAR:
            pack(matrix(b.dy[layer], batch, units, like), left, matrix(b.packed, batch, columns, like))
            dy, stride = b.packed, columns * size
        first = 0
        while first < inputs:
            height = height_of(first, inputs)
            start, count = panel + first * columns, height * columns
            fetch(shape, networks, k, start, count)
            gradient_tile(height, width, rows, batch, first, dy, stride, b.gradient, like)
            update(shape, networks, k, b, start, count, True, rate)
            first += height
        gradient_tile(1, width, ones, batch, 0, dy, stride, b.gradient, like)
        update(shape, networks, k, b, panel + inputs * columns, columns, False, rate)


@compiled
def pack(x, left, y):
    """y = the columns of x from ``left`` on: rows that lie a power of two apart would share few places of the cache."""
    for row in range(y.shape[0]):
        for column in range(y.shape[1]):
            y[row, column] = x[row, left + column]


@compiled
def fetch(shape, networks, k, start, count):
    """Parameters and what the optimiser remembers of them, before their gradient is summed."""
    for line in range(0, count * shape.size, LINE):
        prefetch(networks.values[k].ctypes.data + start * shape.size + line)
        prefetch(networks.first[k].ctypes.data + start * shape.size + line)
        if shape.rule >= optimisers.ADAM:
            prefetch(networks.second[k].ctypes.data + start * shape.size + line)


@compiled
def update(shape, networks, k, b, start, count, penalised, rate):
    """Of ``count`` parameters, the gradient of which stands in its buffer."""
    like = networks.values
    values = vector(networks.values[k].ctypes.data + start * shape.size, count, like)
    first = vector(networks.first[k].ctypes.data + start * shape.size, count, like)
    gradient = vector(b.gradient, count, like)
    if penalised and networks.l1[k] > 0:
        optimisers.add_l1(values, gradient, networks.l1[k])
    if penalised and networks.l2[k] > 0:
        optimisers.add_l2(values, gradient, networks.l2[k])
    if penalised and rate.decay > 0:
        optimisers.decay(values, rate.decay)
    if shape.rule >= optimisers.ADAM:
        second = vector(networks.second[k].ctypes.data + start * shape.size, count, like)
        optimisers.adam(
            values, gradient, first, second, networks.momentum[k], networks.beta2[0], rate.rate, rate.epsilon
        )
    elif shape.rule == optimisers.SGD:
        optimisers.sgd(values, gradient, first, networks.momentum[k], rate.rate)
    else:
        optimisers.nesterov(values, gradient, first, networks.momentum[k], rate.rate)


@compiled
def row_at(shape, table, place):
    """The address of a row."""
    return table.ctypes.data + place * table.shape[1] * shape.size


@compiled
def disturb_inputs(shape, b, batch, tape, like):
    """Copies the rows and multiplies them with their noise."""
    columns, inputs = shape.columns[0], shape.sizes[0]
    y = matrix(b.y[0], batch, columns, like)
    for row in range(batch):
        x = vector(b.rows[0, row], inputs, like)
        for unit in range(inputs):
            y[row, unit] = x[unit]
        b.rows[0, row] = b.y[0] + row * columns * shape.size
    apply_noise(b, 0, y, tape)


@inlined
def step_once(shape, networks, k, b, table, labels, places, tape, step, rate):
    """Forward, backward and update on the rows at ``places`` (batch,)."""
    batch, last, like = len(places), len(shape.sizes) - 1, networks.values
    for row in range(batch):
        b.rows[0, row] = row_at(shape, table, places[row])
    for layer in range(last):
        if tape.kind[layer] != NO_NOISE:
            draw_noise(shape, k, b, layer, batch, tape, step, like)
    if tape.kind[0] != NO_NOISE:
        disturb_inputs(shape, b, batch, tape, like)
    forward(shape, networks, k, b, batch, TRAINING, tape, step, networks.moment_weight[k])
    z = class_major(shape, b, batch, like)
    rows = z.shape[1]
    if shape.logit:
        loss.logit_slope(z, labels, places)
    else:
        loss.cross_entropy_slope(z, labels, places, vector(b.sums, rows, like), vector(b.sums + rows * shape.size, rows, like))  # fmt: skip
    transpose(b.logits, shape.sizes[last], batch, rows * shape.size, b.dy[last], shape.columns[last] * shape.size, shape.size, shape.lanes, like)  # fmt: skip
    backward(shape, networks, k, b, batch, tape, rate)
    if networks.max_norm[k] > 0:
        constrain(shape, networks, k, b)


@compiled
def constrain(shape, networks, k, b):
    """Holds the weights into each hidden unit to their bound."""
    like = networks.values
    for layer in range(1, len(shape.sizes) - 1):
        inputs, units = shape.sizes[layer - 1], shape.columns[layer]
        for left in range(0, units, VECTORS * shape.lanes):
            columns = min(VECTORS * shape.lanes, units - left)
            panel = networks.values[k].ctypes.data + (shape.dense[layer - 1] + left * (inputs + 1)) * shape.size
            optimisers.bound_norms(matrix(panel, inputs, columns, like), networks.max_norm[k], vector(b.sums, columns, like))  # fmt: skip


@compiled
def class_major(shape, b, batch, like):
    """The logits as (classes, rows), rows rounded up to whole vectors."""
    last = len(shape.sizes) - 1
    rows = (batch + shape.lanes - 1) // shape.lanes * shape.lanes
    transpose(b.y[last], batch, shape.sizes[last], shape.columns[last] * shape.size, b.logits, rows * shape.size, shape.size, shape.lanes, like)  # fmt: skip
    return matrix(b.logits, shape.sizes[last], rows, like)


@compiled
def train(shape, networks, b, table, labels, places, tape, pace):
    """Steps on ``places`` (steps, K, batch), network by network."""
    before = flush_denormals()
    for k in range(len(networks.values)):
        for step in range(len(places)):
            rate = Pace(pace.rate[step, k], pace.epsilon[step, k], pace.decay[step, k])
            step_once(shape, networks, k, b, table, labels, places[step, k], tape, step, rate)
    restore_denormals(before)


@compiled
def examine(shape, networks, b, table, labels, starts, count, mode, tape, found):
    """Forward passes of as many rows as the buffers hold, without noise, through the ``count`` rows that begin at ``starts`` (K,).

    Fills ``found`` (K, 2): summed loss in nats and misclassified rows. COLLECTING sets the running moments to their mean
    over the passes instead, all but a short last one.
    """
    before = flush_denormals()
    for k in range(len(networks.values)):
        found[k, 0], found[k, 1] = 0, 0
        passes = count // b.capacity if mode == COLLECTING else (count + b.capacity - 1) // b.capacity
        for number in range(passes):
            start, stop = number * b.capacity, min(count, (number + 1) * b.capacity)
            for row in range(stop - start):
                b.rows[0, row] = row_at(shape, table, starts[k] + start + row)
            weight = networks.mean.dtype.type(1 / (number + 1))
            forward(shape, networks, k, b, stop - start, mode, tape, 0, weight)
            if mode != COLLECTING:
                nats, wrong = losses(shape, b, labels[starts[k] + start : starts[k] + stop], networks.values)
                found[k, 0] += nats
                found[k, 1] += wrong
    restore_denormals(before)


@compiled
def losses(shape, b, labels, like):
    """Summed loss and number of misclassified rows of the logits."""
    z = class_major(shape, b, len(labels), like)
    if shape.logit:
        return loss.logit_losses(z, labels)
    rows = z.shape[1]
    spaces = matrix(b.sums, 4, rows, like)
    return loss.losses(z, labels, spaces[0], spaces[1], spaces[2], spaces[3])


@compiled
def find_finite(values, finite):
    """Whether all parameters (K, P) of a network are finite, (K,): x - x is 0 for those that are."""
    for k in range(len(values)):
        total = values.dtype.type(0)
        for p in range(values.shape[1]):
            total += values[k, p] - values[k, p]
        finite[k] = total == 0
