"""Matrix products over tiles, through weights that stand in panels.

A panel is as many columns of a matrix as a tile is wide, row after row; the last one may be narrower.
"""

from nets.compiled.jit import compiled, matrix
from nets.compiled.tiles import product_tile, transpose_tile
from nets.compiled.vectors import ROWS, VECTORS


@compiled
def height_of(row, rows):
    """Rows of the tile that begins at ``row``: as even as they can be, since a low tile leaves sums unused."""
    left = rows - row
    tiles = (left + ROWS - 1) // ROWS
    return (left + tiles - 1) // tiles


@compiled
def product(rows, batch, weights, inputs, biased, y, columns, size, lanes, like):
    """y = x W, or x W + b: y (batch, columns) row by row, ``rows`` the addresses of those of x, W (inputs, columns) in panels.

    With ``biased`` b is each panel's last row.
    """
    for left in range(0, columns, VECTORS * lanes):
        width = min(VECTORS, (columns - left) // lanes)
        panel = weights + left * (inputs + biased) * size
        bias = panel + width * lanes * inputs * size if biased else 0
        row = 0
        while row < batch:
            height = height_of(row, batch)
            product_tile(height, width, rows + 8 * row, inputs, panel, bias, y + (row * columns + left) * size, columns * size, like)  # fmt: skip
            row += height


@compiled
def transpose(x, rows, columns, x_stride, y, y_stride, size, lanes, like):
    """y = xᵀ in squares of ``lanes``: reads and writes up to the next multiple of it in both directions."""
    for top in range(0, rows, lanes):
        for left in range(0, columns, lanes):
            transpose_tile(x + top * x_stride + left * size, x_stride, y + left * y_stride + top * size, y_stride, like)


@compiled
def transpose_panels(weights, inputs, outputs, columns, transposed, rows, size, lanes, like):
    """Panels of Wᵀ (outputs, inputs) from those of W (inputs and a bias, outputs); columns beyond the inputs are zero."""
    for top in range(0, inputs, lanes):
        panel = top // (VECTORS * lanes) * (VECTORS * lanes)
        width = min(VECTORS * lanes, rows - panel)
        for left in range(0, outputs, lanes):
            of = left // (VECTORS * lanes) * (VECTORS * lanes)
            stride = min(VECTORS * lanes, columns - of) * size
            x = weights + of * (inputs + 1) * size + top * stride + (left - of) * size
            y = transposed + panel * outputs * size + (left * width + top - panel) * size
            transpose_tile(x, stride, y, width * size, like)
    last = (rows - lanes) // (VECTORS * lanes) * (VECTORS * lanes)
    beyond = matrix(transposed + last * outputs * size, outputs, rows - last, like)
    for row in range(outputs):
        for column in range(inputs - last, rows - last):
            beyond[row, column] = 0
