"""How many hidden units a row makes active, how unequally, and what a unit alone says of the class (claims D8, D8b)."""

import numpy as np

from nets.arrays import Array, Integers
from nets.probes.probe import Measure, Probe, Reading, Subject, by_layer
from nets.probes.specimen import loaded, specimen, trace

NEAR_ZERO = 0.01  # of the layer's greatest activation


def take(subject: Subject) -> Reading:
    """Outputs of the activation function in evaluation, on the validation rows."""
    passed, labels = loaded(specimen(subject.stack, noise=None), subject.valid)
    traced = trace(passed, training=False).active
    active = [np.abs(y) for y in traced]
    networks = len(subject.stack.hypers)
    return {
        "near_zero": by_layer([_near_zero(y) for y in active], networks),
        "treves_rolls": by_layer([_treves_rolls(y) for y in active], networks),
        "hoyer": by_layer([_hoyer(y) for y in active], networks),
        "between": by_layer([_between(y, labels) for y in traced], networks),
    }


def _near_zero(y: Array) -> Array:
    return np.asarray((y <= NEAR_ZERO * y.max(axis=(1, 2), keepdims=True)).mean(axis=(1, 2)))


def _treves_rolls(y: Array) -> Array:
    """(mean y)²/mean y² over the rows: 1 where a unit is always as active, a where in a share a of the rows."""
    return _finite_mean(y.mean(axis=2) ** 2 / (y**2).mean(axis=2))


def _hoyer(y: Array) -> Array:
    """(√n - ‖y‖₁/‖y‖₂)/(√n - 1) over the n units: 0 where all are as active, 1 where one is (Hoyer 2004, section 3.1)."""
    root = np.sqrt(y.shape[1])
    return _finite_mean((root - y.sum(axis=1) / np.sqrt((y**2).sum(axis=1))) / (root - 1))


def _between(y: Array, labels: Integers) -> Array:
    """Σ n (m − M)²/Σ (y − M)² over the classes' means m, mean over units: 1 where a unit alone tells all classes apart, 0 where none."""
    members = labels[:, None, :] == np.unique(labels)[:, None]
    counts = members.sum(axis=2)[:, None, :]
    centred = y - y.mean(axis=2, keepdims=True)
    means = centred @ members.transpose(0, 2, 1) / np.maximum(counts, 1)  # a split may lack a class
    return _finite_mean((counts * means**2).sum(axis=2) / (centred**2).sum(axis=2))


def _finite_mean(x: Array) -> Array:
    """Over the last axis; what is never active gives 0/0 and is left out."""
    finite = np.isfinite(x)
    return np.asarray(np.where(finite, x, 0).sum(axis=1) / finite.sum(axis=1))


PROBE = Probe(
    {
        "near_zero": Measure("layers", "share", "activations of at most 1 % of the layer's greatest, in size"),
        "treves_rolls": Measure("layers", "", "(mean y)²/mean y² over rows, mean over units that are ever active"),
        "hoyer": Measure("layers", "", "Hoyer's sparseness over units, 0 to 1, mean over rows with any activation"),
        "between": Measure(
            "layers", "share", "variance of a unit that lies between the classes, mean over units that vary"
        ),
    },
    take,
)
