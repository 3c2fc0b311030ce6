"""Instruments that take units, masks, weights or inputs away, each against a direct computation."""

from collections.abc import Callable
from itertools import product
from math import comb

import numpy as np
import pytest
from one_network import SHAPE, Net, measured, rows

from nets import Data, Hyper
from nets.layers.noise import Noise
from nets.probes import averaging, deletion, masks, shift
from nets.streams import stream
from nets.train import StackTraining

DataOf = Callable[..., Data]


def test_deletion(data_of: DataOf) -> None:
    data = data_of()
    read, _, net = measured(data, "deletion", batch_norm="before")
    x, y = rows(data, "valid")
    active = net.active(x)
    added = [net.loss(active * (np.arange(4) != unit), y) - net.loss(active, y) for unit in range(4)]
    assert read["one_mean"] == [pytest.approx(np.mean(added))]
    assert read["one_max"] == [pytest.approx(max(added))]
    order = stream(0, "deleted units", 4).random((deletion.SUBSETS, 1, 4)).argsort(axis=2)
    taken = order.argmin(axis=2)[:, 0]  # a quarter of four units is one of them
    assert read["quarter"] == pytest.approx(np.mean([added[unit] for unit in taken]))
    wrong = [(net.logits(active * (np.arange(4) != unit)).argmax(axis=1) != y).mean() for unit in range(4)]
    intact = (net.logits(active).argmax(axis=1) != y).mean()
    assert read["one_mean_error"] == [pytest.approx(np.mean(wrong) - intact)]
    assert min(wrong) - intact <= read["quarter_error"] <= max(wrong) - intact


def test_noise_on_weights(data_of: DataOf, monkeypatch: pytest.MonkeyPatch) -> None:
    data = data_of()
    monkeypatch.setattr(deletion, "DRAWS", 1)
    read, _, net = measured(data, "deletion")
    x, y = rows(data, "valid")
    intact = net.loss(net.active(x), y)
    for layer, weight in enumerate((net.hidden[:, :-1], net.out[:, :-1])):
        normal = stream(0, "noise on weights", 0, layer).standard_normal(weight.shape)
        weight += 0.1 * weight.std() * normal
    assert read["weight_noise"][0] == pytest.approx(net.loss(net.active(x), y) - intact)


def losses_by_mask(net: Net, x: np.ndarray, y: np.ndarray, scale: Callable[[int], float]) -> dict[tuple, float]:
    active = net.active(x)
    return {
        mask: net.loss(active * np.array(mask) * scale(sum(mask)), y)
        for mask in product((0, 1), repeat=active.shape[1])
    }


@pytest.mark.parametrize("noise_place", ["before", "after"])
def test_every_mask(data_of: DataOf, noise_place: str) -> None:
    """A positive factor passes through ReLU: both places of the noise are one network."""
    data = data_of()
    read, _, net = measured(data, "masks", keep_prob=0.75, noise_place=noise_place)
    for name, scale in (("loss_by_count", lambda kept: 4 / max(kept, 1)), ("loss_by_probability", lambda kept: 4 / 3)):
        losses = losses_by_mask(net, *rows(data, "train"), scale)
        means = [np.mean([loss for mask, loss in losses.items() if sum(mask) == kept]) for kept in range(5)]
        assert read[name] == pytest.approx(means)
    expected = sum(0.75 ** sum(mask) * 0.25 ** (4 - sum(mask)) * loss for mask, loss in losses.items())
    bernstein = [comb(4, k) * 0.75**k * 0.25 ** (4 - k) * loss for k, loss in enumerate(read["loss_by_probability"])]
    assert sum(bernstein) == pytest.approx(expected)


@pytest.mark.parametrize(("most", "counts"), [(4, 5), (3, 0)])
def test_masks_are_enumerated_of_no_more_units_than_the_most(
    data_of: DataOf, monkeypatch: pytest.MonkeyPatch, most: int, counts: int
) -> None:
    monkeypatch.setattr(masks, "MOST_UNITS", most)
    read, _, _ = measured(data_of(), "masks", keep_prob=0.75)
    assert len(read["loss_by_count"] or ()) == len(read["loss_by_probability"] or ()) == counts


@pytest.mark.parametrize("noise_redraw", ["example", "batch", "run"])
@pytest.mark.parametrize("noise", ["bernoulli", "fixed_count"])
def test_distinct_masks(data_of: DataOf, noise: str, noise_redraw: str) -> None:
    """The masks counted are those that training has drawn."""
    fields = {"keep_prob": 0.6, "depth": 2, "steps": 10, "noise": noise, "noise_redraw": noise_redraw}
    trainer = StackTraining([Hyper(**SHAPE | fields, probes="masks")], data_of())
    seen = set()
    for batch in (8, 7):  # of 23 rows
        passed = trainer.passes[batch]
        watch(passed, lambda masks: seen.update(map(bytes, masks.T)))
    (outcome,) = trainer.run()
    assert outcome.measures["masks.presentations"] == 23 * 3 + 8
    assert outcome.measures["masks.distinct"] == len(seen) / (23 * 3 + 8)
    assert noise_redraw != "run" or len(seen) == 1


def watch(passed: object, tell: Callable[[np.ndarray], None]) -> None:
    """Tells of the masks of all layers, (layers · units, draws), at each training pass."""
    backward = passed.backward

    def call(*labels: np.ndarray | None) -> None:
        noises = [layer for layer in passed.others if isinstance(layer, Noise)]
        tell(np.ascontiguousarray(np.concatenate([layer.factor[0] != 0 for layer in noises])))
        backward(*labels)

    passed.backward = call


