"""Where the compiled step keeps each number of a network."""

from collections.abc import Sequence

import numpy as np

from nets.arrays import CACHE_LINE, Integers
from nets.compiled.vectors import BYTES, VECTORS


class Layout:
    """One network's parameters and moments, in numbers from the first one.

    A dense layer stands in panels (``nets.compiled.products``), the bias below the weights; γ and β stand one after
    the other. Rows are whole vectors; what they hold beyond a layer's units is zero.
    """

    def __init__(self, sizes: Sequence[int], size: int, *, normalised: bool) -> None:
        """``sizes`` holds inputs, hidden units and classes; a number has ``size`` bytes."""
        self.size, self.lanes = size, BYTES // size
        self.sizes = tuple(sizes)
        self.columns = tuple(self.rounded(units) for units in sizes)
        hidden = self.columns[1:-1] if normalised else ()
        dense = [(inputs + 1) * units for inputs, units in zip(self.sizes[:-1], self.columns[1:], strict=True)]
        self.dense, stop = _starts(dense)
        self.affine, stop = _starts([2 * units for units in hidden], stop)
        line = CACHE_LINE // size
        self.parameters = -(-stop // line) * line
        self.moments, self.moments_held = _starts(hidden)

    def rounded(self, count: int) -> int:
        """To whole vectors."""
        return -(-count // self.lanes) * self.lanes

    def places(self) -> Integers:
        """Where the parameters stand, in the order of ``nets.parameters``: (outputs, inputs + 1) by layer, then γ, β by layer."""
        layers = zip(self.dense, self.sizes[:-1], self.sizes[1:], self.columns[1:], strict=True)
        dense = [self._dense(*layer).ravel() for layer in layers]
        affine = [
            np.concatenate([start + np.arange(units), start + columns + np.arange(units)])
            for start, units, columns in zip(self.affine, self.sizes[1:], self.columns[1:], strict=False)
        ]
        return np.concatenate([*dense, *affine])

    def _dense(self, start: int, inputs: int, outputs: int, columns: int) -> Integers:
        """(outputs, inputs + 1)."""
        wide = VECTORS * self.lanes
        unit, row = np.arange(outputs)[:, None], np.arange(inputs + 1)
        panel = unit // wide * wide
        return np.asarray(start + panel * (inputs + 1) + row * np.minimum(wide, columns - panel) + unit - panel)


def _starts(sizes: Sequence[int], start: int = 0) -> tuple[tuple[int, ...], int]:
    """Of pieces one after the other, and the end of the last."""
    stops = [start, *(start + int(stop) for stop in np.cumsum(sizes))]
    return tuple(stops[:-1]), stops[-1]
