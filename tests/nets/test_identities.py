"""The exact statements about batch normalisation, to 1e-10."""

from collections.abc import Callable

import numpy as np
import pytest
from one_network import SHAPE, measured

from nets import Data, Hyper
from nets.layers import batch_norm
from nets.layers.activations import ACTIVATIONS
from nets.passes import Pass
from nets.probes import identities
from nets.stack import Stack
from nets.train import StackTraining

DataOf = Callable[..., Data]


EXACT = [name for name in identities.STATEMENTS if name not in {"scale_effect", "bias_drift"}]


@pytest.mark.parametrize("bn_statistics", ["running", "population"])
@pytest.mark.parametrize("activation", ACTIVATIONS)
@pytest.mark.parametrize("batch_norm", ["before", "after"])
def test_identities_hold(data_of: DataOf, batch_norm: str, activation: str, bn_statistics: str) -> None:
    """M1, M2, M5, M6, M7, M9, B3 and B8 to 1e-10, in networks of two layers with any γ and β."""
    fields = {"depth": 2, "bn_start": "random", "batch_norm": batch_norm, "activation": activation}
    trainer = StackTraining([Hyper(**SHAPE | fields, probes="identities", bn_statistics=bn_statistics)], data_of())
    measures = trainer.run()[0].measures
    for name in ["fold", *EXACT]:
        value = measures[f"identities.{name}"]
        if name == "redundant_bias" and batch_norm == "after":
            assert value is None
        else:
            assert value < 1e-10
    assert measures["identities.scale_effect"] > 0


