"""What the other seeds choose: of seeds that are too few to be spared, each scores what all the others find best."""

import numpy as np
from numpy.typing import NDArray

from reports.judging.intervals import Numbers


def chosen_by_others(losses: Numbers) -> NDArray[np.intp]:
    """For each seed the place that is best in the mean of the others, (S,), from losses (P, S)."""
    return np.asarray((losses.sum(axis=1, keepdims=True) - losses).argmin(axis=0))


def best_of_others(losses: Numbers) -> float:
    """The mean over seeds of the loss at what the others choose, from losses (P, S)."""
    return float(np.take_along_axis(losses, chosen_by_others(losses)[None], axis=0).mean())
