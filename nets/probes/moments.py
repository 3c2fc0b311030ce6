"""Mean and variance of what each hidden layer hands on, and how far they move (claims B7, B8)."""

from collections.abc import Sequence

import numpy as np

from nets.arrays import Array
from nets.probes.probe import STEP, Measure, Probe, Reading, Subject, by_layer, series
from nets.probes.specimen import loaded, specimen, trace


def take(subject: Subject) -> Reading:
    """Of each unit, over the training rows, normalised by their own moments as in training, without noise."""
    passed, _ = loaded(specimen(subject.stack, noise=None), subject.train)
    seen = trace(passed, training=True)
    felt = seen
    if (subject.stack.knob("bn_noise") > 0).any():  # a draw of its own at each checkpoint
        noisy = specimen(subject.stack, noise=None, jitter=f"drift at step {subject.step}")
        felt = trace(loaded(noisy, subject.train)[0], training=True)
    shape = len(subject.stack.hypers), subject.stack.shape.width
    return {
        "mean": by_layer([y.mean(axis=2) for y in seen.received], *shape),
        "variance": by_layer([y.var(axis=2) for y in seen.received], *shape),
        "felt_mean": by_layer([y.mean(axis=2) for y in felt.received], *shape),
        "scaled_mean": by_layer([y.mean(axis=2) for y in seen.normalised], *shape),
        "scaled_variance": by_layer([y.var(axis=2) for y in seen.normalised], *shape),
    }


def summarise(readings: Sequence[Reading]) -> Reading:
    """What the units of a layer have in common; the readings are (K, checkpoints, layers, units) together."""
    of_units = series(readings)
    mean, variance = of_units["mean"], of_units["variance"]
    scale = _rms(np.sqrt(variance[:, :-1]))
    return {
        "step": of_units["step"],
        "mean": _rms(mean),
        "variance": variance.mean(axis=3),
        "mean_drift": _rms(np.diff(mean, axis=1)) / scale,
        "felt_drift": _rms(np.diff(of_units["felt_mean"], axis=1)) / scale,
        "spread_drift": _rms(np.diff(np.sqrt(variance), axis=1)) / scale,
        "scaled_mean": _rms(of_units["scaled_mean"]),
        "scaled_variance": of_units["scaled_variance"].mean(axis=3),
    }


def _rms(x: Array) -> Array:
    """Root mean square over the units, the last axis."""
    return np.asarray(np.sqrt((x**2).mean(axis=3)))


ALONG = "checkpoints × layers"
BETWEEN = "intervals × layers"
PROBE = Probe(
    {
        "step": STEP,
        "mean": Measure(ALONG, "", "root mean square over units of the mean that the next layer receives"),
        "variance": Measure(ALONG, "", "mean over units of the variance that the next layer receives"),
        "mean_drift": Measure(
            BETWEEN, "spreads", "root mean square change of those means to the next checkpoint, by the spread before it"
        ),
        "felt_drift": Measure(
            BETWEEN,
            "spreads",
            "the same of means that hold the noise after normalisation of one step at each checkpoint",
        ),
        "spread_drift": Measure(BETWEEN, "spreads", "the same of the standard deviations"),
        "scaled_mean": Measure(ALONG, "", "root mean square over units of the mean after γ and β (before them: 0)"),
        "scaled_variance": Measure(ALONG, "", "mean over units of the variance after γ and β (before them: 1)"),
    },
    take,
    along=True,
    summarise=summarise,
)
