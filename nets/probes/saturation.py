"""Units whose activation function is flat where they work (claim B3)."""

from collections.abc import Callable

import numpy as np

from nets.arrays import Array
from nets.probes.probe import STEP, Measure, Probe, Reading, Subject, by_layer
from nets.probes.specimen import loaded, specimen, trace

FLAT = 0.1  # of the greatest slope

# f'/max f' from the output y = f(x)
RELATIVE_SLOPES: dict[str, Callable[[Array], Array]] = {
    "relu": lambda y: (y > 0).astype(np.float64),
    "tanh": lambda y: 1 - y**2,
    "sigmoid": lambda y: 4 * y * (1 - y),
    "identity": np.ones_like,
}


def take(subject: Subject) -> Reading:
    """On the validation rows, normalised by their own moments as in training, without noise."""
    passed, _ = loaded(specimen(subject.stack, noise=None), subject.valid)
    slope = RELATIVE_SLOPES[subject.stack.shape.activation]
    flat = [slope(y) < FLAT for y in trace(passed, training=True).active]
    networks = len(subject.stack.hypers)
    return {
        "share": by_layer([layer.mean(axis=(1, 2)) for layer in flat], networks),
        "dead": by_layer([layer.all(axis=2).mean(axis=1) for layer in flat], networks),
    }


PROBE = Probe(
    {
        "step": STEP,
        "share": Measure("checkpoints × layers", "share", "units × rows with f'/max f' < 0.1; for ReLU: inactive"),
        "dead": Measure("checkpoints × layers", "share", "units that are so on every row"),
    },
    take,
    along=True,
)
