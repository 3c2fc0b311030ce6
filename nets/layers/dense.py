"""Dense layers."""

import numpy as np

from nets.arrays import Array, Integers, Layer, empty, full
from nets.parameters import View


class Dense(Layer):
    """y = W x + b; ``parameter`` is (K, outputs, inputs + 1), its last column the bias.

    The input is kept above a row of ones, so that the bias is part of the product. What comes before
    may write to ``inputs`` (K, inputs, batch), a view of it, and save a copy.
    """

    def __init__(self, parameter: View, dx: Array) -> None:
        """``dx`` (K, inputs, batch), which ``backward`` fills, may be an array that the forward pass alone needs.

        One that is still in the cache: a step was measured 2 to 5 % faster than with an array of its own.
        """
        networks, outputs, columns = parameter.value.shape
        batch = dx.shape[2]
        dtype = parameter.value.dtype
        self.parameter = parameter
        self.padded = full((networks, columns, batch), 1, dtype)
        self.inputs = self.padded[:, :-1]
        self.transposed = self.padded.transpose(0, 2, 1)
        self.weight_transposed = parameter.value[:, :, :-1].transpose(0, 2, 1)
        self.y = empty((networks, outputs, batch), dtype)
        self.dx = dx

    def forward(self, x: Array, *, training: bool) -> Array:
        if x is not self.inputs:
            np.copyto(self.inputs, x)
        return np.matmul(self.parameter.value, self.padded, out=self.y)

    def backward(self, dy: Array) -> Array:
        self.differentiate(dy)
        return np.matmul(self.weight_transposed, dy, out=self.dx)

    def differentiate(self, dy: Array) -> None:
        """The parameter gradient alone: the first layer needs no dx."""
        np.matmul(dy, self.transposed, out=self.parameter.gradient)


class FirstDense(Dense):
    """A dense layer on gathered rows (K, batch, inputs + 1), the last column ones, which it takes as they are.

    They are the transposed input that the gradient needs: a product with them was measured twice as
    fast as with a transposed view. The forward product takes a transposed copy, which is faster than gathering
    columns; up to ``NARROW`` outputs a product with the transposed view costs less than the copy (4 % of a step at 12).
    """

    NARROW = 16

    def __init__(self, parameter: View, batch: int) -> None:
        networks, _, columns = parameter.value.shape
        super().__init__(parameter, empty((networks, columns - 1, batch), parameter.value.dtype))
        self.rows = full((networks, batch, columns), 1, self.padded.dtype)
        self.transposed = self.rows
        self.narrow = parameter.value.shape[1] <= self.NARROW
        if self.narrow:
            self.padded = self.rows.transpose(0, 2, 1)
            self.inputs = self.padded[:, :-1]

    def gather(self, table: Array, places: Integers) -> Array:
        """The rows ``places`` (K, batch) of a table (rows, inputs + 1) as this layer's input."""
        if self.narrow:
            table.take(places, 0, self.rows, "clip")
        else:
            gather(table, places, self.rows, self.padded)
        return self.inputs


def gather(table: Array, places: Integers, rows: Array, columns: Array) -> None:
    """Rows ``places`` (K, batch) of a ``table`` (…, inputs + 1): as ``rows`` (K, batch, …) and as ``columns`` (K, …, batch)."""
    table.take(places, 0, rows, "clip")
    np.copyto(columns, rows.transpose(0, 2, 1))


class LastDense(Dense):
    """A dense layer whose ``y`` (K, classes, batch) lies in memory class by class.

    What softmax does to one class it does to one piece of memory: a step was measured 5 to 8 % faster (K = 32,
    32 and 12 units). With a batch of one each network's classes lie together, since BLAS, given a single column,
    sums strided numbers in another order than adjacent ones.
    """

    def __init__(self, parameter: View, dx: Array) -> None:
        super().__init__(parameter, dx)
        networks, classes, batch = self.y.shape
        if batch > 1:
            self.y = empty((classes, networks, batch), self.y.dtype).transpose(1, 0, 2)
