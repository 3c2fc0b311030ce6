"""Exact statements about batch normalisation, each as the largest deviation from it (claims M1–M9, B3, B8).

All are about the first normalisation of the network, with the rows x (K, units, rows) that reach it.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from nets.arrays import Array
from nets.fold import fold, logits
from nets.layers.batch_norm import EPSILON, BatchNorm, Moments
from nets.parameters import View
from nets.passes import Pass
from nets.probes.probe import Measure, Probe, Reading, Subject, mean, ratio
from nets.probes.specimen import loaded, scores, specimen, trace
from nets.rows import Rows, chunks
from nets.stack import Stack
from nets.streams import stream

FACTOR = 7.0  # on the weights
BATCH = 10  # rows, for the running moments
RANDOM_ROWS = 64
DIRECTIONS = 10
NUDGE = 1e-4  # of every weight: the fourth order leaves 1e-13 or so, rounding 1e-11


@dataclass(frozen=True, eq=False)
class Case:
    """A stack with normalisation, and the moments (K, units) over the batch ``x`` that reaches its first one."""

    stack: Stack
    passed: Pass
    x: Array

    @property
    def scale(self) -> Array:
        return self.stack.affine[0].value[:, 0]

    @property
    def shift(self) -> Array:
        return self.stack.affine[0].value[:, 1]

    @property
    def mean(self) -> Array:
        return np.asarray(self.x.mean(axis=2))

    @property
    def variance(self) -> Array:
        return np.asarray(self.x.var(axis=2))


def normalised(x: Array, scale: Array, shift: Array) -> Array:
    """What the layer itself makes of ``x`` by the batch's moments."""
    affine = np.stack([scale, shift], axis=1)
    moments = Moments(np.zeros_like(scale), np.ones_like(scale))
    momentum = np.ones((len(x), 1))
    norm = BatchNorm(View(affine, affine), moments, momentum, np.empty_like(x), always_batch=True)
    return norm.forward(x, training=False)


def one_example(case: Case) -> Array:
    """M1: a batch of one is β."""
    return largest(normalised(case.x[:, :, :1], case.scale, case.shift)[:, :, 0] - case.shift)


def running(case: Case) -> Array:
    """M2: after batches 1 … T the running mean is Σ m (1 - m)ᵀ⁻ᵗ mean_t, with start 0."""
    momentum = case.stack.knob("bn_momentum")[:, 0]
    moments = Moments(np.zeros_like(case.mean), np.ones_like(case.mean))
    expected = np.zeros_like(case.mean)
    batches = [case.x[:, :, start:stop] for start, stop in chunks(case.x.shape[2], BATCH)]
    for number, batch in enumerate(batches, start=1):
        norm = BatchNorm(case.stack.affine[0], moments, momentum, np.empty_like(batch), always_batch=False)
        norm.forward(batch, training=True)
        expected += momentum * (1 - momentum) ** (len(batches) - number) * batch.mean(axis=2)
    return largest(moments.mean - expected)


def whitening(case: Case) -> Array:
    """M5: the covariance of n units over n rows is singular: its smallest eigenvalue by its largest."""
    units = min(case.x.shape[1:])
    if units == 1:
        return np.full(len(case.x), np.nan)
    eigenvalues = [np.linalg.eigvalsh(np.cov(x[:units, :units])) for x in case.x]
    return np.array([abs(values[0]) / values[-1] for values in eigenvalues])


def restored(case: Case) -> Array:
    """M7: γ = √(Var x + ε) and β = E x give x back."""
    return largest(normalised(case.x, np.sqrt(case.variance + EPSILON), case.mean) - case.x)


def redundant_bias(case: Case) -> Array:
    """M9: in training a bias before normalisation changes no logit."""
    if case.stack.shape.batch_norm != "before":
        return np.full(len(case.x), np.nan)
    values = case.stack.parameters.values
    kept = values.copy()
    before = case.passed.forward(training=True).copy()
    for view in case.stack.dense[:-1]:
        view.value[:, :, -1] += 1
    deviation = largest(case.passed.forward(training=True) - before)
    np.copyto(values, kept)
    return deviation


def scale_invariance(case: Case) -> Array:
    """B3: x → a x, as by W → a W and b → a b, does what ε → ε/a² does: nothing but for ε."""
    expected = (case.x - case.mean[..., None]) / np.sqrt(case.variance + EPSILON / FACTOR**2)[..., None]
    y = normalised(FACTOR * case.x, case.scale, case.shift)
    return largest(y - (case.scale[..., None] * expected + case.shift[..., None]))


