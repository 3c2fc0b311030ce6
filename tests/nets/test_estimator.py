"""The estimator keeps scikit-learn's rules, works with its tools, and hands its networks over unchanged."""

import doctest
import pickle
import subprocess
import sys

import numpy as np
import pytest
from classified import REGULARISED, SMALL, blobs
from hypothesis import given
from hypothesis import strategies as st
from levels import one_in
from sklearn.datasets import load_digits
from sklearn.exceptions import ConvergenceWarning
from sklearn.model_selection import GridSearchCV, cross_val_score
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.utils.estimator_checks import parametrize_with_checks

import nets.sklearn.estimator
from nets.optimisers import SGD, Adam, Nesterov
from nets.sklearn import StackedMLPClassifier
from nets.sklearn.asked import ACTIVATION_OF
from nets.sklearn.fitting import _batches

pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")  # short fits mean it


WEIGHTS = "set aside at random, rows that are repeated are not rows that weigh more"
FIRST = "a first fit and a second one differ: that is what it is for"
NO_END = "partial_fit has no end for the cosine to fall to"
NO_PARTIAL_FIT = "partial_fit has no early stopping, as in scikit-learn"
DIFFERENT: dict[tuple[str, object], dict[str, str]] = {
    ("early_stopping", True): {
        "check_fit_score_takes_y": NO_PARTIAL_FIT,
        "check_n_features_in_after_fitting": NO_PARTIAL_FIT,
        "check_estimators_partial_fit_n_features": NO_PARTIAL_FIT,
        "check_class_weight_classifiers": "the first weights that tell what is set aside right are the best",
        "check_sample_weight_equivalence_on_dense_data": WEIGHTS,
        "check_sample_weight_equivalence_on_sparse_data": WEIGHTS,
    },
    ("warm_start", True): {"check_supervised_y_2d": FIRST},
    ("learning_rate", "cosine"): dict.fromkeys(
        ["check_fit_score_takes_y", "check_n_features_in_after_fitting", "check_estimators_partial_fit_n_features"],
        NO_END,
    ),
}


def different(estimator: StackedMLPClassifier) -> dict[str, str]:
    """The checks that an option fails, with the reason, which its documentation gives."""
    return {
        check: why
        for (option, value), checks in DIFFERENT.items()
        if getattr(estimator, option) == value
        for check, why in checks.items()
    }


@pytest.mark.whole
@parametrize_with_checks(
    [
        StackedMLPClassifier(hidden_layer_sizes=(16, 16), learning_rate_init=0.02, max_iter=40, n_replicates=2),
        StackedMLPClassifier(
            (24,), "tanh", solver="sgd", learning_rate_init=0.02, max_iter=40, learning_rate="adaptive"
        ),
    ]
)
def test_scikit_learn_checks(estimator: StackedMLPClassifier, check) -> None:
    check(estimator)


@pytest.mark.slow
@parametrize_with_checks(
    [
        StackedMLPClassifier(),
        StackedMLPClassifier(32, learning_rate_init=0.02, max_iter=60, early_stopping=True),
        StackedMLPClassifier(32, learning_rate_init=0.02, max_iter=60, warm_start=True),
        StackedMLPClassifier(32, learning_rate_init=0.02, max_iter=60, learning_rate="cosine"),
    ],
    expected_failed_checks=different,
)
def test_all_of_scikit_learns_checks(estimator: StackedMLPClassifier, check) -> None:
    check(estimator)


def test_documented_example() -> None:
    found = doctest.testmod(nets.sklearn.estimator)
    assert found.attempted > 5
    assert found.failed == 0


def test_nets_alone_need_no_scikit_learn() -> None:
    program = "import sys, nets; sys.exit(any(name.startswith('sklearn') for name in sys.modules))"
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0


