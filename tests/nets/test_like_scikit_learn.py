"""What the estimator and scikit-learn's MLPClassifier both have means the same in both."""

import tracemalloc
from copy import deepcopy
from functools import partial
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from classified import SMALL, blobs
from levels import one_in
from scipy.sparse import csc_matrix, csr_array
from sklearn.base import clone
from sklearn.model_selection import train_test_split
from sklearn.neural_network import MLPClassifier

from nets.orders import orders
from nets.schedules import cosine
from nets.sklearn import StackedMLPClassifier
from nets.sklearn.examples import Examples, hold_out
from nets.sklearn.progress import LOWEST_RATE, Course, Pursuit, Standing

pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")  # short fits mean it


@pytest.mark.parametrize("classes", one_in(2, [2, 10, 3]))
@pytest.mark.parametrize(("shuffle", "weighted", "alpha"), [(False, False, 3.0), (True, True, 3.0), (True, False, 0.0)])
@pytest.mark.parametrize(
    ("settings", "tolerance"),
    [
        ({"solver": "sgd", "nesterovs_momentum": False}, 1e-12),
        ({"solver": "sgd", "nesterovs_momentum": True, "activation": "tanh"}, 1e-12),
        ({"solver": "adam", "activation": "logistic"}, 1e-4),  # Adam's ε stands at another place in scikit-learn
        ({"solver": "adam", "beta_1": 0.8, "beta_2": 0.99, "epsilon": 1e-15}, 1e-7),
    ],
    ids=["sgd", "nesterov", "adam", "betas"],
)
def test_trains_as_scikit_learn(
    settings: dict, tolerance: float, classes: int, alpha: float, *, weighted: bool, shuffle: bool
) -> None:
    """From the same weights in the same order the same parameters mean the same steps, a short last batch included."""
    x, y = blobs(classes)
    weight = np.random.default_rng(3).uniform(0.1, 5, len(y)) if weighted else np.ones(len(y))
    settings = {**SMALL, **settings, "max_iter": 1, "alpha": alpha, "shuffle": shuffle}
    ours = StackedMLPClassifier(**settings, warm_start=True).fit(x, y)
    theirs = ours.to_sklearn(replicate=0).set_params(shuffle=False)
    seed = deepcopy(ours._random_state).randint(np.iinfo(np.int32).max)
    order = next(orders([seed], len(y)))[0] if shuffle else np.arange(len(y))
    theirs.fit(x[order], y[order], weight[order])
    ours.fit(x, y, weight)
    assert ours.loss_ == pytest.approx(theirs.loss_, rel=tolerance)
    for found, expected in zip(ours.to_sklearn(replicate=0).coefs_, theirs.coefs_, strict=True):
        np.testing.assert_allclose(found, expected, rtol=tolerance, atol=tolerance)


@pytest.mark.parametrize("early_stopping", [False, True])
def test_stops_as_scikit_learn(*, early_stopping: bool) -> None:
    """No epoch improves by ``tol``: both give up as soon as their patience allows."""
    settings = {
        "tol": 100.0,
        "n_iter_no_change": 3,
        "max_iter": 50,
        "random_state": 0,
        "early_stopping": early_stopping,
    }
    x, y = blobs()
    assert StackedMLPClassifier(**settings).fit(x, y).n_iter_ == MLPClassifier(**settings).fit(x, y).n_iter_ < 50


def rates(learning_rate: str, epochs: int) -> list[float]:
    """Learning rates of epochs that bring no improvement, each of 10 rows in two batches."""
    seen: list[float] = []
    fitting = SimpleNamespace(
        count=10,
        batches=[(0, 5), (5, 10)],
        optimiser=SimpleNamespace(count=0),
        epoch=lambda rates: seen.extend(rates) or np.ones(1),
        check_finite=lambda rate: None,
    )
    course = Course(
        max_iter=epochs,
        tol=1e-4,
        n_iter_no_change=2,
        learning_rate=learning_rate,
        learning_rate_init=1.0,
        power_t=0.5,
        verbose=False,
    )
    Pursuit(course, fitting, None, Standing(), seen=0).run()
    return seen


def test_learning_rates() -> None:
    assert rates("constant", 100) == [1.0] * 8  # an epoch that is the best, and one more than the patience of two
    assert rates("invscaling", 3)[::2] == [1.0, 11**-0.5, 21**-0.5]
    assert rates("cosine", 4) == [cosine(step / 8) for step in range(8)]
    adaptive = rates("adaptive", 1000)[::2]
    assert adaptive[:8] == pytest.approx([1.0] * 4 + [0.2] * 3 + [0.04])
    assert adaptive[-1] <= LOWEST_RATE < 5 * adaptive[-1]


