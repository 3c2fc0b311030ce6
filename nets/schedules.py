"""How the learning rate changes over a run."""

import math
from collections.abc import Callable

import numpy as np

from nets.arrays import Array, Integers


def constant(share: float) -> float:
    """The learning rate is kept."""
    return 1.0


def cosine(share: float) -> float:
    """(1 + cos(π share))/2, which ends at zero (Loshchilov & Hutter 2017, eq. 5)."""
    return (1 + math.cos(math.pi * share)) / 2


def warmed_up(count: Integers, warmup: Array) -> Array:
    """Factor on the rate of each step after ``count`` (steps,) others: 1/n, 2/n … 1 over the first n = ``warmup`` (K, 1) steps.

    The gradual warm-up of Goyal et al. 2017, section 2.2.
    """
    return np.minimum(1, (count + 1) / np.maximum(1, warmup))


SCHEDULES: dict[str, Callable[[float], float]] = {"constant": constant, "cosine": cosine}  # of the share of steps made
