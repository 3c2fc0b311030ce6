"""What a hidden unit makes of its input."""

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from nets.arrays import Array, Layer, empty, full


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
    """max(x, 0), with derivative 0 at 0; NaN stays NaN, also a slope of NaN by a unit that is off, where PyTorch has 0."""

    def __init__(self, y: Array) -> None:
        super().__init__(y)
        self.zeros = full(y.shape, 0, y.dtype)  # with a scalar the maximum was measured 2.4 times slower
        self.active = empty(y.shape, bool)

    def forward(self, x: Array, *, training: bool) -> Array:
        np.maximum(x, self.zeros, out=self.y)
        if training:
            np.greater(self.y, 0, out=self.active)
        return self.y

    def backward(self, dy: Array) -> Array:
        dy *= self.active
        return dy


class Curve(Activation):
    """A function without kinks, whose derivative the forward pass leaves in ``slope``."""

    def __init__(self, y: Array) -> None:
        super().__init__(y)
        self.slope = empty(y.shape, y.dtype)

    def backward(self, dy: Array) -> Array:
        dy *= self.slope
        return dy


class Tanh(Curve):
    """tanh x, with derivative 1 - y²."""

    def forward(self, x: Array, *, training: bool) -> Array:
        np.tanh(x, out=self.y)
        if training:
            np.multiply(self.y, self.y, out=self.slope)
            np.subtract(1, self.slope, out=self.slope)
        return self.y


class Sigmoid(Curve):
    """1 / (1 + e^-x) as (1 + tanh(x/2)) / 2, which cannot overflow, with derivative y (1 - y)."""

    def forward(self, x: Array, *, training: bool) -> Array:
        x *= 0.5
        np.tanh(x, out=x)
        x += 1
        np.multiply(x, 0.5, out=self.y)
        if training:
            np.subtract(1, self.y, out=self.slope)
            self.slope *= self.y
        return self.y


class GELU(Curve):
    """x Φ(x) by Φ(x) ≈ (1 + t)/2, t = tanh(c (x + a x³)), c = √(2/π), a = 0.044715 (Hendrycks & Gimpel 2016, section 2).

    Within 5e-4 of the normal distribution's own Φ, which NumPy has not. The derivative is
    (1 + t)/2 · (1 + (1 - t) c x (1 + 3 a x²)). Beyond ``FAR`` t is ±1 to the last bit.
    """

    CUBIC = 0.044715
    SCALE = math.sqrt(2 / math.pi)
    FAR = 10

    def __init__(self, y: Array) -> None:
        super().__init__(y)
        self.bounded = empty(y.shape, y.dtype)
        self.share = empty(y.shape, y.dtype)

    def forward(self, x: Array, *, training: bool) -> Array:
        share = self.share
        np.clip(x, -self.FAR, self.FAR, out=self.bounded)  # x³ cannot overflow
        np.multiply(self.bounded, self.bounded, out=share)
        if training:
            np.multiply(share, 3 * self.CUBIC, out=self.slope)
            self.slope += 1
            self.slope *= self.bounded
            self.slope *= self.SCALE
        share *= self.CUBIC
        share += 1
        share *= self.bounded
        share *= self.SCALE
        np.tanh(share, out=share)
        if training:
            np.subtract(1, share, out=self.bounded)
            self.slope *= self.bounded
            self.slope += 1
        share += 1
        share *= 0.5
        if training:
            self.slope *= share
        np.multiply(x, share, out=self.y)
        return self.y


def he(inputs: int, outputs: int) -> float:
    """Standard deviation of initial weights before ReLU (He et al. 2015, eq. 10)."""
    return math.sqrt(2 / inputs)


def glorot(inputs: int, outputs: int) -> float:
    """Standard deviation of initial weights before units that saturate, or are linear (Glorot & Bengio 2010, eq. 12)."""
    return math.sqrt(2 / (inputs + outputs))


@dataclass(frozen=True, kw_only=True)
class Kind:
    """All that is to be known of an activation, in one row of ``ACTIVATIONS``."""

    layer: Callable[[Array], Activation]  # of the array that it writes
    spread: Callable[[int, int], float]  # of the initial weights, from a layer's inputs and outputs
    steepest: float  # greatest derivative, by which a unit's is flat
    sklearn: str | None = None  # scikit-learn's name, where it has the function


ACTIVATIONS: dict[str, Kind] = {
    "relu": Kind(layer=ReLU, spread=he, steepest=1, sklearn="relu"),
    "tanh": Kind(layer=Tanh, spread=glorot, steepest=1, sklearn="tanh"),
    "sigmoid": Kind(layer=Sigmoid, spread=glorot, steepest=0.25, sklearn="logistic"),
    "identity": Kind(layer=Identity, spread=glorot, steepest=1, sklearn="identity"),
    "gelu": Kind(layer=GELU, spread=he, steepest=1.129),
}
