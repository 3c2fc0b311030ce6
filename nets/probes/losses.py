"""The loss of each validation row, of which follows that of networks whose predictions are averaged (claim D4)."""

import numpy as np

from nets.probes.probe import Measure, Probe, Reading, Subject
from nets.probes.specimen import loaded, specimen

DIGITS = 4  # after the point: far below what separates networks, and a fifth of the ledger's bytes


def take(subject: Subject) -> Reading:
    """In evaluation."""
    passed, labels = loaded(specimen(subject.stack, noise=None), subject.valid)
    z = passed.forward(training=False)
    z = z - z.max(axis=1, keepdims=True)
    true = np.take_along_axis(z, labels[:, None], axis=1)[:, 0]
    return {"valid": np.round(np.log(np.exp(z).sum(axis=1)) - true, DIGITS)}


PROBE = Probe(
    {"valid": Measure("rows", "nats", "-log of the probability of each validation row's class, in order")},
    take,
)
