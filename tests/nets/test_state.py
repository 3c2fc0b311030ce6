"""What an estimator is after fits that end well, that fail and that are interrupted: the old model or the new one, whole."""

import pickle
import signal
from collections.abc import Callable
from copy import deepcopy

import numpy as np
import pytest
from classified import REGULARISED, SMALL, blobs
from sklearn.base import clone
from sklearn.datasets import load_digits
from sklearn.exceptions import NotFittedError

from nets.sklearn import StackedMLPClassifier
from nets.sklearn.fitting import Fitting
from nets.sklearn.progress import Pursuit

pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")  # short fits mean it

DEFAULTS = StackedMLPClassifier()


@pytest.fixture(autouse=True)
def as_in_a_shell(monkeypatch: pytest.MonkeyPatch):
    """Ctrl-C reaches the test: processes in the background, those of pytest-xdist too, are begun with it ignored."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


OTHERS = [
    {"hidden_layer_sizes": (4,)},
    {"activation": "tanh"},
    {"batch_norm": "before"},
    {"n_replicates": 2},
]


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


def test_first_call_may_fail() -> None:
    x, y = blobs()
    ours = StackedMLPClassifier(**SMALL)
    with pytest.raises(ValueError, match="inconsistent numbers of samples"):
        ours.partial_fit(x[1:], y, classes=[0, 1, 2])
    assert set(ours.partial_fit(x, y, classes=[0, 1, 2]).predict(x)) <= {0, 1, 2}


def test_refused_later() -> None:
    x, y = blobs()
    fitted = StackedMLPClassifier(**SMALL, warm_start=True).fit(x, y)
    with pytest.raises(ValueError, match=r"same classes as .* got \[0 1 2\], `y` has \[0 1\]: give it the same"):
        fitted.fit(x[y < 2], y[y < 2])
    with pytest.raises(ValueError, match=r"`y` has classes not in `self.classes_`. .* \[0 1 2\]. 'y' has \[0 1 7\]"):
        fitted.partial_fit(x, np.where(y == 2, 7, y))
    for other in OTHERS:
        (name,) = other
        with pytest.raises(ValueError, match=f"the networks there are, whose {name}=.*: set it back"):
            fitted.set_params(**other).fit(x, y)
        fitted = clone(fitted).set_params(**{name: DEFAULTS.get_params()[name], **SMALL}).fit(x, y)
    for endless in ({"early_stopping": True}, {"learning_rate": "cosine"}, {"class_weight": "balanced"}):
        (name,) = endless
        with pytest.raises(ValueError, match=f"partial_fit .*{name}="):
            clone(fitted).set_params(**endless).partial_fit(x, y, classes=[0, 1, 2])
    with pytest.raises(ValueError, match=r"replicate lies in 0 … 0, got 1"):
        fitted.to_sklearn(replicate=1)
    with pytest.raises(ValueError, match=r"holds 2 classes or more, got \[3\]"):
        StackedMLPClassifier(**SMALL).fit(x, np.full(len(y), 3)).to_sklearn(replicate=0)


def state(classifier: StackedMLPClassifier) -> bytes:
    """Of all that it holds; travelled once, since bytes also tell which objects were one."""
    return pickle.dumps(pickle.loads(pickle.dumps(vars(classifier))))


def fails(x: np.ndarray, y: np.ndarray) -> dict[str, Callable[[StackedMLPClassifier], object]]:
    """Fits that fail at one place after another, all on other columns and classes."""
    wide, labels = np.hstack([x, x]), np.array(["ham", "spam", "tofu"])[y]
    return {
        "check": lambda ours: ours.fit(wide, labels[1:]),
        "weights": lambda ours: ours.fit(wide, labels, np.zeros(len(y))),
        "widths": lambda ours: ours.set_params(hidden_layer_sizes=(0,)).fit(wide, labels),
        "hold out": lambda ours: ours.set_params(early_stopping=True).fit(wide[:3], labels[[0, 0, 1]]),
        "divergence": lambda ours: ours.set_params(solver="sgd", learning_rate_init=1e30).fit(wide, labels),
        "partial fit": lambda ours: ours.partial_fit(wide, labels),
    }


@pytest.mark.parametrize("name", fails(*blobs()))
def test_a_fit_that_fails_leaves_the_old_model_or_none(name: str) -> None:
    x, y = blobs()
    old = StackedMLPClassifier(**SMALL).fit(x, np.array(["cat", "dog", "emu"])[y])
    asked, before = old.get_params(), state(old)
    none = StackedMLPClassifier(**SMALL)
    for ours in (old, none):
        with pytest.raises(ValueError, match=" "):
            fails(x, y)[name](ours)
    assert state(old.set_params(**asked)) == before
    assert set(old.predict(x)) <= {"cat", "dog", "emu"}
    with pytest.raises(NotFittedError):
        none.predict(x)
    assert set(vars(none)) == set(none.get_params())


@pytest.mark.parametrize("early_stopping", [False, True])
def test_ctrl_c_keeps_what_was_trained(monkeypatch: pytest.MonkeyPatch, *, early_stopping: bool) -> None:
    x, y = blobs()
    settings = {**SMALL, "max_iter": 50, "early_stopping": early_stopping, "n_iter_no_change": 50}
    ours = StackedMLPClassifier(**settings).fit(x, np.array(["cat", "dog", "emu"])[y])
    interrupt_in_epoch(3, monkeypatch)
    with pytest.warns(UserWarning, match="Training interrupted by user.") as told:
        ours.fit(x[:, :2], np.array(["ham", "spam"])[y % 2])
    assert told[0].filename == __file__  # the line that called
    assert set(ours.predict(x[:, :2])) <= {"ham", "spam"}
    assert ours.n_iter_ == len(ours.loss_curve_) == 2
    monkeypatch.undo()
    shorter = clone(ours).set_params(max_iter=2).fit(x[:, :2], np.array(["ham", "spam"])[y % 2])
    if early_stopping:  # the best epoch's; else one step more
        assert np.array_equal(ours.predict_proba(x[:, :2]), shorter.predict_proba(x[:, :2]))
    assert ours.loss_curve_ == shorter.loss_curve_


def test_ctrl_c_while_an_epoch_is_scored(monkeypatch: pytest.MonkeyPatch) -> None:
    """Losses and scores are of the same epochs."""
    x, y = blobs()
    ours = StackedMLPClassifier(**SMALL, early_stopping=True)
    score, calls = Pursuit._score, []

    def third(self: Pursuit) -> float:
        calls.append(0)
        return signal.raise_signal(signal.SIGINT) if len(calls) == 3 else score(self)

    monkeypatch.setattr(Pursuit, "_score", third)
    with pytest.warns(UserWarning, match="interrupted by user"):
        ours.fit(x, y)
    assert ours.n_iter_ == len(ours.loss_curve_) == len(ours.validation_scores_) == 2


def interrupt_in_epoch(number: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """A real signal, after the second step of that epoch."""
    steps: list[int] = []
    descend = Fitting._descend

    def counted(self: Fitting, *arguments: object) -> np.ndarray:
        objective = descend(self, *arguments)
        steps.append(0)
        if len(steps) == (number - 1) * len(self.batches) + 2:
            signal.raise_signal(signal.SIGINT)
        return objective

    monkeypatch.setattr(Fitting, "_descend", counted)


def test_ctrl_c_before_the_first_step_leaves_the_old_model(monkeypatch: pytest.MonkeyPatch) -> None:
    x, y = blobs()
    ours = StackedMLPClassifier(**SMALL).fit(x, y)
    before = state(ours)
    monkeypatch.setattr(Fitting, "_descend", lambda *_: signal.raise_signal(signal.SIGINT))
    with pytest.raises(KeyboardInterrupt):
        ours.fit(x, y)
    assert state(ours) == before


def test_ctrl_c_in_partial_fit(monkeypatch: pytest.MonkeyPatch) -> None:
    x, y = blobs()
    ours = StackedMLPClassifier(**SMALL).partial_fit(x, y, classes=[0, 1, 2])
    interrupt_in_epoch(1, monkeypatch)
    with pytest.warns(UserWarning, match="Training interrupted by user.") as told:
        ours.partial_fit(x, y)
    assert told[0].filename == __file__
    assert ours.t_ == len(y)
    assert set(ours.predict(x)) <= {0, 1, 2}


@pytest.mark.parametrize("batch_norm", ["none", "before"])
@pytest.mark.parametrize("types", [("float32", "float64", "int64", "float32"), ("float64", "float32", "float64")])
def test_goes_on_in_the_type_it_began_with(types: tuple[str, ...], batch_norm: str) -> None:
    """Over chunks of any type and size, by partial_fit and by warm start: the numbers are the same."""
    x, y = blobs()
    x = x.round()  # what every type holds
    settings = {**SMALL, "hidden_layer_sizes": (100,), "batch_norm": batch_norm}
    chunked = StackedMLPClassifier(**settings)
    warm = StackedMLPClassifier(**settings, warm_start=True)
    always = {"partial_fit": deepcopy(chunked), "fit": deepcopy(warm)}
    for turn, name in enumerate(types):
        rows = slice(0, 20 + 5 * turn)
        for size in (chunked, warm, *always.values()):
            size.set_params(batch_size=8 + turn)
        chunked.partial_fit(x[rows].astype(name), y[rows], classes=[0, 1, 2])
        always["partial_fit"].partial_fit(x[rows].astype(types[0]), y[rows], classes=[0, 1, 2])
        warm.fit(x[rows].astype(name), y[rows])
        always["fit"].fit(x[rows].astype(types[0]), y[rows])
    for found, expected in ((chunked, always["partial_fit"]), (warm, always["fit"])):
        assert found.coefs_[0].dtype == types[0]
        assert np.array_equal(found.predict_proba(x), expected.predict_proba(x))


def test_adaptive_falls_over_partial_fit() -> None:
    """Calls that do not improve by tol: the rate falls as in one fit, and with it what a call changes."""
    x, y = blobs()
    settings = {**SMALL, "solver": "sgd", "learning_rate": "adaptive", "tol": 9.0, "n_iter_no_change": 2, "momentum": 0}
    ours = StackedMLPClassifier(**settings)
    rates = []
    for _ in range(60):
        ours.partial_fit(x, y, classes=[0, 1, 2])
        rates.append(ours._standing.fallen)
    fitted = StackedMLPClassifier(**{**settings, "max_iter": 60}).fit(x, y)
    assert rates[:8] == pytest.approx([1, 1, 1, 0.2, 0.2, 0.2, 0.04, 0.04])
    assert rates[fitted.n_iter_ - 1] == fitted._standing.fallen
    before = ours.coefs_[0].copy()
    ours.partial_fit(x, y)
    assert 0 < np.abs(ours.coefs_[0] - before).max() < 1e-4


def test_early_stopping_goes_on_from_the_best() -> None:
    """A warm fit that only worsens keeps the weights that it began with; scores are of all epochs."""
    x, y = blobs()
    ours = StackedMLPClassifier(**SMALL, early_stopping=True, warm_start=True, learning_rate_init=0.02).fit(x, y)
    before, best = ours.predict_proba(x), ours.best_validation_score_
    ours.set_params(learning_rate_init=5.0).fit(x, y)
    assert len(ours.validation_scores_) == len(ours.loss_curve_) == 5 + ours.n_iter_
    assert max(ours.validation_scores_[5:]) <= best
    assert np.array_equal(ours.predict_proba(x), before)
    assert ours.best_validation_score_ == max(best, *ours.validation_scores_)


def test_edited_weights_predict() -> None:
    """``coefs_`` are the network's own memory: what is pruned there is gone from the predictions."""
    x, y = blobs()
    ours = StackedMLPClassifier(**SMALL).fit(x, y)
    for weights in ours.coefs_:
        weights[...] = 0
    assert np.ptp(ours.predict_proba(x), axis=0).max() == 0


def test_only_what_it_began_with_is_shared() -> None:
    """A generator that the user hands over is drawn from, as in scikit-learn."""
    x, y = blobs()
    generator = np.random.RandomState(0)
    ours = [StackedMLPClassifier(**{**SMALL, "random_state": generator}).fit(x, y) for _ in range(2)]
    assert not np.array_equal(ours[0].coefs_[0], ours[1].coefs_[0])
