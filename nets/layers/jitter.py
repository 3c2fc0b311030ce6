"""Noise that unsettles what normalisation has settled."""

import numpy as np

from nets.arrays import Array, Layer
from nets.layers.noise import Draws


class Jitter(Layer):
    """(1 + δ u) x + δ v while training, x in evaluation; u and v standard normal for each unit, new in each step.

    The whole batch shares the draw, so that each step sees other moments. It is the idea of the "noisy" normalisation
    of Santurkar et al. 2018, section 2.2, who move each example by itself, by a law that changes with the step.
    ``spread`` δ is (K, 1, 1); ``draws`` are redrawn for each batch.
    """

    def __init__(self, spread: Array, draws: Draws, y: Array) -> None:
        self.y = y
        self.spread = spread.astype(y.dtype)
        self.draws = draws

    def forward(self, x: Array, *, training: bool) -> Array:
        if not training:
            return x
        normals = self.draws.for_networks(self.draws.normals(self.y.shape[1], 2))
        self.scale = 1 + self.spread * normals[:, :, :1]
        np.multiply(x, self.scale, out=self.y)
        self.y += self.spread * normals[:, :, 1:]
        return self.y

    def backward(self, dy: Array) -> Array:
        dy *= self.scale
        return dy
