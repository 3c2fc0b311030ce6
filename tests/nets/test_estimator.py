"""The estimator keeps scikit-learn's rules, means what scikit-learn means, and hands its networks over unchanged."""

import doctest
import pickle
import subprocess
import sys
from copy import deepcopy
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.base import clone
from sklearn.datasets import load_digits, make_blobs
from sklearn.exceptions import ConvergenceWarning
from sklearn.model_selection import GridSearchCV, cross_val_score
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.utils.estimator_checks import parametrize_with_checks

import nets.sklearn.estimator
from nets.orders import orders
from nets.sklearn.estimator import ACTIVATION_OF, StackedMLPClassifier
from nets.sklearn.fitting import _batches
from nets.sklearn.progress import LOWEST_RATE, Course, follow

pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")  # short fits mean it

SMALL = {"hidden_layer_sizes": (8, 6), "max_iter": 5, "batch_size": 8, "random_state": 0}
REGULARISED = {"keep_prob": 0.8, "input_keep_prob": 0.9, "batch_norm": "before"}


def blobs(classes: int = 3, rows: int = 43) -> tuple[np.ndarray, np.ndarray]:
    return make_blobs(rows, n_features=4, centers=classes, cluster_std=3, random_state=1)


@parametrize_with_checks(
    [
        StackedMLPClassifier(),
        StackedMLPClassifier(hidden_layer_sizes=(16, 16), learning_rate_init=0.02, max_iter=40, n_replicates=2),
        StackedMLPClassifier(
            (24, 16), "tanh", solver="sgd", learning_rate_init=0.02, max_iter=40, learning_rate="adaptive"
        ),
    ]
)
def test_scikit_learn_checks(estimator: StackedMLPClassifier, check) -> None:
    check(estimator)


def test_documented_example() -> None:
    found = doctest.testmod(nets.sklearn.estimator)
    assert found.attempted > 5
    assert found.failed == 0


def test_nets_alone_need_no_scikit_learn() -> None:
    program = "import sys, nets; sys.exit(any(name.startswith('sklearn') for name in sys.modules))"
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0


@pytest.mark.parametrize("shuffle", [False, True])
@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("alpha", [0.0, 3.0])
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
    settings: dict, tolerance: float, alpha: float, *, weighted: bool, shuffle: bool
) -> None:
    """From the same weights in the same order the same parameters mean the same steps, a short last batch included."""
    x, y = blobs()
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
    """Learning rates of epochs that bring no improvement, each with 10 rows."""
    seen: list[float] = []
    fitting = SimpleNamespace(rows=SimpleNamespace(count=10), epoch=lambda rate: seen.append(rate) or np.ones(1))
    course = Course(
        max_iter=epochs,
        tol=1e-4,
        n_iter_no_change=2,
        learning_rate=learning_rate,
        learning_rate_init=1.0,
        power_t=0.5,
        verbose=False,
    )
    follow(course, fitting, None, seen=0)
    return seen


def test_learning_rates() -> None:
    assert rates("constant", 100) == [1.0] * 4  # one that is the best, and one more than the patience of two
    assert rates("invscaling", 3) == [1.0, 11**-0.5, 21**-0.5]
    adaptive = rates("adaptive", 1000)
    assert adaptive[:8] == pytest.approx([1.0] * 4 + [0.2] * 3 + [0.04])
    assert adaptive[-1] <= LOWEST_RATE < 5 * adaptive[-1]


@pytest.mark.parametrize("activation", sorted(ACTIVATION_OF))
@pytest.mark.parametrize("classes", [2, 3])
@pytest.mark.parametrize("batch_norm", ["none", "before", "after"])
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
    for model in models:
        assert type(model) is MLPClassifier
        assert set(model.predict(x)) <= set(names)
        before = model.loss_curve_[-1]
        assert np.isfinite(model.partial_fit(x, names).loss_curve_[-1])
        assert len(model.loss_curve_) == SMALL["max_iter"] + 1
        assert model.loss_curve_[-2] == before


