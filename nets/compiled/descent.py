"""The gradient of a dense layer tile by tile, each with its update while it is in the cache; and the bound on norms."""

from nets.compiled import optimisers
from nets.compiled.jit import compiled, matrix, vector
from nets.compiled.products import height_of
from nets.compiled.tiles import gradient_tile, prefetch
from nets.compiled.vectors import LINE, VECTORS

FAR = 1024  # bytes between the rows of slopes; from there on packing them was measured to gain 25 %, and below to lose


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
def constrain(shape, networks, k, b):
    """Holds the weights into each hidden unit to their bound."""
    like = networks.values
    for layer in range(1, len(shape.sizes) - 1):
        inputs, units = shape.sizes[layer - 1], shape.columns[layer]
        for left in range(0, units, VECTORS * shape.lanes):
            columns = min(VECTORS * shape.lanes, units - left)
            panel = networks.values[k].ctypes.data + (shape.dense[layer - 1] + left * (inputs + 1)) * shape.size
            optimisers.bound_norms(
                matrix(panel, inputs, columns, like), networks.max_norm[k], vector(b.sums, columns, like)
            )
