"""The loss of each validation row, of which follows that of networks whose predictions are averaged (claim D4)."""

import numpy as np

from nets.layers.loss import OUTPUTS
from nets.probes.probe import Measure, Probe, Reading, Subject
from nets.probes.specimen import loaded, specimen

DIGITS = 4  # after the point: far below what separates networks, and a fifth of the ledger's bytes


def take(subject: Subject) -> Reading:
    """In evaluation."""
    passed, labels = loaded(specimen(subject.stack, noise=None), subject.valid)
    logits = passed.forward(training=False)
    log_probabilities = OUTPUTS[subject.stack.shape.output].log_probabilities(logits)
    true = np.take_along_axis(log_probabilities, labels[:, None], axis=1)[:, 0]
    return {"valid": np.round(-true, DIGITS)}


PROBE = Probe(
    {"valid": Measure("rows", "nats", "-log of the probability of each validation row's class, in order")},
    take,
)