@pytest.mark.parametrize("activation", sorted(ACTIVATION_OF))
@pytest.mark.parametrize("classes", [2, 3])
@pytest.mark.parametrize("batch_norm", one_in(2, ["none", "before", "after"]))
def test_handed_over(batch_norm: str, classes: int, activation: str) -> None:
    """The replicates as scikit-learn's own models: their mean is our prediction, and they train on."""
    x, y = blobs(classes)
    names = np.array(["ant", "bee", "cat"])[y]
    settings = {**SMALL, **REGULARISED, "batch_norm": batch_norm, "activation": activation}
    ours = StackedMLPClassifier(**settings, n_replicates=3).fit(x, names)
    models = [pickle.loads(pickle.dumps(ours.to_sklearn(replicate=replicate))) for replicate in range(3)]
    mean = np.mean([model.predict_proba(x) for model in models], axis=0)
    np.testing.assert_allclose(ours.predict_proba(x), mean, rtol=0, atol=1e-12)
    assert not np.allclose(models[0].predict_proba(x), models[1].predict_proba(x))
    usual = set(vars(MLPClassifier(**SMALL).fit(x, names)))
    for model in models:
        assert type(model) is MLPClassifier
        assert usual >= set(vars(model))
        assert (model.n_layers_, model.n_outputs_) == (4, 1 if classes == 2 else 3)
        assert model.out_activation_ == ("logistic" if classes == 2 else "softmax")
        assert set(model.predict(x)) <= set(names)
        before = model.loss_curve_[-1]
        assert np.isfinite(model.partial_fit(x, names).loss_curve_[-1])
        assert len(model.loss_curve_) == SMALL["max_iter"] + 1
        assert model.loss_curve_[-2] == before


def test_float32_stays() -> None:
    x, y = blobs()
    ours = StackedMLPClassifier(**SMALL, **REGULARISED).fit(x.astype(np.float32), y)
    assert {each.dtype for each in ours.coefs_} == {ours.predict_proba(x.astype(np.float32)).dtype} == {np.dtype("f4")}
    np.testing.assert_allclose(ours.to_sklearn(replicate=0).predict_proba(x), ours.predict_proba(x), atol=1e-5)


@pytest.mark.parametrize("early_stopping", [False, True])
def test_row_of_weight_zero_is_absent(*, early_stopping: bool) -> None:
    """To the last bit, whatever the noise and normalisation."""
    x, y = blobs()
    weight = (np.arange(len(y)) % 3 > 0) * 2.0
    settings = {**SMALL, **REGULARISED, "early_stopping": early_stopping}
    weighted = StackedMLPClassifier(**settings).fit(x, y, weight)
    present = StackedMLPClassifier(**settings).fit(x[weight > 0], y[weight > 0], weight[weight > 0])
    assert np.array_equal(weighted.predict_proba(x), present.predict_proba(x))


def test_works_in_scikit_learn() -> None:
    x, y = load_digits(return_X_y=True)
    rows = slice(0, 600)
    classifier = StackedMLPClassifier(
        16, learning_rate_init=0.01, batch_size=20, max_iter=15, batch_norm="before", random_state=0
    )
    pipeline = make_pipeline(StandardScaler(), classifier)
    assert cross_val_score(pipeline, x[rows], y[rows], cv=3).mean() > 0.85
    grid = {"stackedmlpclassifier__keep_prob": [0.05, 0.9]}
    search = GridSearchCV(pipeline, grid, cv=2, scoring="neg_log_loss").fit(x[rows], y[rows])
    assert search.best_params_ == {"stackedmlpclassifier__keep_prob": 0.9}


def test_convergence_warning() -> None:
    with pytest.warns(ConvergenceWarning, match=r"Maximum iterations \(5\)") as told:
        StackedMLPClassifier(**SMALL).fit(*blobs())
    assert told[0].filename == __file__  # the line that called


