"""All trainable values of a stack in one contiguous array, all gradients in another; layers hold views."""

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import DTypeLike

from nets.arrays import Array


class View(NamedTuple):
    """A parameter of K networks and its gradient, both (K, …)."""

    value: Array
    gradient: Array


class Parameters:
    """``values`` and ``gradients`` (K, P), handed out as views in the order of ``shapes``.

    One flat array makes the optimiser a few calls: measured 14 µs a step against 330 layer by
    layer (Adam, K = 1, width 16).
    """

    def __init__(self, networks: int, shapes: Sequence[tuple[int, ...]], dtype: DTypeLike) -> None:
        total = sum(math.prod(shape) for shape in shapes)
        self.values = np.zeros((networks, total), dtype)
        self.gradients = np.zeros((networks, total), dtype)
        stops = np.cumsum([math.prod(shape) for shape in shapes])
        self.views = [
            self._view(slice(stop - math.prod(shape), stop), shape) for stop, shape in zip(stops, shapes, strict=True)
        ]

    def _view(self, columns: slice, shape: tuple[int, ...]) -> View:
        full = (len(self.values), *shape)
        return View(*(flat[:, columns].reshape(full, copy=False) for flat in (self.values, self.gradients)))
