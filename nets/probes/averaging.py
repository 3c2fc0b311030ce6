"""Whether one network with scaled weights predicts as the mean of many thinned ones (claim D2)."""

from collections.abc import Iterator

import numpy as np

from nets.arrays import Array, Integers
from nets.layers.loss import OUTPUTS, Softmax
from nets.layers.noise import Noise
from nets.probes.probe import Measure, Probe, Reading, Subject
from nets.probes.specimen import loaded, scores, specimen
from nets.rows import Rows
from nets.stack import Stack

COUNTS = (1, 2, 5, 10, 20, 50, 100, 200)  # sampled networks


def take(subject: Subject) -> Reading:
    """On the validation rows; each row has networks of its own, and moments are those of evaluation."""
    plain, labels = loaded(specimen(subject.stack, noise=None), subject.valid)
    scaled_loss, scaled_error = scores(plain, labels, training=False)
    arithmetic, logarithms, total = [], np.zeros(()), np.full((), -np.inf)
    samples = _samples(specimen(subject.stack, noise="sampled networks"), subject.valid)
    for number, log_probabilities in enumerate(samples, start=1):
        total = np.logaddexp(total, log_probabilities)
        logarithms = logarithms + log_probabilities
        if number in COUNTS:
            arithmetic.append(_scores(total - np.log(number), labels))
    geometric_loss, geometric_error = _scores(Softmax.log_probabilities(logarithms / COUNTS[-1]), labels)
    return {
        "count": np.tile(COUNTS, (len(labels), 1)),
        "loss": np.stack([loss for loss, _ in arithmetic], axis=1),
        "error": np.stack([error for _, error in arithmetic], axis=1),
        "geometric_loss": geometric_loss,
        "geometric_error": geometric_error,
        "scaled_loss": scaled_loss,
        "scaled_error": scaled_error,
    }


def _samples(stack: Stack, rows: Rows) -> Iterator[Array]:
    """Log-probabilities (K, classes, rows), each time under noise drawn anew."""
    passed, _ = loaded(stack, rows)
    for _ in range(COUNTS[-1]):
        rows.load(passed, np.arange(rows.count))  # noise on inputs has changed those there
        x = passed.enter(training=True)
        for layer in passed.others:
            x = layer.forward(x, training=isinstance(layer, Noise))
        yield OUTPUTS[stack.shape.output].log_probabilities(x)


def _scores(log_probabilities: Array, labels: Integers) -> tuple[Array, Array]:
    """Mean loss and error, both (K,)."""
    chosen = np.take_along_axis(log_probabilities, labels[:, None], axis=1)
    return -chosen.mean(axis=(1, 2)), (log_probabilities.argmax(axis=1) != labels).mean(axis=1)


PROBE = Probe(
    {
        "count": Measure("counts", "networks", "sampled networks whose predictions are averaged: 1 … 200"),
        "loss": Measure("counts", "nats", "loss of the mean of so many networks' probabilities"),
        "error": Measure("counts", "share", "error of that mean"),
        "geometric_loss": Measure("", "nats", "loss of the normalised geometric mean of 200 networks' probabilities"),
        "geometric_error": Measure("", "share", "error of that mean"),
        "scaled_loss": Measure("", "nats", "loss of the one network without noise, on the same rows"),
        "scaled_error": Measure("", "share", "its error"),
    },
    take,
)
