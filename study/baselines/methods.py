"""The methods, each with the settings among which a seed's validation rows choose."""

import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import product
from math import ceil, log2
from time import perf_counter
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.dummy import DummyClassifier
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import LogisticRegression
from sklearn.neural_network import MLPClassifier
from threadpoolctl import threadpool_limits

from nets.data import Drawn, Part
from study.data.splits import Task, load
from study.data.tables import table
from study.measures import scores
from study.trained.training import check_same

PASSES = 100  # of scikit-learn's own networks over the training rows, at most
BATCH = 200  # rows of theirs, where there are as many
STEPS = 10_000  # of theirs, at most, as far as ten passes allow
ITERATIONS = 1000  # of logistic regression, at most
TREES = 300  # rounds of boosting, at most
SECONDS_OF_A_SEED = 90.0  # of one core, for all settings of a method on a seed, as they are costed


@dataclass(frozen=True)
class Method:
    """``make`` gives an untrained classifier for one of ``settings``, from seed and training rows; those that find most come first.

    Where even the first of them takes too long, ``brief`` is tried in their place. ``seconds`` is about what one setting
    takes on one core, from rows, inputs and classes: fitted to the CPU time on made tables of 600 to 30,000 rows, 10 to 784
    inputs and 2 to 10 classes, within a factor of three.
    """

    words: str
    make: Callable[..., Any]
    settings: Sequence[dict[str, Any]]
    brief: dict[str, Any]
    seconds: Callable[[dict[str, Any], int, int, int], float]
    stops_by_validation: bool = False


@dataclass(frozen=True)
class Allowance:
    """What a method may try on each seed: ``settings`` on so many of the training rows, in about so many ``seconds`` of one core."""

    settings: Sequence[dict[str, Any]]
    rows: int
    seconds: float


def allowance(name: str, rows: int, inputs: int, classes: int) -> Allowance:
    """Of training rows: as many settings as fit into ``SECONDS_OF_A_SEED``, then the brief one, then that on fewer rows.

    By size alone and no clock, so that what is trained is the same on every machine.
    """
    method = METHODS[name]
    for settings in [*(method.settings[:count] for count in range(len(method.settings), 0, -1)), [method.brief]]:
        cost = sum(method.seconds(setting, rows, inputs, classes) for setting in settings)
        if cost <= SECONDS_OF_A_SEED:
            return Allowance(settings, rows, cost)
    while cost > SECONDS_OF_A_SEED and rows > 1:
        rows = rows * 3 // 4
        cost = method.seconds(method.brief, rows, inputs, classes)
    return Allowance([method.brief], rows, cost)


def allowed(name: str, task: Task) -> Allowance:
    """On a seed of the task."""
    whole = table(task.data)
    return allowance(name, task.train_rows, whole.shape[1], whole.classes)


def cells(task: Task) -> int:
    """Of a training part."""
    return task.train_rows * table(task.data).shape[1]


def timed_baseline(name: str, task: Task, seed: int, *, fingerprint: str) -> tuple[dict[str, Any], float]:
    """The same as ``train_baseline``, and the seconds of wall-clock that it took."""
    start = perf_counter()
    told = train_baseline(name, task, seed, fingerprint=fingerprint)
    return told, perf_counter() - start


def train_baseline(name: str, task: Task, seed: int, *, fingerprint: str) -> dict[str, Any]:
    """One method on one seed's rows: its setting of lowest validation loss, and how that does. Pure, as training is.

    Raises ``StudyError`` where the table here has another ``fingerprint``.
    """
    check_same(task.data, fingerprint)
    method, data = METHODS[name], load(task, [seed], with_test=True)
    assert data.valid is not None
    assert data.test is not None
    may = allowed(name, task)
    x, y = _inputs(data.train)[-may.rows :], data.train.y[0][-may.rows :]  # the latest, where rows are split by time
    held = {"X_val": _inputs(data.valid), "y_val": data.valid.y[0]} if method.stops_by_validation else {}
    found: list[tuple[float, int, dict[str, Any], dict[str, dict[str, float | None]]]] = []
    for setting in may.settings:
        with threadpool_limits(1), warnings.catch_warnings():  # of the libraries too that this module has loaded
            warnings.simplefilter("ignore", ConvergenceWarning)  # its budget is what it is
            model = method.make(seed=seed, rows=len(x), **setting).fit(x, y, **held)
            parts = {
                part: scores(_probabilities(model, _inputs(rows), data.classes), rows.y[0])
                for part, rows in (("valid", data.valid), ("test", data.test))
            }
        found.append((parts["valid"]["loss"] or 0.0, len(found), setting, parts))
    _, _, setting, parts = min(found)
    told = {f"{part}_{measure}": value for part, held in parts.items() for measure, value in held.items()}
    return {
        "method": name,
        "seed": seed,
        "setting": ", ".join(f"{key} {value}" for key, value in setting.items()),
        "tried": len(may.settings),
        "settings": len(method.settings),
        "rows": may.rows,
        "of_rows": task.train_rows,
        **told,
    }


