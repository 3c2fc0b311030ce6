"""SGD with momentum and Adam, in blocks of a stack's flat parameters that fit the cache."""

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from nets.arrays import Array, empty, full, shared
from nets.parameters import Parameters
from nets.penalty import PENALTIES, Penalty

BLOCK = 32_768  # floats; larger blocks leave the cache between the passes of one step


class Rule(ABC):
    """One optimiser's arithmetic on a block: ``values`` (k, p), ``momentum`` (k, 1)."""

    def __init__(self, values: Array, momentum: Array) -> None:
        self.values = values
        self.momentum = momentum
        self.scratch = empty(values.shape, values.dtype)

    @property
    @abstractmethod
    def state(self) -> Sequence[Array]:
        """What the rule remembers from step to step, each (k, p)."""

    @abstractmethod
    def step(self, gradient: Array, learning_rate: Array, count: int) -> None:
        """Moves ``values`` by step number ``count``, from 1; ``learning_rate`` is (k, 1)."""


class SGD(Rule):
    """u ← μ u + g, w ← w - η u, as in PyTorch (Sutskever et al. 2013 put η inside u)."""

    def __init__(self, values: Array, momentum: Array) -> None:
        super().__init__(values, momentum)
        self.velocity = full(values.shape, 0, values.dtype)

    @property
    def state(self) -> Sequence[Array]:
        return (self.velocity,)

    def step(self, gradient: Array, learning_rate: Array, count: int) -> None:
        self.velocity *= self.momentum
        self.velocity += gradient
        np.multiply(self.velocity, learning_rate, out=self.scratch)
        self.values -= self.scratch


class Nesterov(SGD):
    """u ← μ u + g, w ← w - η (g + μ u): the gradient where the momentum leads (Sutskever et al. 2013, section 2)."""

    def step(self, gradient: Array, learning_rate: Array, count: int) -> None:
        self.velocity *= self.momentum
        self.velocity += gradient
        np.multiply(self.velocity, self.momentum, out=self.scratch)
        self.scratch += gradient
        self.scratch *= learning_rate
        self.values -= self.scratch


class Adam(Rule):
    """Adam (Kingma & Ba 2015, algorithm 1) with β₁ = momentum, β₂ = 0.999, ε = 1e-8.

    The moments are kept without their factors 1 - β, which move into the step: two passes fewer.
    """

    BETA2 = 0.999
    EPSILON = 1e-8

    def __init__(self, values: Array, momentum: Array) -> None:
        super().__init__(values, momentum)
        self.first = full(values.shape, 0, values.dtype)
        self.second = full(values.shape, 0, values.dtype)

    @property
    def state(self) -> Sequence[Array]:
        return (self.first, self.second)

    def step(self, gradient: Array, learning_rate: Array, count: int) -> None:
        beta1 = self.momentum.astype(np.float64)
        # m̂ / (√v̂ + ε) = first · (1 - β₁)/(1 - β₁ᵗ) / root / (√second + ε/root), v̂ = second · root²
        root = np.sqrt((1 - self.BETA2) / (1 - self.BETA2**count))
        rate = learning_rate * ((1 - beta1) / (1 - beta1**count) / root)
        self.first *= self.momentum
        self.first += gradient
        np.multiply(gradient, gradient, out=self.scratch)
        self.second *= self.values.dtype.type(self.BETA2)
        self.second += self.scratch
        np.sqrt(self.second, out=self.scratch)
        self.scratch += self.values.dtype.type(self.EPSILON / root)
        np.divide(self.first, self.scratch, out=self.scratch)
        self.scratch *= shared(rate.astype(self.values.dtype))
        self.values -= self.scratch


class Optimiser:
    """The update of a whole stack, block by block: penalties' gradients, then the rule."""

    def __init__(
        self, rule: type[Rule], parameters: Parameters, momentum: Array, strengths: Mapping[str, Array]
    ) -> None:
        """``momentum`` is (K, 1), a strength (K, P)."""
        self.parameters = parameters
        self.places = list(_blocks(*parameters.values.shape))
        self.gradients = [parameters.gradients[place] for place in self.places]
        self.rules = [rule(parameters.values[place], momentum[place[0]]) for place in self.places]
        self.penalise(strengths)
        self.count = 0

    def penalise(self, strengths: Mapping[str, Array]) -> None:
        """From the next step on, the penalties named, with strengths (K, P)."""
        self.penalties = [self._penalties(strengths, place) for place in self.places]

    @staticmethod
    def _penalties(strengths: Mapping[str, Array], place: tuple[slice, slice]) -> list[Penalty]:
        return [PENALTIES[name](strength[place]) for name, strength in strengths.items() if strength.any()]

    def step(self, learning_rate: Array) -> None:
        """One update with the gradients that the parameters hold; ``learning_rate`` is (K, 1)."""
        self.count += 1
        for place, gradient, penalties, rule in zip(
            self.places, self.gradients, self.penalties, self.rules, strict=True
        ):
            for penalty in penalties:
                gradient += penalty.gradient(rule.values)
            rule.step(gradient, learning_rate[place[0]], self.count)

    def flush(self) -> None:
        """Sets denormal values and state to zero: they slow a product up to 110 times."""
        tiny = np.finfo(self.parameters.values.dtype).tiny
        for rule in self.rules:
            for array in (rule.values, *rule.state):
                np.abs(array, out=rule.scratch)
                np.copyto(array, 0, where=rule.scratch < tiny)

    def forget(self, network: int) -> None:
        """Zeroes a network's values and state, so that one which diverged goes on harmlessly."""
        for (rows, _), rule in zip(self.places, self.rules, strict=True):
            if rows.start <= network < rows.stop:
                for array in (rule.values, *rule.state):
                    array[network - rows.start] = 0


def _blocks(networks: int, width: int) -> Iterator[tuple[slice, slice]]:
    """Rows × columns of (networks, width) with at most about ``BLOCK`` elements; whole rows where they fit."""
    rows = max(1, BLOCK // width)
    columns = min(width, BLOCK)
    for row in range(0, networks, rows):
        for column in range(0, width, columns):
            yield slice(row, min(row + rows, networks)), slice(column, min(column + columns, width))


OPTIMISERS: dict[str, type[Rule]] = {"sgd": SGD, "nesterov": Nesterov, "adam": Adam}
