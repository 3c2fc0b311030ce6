"""Curvature and losses of rows, against a direct computation."""

from collections.abc import Callable

import numpy as np
import pytest
from one_network import SHAPE, Net, measured, rows

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
    assert outcome.measures["losses.valid"] == np.round(outcome.measures["losses.valid"], 4).tolist()
    assert np.mean(outcome.measures["losses.valid"]) == pytest.approx(outcome.valid_loss, abs=0.5001e-4)


@pytest.mark.parametrize("batch_norm", ["none", "before"])
def test_coupling(data_of: DataOf, batch_norm: str) -> None:
    """The output layer's gradient before and after a step of the hidden layer's weights, γ and β, by differences of the loss."""
    data, rate = data_of(), 0.3
    x, y = rows(data, "train")
    read, *nets = measured(
        data, "coupling", batch_norm=batch_norm, activation="tanh", learning_rate=rate, schedule="constant"
    )
    for net, change, cosine in zip(nets, read["change"], read["cosine"], strict=True):
        before = _gradient(net, net.out, x, y)
        below = [net.hidden, *net.affine]
        descents = [rate * _gradient(net, each, x, y) for each in below]
        for each, descent in zip(below, descents, strict=True):
            each -= descent
        after = _gradient(net, net.out, x, y)
        length = np.linalg.norm(before)
        assert change == pytest.approx([np.linalg.norm(after - before) / length], rel=1e-4)
        assert cosine == pytest.approx([(after * before).sum() / length / np.linalg.norm(after)], rel=1e-4)
    assert [read["change_at_start"], read["change_later"]] == pytest.approx([each[0] for each in read["change"]])


def _gradient(net: Net, weights: np.ndarray, x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Of the loss by ``weights``, normalised by the moments of all rows."""
    slope = np.empty_like(weights)
    for place in np.ndindex(weights.shape):
        losses = []
        for step in (1e-6, -1e-6):
            weights[place] += step
            losses.append(net.loss(net.active(x, batch_moments=True), y))
            weights[place] -= step
        slope[place] = (losses[0] - losses[1]) / 2e-6
    return slope


def test_coupling_of_no_layer(data_of: DataOf) -> None:
    """Nothing lies below the one layer of softmax regression."""
    (outcome,) = StackTraining([Hyper(**SHAPE | {"depth": 0}, probes="coupling")], data_of()).run()
    assert outcome.measures["coupling.change"] == outcome.measures["coupling.cosine"] == [[], []]
    summed = ("change_at_start", "change_later", "cosine_at_start", "cosine_later")
    assert {outcome.measures[f"coupling.{name}"] for name in summed} == {None}


def test_coupling_later_is_of_all_checkpoints_and_layers(data_of: DataOf) -> None:
    shape = {"depth": 3, "checkpoints": 4, "probes": "coupling"}
    (outcome,) = StackTraining([Hyper(**SHAPE | shape)], data_of()).run()
    for name in ("change", "cosine"):
        start, *later = outcome.measures[f"coupling.{name}"]
        assert len(start) == 3
        assert outcome.measures[f"coupling.{name}_at_start"] == pytest.approx(np.mean(start))
        assert outcome.measures[f"coupling.{name}_later"] == pytest.approx(np.mean(later))
