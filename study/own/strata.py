"""Rows drawn so that each class has its share."""

import numpy as np
from numpy.typing import NDArray

Rows = NDArray[np.int64]


def stratified(y: Rows, rows: Rows, size: int, draw: np.random.Generator) -> tuple[Rows, Rows]:
    """The rest, and ``size`` of ``rows`` with each class in its share, one row of each at least."""
    counts = np.bincount(y[rows], minlength=int(y.max()) + 1)
    order = draw.permutation(rows)
    rank = np.empty(len(order), np.int64)
    for label in range(len(counts)):
        held = y[order] == label
        rank[held] = np.arange(held.sum())
    taken = rank < allotted(counts, size)[y[order]]
    return np.sort(order[~taken]), np.sort(order[taken])


def allotted(counts: Rows, size: int) -> Rows:
    """Of each class, so that they make ``size``: its share, rounded, at least one where it has two rows, and never all."""
    exact = counts * (size / counts.sum())
    least = np.minimum(np.maximum(counts - 1, 0), 1)
    given: Rows = np.clip(np.floor(exact).astype(np.int64), least, np.maximum(counts - 1, 0))
    while given.sum() != size:
        missing = size - given.sum()
        wanted = exact - given if missing > 0 else given - exact
        possible = given < counts if missing > 0 else given > least
        if not possible.any():
            possible = given > 0
        given[np.argmax(np.where(possible, wanted, -np.inf))] += 1 if missing > 0 else -1
    return given