def test_takes_what_scikit_learn_takes() -> None:
    """But what solver='lbfgs' alone has."""
    theirs = MLPClassifier().get_params()
    assert set(theirs) - set(StackedMLPClassifier().get_params()) == {"max_fun"}
    assert theirs.items() - {("max_fun", 15000)} <= StackedMLPClassifier().get_params().items()


@pytest.mark.parametrize("classes", [2, 3])
def test_no_hidden_layer(classes: int) -> None:
    """Softmax or logistic regression, as in scikit-learn: with a penalty it has one solution."""
    x, y = blobs(classes)
    settings = {"hidden_layer_sizes": (), "solver": "sgd", "alpha": 5.0, "learning_rate_init": 0.05, "random_state": 0}
    patience = {"tol": 0.0, "n_iter_no_change": 300, "max_iter": 1000}
    ours, theirs = (kind(**settings, **patience).fit(x / 10, y) for kind in (StackedMLPClassifier, MLPClassifier))
    np.testing.assert_allclose(ours.predict_proba(x / 10), theirs.predict_proba(x / 10), atol=1e-9)
    assert [each.shape for each in ours.to_sklearn().coefs_] == [(4, 1 if classes == 2 else 3)]


def test_networks_are_read_as_there() -> None:
    x, y = blobs(2)
    ours = StackedMLPClassifier(**SMALL).fit(x, y)
    theirs = MLPClassifier(**SMALL).fit(x, y)
    for name in ("n_layers_", "n_outputs_", "out_activation_", "n_iter_", "t_"):
        assert getattr(ours, name) == getattr(theirs, name)
    for name in ("coefs_", "intercepts_"):
        assert [each.shape for each in getattr(ours, name)] == [each.shape for each in getattr(theirs, name)]
    vars(theirs).update(coefs_=ours.coefs_, intercepts_=ours.intercepts_)
    np.testing.assert_allclose(ours.predict_proba(x), theirs.predict_proba(x), rtol=1e-12)
    several = StackedMLPClassifier(**SMALL, n_replicates=2)
    assert not hasattr(several, "coefs_")
    with pytest.raises(AttributeError, match=r"got n_replicates=2: to_sklearn\(replicate\)"):
        _ = several.fit(x, y).coefs_


def test_rows_of_more_digits_are_told_in_as_many() -> None:
    """Then the probabilities of a row do not depend on its place among others, as float32's last bits do."""
    x, y = blobs(rows=300)
    theirs, ours = MLPClassifier(max_iter=1).fit(x.astype("f4"), y), StackedMLPClassifier(max_iter=1).fit(x.astype("f4"), y)  # fmt: skip
    for rows in (x, x.astype("f4")):
        assert ours.predict_proba(rows).dtype == theirs.predict_proba(rows).dtype == rows.dtype
    told = ours.predict_proba(x)
    np.testing.assert_allclose([ours.predict_proba(row[None])[0] for row in x], told, rtol=1e-12)


def test_a_batch_larger_than_the_rows_is_told() -> None:
    """Ours at the line that called."""
    (x, y), settings = blobs(), {**SMALL, "batch_size": 44}
    said = "Got `batch_size` less than 1 or larger than sample size. It is going to be clipped"
    with pytest.warns(UserWarning, match=said):
        MLPClassifier(**settings).fit(x, y)
    for trains in (StackedMLPClassifier.fit, partial(StackedMLPClassifier.partial_fit, classes=[0, 1, 2])):
        with pytest.warns(UserWarning, match=said) as told:
            trains(StackedMLPClassifier(**settings), x, y)
        assert told[0].filename == __file__


@pytest.mark.parametrize("solver", ["sgd", "adam"])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_sparse_rows_train_as_dense_ones(dtype: type, solver: str) -> None:
    """To the last bit: fit, early stopping, partial_fit and predictions."""
    x, y = blobs()
    x = np.where(np.abs(x) < 4, 0, x).astype(dtype)
    settings = {**SMALL, "solver": solver, "keep_prob": 0.8}
    for early_stopping in (False, True):
        ours = StackedMLPClassifier(**settings, early_stopping=early_stopping)
        expected = deepcopy(ours).fit(x, y).predict_proba(x)
        for matrix in (csr_array(x), csc_matrix(x)):
            found = deepcopy(ours).fit(matrix, y)
            assert np.array_equal(found.predict_proba(x), expected)
            assert np.array_equal(found.predict_proba(matrix), expected)
    one, other = (
        StackedMLPClassifier(**settings).partial_fit(each, y, classes=[0, 1, 2]) for each in (x, csr_array(x))
    )
    assert np.array_equal(one.partial_fit(csr_array(x), y).coefs_[0], other.partial_fit(x, y).coefs_[0])


