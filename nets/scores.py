"""How well probabilities tell classes apart beyond loss and error: measures of one network on one part.

Of several classes AUC is the mean over each against all others, and F1 the mean over classes. They are scikit-learn's, to rounding.
"""

import numpy as np
from numpy.typing import NDArray

from nets.arrays import Array, Integers

BINS = 10  # of calibration: rows sorted by how sure the network is, as many in each


def scores(probabilities: Array, labels: Integers) -> dict[str, float | None]:
    """By name, from probabilities (rows, classes); of what each class needs a row for ``None`` where one has none. ``labels`` (rows,)."""
    classes = probabilities.shape[1]
    counts = np.bincount(labels, minlength=classes)
    predicted = probabilities.argmax(1)
    hits = np.bincount(labels[predicted == labels], minlength=classes)
    whole = bool(counts.all()) and classes > 1
    return {
        "auc": _auc(probabilities, labels, counts) if whole else None,
        "balanced_accuracy": float((hits / counts).mean()) if whole else None,
        "f1": float((2 * hits / (counts + np.bincount(predicted, minlength=classes))).mean()) if whole else None,
        "calibration_error": calibration_error(probabilities, labels),
    }


def _auc(probabilities: Array, labels: Integers, counts: Integers) -> float:
    """Area under the ROC curve, by ranks (Mann & Whitney 1947): the share of pairs in the right order, ties as a half."""
    classes = range(1, 2) if len(counts) == 2 else range(len(counts))
    return float(np.mean([_pairs_in_order(probabilities[:, each], labels == each) for each in classes]))


def _pairs_in_order(scores: Array, positive: NDArray[np.bool_]) -> float:
    ordered, those = np.sort(scores), scores[positive]
    twice = ordered.searchsorted(those, "left") + ordered.searchsorted(those, "right") + 1  # the rank
    count, others = len(those), len(scores) - len(those)
    return float((twice.sum() / 2 - count * (count + 1) / 2) / (count * others))


def calibration_error(probabilities: Array, labels: Integers) -> float:
    """Mean distance between how sure the network is and how often it is right, over bins of as many rows."""
    sure, right = probabilities.max(1), probabilities.argmax(1) == labels
    bins = np.array_split(np.argsort(sure, kind="stable"), min(BINS, len(labels)))
    return float(sum(abs(sure[rows].mean() - right[rows].mean()) * len(rows) for rows in bins) / len(labels))
