"""Forward and backward passes of a stack for one batch size, through buffers that are made once."""

from collections.abc import Callable, Iterator
from functools import partial

import numpy as np

from nets.arrays import Array, Integers, Layer
from nets.layers.activations import ACTIVATIONS
from nets.layers.batch_norm import BATCH_NORMS, BatchNorm, GhostBatchNorm
from nets.layers.dense import Dense, FirstDense, LastDense
from nets.layers.jitter import Jitter
from nets.layers.loss import OUTPUTS
from nets.layers.noise import NOISES, Noise
from nets.stack import Stack

Maker = Callable[[Array], Layer]  # of the array that the layer writes


def network(stack: Stack, batch: int) -> list[Layer]:
    """Every layer from the first dense one to the last, and who owns which array.

    A dense layer owns what it writes and what it reads. The layers between two dense ones work in place on what the
    first wrote, but the last of them writes what the second reads: nothing is copied. On the way back the second
    leaves its slope where the first wrote, since only the forward pass needs that.
    """
    layers: list[Layer] = [FirstDense(stack.dense[0], batch)]
    for hidden, parameter in enumerate(stack.dense[1:]):
        written = layers[-1].y
        kind = LastDense if parameter is stack.dense[-1] else Dense
        dense = kind(parameter, dx=written)
        *inner, last = between(stack, hidden)
        layers += [*(make(written) for make in inner), last(dense.inputs), dense]
    return layers


def between(stack: Stack, hidden: int) -> list[Maker]:
    """What stands between the dense part of a hidden layer and the next, in order; the activation always does.

    Where normalisation and noise share a side of the activation, normalisation comes first.
    """
    shape = stack.shape
    around: dict[str, list[Maker]] = {"before": [], "after": []}
    if stack.normalised:
        around[shape.batch_norm].append(partial(_norm, stack, hidden))
    if ("jitter", hidden) in stack.draws:
        around[shape.batch_norm].append(partial(Jitter, stack.knob("bn_noise"), stack.draws["jitter", hidden]))
    if ("noise", hidden) in stack.draws:
        around[shape.noise_place].append(partial(_noise, stack, "noise", hidden, "keep_prob"))
    return [*around["before"], ACTIVATIONS[shape.activation].layer, *around["after"]]


def _norm(stack: Stack, hidden: int, y: Array) -> BatchNorm:
    momentum = stack.knob("bn_momentum")[:, 0].astype(y.dtype)
    kind, ghost_rows = BATCH_NORMS[stack.shape.bn_gradient], stack.shape.ghost_rows
    always_batch = stack.shape.bn_statistics == "batch"
    around = stack.affine[hidden], stack.moments[hidden], momentum, y
    if ghost_rows:
        return GhostBatchNorm(*around, always_batch=always_batch, kind=kind, ghost_rows=ghost_rows)
    return kind(*around, always_batch=always_batch)


def _noise(stack: Stack, purpose: str, layer: int, strength: str, y: Array) -> Noise:
    return NOISES[stack.shape.noise](stack.knob(strength), stack.draws[purpose, layer], y)


class Pass:
    """The layers of a stack, bound to a batch size; passes of one stack share its parameters."""

    def __init__(self, stack: Stack, batch: int) -> None:
        self.stack = stack
        first, *self.others = network(stack, batch)
        assert isinstance(first, FirstDense)
        self.first = first
        self.input_noise: Noise | None = None
        if ("input noise", 0) in stack.draws:
            self.input_noise = _noise(stack, "input noise", 0, "input_keep_prob", first.inputs)
        self.loss = OUTPUTS[stack.shape.output]([first, *self.others][-1].y)

    def load(self, table: Array, places: Integers) -> None:
        """Gathers the rows ``places`` (K, batch) of a ``table`` (rows, inputs + 1) whose last column is ones."""
        self.x = self.first.gather(table, places)

    def forward(self, *, training: bool) -> Array:
        """Logits (K, logits, batch) of the rows loaded last."""
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
        x = self.enter(training=False)
        for layer in self.others:
            x = layer.collect(x, weight) if isinstance(layer, BatchNorm) else layer.forward(x, training=False)

    def backward(self, labels: Integers, weights: Array | None = None) -> None:
        """Leaves the gradient of the mean loss over ``labels`` (K, batch) in the stack's parameters, each row's times its ``weights`` (K, batch)."""
        slope = self.loss.gradient(labels)
        if weights is not None:
            slope *= weights[:, None].astype(slope.dtype)
        self.propagate(slope)

    def propagate(self, dy: Array) -> None:
        """Leaves the gradient of whatever has the slope ``dy`` (K, logits, batch) by the logits."""
        for layer in reversed(self.others):
            dy = layer.backward(dy)
        self.first.differentiate(dy)


class Passes(dict[int, Pass]):
    """A stack's passes by batch size, made on demand."""

    def __init__(self, stack: Stack) -> None:
        super().__init__()
        self.stack = stack

    def __missing__(self, batch: int) -> Pass:
        self[batch] = Pass(self.stack, batch)
        return self[batch]