def test_averaging_without_noise(data_of: DataOf) -> None:
    """Every sampled network is the network."""
    read, _, _ = measured(data_of(), "averaging")
    assert read["loss"] == pytest.approx(8 * [read["scaled_loss"]])
    assert read["geometric_loss"] == pytest.approx(read["scaled_loss"])
    assert read["error"] == 8 * [read["scaled_error"]] == 8 * [read["geometric_error"]]


def test_averaging_tends_to_the_mean_over_all_masks(data_of: DataOf, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(averaging, "COUNTS", (1, 4000))
    data = data_of()
    read, _, net = measured(data, "averaging", keep_prob=0.75, batch_norm="before")
    x, y = rows(data, "valid")
    active = net.active(x)
    mean, logarithms = 0, 0
    for mask in product((0, 1), repeat=4):
        z = active * np.array(mask) / 0.75 @ net.out[:, :-1].T + net.out[:, -1]
        probabilities = np.exp(z) / np.exp(z).sum(axis=1, keepdims=True)
        chance = 0.75 ** sum(mask) * 0.25 ** (4 - sum(mask))
        mean, logarithms = mean + chance * probabilities, logarithms + chance * np.log(probabilities)
    assert read["scaled_loss"] == pytest.approx(net.loss(active, y))
    # 4,000 draws for each of 23 rows: a standard error of about 0.002 nat
    assert read["loss"][1] == pytest.approx(-np.log(mean[np.arange(23), y]).mean(), abs=0.01)
    # the normalised geometric mean is softmax of the mean logits: weight scaling (Baldi & Sadowski 2013)
    assert read["geometric_loss"] == pytest.approx(read["scaled_loss"], abs=0.01)


@pytest.mark.parametrize("batch_norm", ["none", "before"])
def test_shift(data_of: DataOf, batch_norm: str) -> None:
    data = data_of()
    read, _, net = measured(data, "shift", batch_norm=batch_norm)
    x, y = rows(data, "valid")
    for name, (change, _) in shift.CHANGES.items():
        doses = read[f"{name}_dose"]
        for place, dose in enumerate(doses):
            changed = change(x[None], dose)[0]
            for suffix, batch_moments in (("", False), ("_adapted", True)):
                loss = net.loss(net.active(changed, batch_moments=batch_moments), y)
                assert read[f"{name}_loss{suffix}"][place] == pytest.approx(loss)


def test_changes_of_the_inputs() -> None:
    x = np.arange(1.0, 4001).reshape(1, 40, 100)
    np.testing.assert_array_equal(shift.contrast(x, 2), 2 * x)
    np.testing.assert_array_equal(shift.brightness(x, -0.1), x - 0.1)
    some, more = shift.missing(x, 0.1), shift.missing(x, 0.5)
    assert (some == 0).mean() == pytest.approx(0.1, abs=5 * np.sqrt(0.09 / 4000))  # five standard errors
    assert (more[some == 0] == 0).all()
    np.testing.assert_array_equal(some[some != 0], x[some != 0])


def test_variance(data_of: DataOf) -> None:
    """Bernoulli noise adds Σ w² h² (1 - p)/p to the variance of a logit."""
    data = data_of(rows=1000)
    read, _, net = measured(data, "variance", keep_prob=0.5)
    active = net.active(rows(data, "valid")[0])
    weight = net.out[:, :-1]
    quiet = (active @ weight.T).var(axis=0).sum()
    noise = ((active**2).mean(axis=0) @ (weight**2).T).sum()
    assert read["ratio"][0] == 1
    assert read["ratio"][1] == pytest.approx(1 + noise / quiet, rel=0.1)  # 1,000 rows, one draw for each
    plain, _, _ = measured(data, "variance")
    assert plain["ratio"] == [1, 1]


@pytest.mark.parametrize(("width", "deleted"), [(1, 1), (2, 1), (4, 1), (8, 2), (12, 3), (30, 8)])
def test_a_quarter_of_the_units_is_rounded_and_one_at_least(
    data_of: DataOf, monkeypatch: pytest.MonkeyPatch, width: int, deleted: int
) -> None:
    """Of every hidden layer, by sets of its own, twenty times."""
    seen: list[np.ndarray] = []
    without = deletion._without
    monkeypatch.setattr(deletion, "_without", lambda *asked: seen.append(asked[-1].copy()) or without(*asked))
    StackTraining([Hyper(**SHAPE | {"width": width}, depth=2, probes="deletion")], data_of()).run()
    one, quarters = seen[: 2 * width], seen[2 * width :]
    assert [(kept == 0).sum() for kept in one] == 2 * width * [1]
    assert len({kept.tobytes() for kept in one}) == 2 * width
    assert [(~kept).sum(axis=1).tolist() for kept in quarters] == 20 * [[deleted, deleted]]
    assert width < 8 or any((first != second).any() for first, second in quarters)


@pytest.mark.parametrize("fields", [{}, {"noise": "gaussian", "keep_prob": 0.2}])
def test_where_nothing_is_dropped_there_is_one_mask(data_of: DataOf, fields: dict) -> None:
    """Normal factors may be negative: they drop nothing either."""
    read, *_ = measured(data_of(), "masks", **fields)
    assert read["distinct"] * read["presentations"] == pytest.approx(1)


def test_masks_of_no_hidden_layer(data_of: DataOf) -> None:
    (outcome,) = StackTraining([Hyper(**SHAPE | {"depth": 0}, probes="masks")], data_of()).run()
    assert outcome.measures["masks.loss_by_count"] is outcome.measures["masks.loss_by_probability"] is None
