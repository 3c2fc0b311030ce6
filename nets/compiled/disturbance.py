"""Noise and jitter: draws as they were recorded, laid out for the activations of a step, and put to them."""

from nets.compiled import layers
from nets.compiled.arguments import FACTORS
from nets.compiled.jit import compiled, matrix, vector
from nets.compiled.products import transpose
from nets.compiled.tiles import keep_lowest_tile


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


@compiled
def apply_noise(shape, b, layer, y, batch, tape, like):
    """To activations, or to their slopes, at the address ``y``."""
    units = shape.columns[layer]
    if tape.shared:
        layers.scale_units(matrix(y, batch, units, like), vector(b.factor[layer], units, like))
    else:
        layers.multiply(vector(y, batch * units, like), vector(b.factor[layer], batch * units, like))


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
    apply_noise(shape, b, 0, b.y[0], batch, tape, like)


@compiled
def jitter(shape, networks, k, b, layer, batch, tape, step):
    """(1 + δ u) x + δ v."""
    units, like = shape.columns[layer], networks.values
    y = matrix(b.y[layer], batch, units, like)
    scale, shift = vector(b.jitter[layer], units, like), vector(b.jitter[layer] + units * shape.size, units, like)
    normals = tape.jitter[layer - 1, step, k]
    for unit in range(shape.sizes[layer]):
        scale[unit] = y.dtype.type(1) + networks.bn_noise[k] * normals[unit, 0]
        shift[unit] = networks.bn_noise[k] * normals[unit, 1]
    layers.scale_units(y, scale)
    layers.shift_units(y, shift)
