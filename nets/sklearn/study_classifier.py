"""The networks of a study's configuration as a scikit-learn classifier."""
# ruff: noqa: N803 - scikit-learn's name for the inputs

from copy import copy
from dataclasses import replace
from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike
from sklearn.utils.multiclass import check_classification_targets, unique_labels
from sklearn.utils.validation import validate_data

from nets.data import Data, Part
from nets.fold import fold
from nets.hyper import Hyper
from nets.kernels import check
from nets.sklearn.predicting import FLOATS, FoldedClassifier
from nets.train import training_by


class StudyClassifier(FoldedClassifier):
    """Trains ``hyper`` as ``nets.train`` does: on the rows of a study, in their order, to the same bits.

    Replicates are members ``hyper.member``, the next one, and so on; their probabilities are averaged. ``kernels`` are
    a word of ``nets.kernels``. After ``fit`` there are ``classes_``, ``folded_`` and ``n_iter_``, the epochs begun.
    """

    def __init__(self, hyper: Hyper, *, n_replicates: int = 1, kernels: str = "numpy") -> None:
        self.hyper = hyper
        self.n_replicates = n_replicates
        self.kernels = kernels

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.input_tags.sparse = False
        return tags

    def fit(self, X: ArrayLike, y: ArrayLike) -> Self:
        """Trains on rows `X` (n_samples, n_features) with labels `y` (n_samples,).

        Raises ``ValueError`` as ``nets.train`` does, and where a network diverges; the classifier then is as it was.
        """
        check(self.kernels)
        attempt = copy(self)
        inputs, labels = validate_data(attempt, X, y, dtype=FLOATS)
        check_classification_targets(labels)
        attempt.classes_ = unique_labels(labels)
        numbers = np.searchsorted(attempt.classes_, labels)
        data = Data(classes=len(attempt.classes_), train=Part(inputs[None], numbers[None]))
        members = range(self.hyper.member, self.hyper.member + self.n_replicates)
        # instruments change nothing of a network, and look at validation rows
        hypers = [replace(self.hyper, member=member, probes="none") for member in members]
        training = training_by(self.kernels, self.hyper)(hypers, data)
        diverged = [outcome.epochs_run for outcome in training.run() if outcome.diverged]
        if diverged:
            raise ValueError(
                f"training diverged in epoch {min(diverged)} with learning_rate={self.hyper.learning_rate}: "
                "choose a lower one, or scale the inputs (StandardScaler)"
            )
        attempt.n_iter_ = training.epochs
        attempt.folded_ = fold(training.stack)
        self.__dict__ = attempt.__dict__
        return self