def test_float32_stays() -> None:
    x, y = blobs()
    ours = StackedMLPClassifier(**SMALL, **REGULARISED).fit(x.astype(np.float32), y)
    assert ours.predict_proba(x).dtype == np.float32
    np.testing.assert_allclose(ours.to_sklearn(replicate=0).predict_proba(x), ours.predict_proba(x), atol=1e-5)


@pytest.mark.parametrize("solver", ["sgd", "adam"])
def test_pickled_goes_on_to_the_last_bit(solver: str) -> None:
    """Weights, moments, the optimiser's memory and the source of seeds travel."""
    x, y = blobs()
    ours = StackedMLPClassifier(**SMALL, **REGULARISED, solver=solver, n_replicates=2)
    for _ in range(3):
        ours.partial_fit(x, y, classes=[0, 1, 2])
    travelled = pickle.loads(pickle.dumps(ours))
    for _ in range(2):
        assert np.array_equal(ours.partial_fit(x, y).predict_proba(x), travelled.partial_fit(x, y).predict_proba(x))
    assert ours.t_ == 5 * len(y)
    assert ours.loss_curve_ == travelled.loss_curve_
    assert len(ours.loss_curve_) == 5


@pytest.mark.parametrize("early_stopping", [False, True])
def test_row_of_weight_zero_is_absent(*, early_stopping: bool) -> None:
    """To the last bit, whatever the noise and normalisation."""
    x, y = blobs()
    weight = (np.arange(len(y)) % 3 > 0) * 2.0
    settings = {**SMALL, **REGULARISED, "early_stopping": early_stopping}
    weighted = StackedMLPClassifier(**settings).fit(x, y, weight)
    present = StackedMLPClassifier(**settings).fit(x[weight > 0], y[weight > 0], weight[weight > 0])
    assert np.array_equal(weighted.predict_proba(x), present.predict_proba(x))


def test_early_stopping_keeps_the_best() -> None:
    x, y = load_digits(return_X_y=True)
    settings = {**SMALL, "batch_size": 50, "early_stopping": True, "n_iter_no_change": 5, "learning_rate_init": 0.02}
    ours = StackedMLPClassifier(**{**settings, "max_iter": 100}, n_replicates=2).fit(x / 16, y)
    scores = ours.validation_scores_
    assert scores is not None
    assert len(scores) == len(ours.loss_curve_) == ours.n_iter_ < 100
    best = int(np.argmax(scores)) + 1
    assert best < ours.n_iter_
    assert ours.best_validation_score_ == max(scores)
    assert ours.best_loss_ is None
    shorter = clone(ours).set_params(max_iter=best).fit(x / 16, y)
    assert np.array_equal(ours.predict_proba(x / 16), shorter.predict_proba(x / 16))


def test_warm_start_goes_on() -> None:
    x, y = blobs()
    ours = StackedMLPClassifier(**SMALL, **REGULARISED, warm_start=True, learning_rate_init=0.02).fit(x, y)
    first = ours.loss_curve_[0]
    ours.fit(x, y)
    assert len(ours.loss_curve_) == 10
    assert ours.n_iter_ == 5
    assert ours.loss_curve_[5] < first
    assert len(ours.set_params(warm_start=False).fit(x, y).loss_curve_) == 5


def test_takes_what_scikit_learn_takes() -> None:
    """But what solver='lbfgs' alone has."""
    theirs = MLPClassifier().get_params()
    assert set(theirs) - set(StackedMLPClassifier().get_params()) == {"max_fun"}
    assert theirs.items() - {("max_fun", 15000)} <= StackedMLPClassifier().get_params().items()


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


def test_no_hidden_layer() -> None:
    """Softmax regression, as in scikit-learn: with a penalty it has one solution."""
    x, y = blobs()
    settings = {"hidden_layer_sizes": (), "solver": "sgd", "alpha": 5.0, "learning_rate_init": 0.05, "random_state": 0}
    patience = {"tol": 0.0, "n_iter_no_change": 300, "max_iter": 1000}
    ours, theirs = (kind(**settings, **patience).fit(x / 10, y) for kind in (StackedMLPClassifier, MLPClassifier))
    np.testing.assert_allclose(ours.predict_proba(x / 10), theirs.predict_proba(x / 10), atol=1e-9)
    assert [each.shape for each in ours.to_sklearn().coefs_] == [(4, 3)]


