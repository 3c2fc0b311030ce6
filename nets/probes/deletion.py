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
    intact = scores(passed, labels, training=False)
    networks, depth = len(intact[0]), subject.stack.shape.depth
    one = [_single(passed, labels, layer) for layer in range(depth)]
    quarters, noisy = _quarters(passed, labels), [_noisy(passed, labels, dose) for dose in DOSES]
    read: dict[str, Array] = {"noise_dose": np.tile(DOSES, (networks, 1))}
    for metric, (suffix, before) in enumerate(zip(("", "_error"), intact, strict=True)):
        added = [layer[metric] - before[:, None] for layer in one]
        read |= {
            f"one_mean{suffix}": by_layer([each.mean(axis=1) for each in added], networks),
            f"quarter{suffix}": quarters[metric] - before,
            f"weight_noise{suffix}": np.stack([each[metric] - before for each in noisy], axis=1),
        }
        if not suffix:
            read["one_max"] = by_layer([each.max(axis=1) for each in added], networks)
    return read


def _single(passed: Pass, labels: Integers, layer: int) -> tuple[Array, Array]:
    """Loss and error without each unit of a layer in turn, both (K, units)."""
    shape = passed.stack.shape
    kept = np.ones((shape.depth, shape.width))
    found = []
    for unit in range(shape.width):
        kept[layer, unit] = 0
        found.append(_without(passed, labels, kept))
        kept[layer, unit] = 1
    losses, errors = (np.stack(each, axis=1) for each in zip(*found, strict=True))
    return losses, errors


def _quarters(passed: Pass, labels: Integers) -> tuple[Array, Array]:
    """Loss and error without a quarter of the units of every hidden layer, mean over random subsets, both (K,)."""
    shape = passed.stack.shape
    generator = stream(0, "deleted units", shape.width)
    deleted = max(1, round(QUARTER * shape.width))
    order = generator.random((SUBSETS, shape.depth, shape.width)).argsort(axis=2)
    losses, errors = zip(*(_without(passed, labels, kept) for kept in order >= deleted), strict=True)
    return mean(losses), mean(errors)


def _without(passed: Pass, labels: Integers, kept: Array) -> tuple[Array, Array]:
    """Loss and error with ``kept`` (layers, units) times what the layers hand on, nothing rescaled, both (K,)."""
    places = handed_on(passed)
    for _, y in passed.walk(training=False):
        for hidden, place in enumerate(places):
            if y is place:
                y *= kept[hidden, :, None]
    return mean_scores(passed, labels)


def _noisy(passed: Pass, labels: Integers, dose: float) -> tuple[Array, Array]:
    """Loss and error with normal noise on every weight, mean over draws, both (K,)."""
    values = passed.stack.parameters.values
    intact = values.copy()
    found = []
    for draw in range(DRAWS):
        for layer, view in enumerate(passed.stack.dense):
            weight = view.value[:, :, :-1]
            # in one piece, since the order of a sum over strided numbers depends on the stack
            spread = weight.reshape(len(weight), -1).std(axis=1)[:, None, None]
            normal = stream(0, "noise on weights", draw, layer).standard_normal(weight.shape[1:])
            weight += dose * spread * normal
        found.append(scores(passed, labels, training=False))
        np.copyto(values, intact)
    losses, errors = zip(*found, strict=True)
    return mean(losses), mean(errors)


PROBE = Probe(
    {
        "one_mean": Measure("layers", "nats", "loss added by deleting one unit, mean over the units of a layer"),
        "one_max": Measure("layers", "nats", "the same, greatest over the units"),
        "quarter": Measure(
            "", "nats", "loss added by deleting a quarter of the units of every hidden layer, mean over 20 random sets"
        ),
        "one_mean_error": Measure(
            "layers", "share", "errors added by deleting one unit, mean over the units of a layer"
        ),
        "quarter_error": Measure("", "share", "the same by deleting a quarter of the units of every hidden layer"),
        "weight_noise_error": Measure("doses", "share", "errors added by the noise on every weight"),
        "noise_dose": Measure("doses", "spreads", "standard deviation of normal noise, by that of a layer's weights"),
        "weight_noise": Measure("doses", "nats", "loss added by such noise on every weight, mean of 10 draws"),
    },
    take,
)
