"""What keeps weights small: penalties, which add to the gradient before a step, and constraints, which hold after it.

Both are rows by the field of ``Hyper`` that sets them.
"""

from abc import ABC, abstractmethod
from collections.abc import Sequence

import numpy as np

from nets.arrays import Array, empty


class Penalty(ABC):
    """A term of the objective; ``strength`` (K, P) or, shared, (1, P) is zero in the columns that it leaves alone."""

    def __init__(self, strength: Array, shape: tuple[int, ...]) -> None:
        """``shape`` is (K, P)."""
        self.strength = strength
        self.scratch = empty(shape, strength.dtype)

    @abstractmethod
    def add_gradient(self, weight: Array, gradient: Array) -> None:
        """Adds d penalty / d weight to ``gradient``; both (K, P)."""


class L1(Penalty):
    """λ ‖W‖₁, whose gradient is λ sign W, 0 at 0."""

    def add_gradient(self, weight: Array, gradient: Array) -> None:
        np.sign(weight, out=self.scratch)
        self.scratch *= self.strength
        gradient += self.scratch


class L2(Penalty):
    """λ/2 ‖W‖², whose gradient is λ W."""

    def add_gradient(self, weight: Array, gradient: Array) -> None:
        add_product(self.strength, weight, gradient, self.scratch)


def add_product(a: Array, b: Array, total: Array, scratch: Array) -> None:
    """total ← total + a b, each (K, P), but ``a`` possibly (1, P)."""
    np.multiply(a, b, out=scratch)
    total += scratch


class Constraint(ABC):
    """Holds the weights of hidden layers, each (K, units, inputs), to a bound (K, 1, 1); a bound of 0 holds nothing."""

    def __init__(self, bound: Array, weights: Sequence[Array]) -> None:
        self.bound = np.where(bound == 0, np.inf, bound)
        self.weights = weights

    @abstractmethod
    def enforce(self) -> None:
        """Changes in place the weights that are beyond the bound."""


class MaxNorm(Constraint):
    """‖w‖ ≤ c for the weights w into each unit, by scaling w back (Srivastava et al. 2014, section 5.1)."""

    def enforce(self) -> None:
        for weight in self.weights:
            norm = np.sqrt(np.vecdot(weight, weight))[..., None]
            weight *= np.minimum(1, self.bound / norm)  # w = 0: c/0 is infinite


PENALTIES: dict[str, type[Penalty]] = {
    "l1": L1,
    "l2": L2,
}
CONSTRAINTS: dict[str, type[Constraint]] = {"max_norm": MaxNorm}
