"""Instruments on activations, weights and the way there, each against a direct computation."""

from collections.abc import Callable

import numpy as np
import pytest
from one_network import SHAPE, Net, measured, rows

from nets import Data, Hyper
from nets.probes import correlation, sparsity
from nets.probes.probe import ratio
from nets.train import StackTraining

DataOf = Callable[..., Data]


STEEPEST = {"tanh": 1.0, "sigmoid": 0.25, "relu": 1.0, "gelu": 1.129}


@pytest.mark.parametrize("activation", STEEPEST)
@pytest.mark.parametrize("batch_norm", ["none", "before"])
def test_saturation(data_of: DataOf, activation: str, batch_norm: str) -> None:
    """Against differences of the function written out."""
    data = data_of()
    read, start, end = measured(data, "saturation", activation=activation, init_gain=4.0, batch_norm=batch_norm)
    for net, share, dead in zip((start, end), read["share"], read["dead"], strict=True):
        function, net.activation = net.activation, lambda z: z
        z = net.active(rows(data, "valid")[0], batch_moments=True)
        slope = (function(z + 1e-6) - function(z - 1e-6)) / 2e-6
        flat = np.abs(slope) / STEEPEST[activation] < 0.1
        assert flat.mean() < 1
        assert share == pytest.approx([flat.mean()])
        assert dead == pytest.approx([flat.all(axis=0).mean()])
    assert read["step"] == [0, 30]


def test_curves(data_of: DataOf) -> None:
    data = data_of()
    trainer = StackTraining([Hyper(**SHAPE | {"checkpoints": 5}, batch_norm="before", probes="curves")], data)
    start = Net(trainer.stack)
    (outcome,) = trainer.run()
    read = {
        name: outcome.measures[f"curves.{name}"] for name in ("train_loss", "train_error", "valid_loss", "valid_error")
    }
    x, y = rows(data, "train")
    assert read["train_loss"][0] == pytest.approx(start.loss(start.active(x), y))
    assert read["valid_loss"][1:] == pytest.approx([loss for _, loss in outcome.curve])
    ends = [outcome.train_loss, outcome.train_error, outcome.valid_loss, outcome.valid_error]
    assert [values[-1] for values in read.values()] == pytest.approx(ends)


def test_moments(data_of: DataOf) -> None:
    data = data_of()
    read, *nets = measured(data, "moments", batch_norm="before")
    means, variances = [], []
    for net in nets:
        active = net.active(rows(data, "train")[0], batch_moments=True)
        means.append(active.mean(axis=0))
        variances.append(active.var(axis=0))
    rms = [np.sqrt((mean**2).mean()) for mean in means]
    assert np.ravel(read["mean"]) == pytest.approx(rms)
    assert np.ravel(read["variance"]) == pytest.approx([each.mean() for each in variances])
    scale = np.sqrt(variances[0].mean())
    assert read["mean_drift"] == [[pytest.approx(np.sqrt(((means[1] - means[0]) ** 2).mean()) / scale)]]
    spread = np.sqrt(variances[1]) - np.sqrt(variances[0])
    assert read["spread_drift"] == [[pytest.approx(np.sqrt((spread**2).mean()) / scale)]]
    assert read["scaled_mean"][0] == pytest.approx([0], abs=1e-12)  # β is 0 at the start
    assert read["scaled_mean"][1] == pytest.approx([np.sqrt((nets[1].affine[0][1] ** 2).mean())])
    # the batch's own variance is over its sum with ε
    assert read["scaled_variance"][1] == pytest.approx([(nets[1].affine[0][0] ** 2).mean()], rel=1e-3)


def test_the_noise_after_normalisation_is_felt_and_does_not_move_what_it_is_added_to(data_of: DataOf) -> None:
    """At a rate at which nothing else moves."""
    for noise in (0.0, 0.5):
        read, *_ = measured(data_of(), "moments", batch_norm="before", bn_noise=noise, learning_rate=1e-9)
        assert read["mean_drift"][0][0] < 1e-6
        assert (read["felt_drift"][0][0] > 0.1) == (noise > 0)


def test_weights(data_of: DataOf) -> None:
    read, start, end = measured(data_of(), "weights", learning_rate=0.1)
    for net, norms in zip((start, end), read["norm"], strict=True):
        assert norms == pytest.approx([np.linalg.norm(net.hidden[:, :-1]), np.linalg.norm(net.out[:, :-1])])
    assert read["effective_rate"][0] == pytest.approx([0.1 / norm**2 for norm in read["norm"][0]])
    assert read["effective_rate"][1] == pytest.approx([0, 0], abs=1e-12)  # the cosine has come to its end


