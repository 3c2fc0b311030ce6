"""The shapes that the whole package keeps to.

The network axis comes first: K networks, one of them is a stack of one. What follows it is feature-major:

* activations (K, units + 1, batch), the last row all ones, so that a bias is one more column of the weights;
* gradients with respect to activations (K, units, batch);
* parameters (K, …), knobs (K, 1, 1).
"""

from abc import ABC, abstractmethod
from typing import Any

import numpy as np
from numpy.typing import DTypeLike, NDArray

type_of = {"float32": np.float32, "float64": np.float64}

Array = NDArray[np.floating[Any]]
Integers = NDArray[np.integer[Any]]


class Layer(ABC):
    """One step of the forward pass, bound to a batch size; element-wise layers work in place."""

    @abstractmethod
    def forward(self, x: Array, *, training: bool) -> Array:
        """Activations (K, units + 1, batch) from activations."""

    @abstractmethod
    def backward(self, dy: Array) -> Array:
        """d loss / d input (K, inputs, batch) from d loss / d output; leaves parameter gradients in their views."""


def activations(networks: int, units: int, batch: int, dtype: DTypeLike) -> Array:
    """Room for activations, (K, units + 1, batch), with its row of ones."""
    return np.ones((networks, units + 1, batch), dtype)


def column(values: Any, dtype: DTypeLike) -> Array:
    """One number for each network as (K, 1, 1)."""
    return np.asarray(values, dtype).reshape(-1, 1, 1)
