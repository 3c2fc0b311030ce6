"""Folded networks as scikit-learn's own classifier."""

from numbers import Integral

import numpy as np
from sklearn.neural_network import MLPClassifier
from sklearn.preprocessing import LabelBinarizer

from nets.arrays import Array
from nets.fold import Folded


def give_weights(model: MLPClassifier, folded: Folded, replicate: int) -> MLPClassifier:
    """``model``, which knows its ``classes_``, with one network's weights: it predicts, and can train on.

    Raises ``ValueError`` where there is no such replicate, and for a single class, which it cannot hold.
    """
    networks, outputs = folded.weights[-1].shape[:2]
    if not (isinstance(replicate, Integral) and 0 <= replicate < networks):
        raise ValueError(f"replicate lies in 0 … {networks - 1}, got {replicate!r}")
    if (folded.output, outputs) == ("softmax", 1):
        raise ValueError(f"MLPClassifier holds 2 classes or more, got {model.classes_.tolist()}: fit with more")
    weights = [weight[replicate] for weight in folded.weights]
    if (folded.output, outputs) == ("softmax", 2):
        weights[-1] = _one_logit(weights[-1])
    model.out_activation_ = "logistic" if len(weights[-1]) == 1 else "softmax"
    model.coefs_ = [weight[:, :-1].T.copy() for weight in weights]
    model.intercepts_ = [weight[:, -1].copy() for weight in weights]
    model.n_layers_ = len(weights) + 1
    model.n_outputs_ = len(weights[-1])
    # what its warm start and partial_fit look for
    model._label_binarizer = LabelBinarizer().fit(model.classes_)  # noqa: SLF001
    model._no_improvement_count = 0  # noqa: SLF001
    model._best_coefs, model._best_intercepts = model.coefs_, model.intercepts_  # noqa: SLF001
    return model


def _one_logit(weight: Array) -> Array:
    """Softmax over two logits is the logistic function of their difference: (2, inputs + 1) to (1, inputs + 1)."""
    return np.diff(weight, axis=0)
