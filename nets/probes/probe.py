"""What an instrument is, and what it is shown."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from nets.arrays import Array
from nets.rows import Rows
from nets.stack import Stack

Reading = Mapping[str, Any]  # by the quantity's name an array or a list, (K, …); what is not finite is not there


@dataclass(frozen=True, eq=False)
class Subject:
    """A stack of K networks at one moment; probes look at it and change nothing."""

    stack: Stack
    rows: Mapping[str, Rows]  # the training rows as "train", the validation rows as "valid"
    step: int  # optimiser steps made
    steps: int  # of the whole run
    batch: int  # rows in a full mini-batch
    learning_rate: Array  # of the step to come, (K, 1)


@dataclass(frozen=True)
class Measure:
    """One quantity: the axes of its value for one network (none: a number), unit and meaning."""

    axes: str
    unit: str
    meaning: str


def by_layer(values: Sequence[Array], networks: int) -> Array:
    """One number for each network (K,) from each layer, as (K, layers); there may be no layer."""
    return np.reshape(values, (len(values), networks)).T


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