def test_class_weights_are_weights_of_rows() -> None:
    x, y = blobs()
    settings = {**SMALL, "batch_norm": "before"}
    by_class = StackedMLPClassifier(**settings, class_weight={0: 2.0, 2: 0.5}).fit(x, y)
    by_row = StackedMLPClassifier(**settings).fit(x, y, np.array([2.0, 1.0, 0.5])[y])
    assert np.array_equal(by_class.predict_proba(x), by_row.predict_proba(x))
    weight = np.random.default_rng(0).uniform(0, 3, len(y)).round()
    balanced = StackedMLPClassifier(**settings, class_weight="balanced").fit(x, y, weight)
    totals = np.bincount(y, weight)
    told = StackedMLPClassifier(**settings).fit(x, y, weight * (weight.sum() / (3 * totals))[y])
    np.testing.assert_allclose(balanced.predict_proba(x), told.predict_proba(x), rtol=1e-9)
    named = StackedMLPClassifier(**settings, class_weight={"a": 2.0, "c": 0.5}).fit(x, np.array(list("abc"))[y])
    assert np.array_equal(named.predict_proba(x), by_class.predict_proba(x))


def test_balance_needs_a_row_that_counts_of_each_class() -> None:
    x, y = blobs()
    with pytest.raises(ValueError, match="valid labels that are in y"):
        StackedMLPClassifier(**SMALL, class_weight="balanced").fit(x, y, (y != 1) * 1.0)


def test_rows_of_other_columns_are_refused_and_forgotten() -> None:
    x, y = blobs()
    ours = StackedMLPClassifier(**SMALL).fit(x, y)
    with pytest.raises(ValueError, match="X has 3 features, but StackedMLPClassifier is expecting 4"):
        ours.predict(x[:, :3])
    assert ours.n_features_in_ == 4


@pytest.mark.parametrize(
    "y",
    [[0, 0, 0, 1, 1, 2], list("aaaabbbbccccd"), range(20), [0] * 5 + [1] * 5, [3, 3]],
    ids=lambda y: f"{len(y)} rows",
)
def test_early_stopping_takes_what_scikit_learn_takes(y: list) -> None:
    """A class with one row among several, and as many classes as rows; a little more than scikit-learn, too."""
    x = np.random.default_rng(0).normal(size=(len(y), 3))
    early = {"early_stopping": True, "max_iter": 3, "validation_fraction": 0.2}
    if len(y) < 3:
        with pytest.raises(ValueError, match=r"The validation set is too small: .* got n_samples=2"):
            StackedMLPClassifier(**early).fit(x, y)
    else:
        assert StackedMLPClassifier(**early).fit(x, y).n_iter_ > 0


@pytest.mark.parametrize(
    ("counts", "share", "size", "by_class"),
    [
        ((50, 30, 20), 0.1, 10, True),
        ((50, 30, 20), 0.101, 11, True),  # no fewer than the share
        ((50, 49, 1), 0.1, 10, False),  # a class of one row has none to set aside
        ((50, 48, 2), 0.1, 10, True),
        ((7, 7, 6), 0.05, 3, True),  # a row of each class at least
        ((7, 7, 6), 0.99, 17, True),  # and one of each to train on
        ((2, 2, 2), 0.1, 3, True),
        ((2, 2, 1), 0.1, 2, False),
        ((40, 60), 0.3, 30, True),
        ((3, 2), 0.1, 2, True),
        ((30,), 0.1, 3, True),
        ((30,), 0.01, 2, True),  # two rows at least
        ((3,), 0.1, 2, True),
    ],
)
def test_rows_are_set_aside_by_class_where_there_is_room(
    counts: tuple, share: float, size: int, *, by_class: bool
) -> None:
    """As train_test_split would, told the size; two classes by whether a row is of the second."""
    y = np.random.default_rng(0).permutation(np.repeat(np.arange(len(counts)), counts))
    rows = len(y)
    examples = Examples.weighted(np.zeros((rows, 1)), y, np.ones(rows))
    train, valid = hold_out(examples, share, 3, np.arange(len(counts)))
    expected = train_test_split(
        np.arange(rows),
        test_size=size,
        random_state=3,
        stratify=(y == 1 if len(counts) == 2 else y) if by_class else None,
    )
    for found, places in zip((train, valid), expected, strict=True):
        np.testing.assert_array_equal(found.places, places)
        np.testing.assert_array_equal(found.y, y[places])
    with pytest.raises(ValueError, match=f"2 rows aside, got n_samples={min(2, rows)}"):
        hold_out(examples.part(np.arange(2)), share, 3, np.arange(len(counts)))


def test_early_stopping_names_classes_as_they_are() -> None:
    with pytest.raises(ValueError, match=r"have only 1 member.* True is 'spam', False 'ham'"):
        StackedMLPClassifier(early_stopping=True).fit(np.eye(5), ["ham"] * 4 + ["spam"])


