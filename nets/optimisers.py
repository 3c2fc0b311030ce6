"""SGD with momentum, Adam and AdamW, in blocks of a stack's flat parameters that fit the cache."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from nets.arrays import Array, empty, full, rows_of, shared
from nets.parameters import Parameters, View
from nets.penalties import PENALTIES, Constraint, Penalty

BLOCK = 131_072  # floats; a step was 2 to 4 % slower with a quarter of it (128, 512 units), 12 % in one block (512)
BETA2 = 0.999  # Adam's, where nothing else is asked for
STEPS_AT_ONCE = 64  # for which learning rates and Adam's corrections are computed
STEPS_TO_FLUSH = 64  # a flush costs about a step, and denormals slow a product up to 110 times


Knobs = Mapping[str, Array]  # by the fields of Hyper that set them: each (K, 1), (K, P) or, shared, (1, 1), (1, P)


class Rule(ABC):
    """One optimiser's arithmetic on a block: values and gradient (k, p), and of the knobs its rows and columns."""

    def __init__(self, block: View, knobs: Knobs) -> None:
        self.values, self.gradient = block
        self.momentum = knobs["momentum"]

    @property
    @abstractmethod
    def state(self) -> Sequence[Array]:
        """What the rule remembers from step to step, each (k, p)."""

    @abstractmethod
    def step(self, learning_rate: Array, count: int) -> None:
        """Moves ``values`` by step number ``count``, from 1; ``learning_rate`` is (k, 1) or (1, 1); uses up ``gradient``."""


class SGD(Rule):
    """SGD with momentum."""

    def __init__(self, block: View, knobs: Knobs) -> None:
        super().__init__(block, knobs)
        self.velocity = full(self.values.shape, 0, self.values.dtype)

    @property
    def state(self) -> Sequence[Array]:
        return (self.velocity,)

    def step(self, learning_rate: Array, count: int) -> None:
        rate = learning_rate.astype(self.values.dtype)
        sgd(self.values, self.gradient, self.velocity, self.momentum, rate)


class Nesterov(SGD):
    """SGD with Nesterov's momentum."""

    def step(self, learning_rate: Array, count: int) -> None:
        rate = learning_rate.astype(self.values.dtype)
        nesterov(self.values, self.gradient, self.velocity, self.momentum, rate)


class Adam(Rule):
    """Adam (Kingma & Ba 2015, algorithm 1) with β₁ = momentum.

    The moments are kept without their factors 1 - β, which move into the step: two passes fewer. With
    m̂ = first · (1 - β₁)/(1 - β₁ᵗ) and v̂ = second · root², root² = (1 - β₂)/(1 - β₂ᵗ),

        η m̂ / (√v̂ + ε) = η c · first / (√second + ε/root), c = (1 - β₁)/(1 - β₁ᵗ)/root
    """

    def __init__(self, block: View, knobs: Knobs, *, beta2: float = BETA2, epsilon: float = 1e-8) -> None:
        super().__init__(block, knobs)
        self.first = full(self.values.shape, 0, self.values.dtype)
        self.second = full(self.values.shape, 0, self.values.dtype)
        self.beta2, self.epsilon = beta2, epsilon
        self.betas = self.momentum, self.values.dtype.type(beta2)
        self._corrected = range(0)

    @property
    def state(self) -> tuple[Array, Array]:
        return (self.first, self.second)

    def step(self, learning_rate: Array, count: int) -> None:
        if count not in self._corrected:
            self._correct(range(count, count + STEPS_AT_ONCE))
        place = count - self._corrected.start
        number = self.values.dtype.type
        rate = (learning_rate * self._corrections[place]).astype(number)
        adam(self.values, self.gradient, self.state, self.betas, rate, number(self._epsilons[place]))

    def _correct(self, counts: range) -> None:
        """The c (n, k, 1) and ε/root (n,) of n steps: for many at once, a step was 6 % faster for K = 1 and 2 % for K = 32 (12 units)."""
        self._corrected = counts
        factors, self._epsilons = corrections(self.momentum[:, 0], self.beta2, self.epsilon, counts)
        self._corrections = factors[..., None]


def corrections(beta1: Array, beta2: float, epsilon: float, counts: range) -> tuple[Array, Array]:
    """Adam's c (n, k), for ``beta1`` (k,), and ε/root (n,) of the n steps with these numbers, from 1."""
    steps = np.array(counts)
    roots = np.sqrt((1 - beta2) / (1 - beta2**steps))
    beta1 = beta1.astype(np.float64)
    return (1 - beta1) / (1 - beta1 ** steps[:, None]) / roots[:, None], epsilon / roots


