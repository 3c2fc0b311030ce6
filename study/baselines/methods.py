"""The methods, each with the settings among which a seed's validation rows choose."""

import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import ceil, sqrt
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


LARGE = 2**23  # cells of a training part, rows × inputs, from which on a method has its ``brief`` settings alone


@dataclass(frozen=True)
class Method:
    """``make`` gives an untrained classifier for each of ``settings``, from seed and training rows.

    ``seconds`` is about what all settings take on one core, from rows, inputs and classes: fitted to the CPU time on made
    tables of 200 to 6,000 rows, 10 to 100 inputs and 2 to 10 classes, within a factor of three.
    """

    words: str
    make: Callable[..., Any]
    settings: Sequence[dict[str, Any]]
    brief: Sequence[dict[str, Any]]
    seconds: Callable[[int, int, int], float]
    stops_by_validation: bool = False


def is_large(task: Task) -> bool:
    """Whether every setting on every seed would take hours."""
    return cells(task) >= LARGE


def cells(task: Task) -> int:
    """Of a training part."""
    return task.train_rows * table(task.data).shape[1]


def train_baseline(name: str, task: Task, seed: int, *, fingerprint: str) -> dict[str, Any]:
    """One method on one seed's rows: its setting of lowest validation loss, and how that does. Pure, as training is.

    Raises ``StudyError`` where the table here has another ``fingerprint``.
    """
    check_same(task.data, fingerprint)
    method, data = METHODS[name], load(task, [seed], with_test=True)
    assert data.valid is not None
    assert data.test is not None
    x, y = _inputs(data.train), data.train.y[0]
    held = {"X_val": _inputs(data.valid), "y_val": data.valid.y[0]} if method.stops_by_validation else {}
    found: list[tuple[float, int, dict[str, Any], dict[str, dict[str, float | None]]]] = []
    for setting in method.brief if is_large(task) else method.settings:
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


def _logistic(*, seed: int, rows: int, C: float, max_iter: int = 1000) -> LogisticRegression:  # noqa: N803  # scikit-learn's name
    return LogisticRegression(C=C, max_iter=max_iter)


def _trees(*, seed: int, rows: int, **setting: Any) -> HistGradientBoostingClassifier:
    return HistGradientBoostingClassifier(**{"max_iter": 300, **setting}, early_stopping=True, random_state=seed)


def _network(*, seed: int, rows: int, width: int, alpha: float) -> MLPClassifier:
    return MLPClassifier((width,), alpha=alpha, max_iter=_passes(rows), random_state=seed)


def _passes(rows: int) -> int:
    return int(np.clip(STEPS / max(1, rows / min(BATCH, rows)), 10, PASSES))


def _seconds_of_networks(rows: int, inputs: int, classes: int) -> float:
    """Six settings, a step 0.5 ms and 3.5 µs for each input."""
    return 6 * _passes(rows) * ceil(rows / BATCH) * (5e-4 + 3.5e-6 * inputs)


def _seconds_of_trees(rows: int, inputs: int, classes: int) -> float:
    """A tree for each class beyond two, of which early stopping spares some."""
    trees = 1 if classes == 2 else classes
    return sqrt(trees) * (0.1 + inputs * (0.02 + 5e-6 * rows))


METHODS: dict[str, Method] = {
    "frequencies": Method("class frequencies", _frequencies, [{}], [{}], lambda rows, inputs, classes: 1e-3),
    "logistic": Method(
        "logistic regression",
        _logistic,
        [{"C": C} for C in (0.01, 0.1, 1.0, 10.0)],
        [{"C": C, "max_iter": 100} for C in (0.001, 0.1)],
        lambda rows, inputs, classes: 0.02 + 2e-7 * rows * inputs * classes,
    ),
    "trees": Method(
        "gradient-boosted trees",
        _trees,
        [{"learning_rate": rate, "max_leaf_nodes": leaves} for rate in (0.03, 0.1) for leaves in (4, 31)],
        [{"learning_rate": 0.1, "max_leaf_nodes": 31, "max_iter": 100}],
        _seconds_of_trees,
        stops_by_validation=True,
    ),
    "mlp": Method(
        "scikit-learn’s MLPClassifier",
        _network,
        [{"width": width, "alpha": alpha} for width in (16, 100) for alpha in (1e-4, 0.1, 3.0)],
        [{"width": 100, "alpha": alpha} for alpha in (1e-4, 0.1)],
        _seconds_of_networks,
    ),
}
