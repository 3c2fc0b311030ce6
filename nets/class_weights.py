"""How much a row counts in training by its class: rare ones as much in all as frequent ones, where that is asked for."""

from collections.abc import Callable

import numpy as np

from nets.arrays import Array
from nets.rows import Rows


def _balanced(rows: Rows, classes: int) -> Array:
    """Rows ÷ (classes · rows of the class), (K, classes): on average over the training rows 1, as in scikit-learn."""
    by_split = rows.labels.reshape(-1, rows.count)
    counts = np.stack([np.bincount(labels, minlength=classes) for labels in by_split])
    weights = rows.count / ((counts > 0).sum(1, keepdims=True) * np.maximum(counts, 1))
    return np.asarray(weights[rows.start[:, 0] // rows.count])


# Weights (K, classes) from the training rows; ``None``: every row counts as one
CLASS_WEIGHTS: dict[str, Callable[[Rows, int], Array] | None] = {"none": None, "balanced": _balanced}
