"""How the gradient of a layer changes when the layers below it are updated: shift as Santurkar et al. 2018 measure it (claim B7)."""

from collections.abc import Sequence

import numpy as np

from nets.arrays import Array, Integers
from nets.passes import Pass
from nets.probes.probe import STEP, Measure, Probe, Reading, Subject, by_layer, mean, ratio, series
from nets.probes.specimen import loaded, specimen


def take(subject: Subject) -> Reading:
    """Over the training rows, normalised by their own moments as in training, without noise.

    The update is one step of gradient descent on these rows at the network's learning rate; a layer's own weights stay.
    """
    stack = specimen(subject.stack, noise=None)
    passed, labels = loaded(stack, subject.train)
    _differentiate(passed, labels)
    before = [_gradient(passed, layer) for layer in range(len(stack.dense))]
    descents = [
        subject.learning_rate * gradient
        for gradient in (view.gradient.reshape(len(labels), -1) for view in stack.parameters.views)
    ]
    changes, cosines = [], []
    for layer in range(1, len(stack.dense)):
        below = layer - 1
        for place in (below, *([len(stack.dense) + below] if stack.affine else [])):
            view = stack.parameters.views[place]
            view.value[...] -= descents[place].reshape(view.value.shape)
        _differentiate(passed, labels)
        old, new = before[layer], _gradient(passed, layer)
        length = np.sqrt(np.vecdot(old, old))
        changes.append(ratio(np.sqrt(np.vecdot(new - old, new - old)), length))
        cosines.append(ratio(np.vecdot(new, old), length * np.sqrt(np.vecdot(new, new))))
    networks = len(labels)
    return {"change": by_layer(changes, networks), "cosine": by_layer(cosines, networks)}


def _differentiate(passed: Pass, labels: Integers) -> None:
    passed.forward(training=True)
    passed.backward(labels)


def _gradient(passed: Pass, layer: int) -> Array:
    """Of a dense layer's weights and biases, (K, parameters), a copy."""
    return passed.stack.dense[layer].gradient.reshape(len(passed.stack.hypers), -1).copy()


def summarise(readings: Sequence[Reading]) -> Reading:
    """The start apart from what comes after it: there the first steps are made."""
    along = series(readings)
    return {
        **along,
        **{
            f"{name}_{when}": _mean(along[name][:, part])
            for name in ("change", "cosine")
            for when, part in (("at_start", slice(1)), ("later", slice(1, None)))
        },
    }


def _mean(values: Array) -> Array:
    """Over checkpoints and layers, the last two axes; NaN where there are none."""
    every = [values[:, checkpoint, layer] for checkpoint, layer in np.ndindex(values.shape[1:])]
    return mean(every) if every else np.full(len(values), np.nan)


CHANGE = "length of the gradient's change, by the gradient's, in each layer that has one below"
COSINE = "cosine of the angle between the two gradients"
PROBE = Probe(
    {
        "step": STEP,
        "change": Measure("checkpoints × layers", "share", CHANGE),
        "cosine": Measure("checkpoints × layers", "", COSINE),
        **{
            f"{name}_{when}": Measure("", unit, f"{meaning}: mean over layers {told}")
            for name, unit, meaning in (("change", "share", CHANGE), ("cosine", "", COSINE))
            for when, told in (
                ("at_start", "before the first step"),
                ("later", "and over all checkpoints after the start"),
            )
        },
    },
    take,
    along=True,
    summarise=summarise,
)
