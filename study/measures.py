"""How well probabilities fit the classes of rows that nothing was chosen by, each measure with an interval over those rows.

They are scikit-learn's, by formulas that the bootstrap can ask hundreds of times: each of its functions takes milliseconds to look at what it is given.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Probabilities = NDArray[np.float64]  # (rows, classes)
Labels = NDArray[np.int64]  # (rows,)
DRAWS = 400  # of the bootstrap: an end of an interval moves by less than a tenth of its length
BINS = 10  # of calibration: rows sorted by how sure the model is, as many in each
LEAST = 1e-15  # a probability of 0 would have an infinite loss


@dataclass(frozen=True)
class Measured:
    """A measure with its 95 % interval, by the bootstrap over rows."""

    name: str
    value: float | None
    low: float
    high: float


def scores(probabilities: Probabilities, y: Labels, positive: int | None = None) -> dict[str, float | None]:
    """Every measure by its name; ``None`` where a class has no row. F1 is that of ``positive``, or the mean over classes."""
    whole = len(np.unique(y)) == probabilities.shape[1]
    return {
        "loss": log_loss(probabilities, y),
        "error": float((probabilities.argmax(1) != y).mean()),
        "auc": auc(probabilities, y) if whole else None,
        "balanced_accuracy": balanced_accuracy(y, probabilities.argmax(1)) if whole else None,
        "f1": f1(probabilities, y, positive),
        "calibration_error": calibration_error(probabilities, y),
    }


def measures(probabilities: Probabilities, y: Labels, names: Sequence[str], positive: str | None) -> list[Measured]:
    """All scores with intervals; the positive class of two is the second unless it is named."""
    place = names.index(positive) if positive in names else len(names) - 1 if len(names) == 2 else None
    value = scores(probabilities, y, place)
    again = [scores(probabilities[rows], y[rows], place) for rows in _draws(y)]
    found = []
    for name, words in WORDS.items():
        drawn = [each for score in again if (each := score[name]) is not None]
        low, high = np.quantile(drawn, [0.025, 0.975]) if drawn else (np.nan, np.nan)
        told = f"{words} of {names[place]}" if name == "f1" and place is not None else words
        found.append(Measured(told, value[name], float(low), float(high)))
    return found


def _draws(y: Labels) -> list[NDArray[np.int64]]:
    draw = np.random.default_rng(0)
    return [draw.integers(len(y), size=len(y)) for _ in range(DRAWS)]


def log_loss(probabilities: Probabilities, y: Labels) -> float:
    """Mean cross-entropy in nats."""
    return float(-np.log(np.maximum(probabilities[np.arange(len(y)), y], LEAST)).mean())


def balanced_accuracy(y: Labels, guessed: Labels) -> float:
    """Mean over the classes that have rows of the share of them that is guessed."""
    rows = np.bincount(y)
    hits = np.bincount(y[y == guessed], minlength=len(rows))
    return float((hits[rows > 0] / rows[rows > 0]).mean())


def auc(probabilities: Probabilities, y: Labels) -> float:
    """Area under the ROC curve; of several classes the mean over each against all others."""
    if probabilities.shape[1] == 2:
        return _area(probabilities[:, 1], y == 1)
    return float(np.mean([_area(column, y == place) for place, column in enumerate(probabilities.T)]))


def _area(sure: NDArray[np.float64], positive: NDArray[np.bool_]) -> float:
    """How often a row of the class is surer than one of another, a tie counting half: Mann and Whitney's U, as a share."""
    ours = int(positive.sum())
    from scipy.stats import rankdata

    above = rankdata(sure)[positive].sum() - ours * (ours + 1) / 2
    return float(above / (ours * (len(sure) - ours)))


def f1(probabilities: Probabilities, y: Labels, positive: int | None) -> float:
    """Of one class, or the mean over the classes that a row has or is guessed to have; 0 where none is predicted."""
    guessed = probabilities.argmax(1)
    classes = range(probabilities.shape[1]) if positive is None else [positive]
    known = [each for each in classes if positive is not None or (y == each).any() or (guessed == each).any()]
    return float(np.mean([_f1(y == each, guessed == each) for each in known]))


def _f1(true: NDArray[np.bool_], guessed: NDArray[np.bool_]) -> float:
    rows = int(true.sum() + guessed.sum())
    return float(2 * (true & guessed).sum() / rows) if rows else 0.0


def calibration_error(probabilities: Probabilities, y: Labels) -> float:
    """Mean distance between how sure the model is and how often it is right, over bins of as many rows."""
    sure, right = probabilities.max(1), probabilities.argmax(1) == y
    bins = np.array_split(np.argsort(sure, kind="stable"), min(BINS, len(y)))
    return float(sum(abs(sure[rows].mean() - right[rows].mean()) * len(rows) for rows in bins) / len(y))


WORDS = {
    "loss": "log-loss",
    "error": "error",
    "auc": "AUC",
    "balanced_accuracy": "balanced accuracy",
    "f1": "F1",
    "calibration_error": "calibration error",
}
