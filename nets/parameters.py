"""All trainable values of a stack in one contiguous array, all gradients in another; layers hold views."""

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import DTypeLike

from nets.arrays import CACHE_LINE, Array, full


class View(NamedTuple):
    """A parameter of K networks and its gradient, both (K, …)."""

    value: Array
    gradient: Array


class Parameters:
    """``values`` and ``gradients`` (K, P), handed out as views in the order of ``shapes``.

    One flat array makes the optimiser a few calls: measured 14 µs a step against 330 layer by
    layer (Adam, K = 1, width 16). P is rounded up, so that each network begins on a cache line.
    """

    def __init__(self, networks: int, shapes: Sequence[tuple[int, ...]], dtype: DTypeLike) -> None:
        sizes = [math.prod(shape) for shape in shapes]
        line = CACHE_LINE // np.dtype(dtype).itemsize
        total = -(-sum(sizes) // line) * line
        self.values = full((networks, total), 0, dtype)
        self.gradients = full((networks, total), 0, dtype)
        stops = np.cumsum(sizes)
        self.views = [
            self._view(slice(stop - size, stop), shape) for stop, size, shape in zip(stops, sizes, shapes, strict=True)
        ]

    def _view(self, columns: slice, shape: tuple[int, ...]) -> View:
        whole = (len(self.values), *shape)
        return View(*(flat[:, columns].reshape(whole, copy=False) for flat in (self.values, self.gradients)))
