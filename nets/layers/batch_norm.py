"""Batch normalisation (Ioffe & Szegedy 2015)."""

from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import DTypeLike

from nets.arrays import Array, Layer, empty, full
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
        self.moments = moments
        self.always_batch = always_batch
        self.batch = y.shape[2]
        self.weights = self._weights(momentum)
        self.ones = full((self.batch,), 1, y.dtype)
        self.centred = empty(y.shape, y.dtype)

    def forward(self, x: Array, *, training: bool) -> Array:
        if training:
            mean, variance = self._centre_on_batch(x)
            self._blend(mean, variance, self.weights)
        elif self.always_batch:
            _, variance = self._centre_on_batch(x)
        else:
            np.subtract(x, self.moments.mean[..., None], out=self.centred)
            variance = self.moments.variance
        return self._normalise(variance)

    def collect(self, x: Array, weight: float) -> Array:
        """A forward pass on the batch's moments, which the running ones take with ``weight``."""
        mean, variance = self._centre_on_batch(x)
        self._blend(mean, variance, self._weights(np.full((len(x), 1), weight, x.dtype)))
        return self._normalise(variance)

    def _centre_on_batch(self, x: Array) -> tuple[Array, Array]:
        """E x and Var x over the batch, both (K, units); leaves x - E x in ``centred``."""
        return centre_on_batch(x, self.ones, self.centred)

    def _weights(self, weight: Array) -> tuple[Array, Array, Array]:
        """Of running moments, the batch's mean and its variance, each (K, 1); a batch of one has no unbiased variance."""
        unbiased = self.batch / max(1, self.batch - 1)
        return 1 - weight, weight, weight * weight.dtype.type(unbiased)

    def _blend(self, mean: Array, variance: Array, weights: tuple[Array, Array, Array]) -> None:
        running_weight, mean_weight, variance_weight = weights
        blend(self.moments.mean, mean, running_weight, mean_weight)
        blend(self.moments.variance, variance, running_weight, variance_weight)

    def _normalise(self, variance: Array) -> Array:
        epsilon = variance.dtype.type(EPSILON)
        self.inverse = normalise(self.centred, variance + epsilon, self.scale.value, self.shift.value, self.y)
        return self.y

    def backward(self, dy: Array) -> Array:
        """With dγ = Σ dy x̂ and dβ = Σ dy over the batch of B."""
        slopes = self.scale.gradient, self.shift.gradient
        batch_norm_slope(dy, self.centred, self.scale.value, self.inverse, self.ones, slopes)
        return dy


class DetachedBatchNorm(BatchNorm):
    """The moments are constants in ``backward``: the gradient that the paper's section 2 warns of."""

    def backward(self, dy: Array) -> Array:
        """With dγ = Σ dy x̂ and dβ = Σ dy as before, but dx = γ/√(Var x + ε) · dy."""
        self.scale.gradient[...] = np.vecdot(dy, self.centred) * self.inverse
        self.shift.gradient[...] = dy.sum(axis=2)
        dy *= (self.scale.value * self.inverse)[..., None]
        return dy


class GhostBatchNorm(BatchNorm):
    """Each ``ghost_rows`` of a mini-batch are normalised by themselves in training (ghost batches: Hoffer et al. 2017).

    What is left of a batch is a ghost batch of its own. The running moments take one after the other. In evaluation it is as
    any other, and the moments that are collected are those of the whole batch.
    """

    def __init__(  # noqa: PLR0913  # as the whole batch's, and the part
        self,
        affine: View,
        moments: Moments,
        momentum: Array,
        y: Array,
        *,
        always_batch: bool,
        kind: type[BatchNorm],
        ghost_rows: int,
    ) -> None:
        super().__init__(affine, moments, momentum, y, always_batch=always_batch)
        starts = range(0, self.batch, ghost_rows)
        self.slices = [slice(start, min(start + ghost_rows, self.batch)) for start in starts]
        self.slopes = [np.zeros_like(affine.gradient) for _ in self.slices]
        self.ghosts = [
            kind(View(affine.value, slope), moments, momentum, np.empty_like(y[:, :, part]), always_batch=always_batch)
            for part, slope in zip(self.slices, self.slopes, strict=True)
        ]

    def forward(self, x: Array, *, training: bool) -> Array:
        if not training:
            return super().forward(x, training=False)
        for ghost, part in zip(self.ghosts, self.slices, strict=True):
            self.y[:, :, part] = ghost.forward(np.ascontiguousarray(x[:, :, part]), training=True)
        return self.y

    def backward(self, dy: Array) -> Array:
        for ghost, part in zip(self.ghosts, self.slices, strict=True):
            dy[:, :, part] = ghost.backward(np.ascontiguousarray(dy[:, :, part]))
        self.scale.gradient[...] = sum(slope[:, 0] for slope in self.slopes)
        self.shift.gradient[...] = sum(slope[:, 1] for slope in self.slopes)
        return dy


def blend(running: Array, batch: Array, running_weight: Array, weight: Array) -> None:
    """running ← running_weight · running + weight · batch, all (K, units) but the weights, (K, 1)."""
    running *= running_weight
    running += weight * batch


def centre_on_batch(x: Array, ones: Array, centred: Array) -> tuple[Array, Array]:
    """E x and Var x over the batch, both (K, units); leaves x - E x in ``centred``; ``ones`` is (B,)."""
    # sums over the batch as products: measured 4 times faster than np.mean, and as exact
    mean = np.asarray(np.matmul(x, ones) / len(ones))
    np.subtract(x, mean[..., None], out=centred)
    return mean, np.vecdot(centred, centred) / len(ones)


def normalise(centred: Array, variance: Array, scale: Array, shift: Array, y: Array) -> Array:
    """y = γ (x - E x)/√variance + β; returns 1/√variance, (K, units) as are all but ``centred`` and ``y``."""
    inverse = np.asarray(1 / np.sqrt(variance))
    np.multiply(centred, (scale * inverse)[..., None], out=y)
    y += shift[..., None]
    return inverse


def batch_norm_slope(  # noqa: PLR0913, PLR0917  the formula has as many symbols
    dy: Array, centred: Array, scale: Array, inverse: Array, ones: Array, slopes: tuple[Array, Array]
) -> None:
    """dy ← γ/√(Var x + ε) · (dy - (Σ dy + x̂ Σ dy x̂)/B): the statistics take part in the gradient.

    Leaves Σ dy x̂ and Σ dy over the batch in ``slopes``, both (K, units); ``ones`` is (B,); uses up ``centred``.
    """
    scale_slope, shift_slope = slopes
    np.matmul(dy, ones, out=shift_slope)
    np.vecdot(dy, centred, out=scale_slope)
    scale_slope *= inverse
    factor = scale * inverse
    share = factor / len(ones)
    dy *= factor[..., None]
    dy -= (share * shift_slope)[..., None]
    centred *= (share * inverse * scale_slope)[..., None]
    dy -= centred


BATCH_NORMS: dict[str, type[BatchNorm]] = {"full": BatchNorm, "detached": DetachedBatchNorm}