def test_first_call_may_fail() -> None:
    x, y = blobs()
    ours = StackedMLPClassifier(**SMALL)
    with pytest.raises(ValueError, match="inconsistent numbers of samples"):
        ours.partial_fit(x[1:], y, classes=[0, 1, 2])
    assert set(ours.partial_fit(x, y).predict(x)) <= {0, 1, 2}


def test_convergence_warning() -> None:
    with pytest.warns(ConvergenceWarning, match="max_iter=5 epochs"):
        StackedMLPClassifier(**SMALL).fit(*blobs())


def test_verbose_prints_each_epoch(capsys: pytest.CaptureFixture[str]) -> None:
    ours = StackedMLPClassifier(**SMALL, verbose=True).fit(*blobs())
    lines = capsys.readouterr().out.splitlines()
    assert lines == [f"Iteration {epoch}, loss = {loss:.8f}" for epoch, loss in enumerate(ours.loss_curve_, start=1)]


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"hidden_layer_sizes": (8, 0)}, r"units of each hidden layer, whole numbers from 1, .* got \(8, 0\)"),
        ({"hidden_layer_sizes": (8.5,)}, r"whole numbers from 1, .* got \(8.5,\)"),
        ({"keep_prob": 0.0}, r"'keep_prob' parameter .* range \(0.0, 1.0\]. Got 0.0"),
        ({"noise": "pink"}, "'noise' parameter .* Got 'pink'"),
        ({"solver": "lbfgs"}, "'solver' parameter .* Got 'lbfgs'"),
        ({"n_replicates": 0}, "'n_replicates' parameter .* Got 0"),
        ({"batch_norm": "before", "batch_size": 1}, "2 rows or more at once, got n_samples=43 in batches of 1"),
        ({"solver": "sgd", "learning_rate_init": 1e30}, r"diverged .* learning_rate_init=1e\+30: choose a lower one"),
    ],
)
def test_refused(settings: dict, message: str) -> None:
    """In one line, with the rule and the value."""
    with pytest.raises(ValueError, match=message) as refusal:
        StackedMLPClassifier(**{**SMALL, **settings}).fit(*blobs())
    assert "\n" not in str(refusal.value)


def test_refused_later() -> None:
    x, y = blobs()
    fitted = StackedMLPClassifier(**SMALL, warm_start=True).fit(x, y)
    with pytest.raises(ValueError, match=r"goes on with the classes \[0, 1, 2\], got \[0, 1\]"):
        fitted.fit(x[y < 2], y[y < 2])
    with pytest.raises(ValueError, match=r"classes of the first call, \[0, 1, 2\], got also \[7\]"):
        fitted.partial_fit(x, np.where(y == 2, 7, y))
    with pytest.raises(ValueError, match="got other hidden_layer_sizes, batch_norm or n_replicates"):
        clone(fitted).fit(x, y).set_params(hidden_layer_sizes=(4,)).fit(x, y)
    with pytest.raises(ValueError, match="partial_fit has no early stopping"):
        clone(fitted).set_params(early_stopping=True).partial_fit(x, y, classes=[0, 1, 2])
    with pytest.raises(ValueError, match=r"replicate lies in 0 … 0, got 1"):
        fitted.to_sklearn(replicate=1)
    with pytest.raises(ValueError, match=r"holds 2 classes or more, got \[3\]"):
        StackedMLPClassifier(**SMALL).fit(x, np.full(len(y), 3)).to_sklearn(replicate=0)


@given(rows=st.integers(2, 60), size=st.integers(2, 60))
def test_normalised_batches(rows: int, size: int) -> None:
    """Every row once, none alone, none larger than asked for but by one row."""
    batches = _batches(rows, min(rows, size), normalised=True)
    assert [row for start, stop in batches for row in range(start, stop)] == list(range(rows))
    assert all(2 <= stop - start <= size + 1 for start, stop in batches)
