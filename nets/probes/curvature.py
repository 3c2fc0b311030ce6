"""How elongated the loss is: by the inputs, and by the weights where training begins and ends (claims B7, I1, I2)."""

import numpy as np

from nets.arrays import Array
from nets.probes.probe import Measure, Probe, Reading, Subject
from nets.probes.specimen import at_start, loaded, specimen
from nets.stack import Stack
from nets.streams import stream

NOT_ZERO = 1e-10  # of the largest eigenvalue; constant inputs give zeros
ITERATIONS = 50
STEP = 1e-4  # short beside the distance to the next ReLU kink, long beside rounding in float64


def take(subject: Subject) -> Reading:
    """Over the training rows, without noise and without L2, normalised by their own moments."""
    start = specimen(at_start(subject.stack, precision="float64"), noise=None)
    return {
        "input_condition": _input_conditions(subject),
        "sharpness_at_start": _sharpness(start, subject),
        "sharpness": _sharpness(specimen(subject.stack, noise=None), subject),
    }


def _input_conditions(subject: Subject) -> Array:
    """(K,), of E x xᵀ, x with a constant 1: the Hessian of linear regression, and to a factor a bound on softmax's."""
    rows = subject.train
    by_split = rows.table.reshape(-1, rows.count, rows.table.shape[1])
    conditions = np.array([_condition(x.T @ x / rows.count) for x in by_split])
    return np.asarray(conditions[rows.start[:, 0] // rows.count])


def _condition(symmetric: Array) -> float:
    eigenvalues = np.linalg.eigvalsh(symmetric)
    present = eigenvalues[eigenvalues > NOT_ZERO * eigenvalues[-1]]
    return float(present[-1] / present[0])


def _sharpness(stack: Stack, subject: Subject) -> Array:
    """Eigenvalue of the loss's Hessian that is largest in size, (K,), by power iteration on differences of gradients."""
    passed, labels = loaded(stack, subject.train)
    values = stack.parameters.values
    here = values.copy()

    def slope(at: Array) -> Array:
        np.copyto(values, at)
        passed.forward(training=True)
        passed.backward(labels)
        return stack.parameters.gradients.copy()

    direction = np.tile(stream(0, "direction").standard_normal(values.shape[1]), (len(values), 1))
    for _ in range(ITERATIONS):
        direction /= np.linalg.norm(direction, axis=1, keepdims=True)
        change = (slope(here + STEP * direction) - slope(here - STEP * direction)) / (2 * STEP)
        eigenvalue = np.vecdot(direction, change)
        direction = change
    return np.asarray(eigenvalue)


PROBE = Probe(
    {
        "input_condition": Measure(
            "", "ratio", "largest by smallest non-zero eigenvalue of the mean of x xᵀ, x the inputs and a constant 1"
        ),
        "sharpness_at_start": Measure(
            "", "nats", "largest eigenvalue of the training loss's Hessian before the first step"
        ),
        "sharpness": Measure("", "nats", "the same at the end"),
    },
    take,
)
