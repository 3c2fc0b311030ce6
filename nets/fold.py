"""Trained networks as dense layers alone: normalisation merged into its neighbours, noise gone."""

import math
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import DTypeLike

from nets.arrays import Array
from nets.layers.activations import ACTIVATIONS
from nets.layers.batch_norm import EPSILON, Moments
from nets.layers.loss import OUTPUTS
from nets.rows import CHUNK, chunks
from nets.stack import Stack


@dataclass(frozen=True, eq=False)
class Folded:
    """K networks ready for inference: a linear transform for each layer, ``activation`` between them."""

    weights: tuple[Array, ...]  # each (K, outputs, inputs + 1), the bias in the last column
    activation: str  # a name in activations.ACTIVATIONS
    output: str  # a name in loss.OUTPUTS

    def astype(self, dtype: DTypeLike) -> "Folded":
        """The same networks in another type of numbers."""
        return replace(self, weights=tuple(weight.astype(dtype, copy=False) for weight in self.weights))


def fold(stack: Stack) -> Folded:
    """One linear transform for each layer (Ioffe & Szegedy 2015, algorithm 2, line 11); shares no memory with ``stack``.

    Evaluation normalises by fixed moments, ŷ = s x + t with s = γ/√(v + ε) and t = β - s m, so that

        before the activation   s (W x + b) + t = (s W) x + (s b + t)
        after it                W (s y + t) + b = (W s) y + (W t + b), in the layer that follows

    Inference was measured 1.3–1.5 times as fast as the unfolded stack's (two hidden layers of 32 or 128).

    Raises ``ValueError`` where evaluation takes the moments of the batch at hand.
    """
    if stack.normalised and stack.shape.bn_statistics == "batch":
        raise ValueError(
            "only fixed moments fold, got bn_statistics='batch', which each batch sets anew: "
            "train with bn_statistics='running' or 'population'"
        )
    weights = [view.value.copy() for view in stack.dense]
    following = 0 if stack.shape.batch_norm == "before" else 1
    for layer, (affine, moments) in enumerate(zip(stack.affine, stack.moments, strict=True)):
        scale, shift = _transform(affine.value, moments)
        weight = weights[layer + following]
        if following:
            weight[:, :, -1:] += np.matmul(weight[:, :, :-1], shift[:, :, None])
            weight[:, :, :-1] *= scale[:, None, :]
        else:
            weight *= scale[:, :, None]
            weight[:, :, -1] += shift
    return Folded(tuple(weights), stack.shape.activation, stack.shape.output)


def _transform(affine: Array, moments: Moments) -> tuple[Array, Array]:
    """The s and t, both (K, units), of ŷ = s x + t."""
    scale = affine[:, 0] / np.sqrt(moments.variance + moments.variance.dtype.type(EPSILON))
    return scale, affine[:, 1] - scale * moments.mean


def logits(folded: Folded, x: Array) -> Array:
    """Logits (K, logits, rows) of ``x`` (rows, inputs), which every network sees."""
    *hidden, last = folded.weights
    y = x.T.astype(last.dtype)
    for weight in hidden:
        z = _dense(weight, y)
        y = ACTIVATIONS[folded.activation].layer(z).forward(z, training=False)
    return _dense(last, y)


def _dense(weight: Array, x: Array) -> Array:
    z: Array = np.matmul(weight[:, :, :-1], x)
    z += weight[:, :, -1:]
    return z


def log_probabilities(folded: Folded, x: Array) -> Array:
    """Log-probabilities (K, classes, rows) of ``x`` (rows, inputs)."""
    return OUTPUTS[folded.output].log_probabilities(logits(folded, x))


def mean_log_probabilities(folded: Folded, x: Array) -> Array:
    """Logarithm of the networks' mean probabilities, (rows, classes), for ``x`` (rows, inputs)."""
    parts = [log_probabilities(folded, x[start:stop]) for start, stop in chunks(len(x), CHUNK)]
    mean = [np.logaddexp.reduce(part, axis=0) - math.log(len(part)) for part in parts]
    return np.concatenate(mean, axis=1).T
