"""Laws of a training run: its length, its checkpoints, its end."""

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nets import Data, Hyper, Part, train
from nets.layers.activations import ACTIVATIONS
from nets.optimisers import STEPS_TO_FLUSH, Optimiser
from nets.sklearn import StackedMLPClassifier
from nets.train import StackTraining

DataOf = Callable[..., Data]


@settings(max_examples=25)
@given(rows=st.integers(2, 30), batch_size=st.integers(1, 40), steps=st.integers(1, 50), checkpoints=st.integers(1, 12))
def test_length_in_steps(data_of: DataOf, rows: int, batch_size: int, steps: int, checkpoints: int) -> None:
    trainer = StackTraining(
        [Hyper(seed=1, steps=steps, batch_size=batch_size, checkpoints=checkpoints, width=2)], data_of(rows=rows)
    )
    (outcome,) = trainer.run()
    batches = -(-rows // batch_size)
    assert trainer.optimiser.count == steps
    assert outcome.epochs_run == -(-steps // batches)
    epochs = [epoch for epoch, _ in outcome.curve]
    assert len(epochs) == min(checkpoints, outcome.epochs_run)
    assert epochs[-1] == outcome.epochs_run
    assert outcome.curve[-1][1] == outcome.valid_loss


def test_length_in_epochs(data_of: DataOf) -> None:
    trainer = StackTraining([Hyper(seed=1, steps=0, epochs=3, batch_size=10, width=2)], data_of(rows=23))
    assert trainer.run()[0].epochs_run == 3
    assert trainer.optimiser.count == 9


@pytest.mark.parametrize("rows", [16, 17, 23, 33])
def test_every_row_once_in_an_epoch(data_of: DataOf, rows: int) -> None:
    orders = StackTraining([Hyper(seed=1), Hyper(seed=2), Hyper(seed=1)], data_of(rows=rows)).orders
    first, second = next(orders), next(orders)
    assert (np.sort(first) == np.arange(rows)).all()
    assert np.array_equal(first[0], first[2])
    assert not np.array_equal(first[0], first[1])
    assert not np.array_equal(first[0], second[0])


def test_cosine_ends_near_zero(data_of: DataOf) -> None:
    trainer = StackTraining([Hyper(seed=1, steps=100, learning_rate=0.5)], data_of())
    assert trainer._learning_rate() == 0.5
    trainer.optimiser.count = 50
    assert trainer._learning_rate() == pytest.approx(0.25)
    trainer.optimiser.count = 99
    assert 0 < trainer._learning_rate() < 0.5e-3


@pytest.mark.parametrize("learning_rate", [1e4, 1e30])
def test_divergence_is_an_outcome(data_of: DataOf, learning_rate: float) -> None:
    """The network that diverged says when and has no losses; its neighbour goes on."""
    hypers = [Hyper(seed=1, steps=60, batch_size=8, learning_rate=rate, depth=2) for rate in (learning_rate, 0.05)]
    lost, sound = train(hypers, data_of())
    assert lost.stopped == "diverged"
    assert 1 <= lost.epochs_run <= 20
    assert lost.train_loss is None
    assert lost.valid_loss is None
    assert sound.stopped == "completed"
    assert sound.valid_loss is not None
    assert all(np.isfinite(loss) for _, loss in lost.curve)


def test_learns(data_of: DataOf) -> None:
    (outcome,) = train([Hyper(seed=1, steps=400, batch_size=20, width=16)], data_of(rows=200))
    assert outcome.train_error is not None
    assert outcome.train_error < 0.05


def test_best_weights_are_those_of_the_least_validation_loss(data_of: DataOf) -> None:
    """The way is the same; what is evaluated at its end is the best checkpoint, running moments included."""
    shape = {
        "seed": 2,
        "batch_norm": "before",
        "steps": 60,
        "batch_size": 8,
        "learning_rate": 1.0,
        "schedule": "constant",
    }
    last, best = train([Hyper(weights=weights, **shape) for weights in ("last", "best")], data_of())
    epochs, losses = zip(*last.curve, strict=True)
    assert best.curve == last.curve
    assert last.valid_loss == losses[-1] > min(losses)
    assert best.valid_loss == min(losses)
    (there,) = train([Hyper(**shape | {"steps": 0, "epochs": epochs[np.argmin(losses)]})], data_of())
    assert best.train_loss == there.train_loss


def test_of_checkpoints_of_equal_loss_the_first_is_kept(data_of: DataOf) -> None:
    """And of a network that asks for its last weights none."""
    training = StackTraining([Hyper(seed=1, weights=weights) for weights in ("best", "last")], data_of())
    values = training.stack.parameters.values
    for number, loss in enumerate([0.5, 0.4, 0.4, 0.6]):
        values[...] = number
        for network in range(2):
            training.best.offer(network, loss)
    training.best.restore()
    assert values[:, 0].tolist() == [1, 3]


def test_best_weights_need_validation_rows(data_of: DataOf) -> None:
    with pytest.raises(ValueError, match="weights='best' are chosen by the validation loss, got no validation rows"):
        train([Hyper(seed=1, weights="best")], Data(classes=3, train=data_of().train))


def test_softmax_regression_is_convex(data_of: DataOf) -> None:
    """With depth 0, full batches and a small rate every checkpoint is lower, wherever it starts; width means nothing."""
    shape = {"depth": 0, "batch_size": 23, "momentum": 0.0, "schedule": "constant", "steps": 2000, "learning_rate": 0.1}
    data = data_of()
    seen = Data(classes=3, train=data.train, valid=data.train)
    near, far, wide = train([Hyper(seed=1, **shape, **other) for other in ({}, {"init_gain": 4.0}, {"width": 3})], seen)
    for outcome in (near, far):
        losses = [loss for _, loss in outcome.curve]
        assert losses == sorted(losses, reverse=True)
    assert near.train_loss == pytest.approx(far.train_loss, abs=0.02)
    assert wide == near


@pytest.mark.parametrize("init_gain", [1.0, 5.0])
@pytest.mark.parametrize("batch_norm", ["none", "before", "after"])
@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_deep_networks_end_honestly(data_of: DataOf, activation: str, batch_norm: str, init_gain: float) -> None:
    """Four layers of 50 at any gain: finite losses, or a divergence that says so; normalised nets all train."""
    hypers = [
        Hyper(
            seed=1,
            depth=4,
            width=50,
            activation=activation,
            batch_norm=batch_norm,
            init_gain=init_gain,
            batch_size=20,
            steps=40,
            learning_rate=rate,
        )
        for rate in (0.05, 1e6)
    ]
    gentle, wild = train(hypers, data_of(rows=60))
    for outcome in (gentle, wild):
        assert (outcome.valid_loss is None) == outcome.diverged
    assert batch_norm == "none" or not gentle.diverged


def test_random_start_of_scale_and_shift(data_of: DataOf) -> None:
    """γ and β are drawn from a stream of their own: the weights stay what they were."""
    hypers = [
        Hyper(seed=seed, batch_norm="before", width=300, bn_start=start)
        for seed, start in ((1, "identity"), (1, "random"), (2, "random"))
    ]
    stack = StackTraining(hypers, data_of()).stack
    (affine,) = stack.affine
    assert affine.value[0].tolist() == [[1.0] * 300, [0.0] * 300]
    np.testing.assert_array_equal(stack.dense[0].value[0], stack.dense[0].value[1])
    assert not np.array_equal(affine.value[1], affine.value[2])
    drawn = affine.value[1:].ravel()
    assert abs(drawn.mean()) < 4 / np.sqrt(drawn.size)  # four standard errors
    assert abs(drawn.std() - 1) < 4 / np.sqrt(2 * drawn.size)


def test_initial_gain_scales_every_weight(data_of: DataOf) -> None:
    stack = StackTraining([Hyper(seed=1, depth=2, init_gain=gain) for gain in (1.0, 4.0)], data_of()).stack
    for view in stack.dense:
        np.testing.assert_array_equal(4 * view.value[0], view.value[1])


def test_a_part_without_rows_is_not_scored(data_of: DataOf) -> None:
    rows = data_of()
    (outcome,) = train([Hyper(seed=1, steps=3)], Data(classes=3, train=rows.train))
    assert outcome.valid_loss is None
    assert outcome.test_loss is None
    assert outcome.curve == ()


def test_batch_norm_refuses_a_batch_of_one(data_of: DataOf) -> None:
    with pytest.raises(ValueError, match="2 rows or more in each training batch, got a batch of 1"):
        train([Hyper(seed=1, batch_norm="before", batch_size=11)], data_of(rows=23))


def test_each_seed_sees_its_own_split(data_of: DataOf) -> None:
    both = data_of(seeds=(4, 9))
    alone = Data(
        classes=both.classes,
        train=Part(both.train.x[1:], both.train.y[1:]),
        valid=Part(both.valid.x[1:], both.valid.y[1:]) if both.valid else None,
    )
    hyper = Hyper(seed=9, steps=12, width=3)
    assert train([hyper], both) == train([hyper], alone)
    with pytest.raises(ValueError, match=r"splits for the seeds \[4, 9\], got a network with seed 1"):
        train([Hyper(seed=1)], both)


def test_denormals_are_flushed(data_of: DataOf) -> None:
    trainer = StackTraining([Hyper(seed=1)], data_of())
    values = trainer.stack.parameters.values
    (rule,) = trainer.optimiser.rules
    tiny = np.finfo(np.float32).tiny  # the least that is no denormal
    for array in (values, *rule.state):
        array[:, :4] = [1e-40, -1e-40, tiny, -tiny]
    trainer.optimiser.flush()
    for array in (values, *rule.state):
        assert array[0, :4].tolist() == [0, 0, tiny, -tiny]


@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")  # it is not to converge
@pytest.mark.parametrize("kind", ["study", "estimator"])
def test_denormals_are_looked_for_once_in_so_many_steps(
    data_of: DataOf, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    looked: list[int] = []
    monkeypatch.setattr(Optimiser, "flush", lambda optimiser: looked.append(optimiser.count))
    steps = 2 * STEPS_TO_FLUSH + 1
    if kind == "study":
        StackTraining([Hyper(seed=1, steps=steps)], data_of()).run()
    else:
        x, y = np.random.default_rng(0).normal(size=(12, 2)), np.arange(12) % 2
        StackedMLPClassifier((2,), batch_size=12, max_iter=steps, n_iter_no_change=steps, random_state=0).fit(x, y)
    assert looked == [STEPS_TO_FLUSH, 2 * STEPS_TO_FLUSH]


@pytest.mark.parametrize(
    ("x", "y", "message"),
    [
        (np.zeros((2, 3)), np.zeros(2, int), "x is"),
        (np.full((1, 2, 3), np.nan), np.zeros((1, 2), int), "x is finite"),
    ],
)
def test_rubbish_rows(x: np.ndarray, y: np.ndarray, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        Part(x, y)


def test_a_stack_is_pruned_where_its_mean_is_above_the_threshold_and_its_curves_are_those_alone(
    data_of: DataOf,
) -> None:
    hypers = [
        Hyper(seed=seed, steps=60, batch_size=8, checkpoints=4, learning_rate=rate)
        for seed, rate in ((1, 0.1), (2, 0.01))
    ]
    alone = [train([hyper], data_of())[0] for hyper in hypers]
    means = [np.mean([outcome.curve[place][1] for outcome in alone]) for place in range(4)]
    assert train(hypers, data_of(), thresholds=[mean + 1e-6 for mean in means]) == alone, "a float32's rounding above"
    for place in range(3):
        pruned = train(hypers, data_of(), thresholds=[*(mean + 1e-6 for mean in means[:place]), means[place] - 1e-6])
        assert [outcome.curve for outcome in pruned] == [outcome.curve[: place + 1] for outcome in alone]
        assert {(outcome.stopped, outcome.epochs_run) for outcome in pruned} == {("pruned", alone[0].curve[place][0])}
        assert all(outcome.valid_loss is None for outcome in pruned)


def test_the_end_is_no_place_to_prune(data_of: DataOf) -> None:
    (outcome,) = train([Hyper(seed=1, steps=60, checkpoints=1)], data_of(), thresholds=[0.0])
    assert outcome.stopped == "completed"


@pytest.mark.parametrize("sign", [1, -1])
def test_inputs_beyond_float32_are_told_for_what_they_are(data_of: DataOf, sign: int) -> None:
    x = data_of().train.x.copy()
    x[0, 3, 1] = sign * 1e39
    data = Data(classes=3, train=Part(x, data_of().train.y))
    with pytest.raises(ValueError, match=r"x is beyond float32, got 1e\+39: scale the inputs, or train with precision"):
        train([Hyper(seed=1)], data)
    assert train([Hyper(seed=1, precision="float64", steps=1)], data)[0].stopped in {"completed", "diverged"}


@pytest.mark.parametrize("activation", ACTIVATIONS)
@pytest.mark.parametrize("sign", [1, -1])
def test_a_nan_is_never_lost(data_of: DataOf, activation: str, sign: int) -> None:
    """In one weight of the first layer, whatever its sign bit: the network has diverged, its neighbour has not."""
    hypers = [Hyper(seed=seed, depth=2, activation=activation, steps=5, keep_prob=0.5) for seed in (1, 2)]
    training = StackTraining(hypers, data_of())
    training.stack.dense[0].value[0, 0, 0] = np.copysign(np.nan, sign)
    lost, sound = training.run()
    assert lost.stopped == "diverged"
    assert sound == train(hypers, data_of())[1]


def test_divergence_is_seen_at_a_checkpoint_with_or_without_validation_rows(data_of: DataOf) -> None:
    hyper = Hyper(seed=1, steps=60, batch_size=8, checkpoints=4, learning_rate=1e30)  # 20 epochs
    for data in (data_of(), Data(classes=3, train=data_of().train)):
        (lost,) = train([hyper], data)
        assert (lost.stopped, lost.epochs_run) == ("diverged", 5)


def test_population_moments_take_whole_batches_alone(data_of: DataOf) -> None:
    """23 rows in batches of 6: the last five have no say; each whole batch has the same."""
    data = data_of(rows=23)
    hyper = Hyper(seed=1, batch_norm="before", bn_statistics="population", batch_size=6, precision="float64", steps=4)
    training = StackTraining([hyper], data)
    training.run()
    weight = training.stack.dense[0].value[0]
    z = data.train.x[0] @ weight[:, :-1].T + weight[:, -1]
    batches = [z[start : start + 6] for start in (0, 6, 12)]
    moments = training.stack.moments[0]
    np.testing.assert_allclose(moments.mean[0], np.mean([each.mean(axis=0) for each in batches], axis=0), atol=1e-12)
    unbiased = np.mean([each.var(axis=0, ddof=1) for each in batches], axis=0)
    np.testing.assert_allclose(moments.variance[0], unbiased, atol=1e-12)
