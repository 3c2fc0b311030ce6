"""Batch normalisation (Ioffe & Szegedy 2015)."""

from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import DTypeLike

from nets.arrays import Array, Layer, empty, full
from nets.kernels import kernel
from nets.parameters import View

EPSILON = 1e-5  # PyTorch's


@dataclass(frozen=True, eq=False)
class Moments:
    """What evaluation normalises with: ``mean`` and ``variance`` (K, units), updated in place."""

    mean: Array
    variance: Array

    @classmethod
    def initial(cls, networks: int, units: int, dtype: DTypeLike) -> Self:
        """Mean 0 and variance 1, as in PyTorch."""
        return cls(np.zeros((networks, units), dtype), np.ones((networks, units), dtype))

    def blend(self, mean: Array, variance: Array, weight: Array) -> None:
        """running = (1 - weight) · running + weight · batch, weight (K, 1)."""
        blend(self.mean, mean, weight)
        blend(self.variance, variance, weight)


class BatchNorm(Layer):
    """y = γ x̂ + β, x̂ = (x - E x) / √(Var x + ε) over the batch: algorithm 1 of the paper.

    ``momentum`` (K, 1) is the weight of the new batch in the running moments. Their variance is the
    unbiased one, B/(B - 1) times that of the batch, as in PyTorch and in the paper's algorithm 2.
    """

    def __init__(self, affine: View, moments: Moments, momentum: Array, y: Array, *, always_batch: bool) -> None:
        """``affine`` (K, 2, units) holds γ and β; with ``always_batch`` evaluation, too, takes the batch's moments."""
        self.y = y
        self.scale = View(affine.value[:, 0], affine.gradient[:, 0])
        self.shift = View(affine.value[:, 1], affine.gradient[:, 1])
        self.moments, self.momentum = moments, momentum
        self.always_batch = always_batch
        self.batch = y.shape[2]
        self.share = full((self.batch,), 1 / self.batch, y.dtype)
        self.centred = empty(y.shape, y.dtype)

    def forward(self, x: Array, *, training: bool) -> Array:
        if training:
            mean, variance = self._centre_on_batch(x)
            self._blend(mean, variance, self.momentum)
        elif self.always_batch:
            _, variance = self._centre_on_batch(x)
        else:
            np.subtract(x, self.moments.mean[..., None], out=self.centred)
            variance = self.moments.variance
        return self._scale_and_shift(variance)

    def collect(self, x: Array, weight: float) -> Array:
        """A forward pass on the batch's moments, which the running ones take with ``weight``."""
        mean, variance = self._centre_on_batch(x)
        self._blend(mean, variance, np.full_like(self.momentum, weight))
        return self._scale_and_shift(variance)

    def _centre_on_batch(self, x: Array) -> tuple[Array, Array]:
        """E x and Var x over the batch, both (K, units); leaves x - E x in ``centred``."""
        return centre_on_batch(x, self.share, self.centred)

    def _blend(self, mean: Array, variance: Array, weight: Array) -> None:
        self.moments.blend(mean, variance * variance.dtype.type(self.batch / (self.batch - 1)), weight)

    def _scale_and_shift(self, variance: Array) -> Array:
        self.inverse = 1 / np.sqrt(variance + variance.dtype.type(EPSILON))
        scale_and_shift(self.centred, self.scale.value * self.inverse, self.shift.value, self.y)
        return self.y

    def backward(self, dy: Array) -> Array:
        """With dγ = Σ dy x̂ and dβ = Σ dy over the batch of B."""
        self.scale.gradient[...], self.shift.gradient[...] = batch_norm_slope(
            dy, self.centred, self.scale.value, self.inverse, self.share
        )
        return dy


class DetachedBatchNorm(BatchNorm):
    """The moments are constants in ``backward``: the gradient that the paper's section 2 warns of."""

    def backward(self, dy: Array) -> Array:
        """With dγ = Σ dy x̂ and dβ = Σ dy as before, but dx = γ/√(Var x + ε) · dy."""
        self.scale.gradient[...] = np.vecdot(dy, self.centred) * self.inverse
        self.shift.gradient[...] = dy.sum(axis=2)
        dy *= (self.scale.value * self.inverse)[..., None]
        return dy


@kernel
def blend(running: Array, batch: Array, weight: Array) -> None:
    """running ← (1 - weight) · running + weight · batch, all (K, units) but the weight, (K, 1)."""
    running *= 1 - weight
    running += weight * batch


@kernel
def centre_on_batch(x: Array, share: Array, centred: Array) -> tuple[Array, Array]:
    """E x and Var x over the batch, both (K, units); leaves x - E x in ``centred``; ``share`` (B,) holds 1/B."""
    # sums over the batch as products: measured 4 times faster than np.mean, and as exact
    mean = np.matmul(x, share)
    np.subtract(x, mean[..., None], out=centred)
    return mean, np.vecdot(centred, centred) * share[0]


@kernel
def scale_and_shift(x: Array, scale: Array, shift: Array, y: Array) -> None:
    """y = s x + t, both (K, units)."""
    np.multiply(x, scale[..., None], out=y)
    y += shift[..., None]


@kernel
def batch_norm_slope(dy: Array, centred: Array, scale: Array, inverse: Array, share: Array) -> tuple[Array, Array]:
    """dy ← γ/√(Var x + ε) · (dy - mean dy - x̂ · mean(dy x̂)): the statistics take part in the gradient.

    Returns Σ dy x̂ and Σ dy over the batch, both (K, units); uses up ``centred``.
    """
    batch = dy.dtype.type(dy.shape[2])
    mean = np.matmul(dy, share)
    normalised_mean = np.vecdot(dy, centred) * (inverse * share[0])
    slope = scale * inverse
    dy *= slope[..., None]
    dy -= (slope * mean)[..., None]
    centred *= (slope * normalised_mean * inverse)[..., None]
    dy -= centred
    return batch * normalised_mean, batch * mean


BATCH_NORMS: dict[str, type[BatchNorm]] = {"full": BatchNorm, "detached": DetachedBatchNorm}