@pytest.mark.parametrize("early_stopping", [False, True])
def test_verbose_prints_each_epoch_and_why_the_last(
    capsys: pytest.CaptureFixture[str], *, early_stopping: bool
) -> None:
    settings = {**SMALL, "verbose": True, "early_stopping": early_stopping, "tol": 9.0, "n_iter_no_change": 1}
    ours = StackedMLPClassifier(**settings).fit(*blobs())
    *lines, last = capsys.readouterr().out.splitlines()
    expected = [f"Iteration {epoch}, loss = {loss:.8f}" for epoch, loss in enumerate(ours.loss_curve_, start=1)]
    assert [line for line in lines if line.startswith("Iteration")] == expected
    scores = ours.validation_scores_ or []
    assert [line for line in lines if line.startswith("Valid")] == [f"Validation score: {each:f}" for each in scores]
    what = "Validation score" if early_stopping else "Training loss"
    assert last == f"{what} did not improve more than tol=9.000000 for 1 consecutive epochs. Stopping."


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"hidden_layer_sizes": (8, 0)}, r"units of each hidden layer, whole numbers from 1, .* got \(8, 0\)"),
        ({"hidden_layer_sizes": (8.5,)}, r"whole numbers from 1, .* got \(8.5,\)"),
        ({"hidden_layer_sizes": [[8, 6]]}, r"whole numbers from 1, .* got \[\[8, 6\]\]"),
        ({"keep_prob": 0.0}, r"'keep_prob' parameter .* range \(0.0, 1.0\]. Got 0.0"),
        ({"keep_prob": 1.1}, "'keep_prob' parameter .* Got 1.1"),
        ({"input_keep_prob": 0.0}, "'input_keep_prob' parameter .* Got 0.0"),
        ({"input_keep_prob": 1.1}, "'input_keep_prob' parameter .* Got 1.1"),
        ({"bn_momentum": 0.0}, "'bn_momentum' parameter .* Got 0.0"),
        ({"bn_momentum": 1.1}, "'bn_momentum' parameter .* Got 1.1"),
        ({"momentum": 1.0}, "'momentum' parameter .* Got 1.0"),
        ({"momentum": -0.1}, "'momentum' parameter .* Got -0.1"),
        ({"noise": "pink"}, "'noise' parameter .* Got 'pink'"),
        ({"solver": "lbfgs"}, "'solver' parameter .* Got 'lbfgs'"),
        ({"n_replicates": 0}, "'n_replicates' parameter .* Got 0"),
        ({"batch_norm": "before", "batch_size": 1}, "2 rows or more at once, got n_samples=43 in batches of 1"),
        (
            {"solver": "sgd", "learning_rate_init": 1e30},
            r"diverged .* learning_rate_init=1e\+30: choose a lower one, or scale the inputs \(StandardScaler\)$",
        ),
    ],
)
def test_refused(settings: dict, message: str) -> None:
    """In one line, with the rule and the value."""
    with pytest.raises(ValueError, match=message) as refusal:
        StackedMLPClassifier(**{**SMALL, **settings}).fit(*blobs())
    assert "\n" not in str(refusal.value)


@given(rows=st.integers(2, 60), size=st.integers(2, 60))
def test_normalised_batches(rows: int, size: int) -> None:
    """Every row once, none alone, none larger than asked for but by one row."""
    batches = _batches(rows, min(rows, size), normalised=True)
    assert [row for start, stop in batches for row in range(start, stop)] == list(range(rows))
    assert all(2 <= stop - start <= size + 1 for start, stop in batches)


@pytest.mark.parametrize("batch_norm", ["none", "before"])
def test_the_ends_of_what_may_be_asked_train(batch_norm: str) -> None:
    ends = {
        "momentum": 0.0,
        "keep_prob": 1.0,
        "input_keep_prob": 1,
        "bn_momentum": 1.0,
        "n_replicates": 1,
        "batch_size": 43,
    }
    ours = StackedMLPClassifier(1, solver="sgd", max_iter=2, batch_norm=batch_norm, **ends).fit(*blobs())
    assert [weight.shape for weight in ours.coefs_] == [(4, 1), (1, 3)]
    assert ours._snapshot.steps == 2  # as many rows as a batch holds are no warning, which would be an error


@pytest.mark.parametrize(("rows", "steps"), [(199, 1), (200, 1), (201, 2), (400, 2), (401, 3)])
def test_a_batch_has_two_hundred_rows_where_nothing_is_said(rows: int, steps: int) -> None:
    assert StackedMLPClassifier(2, max_iter=1).fit(*blobs(rows=rows))._snapshot.steps == steps


