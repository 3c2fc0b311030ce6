"""Copies of a stack to experiment on, and passes of the probed rows through them."""

from copy import copy
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from nets.arrays import Array, Integers
from nets.layers.activations import Activation
from nets.layers.batch_norm import BatchNorm
from nets.layers.dense import Dense
from nets.layers.noise import Draws
from nets.passes import Pass
from nets.rows import Rows
from nets.stack import Stack

MOST_ROWS = 1024  # the first of a part, in the order of its split: bounds memory and time


def specimen(stack: Stack, *, noise: str | None, jitter: str | None = None) -> Stack:
    """A copy in float64 that shares nothing with ``stack``: any pass and any change is free of consequences.

    Its noise comes from streams of that name, anew for each example; ``None``: it has no noise. So does noise after
    normalisation, ``jitter``, which a whole batch shares.
    """
    fresh = at_start(stack, precision="float64")
    for there, here in zip(_arrays(fresh), _arrays(stack), strict=True):
        np.copyto(there, here)
    depth = len(fresh.dense) - 1
    places = [] if noise is None else [*(("noise", layer) for layer in range(depth)), ("input noise", 0)]
    fresh.draws = {place: _draws(fresh, str(noise), index) for index, place in enumerate(places)}
    if jitter is not None and fresh.normalised:
        fresh.draws |= {("jitter", layer): _draws(fresh, jitter, layer) for layer in range(depth)}
    return fresh


def _arrays(stack: Stack) -> list[Array]:
    """All that training changes; the flat parameters one by one, as their padding depends on the precision."""
    _, *moments = stack.state
    return [*(view.value for view in stack.parameters.views), *moments]


def at_start(stack: Stack, *, precision: str) -> Stack:
    """The stack as it was before the first step, its random draws included."""
    hypers = [replace(hyper, precision=precision) for hyper in stack.hypers]
    return Stack(hypers, inputs=stack.sizes[0], classes=stack.classes)


def _draws(stack: Stack, purpose: str, layer: int) -> Draws:
    return Draws([hyper.own_seed for hyper in stack.hypers], purpose, layer, redraw="example")


def probed(rows: Rows) -> Rows:
    """The first ``MOST_ROWS`` of each split, in float64."""
    first = copy(rows)
    first.count = min(rows.count, MOST_ROWS)
    columns = rows.table.shape[1]
    by_split = rows.table.reshape(-1, rows.count, columns)[:, : first.count]
    first.table = by_split.reshape(-1, columns).astype(np.float64)
    first.labels = rows.labels.reshape(-1, rows.count)[:, : first.count].reshape(-1)
    first.start = rows.start // rows.count * first.count
    return first


def loaded(stack: Stack, rows: Rows) -> tuple[Pass, Integers]:
    """A pass of ``stack``, in float64, that holds the rows ``probed``, and their labels (K, rows)."""
    passed = Pass(stack, rows.count)
    return passed, rows.load(passed, np.arange(rows.count))


def scores(passed: Pass, labels: Integers, *, training: bool) -> tuple[Array, Array]:
    """Mean loss in nats and error of the rows loaded, both (K,)."""
    passed.forward(training=training)
    return mean_scores(passed, labels)


def mean_scores(passed: Pass, labels: Integers) -> tuple[Array, Array]:
    """Of the logits that the last forward pass left, which it uses up."""
    loss, wrong = passed.loss.losses(labels)
    return loss / passed.loss.batch, wrong / passed.loss.batch


def handed_on(passed: Pass) -> list[Array]:
    """Where each hidden layer of a stack without noise leaves what the next layer receives, (K, units, rows)."""
    return [layer.inputs for layer in passed.others if isinstance(layer, Dense)]


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
