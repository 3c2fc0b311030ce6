"""What an instrument is, and what it is shown."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from nets.arrays import Array
from nets.rows import Rows
from nets.stack import Stack

Reading = Mapping[str, Any]  # by quantity an array or a list, (K, …); None and what is not finite: no value


@dataclass(frozen=True, eq=False)
class Subject:
    """A stack of K networks at one moment; probes look at it and change nothing."""

    stack: Stack
    train: Rows  # in float64, no more than specimen.MOST_ROWS of each split
    valid: Rows  # the same of the validation rows
    step: int  # optimiser steps made
    learning_rate: Array  # of the step to come, (K, 1) or, shared, (1, 1)
    batches: tuple[int, ...]  # rows of each mini-batch of an epoch
    steps: int  # of the whole run


@dataclass(frozen=True)
class Measure:
    """One quantity: the axes of its value for one network (none: a number), unit and meaning."""

    axes: str
    unit: str
    meaning: str


def by_layer(values: Sequence[Array], *shape: int) -> Array:
    """What each layer gives, of ``shape`` (K, …), as (K, layers, …); there may be no layer."""
    return np.reshape(values, (len(values), *shape)).swapaxes(0, 1)


def mean(values: Sequence[Array]) -> Array:
    """Of arrays (K,), one by one: over the first axis NumPy sums in another order where K is 1."""
    return np.asarray(np.stack(values, axis=1).mean(axis=1))


def ratio(part: Array, whole: Array) -> Array:
    """NaN where the whole is 0."""
    return np.divide(part, whole, out=np.full_like(whole, np.nan), where=whole != 0)


def series(readings: Sequence[Reading]) -> Reading:
    """The readings of the checkpoints side by side: each quantity (K, checkpoints, …)."""
    return {quantity: np.stack([reading[quantity] for reading in readings], axis=1) for quantity in readings[0]}


@dataclass(frozen=True)
class Probe:
    """An instrument. ``take`` is called at the end; ``along``, at the start and at each checkpoint, and ``summarise`` makes one of all."""

    measures: Mapping[str, Measure]
    take: Callable[[Subject], Reading]
    along: bool = False
    summarise: Callable[[Sequence[Reading]], Reading] = series


STEP = Measure("checkpoints", "steps", "optimiser steps made at the start, 0, and at each checkpoint")
