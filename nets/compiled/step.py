"""A training step of one network, and runs of them: everything between two checkpoints in one call.

Activations stand row by row, (batch, units), units rounded up to whole vectors: what is beyond them is zero in
weights and slopes, and decides nothing. Row by row the input of the first layer is the table itself, read in place.
"""

from nets.compiled import loss
from nets.compiled.arguments import COLLECTING, NO_NOISE, TRAINING, Motion
from nets.compiled.backward import backward
from nets.compiled.descent import constrain
from nets.compiled.disturbance import disturb_inputs, draw_noise
from nets.compiled.forward import forward
from nets.compiled.jit import compiled, flush_denormals, inlined, matrix, restore_denormals, vector
from nets.compiled.products import transpose


@compiled
def train(shape, networks, b, table, order, labels, places, tape, pace):
    """Steps on ``places`` (steps, K, batch), network by network."""
    before = flush_denormals()
    for k in range(len(networks.values)):
        for step in range(len(places)):
            motion = motion_of(shape, networks, k, b, pace, step)
            step_once(shape, networks, k, b, table, order, labels, places[step, k], tape, step, motion)
    restore_denormals(before)


@inlined
def motion_of(shape, networks, k, b, pace, step):
    return Motion(
        networks.values[k].ctypes.data,
        networks.first[k].ctypes.data,
        networks.second[k].ctypes.data,
        b.gradient,
        shape.size,
        shape.rule,
        networks.momentum[k],
        networks.beta2[0],
        pace.rate[step, k],
        pace.epsilon[step, k],
        pace.decay[step, k],
        networks.l1[k],
        networks.l2[k],
    )


@inlined
def step_once(shape, networks, k, b, table, order, labels, places, tape, step, motion):
    """Forward, backward and update on the rows ``places`` (batch,), which stand at ``order[places]`` in the table."""
    batch, last, like = len(places), len(shape.sizes) - 1, networks.values
    start, stride = table.ctypes.data, table.shape[1] * shape.size
    for row in range(batch):
        b.rows[0, row] = start + order[places[row]] * stride
    for layer in range(last):
        if tape.kind[layer] != NO_NOISE:
            draw_noise(shape, k, b, layer, batch, tape, step, like)
    if tape.kind[0] != NO_NOISE:
        disturb_inputs(shape, b, batch, tape, like)
    forward(shape, networks, k, b, batch, TRAINING, tape, step, networks.bn_momentum[k])
    z = class_major(shape, b, batch, like)
    rows = z.shape[1]
    if shape.logit:
        loss.logit_slope(z, labels, places)
    else:
        loss.cross_entropy_slope(
            z, labels, places, vector(b.sums, rows, like), vector(b.sums + rows * shape.size, rows, like)
        )
    transpose(
        b.logits,
        shape.sizes[last],
        batch,
        rows * shape.size,
        b.dy[last],
        shape.columns[last] * shape.size,
        shape.size,
        shape.lanes,
        like,
    )
    backward(shape, networks, k, b, batch, tape, motion)
    if networks.max_norm[k] > 0:
        constrain(shape, networks, k, b)


@inlined
def class_major(shape, b, batch, like):
    """The logits as (classes, rows), rows rounded up to whole vectors."""
    last = len(shape.sizes) - 1
    rows = (batch + shape.lanes - 1) // shape.lanes * shape.lanes
    transpose(
        b.y[last],
        batch,
        shape.sizes[last],
        shape.columns[last] * shape.size,
        b.logits,
        rows * shape.size,
        shape.size,
        shape.lanes,
        like,
    )
    return matrix(b.logits, shape.sizes[last], rows, like)


@compiled
def examine(shape, networks, b, table, order, labels, starts, count, mode, tape, found):
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
                b.rows[0, row] = table.ctypes.data + order[starts[k] + start + row] * table.shape[1] * shape.size
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
