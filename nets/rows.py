"""The rows of one part of the data, laid out for gathering."""

from collections.abc import Iterator
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import DTypeLike

from nets.arrays import Array, Integers
from nets.data import Drawn, Part
from nets.passes import Pass

CHUNK = 256  # rows in one forward pass of evaluation: bounds the buffers


def check_range(x: Array, dtype: np.dtype[Any]) -> None:
    """Raises ``ValueError`` where a finite number would be infinite: the networks are not to blame for that."""
    largest = max(x.max(initial=0), -x.min(initial=0))
    if largest > np.finfo(dtype).max:
        raise ValueError(
            f"x is beyond {dtype.name}, got {largest:.6g}: scale the inputs, or train with precision='float64'"
        )


class Rows:
    """A part's rows, split after split: their labels, where each network's rows begin, and in which row of a table each stands.

    The table (rows, inputs + 1) has ones in its last column. ``order`` (splits · rows,) says where in it; ``None``: in the same order.
    """

    def __init__(self, part: Part | Drawn, splits: Integers, dtype: DTypeLike) -> None:
        """``splits`` (K,) is the split that each network sees."""
        splits_held, self.count, inputs = part.shape
        self.order: Integers | None = None
        if isinstance(part, Drawn):
            check_range(part.table, np.dtype(dtype))
            self.table = part.table.astype(dtype, copy=False)
            self.order = part.rows.reshape(-1)
        else:
            check_range(part.x, np.dtype(dtype))
            self.table = np.ones((splits_held * self.count, inputs + 1), dtype)
            self.table[:, :-1] = part.x.reshape(-1, inputs)
        self.labels: Integers = part.y.reshape(-1).astype(np.int32)
        self.start = splits[:, None] * self.count

    @cached_property
    def in_table(self) -> Integers:
        """Where in the table each row stands, (splits · rows,)."""
        return np.arange(len(self.labels)) if self.order is None else self.order

    def places(self, rows: Integers) -> Integers:
        """Which rows of all splits ``rows`` (K, count) or (count,), numbered within a split, are, (K, count)."""
        return self.start + rows

    def load(self, into: Pass, rows: Integers) -> Integers:
        """Loads ``rows`` (K, batch) or (batch,), numbered within a split; returns their labels (K, batch)."""
        return self.load_places(into, self.places(rows))

    def load_places(self, into: Pass, places: Integers) -> Integers:
        """Loads ``places`` (K, batch), rows of all splits; returns their labels (K, batch)."""
        into.load(self.table, places if self.order is None else self.order.take(places))
        return self.labels.take(places)


def chunks(count: int, size: int) -> Iterator[tuple[int, int]]:
    """Start and stop of successive runs of ``size`` in ``range(count)``, the last one possibly shorter."""
    for start in range(0, count, size):
        yield start, min(start + size, count)
