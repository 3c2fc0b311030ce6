"""What a hidden unit makes of its input."""

import math
from collections.abc import Callable

import numpy as np

from nets.arrays import Array, Integers, Layer, empty
from nets.kernels import kernel


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
