"""Rows laid out for training: a table of them, or, of a sparse matrix, one of each batch."""

from abc import ABC, abstractmethod
from typing import Any

import numpy as np
from numpy.typing import DTypeLike

from nets.arrays import Array, Integers
from nets.passes import Pass
from nets.rows import check_range, chunks
from nets.sklearn.examples import Examples

COPIED = 256  # rows at once: bounds what stands beside the table while it is made


def dense(x: Any) -> Array:
    return x if isinstance(x, np.ndarray) else np.asarray(x.toarray())


class Gathered(ABC):
    """Examples that a pass can load, in the type of its networks."""

    def __init__(self, examples: Examples, dtype: DTypeLike) -> None:
        """Raises ``ValueError`` where the type does not hold the numbers."""
        self.x, self.places = examples.x, examples.places
        self.labels = examples.y
        self.dtype = np.dtype(dtype)

    def load(self, into: Pass, rows: Integers) -> Integers:
        """Loads ``rows`` (K, batch), numbers of examples; returns their labels (K, batch)."""
        self._load(into, rows)
        return self.labels.take(rows)

    @abstractmethod
    def _load(self, into: Pass, rows: Integers) -> None: ...

    def _table(self, rows: Integers) -> Array:
        """Examples (n, inputs + 1), the last column ones, as a pass gathers from."""
        table = np.ones((len(rows), self.x.shape[1] + 1), self.dtype)
        for start, stop in chunks(len(rows), COPIED):
            part = dense(self.x[self.places[rows[start:stop]]])
            check_range(part, self.dtype)
            table[start:stop, :-1] = part
        return table


class Table(Gathered):
    """All rows at hand: one copy of them."""

    def __init__(self, examples: Examples, dtype: DTypeLike) -> None:
        super().__init__(examples, dtype)
        self.table = self._table(np.arange(len(examples)))

    def _load(self, into: Pass, rows: Integers) -> None:
        into.load(self.table, rows)


class Sparse(Gathered):
    """Rows that are made dense batch by batch."""

    def _load(self, into: Pass, rows: Integers) -> None:
        into.load(self._table(rows.ravel()), np.arange(rows.size).reshape(rows.shape))


def gathered(examples: Examples, dtype: DTypeLike) -> Gathered:
    """Of a dense matrix or a sparse one; the two train alike, to the last bit."""
    return (Table if isinstance(examples.x, np.ndarray) else Sparse)(examples, dtype)
