"""Copies of a stack to experiment on, and passes of the probed rows through them."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from nets.arrays import Array, Integers
from nets.batch_norm import BatchNorm
from nets.layers import Activation, Dense
from nets.noise import Draws
from nets.passes import Pass
from nets.probes.probe import Subject
from nets.stack import Stack

MOST_ROWS = 1024  # the first of a part, in the order of its split: bounds memory and time


def specimen(stack: Stack, *, noise: str | None) -> Stack:
    """A copy that shares nothing with ``stack``, so that any pass and any change is free of consequences.

    Its noise comes from streams of that name, anew for each example; ``None``: it has no noise.
    Noise after normalisation it never has.
    """
    copy = Stack(stack.hypers, inputs=stack.sizes[0], classes=stack.sizes[-1])
    for there, here in zip(copy.state, stack.state, strict=True):
        np.copyto(there, here)
    copy.jitter_draws = [None for _ in copy.jitter_draws]
    copy.draws = [None if noise is None else _draws(copy, noise, layer) for layer in range(len(copy.draws))]
    copy.input_draws = None if noise is None else _draws(copy, noise, len(copy.draws))
    return copy


def _draws(stack: Stack, purpose: str, layer: int) -> Draws:
    return Draws([hyper.seed for hyper in stack.hypers], purpose, layer, redraw="example")


def loaded(stack: Stack, subject: Subject, part: str) -> tuple[Pass, Integers]:
    """A pass of ``stack`` that holds the probed rows of "train" or "valid", and their labels (K, rows)."""
    rows = subject.rows[part]
    count = min(rows.count, MOST_ROWS)
    passed = Pass(stack, count)
    return passed, rows.load(passed, np.arange(count))


def scores(passed: Pass, labels: Integers, *, training: bool) -> tuple[Array, Array]:
    """Mean loss in nats and error of the rows loaded, both (K,)."""
    passed.forward(training=training)
    loss, wrong = passed.loss.losses(labels)
    return loss / passed.loss.batch, wrong / passed.loss.batch


@dataclass(frozen=True, eq=False)
class Trace:
    """What one forward pass computed, layer by layer, each (K, units, rows), in float64."""

    dense: tuple[Array, ...]  # pre-activations W x + b of every layer, the logits last
    normalised: tuple[Array, ...]  # what normalisation makes of each hidden layer; empty without it
    active: tuple[Array, ...]  # outputs of the activation functions
    received: tuple[Array, ...]  # what the next dense layer receives of each hidden layer


def trace(passed: Pass, *, training: bool) -> Trace:
    """Runs the rows loaded forward, and keeps what later layers overwrite."""
    written: dict[Any, list[Array]] = {Dense: [], BatchNorm: [], Activation: []}
    received = []
    for layer, y in passed.walk(training=training):
        if isinstance(layer, Dense) and layer is not passed.first:
            received.append(_kept(layer.inputs))
        for kind, arrays in written.items():
            if isinstance(layer, kind):
                arrays.append(_kept(y))
    dense, normalised, active = map(tuple, written.values())
    return Trace(dense, normalised, active, tuple(received))


def _kept(y: Array) -> Array:
    return y.astype(np.float64, order="C")
