"""How many hidden units a row makes active, and how unequally (claim D8)."""

import numpy as np

from nets.arrays import Array
from nets.probes.probe import Measure, Probe, Reading, Subject, by_layer
from nets.probes.specimen import loaded, specimen, trace

NEAR_ZERO = 0.01  # of the layer's greatest activation


def take(subject: Subject) -> Reading:
    """Outputs of the activation function in evaluation, on the validation rows."""
    passed, _ = loaded(specimen(subject.stack, noise=None), subject.valid)
    active = [np.abs(y) for y in trace(passed, training=False).active]
    networks = len(subject.stack.hypers)
    return {
        "near_zero": by_layer([_near_zero(y) for y in active], networks),
        "treves_rolls": by_layer([_treves_rolls(y) for y in active], networks),
        "hoyer": by_layer([_hoyer(y) for y in active], networks),
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


def _finite_mean(x: Array) -> Array:
    """Over the last axis; what is never active gives 0/0 and is left out."""
    finite = np.isfinite(x)
    return np.asarray(np.where(finite, x, 0).sum(axis=1) / finite.sum(axis=1))


PROBE = Probe(
    {
        "near_zero": Measure("layers", "share", "activations of at most 1 % of the layer's greatest, in size"),
        "treves_rolls": Measure("layers", "", "(mean y)²/mean y² over rows, mean over units that are ever active"),
        "hoyer": Measure("layers", "", "Hoyer's sparseness over units, 0 to 1, mean over rows with any activation"),
    },
    take,
)
