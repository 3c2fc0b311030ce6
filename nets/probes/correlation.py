"""Whether hidden units say the same as one another (claim D6)."""

import numpy as np

from nets.arrays import Array
from nets.probes.probe import Measure, Probe, Reading, Subject, by_layer
from nets.probes.specimen import loaded, specimen, trace


def take(subject: Subject) -> Reading:
    """Outputs of the activation function in evaluation, over the validation rows."""
    passed, _ = loaded(specimen(subject.stack, noise=None), subject.valid)
    layers = [[_similarity(y) for y in networks] for networks in trace(passed, training=False).active]
    measured = by_layer([np.array(each) for each in layers], len(subject.stack.hypers), 3)
    return {name: measured[:, :, place] for place, name in enumerate(("max", "mean", "participation"))}


def _similarity(y: Array) -> tuple[float, float, float]:
    """Greatest and mean |correlation| of two units, and (Σ λ)²/Σ λ² over the covariance's eigenvalues, of ``y`` (units, rows)."""
    covariance = np.atleast_2d(np.cov(y, bias=True))
    variance = np.diag(covariance)
    participation = variance.sum() ** 2 / (covariance**2).sum()
    alive = variance > 0
    spread = np.sqrt(variance[alive])
    one, other = np.triu_indices(len(spread), 1)
    correlation = np.abs(covariance[np.ix_(alive, alive)][one, other] / (spread[one] * spread[other]))
    if not correlation.size:
        return np.nan, np.nan, float(participation)
    return float(correlation.max()), float(correlation.mean()), float(participation)


PROBE = Probe(
    {
        "max": Measure("layers", "", "greatest |correlation| of two units of a layer that vary"),
        "mean": Measure("layers", "", "mean |correlation| of two such units"),
        "participation": Measure("layers", "units", "participation ratio (Σ λ)²/Σ λ² of the units' covariance"),
    },
    take,
)