@pytest.mark.parametrize(
    "names",
    [np.array([3, 5], ">i8"), np.array(["ant", "bee"], object), pd.Categorical(["ant", "bee"]), [False, True]],
    ids=["big-endian", "object", "categorical", "bool"],
)
def test_classes_have_the_same_type(names: object) -> None:
    x, y = blobs(2)
    labels = pd.Series(names).to_numpy()[y] if isinstance(names, pd.Categorical) else np.asarray(names)[y]
    ours, theirs = (kind((3,), max_iter=1).fit(x, labels) for kind in (StackedMLPClassifier, MLPClassifier))
    assert ours.classes_.dtype == theirs.classes_.dtype == ours.predict(x).dtype
    assert np.array_equal(ours.classes_, theirs.classes_)


@pytest.mark.parametrize("early_stopping", one_in(2, [False, True]))
def test_a_fit_copies_its_rows_once(*, early_stopping: bool) -> None:
    x = np.random.default_rng(0).normal(size=(20_000, 200)).astype(np.float32)
    y = (x[:, 0] > 0).astype(int)
    ours = StackedMLPClassifier(4, max_iter=1, early_stopping=early_stopping)
    tracemalloc.start()
    try:
        ours.fit(x, y)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 1.2 * x.nbytes


@pytest.mark.parametrize("weight", [1e-44, 1e38], ids=str)
def test_sums_of_weights_do_not_overflow(weight: float) -> None:
    """Without a penalty weights count beside each other alone, in float32 too."""
    x, y = blobs()
    ours = StackedMLPClassifier(**SMALL, alpha=0)
    weighted = clone(ours).fit(x.astype(np.float32), y, np.full(len(y), weight, np.float32))
    plain = ours.fit(x.astype(np.float32), y)
    np.testing.assert_allclose(weighted.predict_proba(x), plain.predict_proba(x), rtol=1e-4)


@pytest.mark.parametrize(
    ("settings", "weight", "message"),
    [
        ({"class_weight": {0: 0.0, 1: 0.0, 2: 0.0}}, 1.0, "sums to 0.0: scale the weights to a mean near 1"),
        ({}, 1e308, "sums to inf: scale the weights to a mean near 1"),
        ({"alpha": 1.0, "solver": "sgd"}, 1e-44, "diverged .* or sample_weight to a mean near 1, from 1e-44"),
    ],
)
def test_weights_beyond_numbers_are_told(settings: dict, weight: float, message: str) -> None:
    x, y = blobs()
    with pytest.raises(ValueError, match=message):
        StackedMLPClassifier(**{**SMALL, **settings}).fit(x.astype(np.float32), y, np.full(len(y), weight))


@pytest.mark.parametrize("early_stopping", [False, True])
def test_a_warm_fit_improves_on_what_was_reached_before(*, early_stopping: bool) -> None:
    """A first epoch is the best so far and begins the patience of two; one that is no better than another fit's is waited for."""
    x, y = blobs()
    settings = {**SMALL, "tol": 100.0, "n_iter_no_change": 2, "max_iter": 50, "early_stopping": early_stopping}
    ours = StackedMLPClassifier(**settings, warm_start=True).fit(x, y)
    assert ours.n_iter_ == 4
    assert ours.fit(x, y).n_iter_ == 3
    assert len(ours.loss_curve_) == 7


def test_a_fall_of_the_rate_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    settings = {"solver": "sgd", "learning_rate": "adaptive", "learning_rate_init": 0.5, "verbose": True}
    StackedMLPClassifier(**{**SMALL, "max_iter": 7}, **settings, tol=9.0, n_iter_no_change=1).fit(*blobs())
    told = [line for line in capsys.readouterr().out.splitlines() if "Setting" in line]
    why = "Training loss did not improve more than tol=9.000000 for 1 consecutive epochs."
    assert told == [f"{why} Setting learning rate to {rate:f}" for rate in (0.1, 0.02, 0.004)]


def test_chunks_of_rows_train_by_scikit_learns_schedules() -> None:
    """But by the cosine, which needs an end."""
    x, y = blobs()
    for schedule in ("constant", "invscaling", "adaptive"):
        settings = {**SMALL, "solver": "sgd", "learning_rate": schedule}
        assert StackedMLPClassifier(**settings).partial_fit(x, y, classes=[0, 1, 2]).t_ == len(y)


def test_an_epoch_improves_by_the_tolerance_itself() -> None:
    """In numbers without rounding: what improves by just so much is waited for no longer, and NaN improves nothing."""
    standing, waited = Standing(best=1.0), []
    for value in (0.75, 0.625, 0.5, 0.25, np.nan):
        standing.take(value, 0.25)
        waited.append(standing.waited)
    assert waited == [0, 1, 2, 0, 1]
    assert standing.best == 0.25