def scale_effect(case: Case) -> Array:
    """B3: what a does by way of ε."""
    return largest(normalised(FACTOR * case.x, case.scale, case.shift) - normalised(case.x, case.scale, case.shift))


def moments_before(case: Case) -> Array:
    """B8: before γ and β mean 0 and variance v/(v + ε)."""
    y = normalised(case.x, np.ones_like(case.scale), np.zeros_like(case.shift))
    variance = case.variance / (case.variance + EPSILON)
    return np.maximum(largest(y.mean(axis=2)), largest(y.var(axis=2) - variance))


def moments_after(case: Case) -> Array:
    """B8: after them mean β and variance γ² v/(v + ε)."""
    y = normalised(case.x, case.scale, case.shift)
    variance = case.scale**2 * case.variance / (case.variance + EPSILON)
    return np.maximum(largest(y.mean(axis=2) - case.shift), largest(y.var(axis=2) - variance))


def bias_drift(case: Case) -> Array:
    """M4: root mean square of the biases before normalisation, which begin at 0 and which no loss depends on."""
    if case.stack.shape.batch_norm != "before":
        return np.full(len(case.x), np.nan)
    return np.asarray(np.sqrt(mean([(view.value[:, :, -1] ** 2).mean(axis=1) for view in case.stack.dense[:-1]])))


def gradient(stack: Stack, rows: Rows) -> Array:
    """M4: what backward says of the training loss's slope in random directions, against differences of the loss; root mean square, as a share."""
    passed, labels = loaded(stack, rows)
    values, generator = stack.parameters.values, stream(0, "directions")
    here = values.copy()

    def loss(at: Array) -> Array:
        np.copyto(values, at)
        return scores(passed, labels, training=True)[0]

    passed.forward(training=True)
    passed.backward(labels)
    slope = stack.parameters.gradients.copy()
    apart, steepness = np.zeros(len(here)), np.zeros(len(here))
    for _ in range(DIRECTIONS):
        step = NUDGE * generator.standard_normal(here.shape[1])
        near, far = (loss(here + reach * step) - loss(here - reach * step) for reach in (1, 2))
        expected = (8 * near - far) / 12  # of fourth order
        apart += (np.vecdot(slope, step) - expected) ** 2
        steepness += expected**2
    np.copyto(values, here)
    return np.sqrt(ratio(apart, steepness))


def largest(deviation: Array) -> Array:
    """In size, of each network (K,)."""
    return np.asarray(np.abs(deviation).reshape(len(deviation), -1).max(axis=1))


def folded(stack: Stack) -> Array:
    """M6: inference is one linear transform for each layer: logits of random rows, folded and not."""
    if stack.normalised and stack.shape.bn_statistics == "batch":
        return np.full(len(stack.hypers), np.nan)
    table = np.ones((RANDOM_ROWS, stack.sizes[0] + 1))
    table[:, :-1] = stream(0, "random rows").standard_normal((RANDOM_ROWS, stack.sizes[0]))
    passed = Pass(stack, RANDOM_ROWS)
    passed.load(table, np.tile(np.arange(RANDOM_ROWS), (len(stack.hypers), 1)))
    return largest(logits(fold(stack), table[:, :-1]) - passed.forward(training=False))


def take(subject: Subject) -> Reading:
    """In float64, on the validation rows as one batch, without noise."""
    stack = specimen(subject.stack, noise=None)
    reading = {"fold": folded(stack), "gradient": gradient(specimen(subject.stack, noise=None), subject.train)}
    if not stack.affine:
        return reading | {name: len(stack.hypers) * [None] for name in STATEMENTS}
    passed, _ = loaded(stack, subject.valid)
    seen = trace(passed, training=False)
    x = seen.dense[0] if stack.shape.batch_norm == "before" else seen.active[0]
    return reading | {name: statement(Case(stack, passed, x)) for name, statement in STATEMENTS.items()}


STATEMENTS: dict[str, Callable[[Case], Array]] = {
    "one_example": one_example,
    "running": running,
    "whitening": whitening,
    "restored": restored,
    "redundant_bias": redundant_bias,
    "scale_invariance": scale_invariance,
    "scale_effect": scale_effect,
    "moments_before": moments_before,
    "moments_after": moments_after,
    "bias_drift": bias_drift,
}
PROBE = Probe(
    {
        "gradient": Measure("", "share", "M4: slope of the training loss by backward against differences of the loss"),
        "fold": Measure("", "", "M6: logits of the folded network against the unfolded one's, on random rows"),
        **{
            name: Measure("", "", " ".join((statement.__doc__ or "").split()).rstrip("."))
            for name, statement in STATEMENTS.items()
        },
    },
    take,
)
