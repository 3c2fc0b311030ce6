"""What the compiled step writes to on its way: made once for a batch size, and shared by the networks, one after the other."""

from itertools import pairwise

import numpy as np

from nets.arrays import Array, Integers, full
from nets.compiled.arguments import Buffers
from nets.compiled.layout import Layout
from nets.compiled.vectors import ROWS, VECTORS


class Room:
    """Buffers for up to ``rows`` rows, and the arrays that they are the addresses of."""

    def __init__(self, layout: Layout, rows: int) -> None:
        self.layout = layout
        self.arrays: list[Array] = []
        held, columns = layout.rounded(rows), layout.columns
        y, dy = self._by_layer(held), self._by_layer(held)
        steps = np.multiply.outer(np.array(columns) * layout.size, np.arange(held))
        transposed = [outputs * inputs for inputs, outputs in pairwise(columns)]
        self.buffers = Buffers(
            rows=y[:, None] + steps,
            dy_rows=dy[:, None] + steps,
            ones=np.full(held, self._new(1, fill=1)),
            y=y,
            dy=dy,
            slope=self._by_layer(held),
            centred=self._by_layer(held),
            factor=self._by_layer(held),
            inverse=self._by_layer(1),
            jitter=self._by_layer(2),
            transposed=self._new(max(transposed)),
            logits=self._new(held * columns[-1]),
            gradient=self._new(max(2 * max(columns), ROWS * VECTORS * layout.lanes)),
            packed=self._new(held * VECTORS * layout.lanes),
            sums=self._new(4 * max(held, *columns)),
            capacity=rows,
        )

    def _by_layer(self, rows: int) -> Integers:
        """Addresses of (rows, units) for each layer, the inputs' being the first."""
        return np.array([self._new(rows * columns) for columns in self.layout.columns])

    def _new(self, count: int, fill: float = 0) -> int:
        """The address of so many numbers; a square beyond them may be written to where columns are transposed."""
        square = self.layout.lanes * VECTORS * self.layout.lanes
        self.arrays.append(full((count + square,), fill, f"f{self.layout.size}"))
        return self.arrays[-1].ctypes.data
