"""Law: backward equals the central difference, for every layer, noise and whole network, in float64."""

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from nets.arrays import Array, Layer
from nets.hyper import Hyper
from nets.layers.activations import ACTIVATIONS, ReLU
from nets.layers.batch_norm import BatchNorm, DetachedBatchNorm, Moments
from nets.layers.dense import Dense
from nets.layers.jitter import Jitter
from nets.layers.loss import OUTPUTS
from nets.layers.noise import NOISES, Draws, Noise
from nets.parameters import Parameters
from nets.passes import Pass
from nets.stack import Stack

STEP = 1e-5  # 1e-4 crosses ReLU kinks, 1e-6 loses digits to rounding
TOLERANCE = 1e-6
NETWORKS, UNITS, BATCH = 2, 4, 6


def relative_error(one: Array, other: Array) -> float:
    return float(np.abs(one - other).max() / max(np.abs(one).max(), np.abs(other).max(), 1e-3))


def difference(function: Callable[[], float], at: Array) -> Array:
    """Central differences, of fourth order, of a scalar function by each element of ``at``, which it reads."""
    slope = np.zeros_like(at)
    for place in np.ndindex(at.shape):
        kept = at[place]
        for steps, weight in ((1, 8), (-1, -8), (2, -1), (-2, 1)):
            at[place] = kept + steps * STEP
            slope[place] += weight * function() / (12 * STEP)
        at[place] = kept
    return slope


def freeze(noise: Noise) -> None:
    noise.sample()
    noise.sample = lambda: None  # type: ignore[method-assign]


def layer_case(name: str) -> tuple[Layer, list[Array], list[Array]]:
    """A layer, the parameters it has and their gradients."""
    generator = np.random.default_rng(3)
    y = np.empty((NETWORKS, UNITS, BATCH))
    if name in ACTIVATIONS:
        return ACTIVATIONS[name].layer(y), [], []
    if name in NOISES:
        draws = Draws([5, 6], "noise", 0, redraw="example")
        noise = NOISES[name](np.array([0.5, 0.8]).reshape(-1, 1, 1), draws, y)
        freeze(noise)
        return noise, [], []
    shape = (2, UNITS) if name == "batch_norm" else (3, UNITS + 1)
    parameters = Parameters(NETWORKS, [shape], np.float64)
    parameters.values[:] = generator.normal(size=parameters.values.shape)
    if name == "jitter":
        return Jitter(np.array([0.0, 0.5]).reshape(-1, 1, 1), Draws([5, 6], "noise", 0, redraw="run"), y), [], []
    if name == "batch_norm":
        moments = Moments.initial(NETWORKS, UNITS, np.float64)
        layer: Layer = BatchNorm(parameters.views[0], moments, np.full((NETWORKS, 1), 0.1), y, always_batch=False)
    else:
        layer = Dense(parameters.views[0], dx=y)
    return layer, [parameters.values], [parameters.gradients]


@pytest.mark.parametrize("name", ["dense", "batch_norm", "jitter", *ACTIVATIONS, *NOISES])
def test_layer(name: str) -> None:
    layer, parameters, gradients = layer_case(name)
    generator = np.random.default_rng(4)
    x = generator.normal(size=(NETWORKS, UNITS, BATCH))
    weights = generator.normal(size=layer.forward(x.copy(), training=True).shape)

    def total() -> float:
        return float((layer.forward(x.copy(), training=True) * weights).sum())

    total()
    dx = layer.backward(weights.copy()).copy()
    slopes = [gradient.copy() for gradient in gradients]
    assert relative_error(dx, difference(total, x)) < TOLERANCE
    for parameter, slope in zip(parameters, slopes, strict=True):
        assert relative_error(slope, difference(total, parameter)) < TOLERANCE


