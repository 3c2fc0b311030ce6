"""Penalties on weights."""

from abc import ABC, abstractmethod

import numpy as np

from nets.arrays import Array


class Penalty(ABC):
    """A term of the objective; ``strength`` (K, P) is zero in the columns that it leaves alone."""

    def __init__(self, strength: Array) -> None:
        self.strength = strength
        self.scratch = np.empty_like(strength)

    @abstractmethod
    def gradient(self, weight: Array) -> Array:
        """d penalty / d weight, (K, P)."""


class L2(Penalty):
    """λ/2 ‖W‖², whose gradient is λ W."""

    def gradient(self, weight: Array) -> Array:
        return np.multiply(weight, self.strength, out=self.scratch)


PENALTIES: dict[str, type[Penalty]] = {"l2": L2}
