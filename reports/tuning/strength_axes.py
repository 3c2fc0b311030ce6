"""The axes on which a strength is searched: each lays [0, 1) on strengths."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from reports.judging.intervals import Numbers

KEEP_PROBS = (0.2, 0.997)  # the same on both axes of keep_prob, so that they differ in nothing but the axis
L2S = (1e-5, 1.0)  # the range that people search


@dataclass(frozen=True)
class StrengthAxis:
    """``at`` takes places in [0, 1), of any shape, and a width, and gives strengths of ``arm``; uniform places are a random search."""

    name: str
    label: str
    arm: str
    at: Callable[[Numbers, int], Numbers]


def linear(places: Numbers, width: int) -> Numbers:
    low, high = KEEP_PROBS
    return low + (high - low) * places


def odds(places: Numbers, width: int) -> Numbers:
    """keep_prob 1/(1 + α), α log-uniform."""
    high, low = ((1 - keep_prob) / keep_prob for keep_prob in KEEP_PROBS)
    return np.asarray(1 / (1 + low * (high / low) ** places), float)


def levels(places: Numbers, width: int) -> Numbers:
    """keep_prob k/width, each k as likely, "none" (k = width) among them."""
    counts = level_counts(width)
    return np.asarray(counts[(places * counts.size).astype(int)] / width, float)


def level_counts(width: int) -> Numbers:
    """The numbers of units kept, k, for which k/width is searched, ``width`` itself the last."""
    return np.arange(np.ceil(KEEP_PROBS[0] * width - 1e-9), width + 1, dtype=float)  # 0.2 · 15 is 3.0000000000000004


def logarithmic(low: float, high: float) -> Callable[[Numbers, int], Numbers]:
    """λ, log-uniform from ``low`` to ``high``."""
    return lambda places, width: np.asarray(low * (high / low) ** places, float)


AXES = {
    axis.name: axis
    for axis in (
        StrengthAxis("linear", "keep_prob, linear", "dropout", linear),
        StrengthAxis("odds", "keep_prob, log-odds", "dropout", odds),
        StrengthAxis("levels", "keep_prob, only k/n", "dropout", levels),
        StrengthAxis("lambda", "λ of L2, five decades", "l2", logarithmic(*L2S)),
    )
}
EQUAL = "equal"  # λ over the range that is as strong as the keep-probs; it differs from run to run