def test_detached_batch_norm() -> None:
    """Its backward is that of normalising by the moments that the batch happened to have."""
    generator = np.random.default_rng(4)
    x = generator.normal(size=(NETWORKS, UNITS, BATCH))
    parameters = Parameters(NETWORKS, [(2, UNITS)], np.float64)
    parameters.values[:] = generator.normal(size=parameters.values.shape)
    fixed = Moments(x.mean(axis=2), x.var(axis=2))
    norm = DetachedBatchNorm(
        parameters.views[0], fixed, np.full((NETWORKS, 1), 1e-300), np.empty_like(x), always_batch=False
    )
    weights = generator.normal(size=x.shape)

    def total() -> float:
        return float((norm.forward(x.copy(), training=False) * weights).sum())

    norm.forward(x.copy(), training=True)
    dx = norm.backward(weights.copy()).copy()
    slopes = parameters.gradients.copy()
    assert relative_error(dx, difference(total, x)) < TOLERANCE
    assert relative_error(slopes, difference(total, parameters.values)) < TOLERANCE


@settings(max_examples=40)
@given(
    depth=st.integers(0, 3),
    width=st.integers(1, 6),
    batch=st.integers(4, 8),
    activation=st.sampled_from(sorted(ACTIVATIONS)),
    batch_norm=st.sampled_from(["none", "before", "after"]),
    noise=st.sampled_from(sorted(NOISES)),
    noise_place=st.sampled_from(["before", "after"]),
    noise_redraw=st.sampled_from(["example", "batch", "run"]),
    keep_prob=st.sampled_from([0.5, 0.9, 1.0]),
    bn_noise=st.sampled_from([0.0, 0.5]),
    ghost_rows=st.sampled_from([0, 3]),
    output=st.sampled_from(sorted(OUTPUTS)),
)
def test_whole_network(
    depth: int, width: int, batch: int, keep_prob: float, bn_noise: float, ghost_rows: int, **fields: str
) -> None:
    hypers = [
        Hyper(
            seed=seed,
            depth=depth,
            width=width,
            keep_prob=keep_prob,
            input_keep_prob=keep_prob,
            bn_noise=bn_noise,
            ghost_rows=ghost_rows,
            precision="float64",
            **fields,
        )
        for seed in (1, 2)
    ]
    classes = 2 if fields["output"] == "logit" else 4
    stack = Stack(hypers, inputs=3, classes=classes)
    generator = np.random.default_rng(width)
    # biases, γ and β off their symmetric start, and away from ReLU's kink at zero
    stack.parameters.values += generator.uniform(0.05, 0.2, stack.parameters.values.shape)
    passed = Pass(stack, batch)
    table = np.ones((9, 4))
    table[:, :-1] = generator.normal(size=(9, 3))
    rows = generator.integers(0, 9, (2, batch))
    labels = generator.integers(0, classes, (2, batch))
    for layer in [*passed.others, passed.input_noise]:
        if isinstance(layer, Noise):
            freeze(layer)
        if isinstance(layer, Jitter):
            layer.draws.redraw = "run"

    def loss() -> float:
        passed.load(table, rows)
        passed.forward(training=True)
        return float(passed.loss.losses(labels)[0].sum() / batch)

    margin = watch_kinks(passed)
    loss()
    assume(margin() > 100 * STEP)
    passed.load(table, rows)
    passed.forward(training=True)
    passed.backward(labels)
    analytic = stack.parameters.gradients.copy()
    assert relative_error(analytic, difference(loss, stack.parameters.values)) < TOLERANCE


def watch_kinks(passed: Pass) -> Callable[[], float]:
    """How near to zero a ReLU's input has come: a difference across the kink is no derivative."""
    nearest = [np.inf]

    def watched(layer: ReLU) -> Callable[..., Array]:
        forward = layer.forward

        def call(x: Array, *, training: bool) -> Array:
            nearest.append(float(np.abs(x).min()))
            return forward(x, training=training)

        return call

    for layer in passed.others:
        if isinstance(layer, ReLU):
            layer.forward = watched(layer)  # type: ignore[method-assign]
    return lambda: min(nearest)
