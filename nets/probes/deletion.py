"""What is lost when units or weights are damaged in a way that training may not have seen (claim D5)."""

import numpy as np

from nets.arrays import Array, Integers
from nets.passes import Pass
from nets.probes.probe import Measure, Probe, Reading, Subject, by_layer, mean
from nets.probes.specimen import handed_on, loaded, mean_scores, scores, specimen
from nets.streams import stream

QUARTER = 0.25  # of the units
SUBSETS = 20
DOSES = (0.1, 0.3)  # of the standard deviation of a layer's weights
DRAWS = 10


def take(subject: Subject) -> Reading:
    """In evaluation, on the validation rows; subsets and noise are the same for all networks of one shape."""
    passed, labels = loaded(specimen(subject.stack, noise=None), subject.valid)
    intact, _ = scores(passed, labels, training=False)
    networks, depth = len(intact), subject.stack.shape.depth
    one = [_single(passed, labels, layer) - intact[:, None] for layer in range(depth)]
    return {
        "one_mean": by_layer([added.mean(axis=1) for added in one], networks),
        "one_max": by_layer([added.max(axis=1) for added in one], networks),
        "quarter": _quarters(passed, labels) - intact,
        "noise_dose": np.tile(DOSES, (networks, 1)),
        "weight_noise": np.stack([_noisy(passed, labels, dose) - intact for dose in DOSES], axis=1),
    }


def _single(passed: Pass, labels: Integers, layer: int) -> Array:
    """Loss without each unit of a layer in turn, (K, units)."""
    shape = passed.stack.shape
    kept = np.ones((shape.depth, shape.width))
    losses = []
    for unit in range(shape.width):
        kept[layer, unit] = 0
        losses.append(_without(passed, labels, kept))
        kept[layer, unit] = 1
    return np.stack(losses, axis=1)


def _quarters(passed: Pass, labels: Integers) -> Array:
    """Loss without a quarter of the units of every hidden layer, mean over random subsets, (K,)."""
    shape = passed.stack.shape
    generator = stream(0, "deleted units", shape.width)
    deleted = max(1, round(QUARTER * shape.width))
    order = generator.random((SUBSETS, shape.depth, shape.width)).argsort(axis=2)
    return mean([_without(passed, labels, kept) for kept in order >= deleted])


def _without(passed: Pass, labels: Integers, kept: Array) -> Array:
    """Loss with ``kept`` (layers, units) times what the layers hand on, nothing rescaled, (K,)."""
    places = handed_on(passed)
    for _, y in passed.walk(training=False):
        for hidden, place in enumerate(places):
            if y is place:
                y *= kept[hidden, :, None]
    return mean_scores(passed, labels)[0]


def _noisy(passed: Pass, labels: Integers, dose: float) -> Array:
    """Loss with normal noise on every weight, mean over draws, (K,)."""
    values = passed.stack.parameters.values
    intact = values.copy()
    losses = []
    for draw in range(DRAWS):
        for layer, view in enumerate(passed.stack.dense):
            weight = view.value[:, :, :-1]
            # in one piece, since the order of a sum over strided numbers depends on the stack
            spread = weight.reshape(len(weight), -1).std(axis=1)[:, None, None]
            normal = stream(0, "noise on weights", draw, layer).standard_normal(weight.shape[1:])
            weight += dose * spread * normal
        losses.append(scores(passed, labels, training=False)[0])
        np.copyto(values, intact)
    return mean(losses)


PROBE = Probe(
    {
        "one_mean": Measure("layers", "nats", "loss added by deleting one unit, mean over the units of a layer"),
        "one_max": Measure("layers", "nats", "the same, greatest over the units"),
        "quarter": Measure(
            "", "nats", "loss added by deleting a quarter of the units of every hidden layer, mean over 20 random sets"
        ),
        "noise_dose": Measure("doses", "spreads", "standard deviation of normal noise, by that of a layer's weights"),
        "weight_noise": Measure("doses", "nats", "loss added by such noise on every weight, mean of 10 draws"),
    },
    take,
)
