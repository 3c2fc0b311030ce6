"""Units whose activation function is flat where they work (claim B3)."""

import numpy as np

from nets.arrays import Array
from nets.layers.activations import ACTIVATIONS, Activation
from nets.passes import Pass
from nets.probes.probe import STEP, Measure, Probe, Reading, Subject, by_layer
from nets.probes.specimen import loaded, specimen

FLAT = 0.1  # of the greatest slope


def take(subject: Subject) -> Reading:
    """On the validation rows, normalised by their own moments as in training, without noise."""
    passed, _ = loaded(specimen(subject.stack, noise=None), subject.valid)
    flat = [slope < FLAT for slope in relative_slopes(passed)]
    networks = len(subject.stack.hypers)
    return {
        "share": by_layer([layer.mean(axis=(1, 2)) for layer in flat], networks),
        "dead": by_layer([layer.all(axis=2).mean(axis=1) for layer in flat], networks),
    }


def relative_slopes(passed: Pass) -> list[Array]:
    """|f'|/max f' of each hidden layer at the rows loaded, (K, units, rows): what backward makes of ones."""
    steepest = ACTIVATIONS[passed.stack.shape.activation].steepest
    return [
        np.abs(layer.backward(np.ones_like(y))) / steepest
        for layer, y in passed.walk(training=True)
        if isinstance(layer, Activation)
    ]


PROBE = Probe(
    {
        "step": STEP,
        "share": Measure("checkpoints × layers", "share", "units × rows with |f'|/max f' < 0.1; for ReLU: inactive"),
        "dead": Measure("checkpoints × layers", "share", "units that are so on every row"),
    },
    take,
    along=True,
)