def _inputs(part: Part | Drawn) -> NDArray[np.floating[Any]]:
    """(rows, inputs) of the only seed: those of a large table are not copied, where its own rows stand one after the other."""
    if isinstance(part, Part):
        held: NDArray[np.floating[Any]] = part.x[0]
        return held
    rows = part.rows[0]
    held = part.table[:, :-1]
    return held[rows[0] : rows[0] + len(rows)] if (np.diff(rows) == 1).all() else held[rows]


def _probabilities(model: Any, x: Any, classes: int) -> NDArray[np.float64]:
    """(rows, classes); a class that no training row has is given none."""
    whole = np.zeros((len(x), classes))
    whole[:, model.classes_] = model.predict_proba(x)
    return whole


def _frequencies(*, seed: int, rows: int) -> DummyClassifier:
    return DummyClassifier(strategy="prior")


def _logistic(*, seed: int, rows: int, C: float, max_iter: int = ITERATIONS) -> LogisticRegression:  # noqa: N803  # scikit-learn's name
    return LogisticRegression(C=C, max_iter=max_iter)


def _trees(*, seed: int, rows: int, **setting: Any) -> HistGradientBoostingClassifier:
    return HistGradientBoostingClassifier(**{"max_iter": TREES, **setting}, early_stopping=True, random_state=seed)


def _network(*, seed: int, rows: int, width: int, alpha: float, passes: int = PASSES) -> MLPClassifier:
    return MLPClassifier((width,), alpha=alpha, max_iter=_passes(rows, passes), random_state=seed)


def _passes(rows: int, most: int = PASSES) -> int:
    return int(np.clip(STEPS / max(1, rows / min(BATCH, rows)), min(10, most), most))


def _seconds_of_logistic(setting: dict[str, Any], rows: int, inputs: int, classes: int) -> float:
    """An iteration 0.26 ns for each input of each row in each class; as many as there are inputs, which images take and few columns do not."""
    iterations = int(min(setting.get("max_iter", ITERATIONS), inputs))
    return 0.005 + 2.6e-10 * iterations * rows * inputs * classes


def _seconds_of_networks(setting: dict[str, Any], rows: int, inputs: int, classes: int) -> float:
    """A step 0.55 ms, 1 µs for each unit, and 30 ns for each of its weights."""
    steps = _passes(rows, setting.get("passes", PASSES)) * ceil(rows / BATCH)
    seconds: float = steps * (5.5e-4 + setting["width"] * (1e-6 + 3e-8 * inputs))
    return seconds


def _seconds_of_trees(setting: dict[str, Any], rows: int, inputs: int, classes: int) -> float:
    """A tree 1 ms, 5 µs for each input of each leaf, 1.6 ns for each input of each row on each level; early stopping ends most."""
    leaves = setting["max_leaf_nodes"]
    rounds = min(setting.get("max_iter", TREES), 8 / setting["learning_rate"])
    tree = 1e-3 + inputs * (5e-6 * leaves + 1.6e-9 * rows * log2(leaves))
    seconds: float = rounds * (1 if classes == 2 else classes) * tree
    return seconds


METHODS: dict[str, Method] = {
    "frequencies": Method("class frequencies", _frequencies, [{}], {}, lambda setting, rows, inputs, classes: 1e-3),
    "logistic": Method(
        "logistic regression",
        _logistic,
        [{"C": C} for C in (1.0, 0.1, 0.01, 10.0)],
        {"C": 0.1, "max_iter": 100},
        _seconds_of_logistic,
    ),
    "trees": Method(
        "gradient-boosted trees",
        _trees,
        [{"learning_rate": rate, "max_leaf_nodes": leaves} for leaves in (31, 4) for rate in (0.1, 0.03)],
        {"learning_rate": 0.3, "max_leaf_nodes": 31, "max_iter": 30},
        _seconds_of_trees,
        stops_by_validation=True,
    ),
    "mlp": Method(
        "scikit-learn’s MLPClassifier",
        _network,
        [{"width": width, "alpha": alpha} for width, alpha in product((100, 16), (1e-4, 0.1, 3.0))],
        {"width": 100, "alpha": 1e-4, "passes": 3},
        _seconds_of_networks,
    ),
}
