"""Forward and backward passes of a stack for one batch size, through buffers that are made once."""

from collections.abc import Callable, Iterator
from functools import partial

import numpy as np

from nets.arrays import Array, Integers, Layer
from nets.layers.activations import ACTIVATIONS
from nets.layers.batch_norm import BATCH_NORMS, BatchNorm
from nets.layers.dense import Dense, FirstDense, LastDense
from nets.layers.jitter import Jitter
from nets.layers.loss import CrossEntropy
from nets.layers.noise import NOISES, Draws, Noise
from nets.stack import Stack


class Pass:
    """The layers of a stack, bound to a batch size; passes of one stack share its parameters."""

    def __init__(self, stack: Stack, batch: int) -> None:
        self.stack = stack
        self.first = FirstDense(stack.dense[0], batch)
        self.input_noise: Noise | None = None
        if stack.input_draws is not None:
            self.input_noise = self._noise(stack.input_draws, "input_keep_prob", self.first.inputs)
        self.others, logits = self._others()
        self.loss = CrossEntropy(logits)

    def load(self, table: Array, places: Integers) -> None:
        """Gathers the rows ``places`` (K, batch) of a ``table`` (rows, inputs + 1) whose last column is ones."""
        self.x = self.first.gather(table, places)

    def forward(self, *, training: bool) -> Array:
        """Logits (K, classes, batch) of the rows loaded last."""
        x = self.enter(training=training)
        for layer in self.others:
            x = layer.forward(x, training=training)
        return x

    def walk(self, *, training: bool) -> Iterator[tuple[Layer, Array]]:
        """A forward pass that stops after each layer: the layer and what it wrote, which may be changed in place."""
        x = self.enter(training=training)
        yield self.first, x
        for layer in self.others:
            x = layer.forward(x, training=training)
            yield layer, x

    def enter(self, *, training: bool) -> Array:
        """What the first layer makes of the rows loaded."""
        if training and self.input_noise is not None:
            self.input_noise.forward(self.x, training=True)
            np.copyto(self.first.rows, self.first.padded.transpose(0, 2, 1))
        return self.first.forward(self.x, training=training)

    def collect_moments(self, weight: float) -> None:
        """A forward pass without noise, in which the running moments take this batch with ``weight``."""
        x = self.first.forward(self.x, training=False)
        for layer in self.others:
            x = layer.collect(x, weight) if isinstance(layer, BatchNorm) else layer.forward(x, training=False)

    def backward(self, labels: Integers) -> None:
        """Leaves the gradient of the mean loss over ``labels`` (K, batch) in the stack's parameters."""
        self.propagate(self.loss.gradient(labels))

    def propagate(self, dy: Array) -> None:
        """Leaves the gradient of whatever has the slope ``dy`` (K, classes, batch) by the logits."""
        for layer in reversed(self.others):
            dy = layer.backward(dy)
        self.first.differentiate(dy)

    def _others(self) -> tuple[list[Layer], Array]:
        """All layers but the first, and the array that the last one leaves the logits in."""
        layers: list[Layer] = []
        before: Dense = self.first
        last = len(self.stack.dense) - 1
        for hidden, parameter in enumerate(self.stack.dense[1:]):
            dense = (LastDense if hidden + 1 == last else Dense)(parameter, before.y)
            layers += [*self._elementwise(hidden, before.y, dense.inputs), dense]
            before = dense
        return layers, before.y

    def _elementwise(self, hidden: int, x: Array, y: Array) -> list[Layer]:
        """What follows the dense part of a hidden layer: all in place on ``x``, but the last writes ``y``.

        Where normalisation and noise share a side of the activation, normalisation comes first.
        """
        shape = self.stack.shape
        kinds: dict[str, list[Callable[[Array], Layer]]] = {"before": [], "after": []}
        if self.stack.normalised:
            kinds[shape.batch_norm] += self._norms(hidden)
        draws = self.stack.draws[hidden]
        if draws is not None:
            kinds[shape.noise_place].append(partial(self._noise, draws, "keep_prob"))
        makers: list[Callable[[Array], Layer]] = [
            *kinds["before"],
            ACTIVATIONS[shape.activation].layer,
            *kinds["after"],
        ]
        return [*(make(x) for make in makers[:-1]), makers[-1](y)]

    def _norms(self, hidden: int) -> list[Callable[[Array], Layer]]:
        draws = self.stack.jitter_draws[hidden]
        norm = partial(self._norm, hidden)
        return [norm] if draws is None else [norm, partial(Jitter, self.stack.knob("bn_noise"), draws)]

    def _norm(self, hidden: int, y: Array) -> BatchNorm:
        momentum = self.stack.knob("bn_momentum")[:, 0].astype(y.dtype)
        always_batch = self.stack.shape.bn_statistics == "batch"
        stack = self.stack
        norm = BATCH_NORMS[stack.shape.bn_gradient]
        return norm(stack.affine[hidden], stack.moments[hidden], momentum, y, always_batch=always_batch)

    def _noise(self, draws: Draws, strength: str, y: Array) -> Noise:
        return NOISES[self.stack.shape.noise](self.stack.knob(strength), draws, y)


class Passes(dict[int, Pass]):
    """A stack's passes by batch size, made on demand."""

    def __init__(self, stack: Stack) -> None:
        super().__init__()
        self.stack = stack

    def __missing__(self, batch: int) -> Pass:
        self[batch] = Pass(self.stack, batch)
        return self[batch]