@pytest.mark.parametrize("solver", ["adam", "sgd"])
def test_schedules_are_those_of_the_solver(solver: str) -> None:
    """scikit-learn's are of sgd alone; the cosine is of both."""
    words = ("constant", "invscaling", "adaptive", "cosine")
    told = [StackedMLPClassifier(solver=solver, learning_rate=word)._course().learning_rate for word in words]
    assert told == (list(words) if solver == "sgd" else ["constant", "constant", "constant", "cosine"])


@pytest.mark.parametrize(
    ("settings", "rule"),
    [
        ({}, Adam),
        ({"solver": "sgd"}, Nesterov),
        ({"solver": "sgd", "nesterovs_momentum": False}, SGD),
        ({"solver": "adam", "nesterovs_momentum": False}, Adam),
    ],
)
def test_the_rule_and_its_momentum_are_those_of_the_solver(settings: dict, rule: type) -> None:
    asked = StackedMLPClassifier(2, max_iter=1, momentum=0.3, beta_1=0.6, **settings).fit(*blobs())
    assert asked._snapshot.rule is rule
    (hyper,) = asked._hypers([1], rows=9, classes=3, precision="float64")
    assert hyper.momentum == (0.6 if rule is Adam else 0.3)
    assert hyper.batch_size == 9


def test_a_probability_that_rounds_to_one_has_the_logarithm_zero() -> None:
    for classes in (2, 3):
        x, y = blobs(classes)
        ours = StackedMLPClassifier((), max_iter=1).fit(x, y)
        (weights,) = ours.coefs_
        weights *= 1e4
        told, logarithms = ours.predict_proba(x), ours.predict_log_proba(x)
        assert (told == 1).any()
        assert (logarithms[told == 1] == 0).all()
        assert (logarithms[told < 1] < 0).all()


@pytest.mark.parametrize("replicate", [-1, 2, 0.0])
def test_a_replicate_that_there_is_not(replicate: object) -> None:
    ours = StackedMLPClassifier(**SMALL, n_replicates=2).fit(*blobs())
    with pytest.raises(ValueError, match=f"replicate lies in 0 … 1, got {replicate}"):
        ours.to_sklearn(replicate)
    assert not np.array_equal(ours.to_sklearn().coefs_[0], ours.to_sklearn(1).coefs_[0])


@pytest.mark.parametrize(
    ("asked", "told"),
    [("constant", "constant"), ("invscaling", "invscaling"), ("adaptive", "adaptive"), ("cosine", "constant")],
)
def test_what_is_handed_over_has_the_schedule_where_scikit_learn_has_it(asked: str, told: str) -> None:
    ours = StackedMLPClassifier(**SMALL, solver="sgd", learning_rate=asked).fit(*blobs())
    model = ours.to_sklearn()
    assert model.learning_rate == told
    assert model.get_params() == MLPClassifier(**SMALL, solver="sgd", learning_rate=told).get_params()


def test_what_is_handed_over_waits_as_long_as_any_other() -> None:
    """Nothing improves by a hundred nats: three epochs of patience, and the one that ends it."""
    x, y = blobs()
    model = StackedMLPClassifier(**SMALL).fit(x, y).to_sklearn()
    model.set_params(warm_start=True, tol=100.0, n_iter_no_change=3, max_iter=50).fit(x, y)
    assert len(model.loss_curve_) == SMALL["max_iter"] + 4


def test_what_is_told_after_a_fit_is_of_its_epochs() -> None:
    x, y = blobs()
    ours = StackedMLPClassifier(**SMALL, solver="sgd", learning_rate_init=0.5).fit(x, y)
    assert ours.loss_ == ours.loss_curve_[-1] != ours.loss_curve_[0]
    assert ours.best_loss_ == min(ours.loss_curve_)
    assert ours.t_ == 5 * len(y)
    assert ours.validation_scores_ is ours.best_validation_score_ is None
