"""Curvature and losses of rows, against a direct computation."""

from collections.abc import Callable

import numpy as np
import pytest
from one_network import SHAPE, rows

from nets import Data, Hyper, Part
from nets.train import StackTraining

DataOf = Callable[..., Data]


def test_curvature_of_softmax_regression(data_of: DataOf) -> None:
    """The Hessian is the mean of (diag p - p pᵀ) ⊗ x xᵀ."""
    data = data_of()
    trainer = StackTraining([Hyper(**SHAPE | {"depth": 0, "probes": "curvature"})], data)
    starts = trainer.stack.dense[0].value[0].copy()
    (outcome,) = trainer.run()
    x = np.column_stack([rows(data, "train")[0], np.ones(23)])
    for name, weight in (("sharpness_at_start", starts), ("sharpness", trainer.stack.dense[0].value[0])):
        p = np.exp(x @ weight.T)
        p /= p.sum(axis=1, keepdims=True)
        hessian = np.mean(
            [np.kron(np.diag(q) - np.outer(q, q), np.outer(row, row)) for q, row in zip(p, x, strict=True)], 0
        )
        # fifty rounds of power iteration end within a per cent
        assert outcome.measures[f"curvature.{name}"] == pytest.approx(np.linalg.eigvalsh(hessian)[-1], rel=0.01)
    condition = np.linalg.cond(x.T @ x)
    assert outcome.measures["curvature.input_condition"] == pytest.approx(condition)


def test_condition_leaves_constant_inputs_out(data_of: DataOf) -> None:
    """They are multiples of the constant: a direction in which nothing is seen."""
    data = data_of()
    x, y = rows(data, "train")
    padded = Part(np.concatenate([x, 0 * x], axis=1)[None], y[None])
    twin = Data(classes=3, train=padded, valid=padded)
    read = StackTraining([Hyper(**SHAPE, probes="curvature")], twin).run()[0].measures["curvature.input_condition"]
    assert read == pytest.approx(np.linalg.cond(np.column_stack([x, np.ones(23)])) ** 2)


def test_losses_of_rows(data_of: DataOf) -> None:
    data = data_of()
    trainer = StackTraining([Hyper(**SHAPE | {"depth": 0}, probes="losses")], data)
    (outcome,) = trainer.run()
    x, y = rows(data, "valid")
    p = np.exp(np.column_stack([x, np.ones(len(x))]) @ trainer.stack.dense[0].value[0].T)
    direct = -np.log(p[np.arange(len(y)), y] / p.sum(axis=1))
    assert outcome.measures["losses.valid"] == pytest.approx(direct, abs=0.5001e-4)  # kept to four digits
    assert np.mean(outcome.measures["losses.valid"]) == pytest.approx(outcome.valid_loss, abs=0.5001e-4)
