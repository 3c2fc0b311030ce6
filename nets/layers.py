"""Dense layers and activations."""

import math
from collections.abc import Callable

import numpy as np

from nets.arrays import Array, Integers, Layer, empty, full
from nets.kernels import kernel
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


@kernel
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


class Activation(Layer):
    """A function of each number by itself; may work in place."""

    def __init__(self, y: Array) -> None:
        self.y = y


class Identity(Activation):
    """x itself: layers that are linear together."""

    def forward(self, x: Array, *, training: bool) -> Array:
        if x is not self.y:
            np.copyto(self.y, x)
        return self.y

    def backward(self, dy: Array) -> Array:
        return dy


class ReLU(Activation):
    """max(x, 0), with derivative 0 at 0, by bits: measured 4 times faster than ``np.maximum`` with a scalar."""

    def __init__(self, y: Array) -> None:
        super().__init__(y)
        self.word = np.dtype(f"i{y.itemsize}")
        self.words = y.view(self.word)
        self.mask = empty(y.shape, self.word)

    def forward(self, x: Array, *, training: bool) -> Array:
        words = x.view(self.word)
        mask_positive(words, self.mask)
        np.bitwise_and(words, self.mask, out=self.words)
        return self.y

    def backward(self, dy: Array) -> Array:
        words = dy.view(self.word)
        np.bitwise_and(words, self.mask, out=words)
        return dy


@kernel
def mask_positive(words: Integers, mask: Integers) -> None:
    """All bits where a number, seen as an integer, is positive: the sign bit of -x, shifted over the whole word."""
    np.negative(words, out=mask)
    np.right_shift(mask, 8 * mask.itemsize - 1, out=mask)


class Tanh(Activation):
    """tanh x, with derivative 1 - y²."""

    def __init__(self, y: Array) -> None:
        super().__init__(y)
        self.slope = empty(y.shape, y.dtype)

    def forward(self, x: Array, *, training: bool) -> Array:
        np.tanh(x, out=self.y)
        if training:
            np.multiply(self.y, self.y, out=self.slope)
            np.subtract(1, self.slope, out=self.slope)
        return self.y

    def backward(self, dy: Array) -> Array:
        dy *= self.slope
        return dy


class Sigmoid(Activation):
    """1 / (1 + e^-x) as (1 + tanh(x/2)) / 2, which cannot overflow, with derivative y (1 - y)."""

    def __init__(self, y: Array) -> None:
        super().__init__(y)
        self.slope = empty(y.shape, y.dtype)

    def forward(self, x: Array, *, training: bool) -> Array:
        x *= 0.5
        np.tanh(x, out=x)
        x += 1
        np.multiply(x, 0.5, out=self.y)
        if training:
            np.subtract(1, self.y, out=self.slope)
            self.slope *= self.y
        return self.y

    def backward(self, dy: Array) -> Array:
        dy *= self.slope
        return dy


def he(inputs: int, outputs: int) -> float:
    """Standard deviation of initial weights before ReLU (He et al. 2015, eq. 10)."""
    return math.sqrt(2 / inputs)


def glorot(inputs: int, outputs: int) -> float:
    """Standard deviation of initial weights before units that saturate, or are linear (Glorot & Bengio 2010, eq. 12)."""
    return math.sqrt(2 / (inputs + outputs))


ACTIVATIONS: dict[str, type[Activation]] = {"relu": ReLU, "tanh": Tanh, "sigmoid": Sigmoid, "identity": Identity}
SPREADS: dict[str, Callable[[int, int], float]] = {"relu": he, "tanh": glorot, "sigmoid": glorot, "identity": glorot}