class AdamW(Adam):
    """Adam with decay that is no part of the gradient: w ← (1 - η λ) w before its step (Loshchilov & Hutter 2019, algorithm 2).

    λ is ``weight_decay`` (k, p), zero in the columns that are no weights.
    """

    def __init__(self, block: View, knobs: Knobs) -> None:
        super().__init__(block, knobs)
        self.decay = knobs["weight_decay"]
        self.scratch = empty(self.values.shape, self.values.dtype)

    def step(self, learning_rate: Array, count: int) -> None:
        np.multiply(self.decay, learning_rate.astype(self.values.dtype), out=self.scratch)
        self.scratch *= self.values
        self.values -= self.scratch
        super().step(learning_rate, count)


def sgd(values: Array, gradient: Array, velocity: Array, momentum: Array, rate: Array) -> None:
    """u ← μ u + g, w ← w - η u, as in PyTorch (Sutskever et al. 2013 put η inside u)."""
    velocity *= momentum
    velocity += gradient
    np.multiply(velocity, rate, out=gradient)
    values -= gradient


def nesterov(values: Array, gradient: Array, velocity: Array, momentum: Array, rate: Array) -> None:
    """u ← μ u + g, w ← w - η (g + μ u): the gradient where the momentum leads (Sutskever et al. 2013, section 2)."""
    velocity *= momentum
    velocity += gradient
    gradient *= rate
    values -= gradient
    np.multiply(velocity, momentum * rate, out=gradient)
    values -= gradient


def adam(  # noqa: PLR0913, PLR0917  the formula has as many symbols
    values: Array,
    gradient: Array,
    moments: tuple[Array, Array],
    betas: tuple[Array, np.floating[Any]],
    rate: Array,
    epsilon: np.floating[Any],
) -> None:
    """first ← β₁ first + g, second ← β₂ second + g², w ← w - rate · first / (√second + ε)."""
    first, second = moments
    beta1, beta2 = betas
    first *= beta1
    first += gradient
    gradient *= gradient
    second *= beta2
    second += gradient
    np.sqrt(second, out=gradient)
    gradient += epsilon
    np.divide(first, gradient, out=gradient)
    gradient *= rate
    values -= gradient


class Optimiser:
    """The update of a whole stack, block by block: penalties' gradients, then the rule; at last the constraints."""

    def __init__(
        self,
        rule: Callable[[View, Knobs], Rule],
        parameters: Parameters,
        knobs: Knobs,
        *,
        strengths: Knobs,
        constraints: Sequence[Constraint] = (),
    ) -> None:
        """``strengths`` (K, P) are those of penalties, by name."""
        self.places = list(_blocks(*parameters.values.shape))
        self.rules = [
            rule(
                View(parameters.values[place], parameters.gradients[place]),
                {name: _block_of(knob, place) for name, knob in knobs.items()},
            )
            for place in self.places
        ]
        self.penalise(strengths)
        self.constraints = constraints
        self.count = 0

    def penalise(self, strengths: Knobs) -> None:
        """From the next step on, the penalties named, with strengths (K, P)."""
        self.penalties = [self._penalties(strengths, place) for place in self.places]

    @staticmethod
    def _penalties(strengths: Knobs, place: tuple[slice, slice]) -> list[Penalty]:
        blocks = {name: strength[place] for name, strength in strengths.items() if strength.any()}
        return [PENALTIES[name](shared(strength), strength.shape) for name, strength in blocks.items()]

    def step(self, learning_rate: Array) -> None:
        """One update with the gradients that the parameters hold, which it uses up; ``learning_rate`` is (K, 1) or (1, 1)."""
        self.count += 1
        for place, penalties, rule in zip(self.places, self.penalties, self.rules, strict=True):
            for penalty in penalties:
                penalty.add_gradient(rule.values, rule.gradient)
            rule.step(rows_of(learning_rate, place[0]), self.count)
        for constraint in self.constraints:
            constraint.enforce()

    def flush(self) -> None:
        """Sets denormal values and state to zero: they slow a product up to 110 times. Uses up the gradients."""
        for rule in self.rules:
            tiny = np.finfo(rule.values.dtype).tiny
            for array in (rule.values, *rule.state):
                np.abs(array, out=rule.gradient)
                np.copyto(array, 0, where=rule.gradient < tiny)

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


def _block_of(knob: Array, place: tuple[slice, slice]) -> Array:
    """The knob's rows and columns of a block."""
    rows, columns = place
    return rows_of(knob, rows) if knob.shape[1] == 1 else rows_of(knob, rows)[:, columns]


OPTIMISERS: dict[str, type[Rule]] = {
    "sgd": SGD,
    "nesterov": Nesterov,
    "adam": Adam,
    "adamw": AdamW,
}
