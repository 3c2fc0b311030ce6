"""Forward and backward passes of a stack for one batch size, through buffers that are made once."""

import numpy as np

from nets.arrays import Array, Integers, Layer, activations
from nets.batch_norm import BatchNorm
from nets.layers import ACTIVATIONS, Dense
from nets.loss import CrossEntropy
from nets.noise import NOISES, Draws, Noise
from nets.stack import Hidden, Stack


class Pass:
    """The layers of a stack, bound to a batch size; passes of one stack share its parameters."""

    def __init__(self, stack: Stack, batch: int) -> None:
        networks = len(stack.hypers)
        self.stack = stack
        self.rows = np.ones((networks, batch, stack.sizes[0] + 1), stack.dtype)
        self.x = activations(networks, stack.sizes[0], batch, stack.dtype)
        self.input_noise = self._noise(stack.input_draws, "input_keep_prob", self.x)
        self.first = Dense(stack.dense[0], self.rows)
        self.others, self.logits = self._others()
        self.loss = CrossEntropy(self.logits)

    def load(self, table: Array, rows: Integers) -> None:
        """Gathers ``rows`` (K, batch) of a ``table`` (rows, inputs + 1) whose last column is ones."""
        # whole rows, then one transposed copy: faster than gathering columns, and backward needs the rows
        table.take(rows, 0, self.rows, "clip")
        np.copyto(self.x, self.rows.transpose(0, 2, 1))

    def forward(self, *, training: bool) -> Array:
        """Logits (K, classes + 1, batch) of the rows loaded last."""
        x = self.x
        if training and self.input_noise is not None:
            x = self.input_noise.forward(x, training=True)
            np.copyto(self.rows, x.transpose(0, 2, 1))
        x = self.first.forward(x, training=training)
        for layer in self.others:
            x = layer.forward(x, training=training)
        return x

    def collect_moments(self, weight: float) -> None:
        """A forward pass without noise, in which the running moments take this batch with ``weight``."""
        x = self.first.forward(self.x, training=False)
        for layer in self.others:
            x = layer.collect(x, weight) if isinstance(layer, BatchNorm) else layer.forward(x, training=False)

    def backward(self, labels: Integers) -> None:
        """Leaves the gradient of the mean loss over ``labels`` (K, batch) in the stack's parameters."""
        dy = self.loss.gradient(labels)
        for layer in reversed(self.others):
            dy = layer.backward(dy)
        self.first.differentiate(dy)

    def _others(self) -> tuple[list[Layer], Array]:
        """All layers but the first, and the buffer that the last one leaves the logits in."""
        layers: list[Layer] = []
        dense = self.first
        for hidden, parameter in zip(self.stack.hidden, self.stack.dense[1:], strict=True):
            layers += self._elementwise(hidden, dense.y)
            dense = Dense(parameter, dense.y.transpose(0, 2, 1))
            layers.append(dense)
        return layers, dense.y

    def _elementwise(self, hidden: Hidden, y: Array) -> list[Layer]:
        """What follows a dense layer, in the order that the shape fields ask for; normalisation before noise."""
        shape = self.stack.shape
        around: dict[str, list[Layer]] = {"before": [], "after": []}
        norm = self._norm(hidden, y)
        if norm is not None:
            around[shape.batch_norm].append(norm)
        noise = self._noise(hidden.draws, "keep_prob", y)
        if noise is not None:
            around[shape.noise_place].append(noise)
        return [*around["before"], ACTIVATIONS[shape.activation](y), *around["after"]]

    def _norm(self, hidden: Hidden, y: Array) -> BatchNorm | None:
        if hidden.affine is None or hidden.moments is None:
            return None
        momentum = self.stack.knob("bn_momentum")[:, 0].astype(y.dtype)
        always_batch = self.stack.shape.bn_statistics == "batch"
        return BatchNorm(hidden.affine, hidden.moments, momentum, y, always_batch=always_batch)

    def _noise(self, draws: Draws | None, strength: str, y: Array) -> Noise | None:
        if draws is None:
            return None
        return NOISES[self.stack.shape.noise](self.stack.knob(strength), draws, y)


class Passes(dict[int, Pass]):
    """A stack's passes by batch size, made on demand."""

    def __init__(self, stack: Stack) -> None:
        super().__init__()
        self.stack = stack

    def __missing__(self, batch: int) -> Pass:
        self[batch] = Pass(self.stack, batch)
        return self[batch]
