"""Penalties on weights."""

from abc import ABC, abstractmethod

import numpy as np

from nets.arrays import Array, empty
from nets.kernels import kernel


class Penalty(ABC):
    """A term of the objective; ``strength`` (K, P) or, shared, (1, P) is zero in the columns that it leaves alone."""

    def __init__(self, strength: Array, shape: tuple[int, ...]) -> None:
        """``shape`` is (K, P)."""
        self.strength = strength
        self.scratch = empty(shape, strength.dtype)

    @abstractmethod
    def add_gradient(self, weight: Array, gradient: Array) -> None:
        """Adds d penalty / d weight to ``gradient``; both (K, P)."""


class L2(Penalty):
    """λ/2 ‖W‖², whose gradient is λ W."""

    def add_gradient(self, weight: Array, gradient: Array) -> None:
        add_product(self.strength, weight, gradient, self.scratch)


@kernel
def add_product(a: Array, b: Array, total: Array, scratch: Array) -> None:
    """total ← total + a b, each (K, P), but ``a`` possibly (1, P)."""
    np.multiply(a, b, out=scratch)
    total += scratch


PENALTIES: dict[str, type[Penalty]] = {"l2": L2}
