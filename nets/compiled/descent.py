"""The gradient of a dense layer tile by tile, each with its update while it is in the cache; and the bound on norms."""

from nets.arrays import CACHE_LINE
from nets.compiled import optimisers
from nets.compiled.batch_norm import sum_of_products
from nets.compiled.jit import compiled, matrix, vector
from nets.compiled.products import height_of
from nets.compiled.registers import store
from nets.compiled.tiles import adam_run, gradient_tile, prefetch
from nets.compiled.vectors import BYTES, VECTORS

FAR = 1024  # bytes between the rows of slopes; from there on packing them was measured to gain 25 %, and below to lose


@compiled
def descend(shape, b, layer, batch, motion, like):
    """The gradient of a dense layer, tile by tile, each with its update: dW = xᵀ dy, db = Σ dy."""
    inputs, units, size = shape.sizes[layer - 1], shape.columns[layer], shape.size
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
            fetch(motion, start, count)
            gradient_tile(height, width, rows, batch, first, dy, stride, motion.gradient, like)
            update(motion, start, count, True, like)
            first += height
        gradient_tile(1, width, ones, batch, 0, dy, stride, motion.gradient, like)
        update(motion, panel + inputs * columns, columns, False, like)


@compiled
def pack(x, left, y):
    """y = the columns of x from ``left`` on: rows that lie a power of two apart would share few places of the cache."""
    for row in range(y.shape[0]):
        for column in range(y.shape[1]):
            y[row, column] = x[row, left + column]


@compiled
def fetch(motion, start, count):
    """Parameters and what the optimiser remembers of them, before their gradient is summed."""
    for line in range(start * motion.size, (start + count) * motion.size, CACHE_LINE):
        prefetch(motion.values + line)
        prefetch(motion.first + line)
        if motion.rule >= optimisers.ADAM:
            prefetch(motion.second + line)


@compiled
def update(motion, start, count, penalised, like):
    """Of ``count`` parameters from number ``start`` on, the gradient of which stands in its buffer."""
    offset = start * motion.size
    values, first = vector(motion.values + offset, count, like), vector(motion.first + offset, count, like)
    gradient = vector(motion.gradient, count, like)
    if penalised and motion.l1 > 0:
        optimisers.add_l1(values, gradient, motion.l1)
    zero, one = like.dtype.type(0), like.dtype.type(1)
    l2 = motion.l2 if penalised else zero
    if motion.rule >= optimisers.ADAM:
        adam_run(
            motion.values + offset,
            motion.gradient,
            motion.first + offset,
            motion.second + offset,
            count * motion.size // BYTES,
            l2,
            one - motion.decay if penalised else one,
            motion.momentum,
            motion.beta2,
            motion.rate,
            motion.epsilon,
        )
        return
    if l2 > 0:
        optimisers.add_l2(values, gradient, l2)
    if motion.rule == optimisers.SGD:
        optimisers.sgd(values, gradient, first, motion.momentum, motion.rate)
    else:
        optimisers.nesterov(values, gradient, first, motion.momentum, motion.rate)


@compiled
def constrain(shape, networks, k, b):
    """Holds the weights into each hidden unit to their bound."""
    like = networks.values
    for layer in range(1, len(shape.sizes) - 1):
        inputs, units = shape.sizes[layer - 1], shape.columns[layer]
        for left in range(0, units, VECTORS * shape.lanes):
            columns = min(VECTORS * shape.lanes, units - left)
            panel = networks.values[k].ctypes.data + (shape.dense[layer - 1] + left * (inputs + 1)) * shape.size
            stride = columns * shape.size
            for offset in range(0, stride, BYTES):
                squares = sum_of_products(panel + offset, stride, panel + offset, stride, inputs, like)
                store(squares, b.sums + offset)
            optimisers.bound_norms(
                matrix(panel, inputs, columns, like), networks.max_norm[k], vector(b.sums, columns, like)
            )