@pytest.mark.parametrize("name", EXACT)
def test_identities_can_fail(data_of: DataOf, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    """A wrong ε, moment or covariance is seen by the statement that it breaks."""
    centred = batch_norm.centre_on_batch

    def biased(x: np.ndarray, ones: np.ndarray, out: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        mean, variance = centred(x, ones, out)
        out += 0.01 * x**2  # no longer invariant to anything
        return mean + 0.01, variance

    monkeypatch.setattr(batch_norm, "centre_on_batch", biased)
    monkeypatch.setattr(identities.np.linalg, "eigvalsh", lambda matrix: np.array([1.0, 2.0]))
    trainer = StackTraining([Hyper(**SHAPE, batch_norm="before", probes="identities")], data_of())
    assert trainer.run()[0].measures[f"identities.{name}"] > 1e-10


def test_detached_moments_let_biases_drift(data_of: DataOf) -> None:
    """M4: with the moments in the gradient the biases stay at 0 to rounding; without they move, to no effect (M9)."""
    read = {
        gradient: measured(data_of(), "identities", batch_norm="before", bn_gradient=gradient)[0]
        for gradient in ("full", "detached")
    }
    assert read["full"]["bias_drift"] < 1e-10
    assert read["full"]["gradient"] < 1e-8
    assert read["detached"]["gradient"] > 0.05
    assert read["detached"]["bias_drift"] > 1e-3
    assert read["detached"]["redundant_bias"] < 1e-10


@pytest.mark.parametrize("batch_norm", ["before", "after"])
def test_statements_are_about_the_rows_that_reach_the_first_normalisation(
    data_of: DataOf, monkeypatch: pytest.MonkeyPatch, batch_norm: str
) -> None:
    """All validation rows, as one batch: W x + b, or what the activation makes of it."""
    cases: list[identities.Case] = []
    monkeypatch.setitem(identities.STATEMENTS, "one_example", lambda case: cases.append(case) or np.zeros(1))
    data = data_of()
    trainer = StackTraining([Hyper(**SHAPE, depth=2, batch_norm=batch_norm, probes="identities")], data)
    trainer.run()
    weight = trainer.stack.dense[0].value[0]
    z = weight[:, :-1] @ data.valid.x[0].T + weight[:, -1:]
    np.testing.assert_allclose(cases[-1].x[0], z if batch_norm == "before" else np.maximum(z, 0), atol=1e-12)


def case_of(x: np.ndarray, **fields: object) -> identities.Case:
    """Of one network with two hidden layers, whose first normalisation such rows (units, rows) reach."""
    hyper = Hyper(**SHAPE | {"width": len(x)}, depth=2, bn_start="random", **{"batch_norm": "before", **fields})
    stack = Stack([hyper], inputs=5, classes=3)
    passed = Pass(stack, x.shape[1])
    inputs = np.random.default_rng(4).normal(size=(x.shape[1], 5))
    passed.load(np.column_stack([inputs, np.ones(x.shape[1])]), np.arange(x.shape[1])[None])
    return identities.Case(stack, passed, x[None])


X = np.random.default_rng(3).normal(size=(4, 23))


def test_the_running_mean_is_of_all_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    """Ten rows in each, and what is left."""
    seen: list[int] = []

    class Watched(batch_norm.BatchNorm):
        def forward(self, x: np.ndarray, *, training: bool) -> np.ndarray:
            seen.append(x.shape[2])
            return super().forward(x, training=training)

    monkeypatch.setattr(identities, "BatchNorm", Watched)
    assert identities.running(case_of(X)) < 1e-12
    assert seen == [10, 10, 3]
    assert identities.running(case_of(X[:, :21])) < 1e-12  # a last row alone has a mean as well
    assert seen[3:] == [10, 10, 1]


def test_a_covariance_of_as_many_rows_as_units_is_singular(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of one unit it is a number. The deviation is the smallest eigenvalue in size by the largest."""
    assert [identities.whitening(case_of(X[:units]))[0] < 1e-12 for units in (2, 3, 4)] == [True, True, True]
    assert np.isnan(identities.whitening(case_of(X[:1]))).tolist() == [True]
    shapes: list[tuple] = []
    monkeypatch.setattr(
        identities.np.linalg, "eigvalsh", lambda matrix: shapes.append(matrix.shape) or np.array([-1.0, 2.0, 4.0])
    )
    assert identities.whitening(case_of(X)).tolist() == [0.25]
    assert identities.whitening(case_of(X[:, :3])).tolist() == [0.25]  # fewer rows than units
    assert shapes == [(4, 4), (3, 3)]


def test_a_bias_is_added_before_every_normalisation(monkeypatch: pytest.MonkeyPatch) -> None:
    case, seen = case_of(X), []
    forward = case.passed.forward

    def watched(*, training: bool) -> np.ndarray:
        seen.append([view.value[0, :, -1].copy() for view in case.stack.dense])
        return forward(training=training)

    monkeypatch.setattr(case.passed, "forward", watched)
    start = case.stack.parameters.values.copy()
    assert identities.redundant_bias(case) < 1e-10
    before, after = seen
    moved = [np.ptp(now - then) == 0 != (now - then)[0] for now, then in zip(after, before, strict=True)]
    assert moved == [True, True, False]
    np.testing.assert_array_equal(case.stack.parameters.values, start)


def test_what_a_factor_does_is_by_way_of_epsilon() -> None:
    case = case_of(1e-2 * X)  # a variance near ε

    def by_hand(factor: float) -> np.ndarray:
        x = factor * case.x
        centred = x - x.mean(axis=2, keepdims=True)
        return case.scale[..., None] * centred / np.sqrt(x.var(axis=2, keepdims=True) + 1e-5) + case.shift[..., None]

    assert identities.scale_effect(case) == pytest.approx([np.abs(by_hand(7) - by_hand(1)).max()], rel=1e-9)


def test_the_drift_of_biases_is_that_of_all_hidden_layers(data_of: DataOf) -> None:
    fields = {"depth": 2, "batch_norm": "before", "bn_gradient": "detached", "probes": "identities"}
    trainer = StackTraining([Hyper(**SHAPE, **fields)], data_of())
    (outcome,) = trainer.run()
    biases = np.concatenate([view.value[0, :, -1] for view in trainer.stack.dense[:-1]])
    assert outcome.measures["identities.bias_drift"] == pytest.approx(np.sqrt((biases**2).mean()))
    (after,) = StackTraining([Hyper(**SHAPE, **{**fields, "batch_norm": "after"})], data_of()).run()
    assert after.measures["identities.bias_drift"] is None


@pytest.mark.parametrize(("normalised", "told"), [("none", True), ("before", False)])
def test_batch_moments_do_not_fold_where_there_are_any(data_of: DataOf, normalised: str, *, told: bool) -> None:
    fields = {"batch_norm": normalised, "bn_statistics": "batch", "probes": "identities"}
    (outcome,) = StackTraining([Hyper(**SHAPE, **fields)], data_of()).run()
    assert (outcome.measures["identities.fold"] is not None) == told
