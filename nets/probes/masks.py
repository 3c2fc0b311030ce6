"""The masks of dropout: how many training drew, and the loss under every one there is (claims D3, Q1)."""

from itertools import product
from math import comb

import numpy as np

from nets.arrays import Array
from nets.layers.noise import Noise
from nets.passes import Pass, Passes
from nets.probes.probe import Measure, Probe, Reading, Subject
from nets.probes.specimen import at_start, loaded, mean_scores, specimen

MOST_UNITS = 12  # 4,096 masks


def take(subject: Subject) -> Reading:
    """The losses are taken on the training rows, with the moments of evaluation."""
    networks, shape = len(subject.stack.hypers), subject.stack.shape
    batches = [subject.batches[step % len(subject.batches)] for step in range(subject.steps)]
    few = shape.depth == 1 and shape.width <= MOST_UNITS
    by_count, by_probability = _every_mask(subject) if few else (networks * [None], networks * [None])
    return {
        "presentations": np.full(networks, sum(batches)),
        "distinct": _distinct(subject, batches) / sum(batches),
        "loss_by_count": by_count,
        "loss_by_probability": by_probability,
    }


def _distinct(subject: Subject, batches: list[int]) -> Array:
    """Sets of kept units, of all hidden layers together, that training drew, (K,): its draws are made again."""
    passes = Passes(at_start(subject.stack, precision=subject.stack.shape.precision))
    masks = np.concatenate([_next_masks(passes[batch]) for batch in batches], axis=2)
    return np.array([len(set(_columns(network))) for network in masks])


def _next_masks(passed: Pass) -> Array:
    """Bits of the units kept in the next draw, (K, bytes, draws); a stack without noise keeps all."""
    kept = []
    for layer in passed.others:
        if isinstance(layer, Noise):
            layer.sample()
            kept.append(np.packbits(layer.factor != 0, axis=1))
    return np.concatenate(kept, axis=1) if kept else np.ones((len(passed.stack.hypers), 1, 1), np.uint8)


def _columns(bits: Array) -> list[bytes]:
    columns = np.ascontiguousarray(bits.T)
    return [bytes(column) for column in columns]


def _every_mask(subject: Subject) -> tuple[Array, Array]:
    """Mean loss over all masks with k = 0 … n units kept, (K, n + 1): kept units times n/k, and times 1/keep_prob.

    With fixed counts the objective is the first at k = round(p n); with Bernoulli masks it is Σ C(n, k) pᵏ (1 - p)ⁿ⁻ᵏ J_k,
    J the second, a Bernstein polynomial of the losses.
    """
    passed, labels = loaded(specimen(subject.stack, noise="every mask"), subject.train)
    place = next(number for number, layer in enumerate(passed.others) if isinstance(layer, Noise))
    x = passed.enter(training=False)
    for layer in passed.others[:place]:
        x = layer.forward(x, training=False)
    units, whole = x.shape[1], x.copy()
    totals = np.zeros((2, len(whole), units + 1))
    for mask in product((0.0, 1.0), repeat=units):
        kept = int(sum(mask))
        thinned = whole * np.reshape(mask, (-1, 1))
        for total, scale in zip(totals, (units / max(kept, 1), 1 / passed.stack.knob("keep_prob")), strict=True):
            y = thinned * scale
            for layer in passed.others[place + 1 :]:
                y = layer.forward(y, training=False)
            total[:, kept] += mean_scores(passed, labels)[0]
    by_count, by_probability = totals / [comb(units, kept) for kept in range(units + 1)]
    return by_count, by_probability


FEW = f"training loss, mean over the masks that keep k = 0 … n units; none but for one hidden layer of n ≤ {MOST_UNITS}"
PROBE = Probe(
    {
        "presentations": Measure("", "rows", "rows shown in training, each as often as it was"),
        "distinct": Measure("", "share", "distinct sets of kept units that training drew, by presentations"),
        "loss_by_count": Measure("kept units", "nats", f"{FEW}, kept units times n/k"),
        "loss_by_probability": Measure("kept units", "nats", f"{FEW}, kept units times 1/keep_prob"),
    },
    take,
)