def test_correlation(data_of: DataOf) -> None:
    data = data_of()
    read, _, net = measured(data, "correlation", activation="tanh")
    active = net.active(rows(data, "valid")[0])
    correlation = np.abs(np.corrcoef(active.T)[np.triu_indices(4, 1)])
    eigenvalues = np.linalg.eigvalsh(np.cov(active.T))
    assert read["max"] == [pytest.approx(correlation.max())]
    assert read["mean"] == [pytest.approx(correlation.mean())]
    assert read["participation"] == [pytest.approx(eigenvalues.sum() ** 2 / (eigenvalues**2).sum())]


def test_sparsity(data_of: DataOf) -> None:
    data = data_of()
    read, _, net = measured(data, "sparsity")
    active = net.active(rows(data, "valid")[0])
    assert read["near_zero"] == [pytest.approx((active <= 0.01 * active.max()).mean())]
    ever = active[:, (active > 0).any(axis=0)]
    assert read["treves_rolls"] == [pytest.approx((ever.mean(axis=0) ** 2 / (ever**2).mean(axis=0)).mean())]
    labels = rows(data, "valid")[1]
    varying = active[:, active.var(axis=0) > 0]
    residual = sum(
        ((of_class - of_class.mean(axis=0)) ** 2).sum(axis=0)
        for of_class in (varying[labels == c] for c in set(labels))
    )
    assert read["between"] == [pytest.approx((1 - residual / (varying.var(axis=0) * len(labels))).mean())]


def test_sparsity_of_known_activations() -> None:
    """One unit of four active: Hoyer 1; all alike: 0; a unit active in a fifth of the rows: Treves–Rolls 1/5."""
    one, alike = np.zeros((1, 4, 5)), np.full((1, 4, 5), 3.0)
    one[0, 2] = 7
    assert sparsity._hoyer(one) == pytest.approx([1])
    assert sparsity._hoyer(alike) == pytest.approx([0])
    fifth = np.zeros((1, 2, 5))
    fifth[0, :, 3] = 2
    assert sparsity._treves_rolls(fifth) == pytest.approx([0.2])


def test_sparsity_at_its_ends() -> None:
    """What never fires is all near zero; a hundredth of the greatest still is; a class of one row, or of none, counts as it is."""
    assert sparsity._near_zero(np.zeros((1, 2, 3))) == pytest.approx([1])
    y = np.array([[[100.0, 1.0, 1.01], [0.0, 0.99, 50.0]]])
    assert sparsity._near_zero(y) == pytest.approx([3 / 6])
    y = np.array([[[4.0, 1.0, 2.0, 3.0]], [[4.0, 1.0, 2.0, 3.0]]])
    labels = np.array([[0, 1, 1, 1], [0, 0, 2, 2]])  # of the second network no row is of class 1
    within = np.array([0 + 2, 4.5 + 0.5])
    assert sparsity._between(y, labels) == pytest.approx(1 - within / 5)


def test_correlation_of_units_that_do_not_vary() -> None:
    """They have no correlation; where one unit alone varies there is none at all."""
    first, last = np.array([1.0, 2.0, 4.0]), np.array([0.1, -0.3, 0.2])
    most, mean, participation = correlation._similarity(np.stack([first, np.full(3, 7.0), last]))
    expected = abs(np.corrcoef(first, last)[0, 1])
    assert (most, mean) == (pytest.approx(expected), pytest.approx(expected))
    eigenvalues = np.linalg.eigvalsh(np.cov(first, last))
    assert participation == pytest.approx(eigenvalues.sum() ** 2 / (eigenvalues**2).sum())
    most, mean, participation = correlation._similarity(np.stack([np.zeros(3), first]))
    assert np.isnan([most, mean]).all()
    assert participation == pytest.approx(1)


def test_a_ratio_to_nothing_is_none() -> None:
    found = ratio(np.array([1.0, 2.0, 0.0, 3.0]), np.array([-2.0, 0.0, 0.5, 4.0]))
    np.testing.assert_array_equal(found, [-0.5, np.nan, 0, 0.75])


def test_noise_after_normalisation_is_not_felt_where_nothing_is_normalised(data_of: DataOf) -> None:
    read, *_ = measured(data_of(), "moments", bn_noise=0.5, learning_rate=1e-9)
    assert read["felt_drift"][0][0] < 1e-6
    assert read["scaled_mean"] == read["scaled_variance"] == [[], []]
