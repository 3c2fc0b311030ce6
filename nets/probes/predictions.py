"""What the network says of each validation row, to compare networks row by row."""

from base64 import b64encode
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nets.probes.probe import Measure, Probe, Reading, Subject
from nets.probes.specimen import loaded, specimen

LOWEST = -60_000  # within float16


def take(subject: Subject) -> Reading:
    """In evaluation."""
    passed, labels = loaded(specimen(subject.stack, noise=None), subject.valid)
    z = passed.forward(training=False)
    z = z - z.max(axis=1, keepdims=True)
    log_probabilities = np.maximum(z - np.log(np.exp(z).sum(axis=1, keepdims=True)), LOWEST)
    return {
        "log_probabilities": [_packed(network.T, "<f2") for network in log_probabilities],
        "labels": [_packed(network, "<u2") for network in labels],
    }


def _packed(numbers: NDArray[Any], dtype: str) -> str:
    return b64encode(np.ascontiguousarray(numbers, dtype).tobytes()).decode()


PROBE = Probe(
    {
        "log_probabilities": Measure(
            "", "nats", "base64 of float16, little-endian, (rows, classes): validation rows in order"
        ),
        "labels": Measure("", "", "base64 of uint16, little-endian, (rows,): their true classes"),
    },
    take,
)
