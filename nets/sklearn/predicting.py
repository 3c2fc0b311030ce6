"""What a fitted classifier says of rows, and what its networks are."""
# ruff: noqa: N803 - scikit-learn's name for the inputs

from copy import deepcopy
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.neural_network import MLPClassifier
from sklearn.utils.validation import check_is_fitted, validate_data

from nets.arrays import Array, Integers
from nets.fold import Folded, mean_log_probabilities
from nets.layers.activations import ACTIVATIONS
from nets.rows import CHUNK, chunks
from nets.sklearn.examples import Examples
from nets.sklearn.export import give_weights
from nets.sklearn.gathering import dense

FLOATS = (np.float64, np.float32)  # what training keeps; other types become the first

# what MLPClassifier's partial_fit goes on from, where nothing else is known
BEGUN = {"t_": 0, "loss_curve_": [], "best_loss_": np.inf, "validation_scores_": None, "best_validation_score_": None}


def log_probabilities(folded: Folded, x: Any, places: Integers | None = None) -> Array:
    """Of the networks' mean probabilities, (rows, classes), for a matrix, dense or CSR, or those ``places`` of it.

    In float64 where either is, as in scikit-learn: in float32 a row's last bits depend on its place among the others.
    """
    folded = folded.astype(np.result_type(x.dtype, folded.weights[-1].dtype))
    places = np.arange(x.shape[0]) if places is None else places
    parts = [places[start:stop] for start, stop in chunks(len(places), CHUNK)]
    return np.concatenate([mean_log_probabilities(folded, dense(x[part])) for part in parts])


def accuracy(folded: Folded, examples: Examples) -> float:
    """Weighted share of the examples that are told right."""
    told = log_probabilities(folded, examples.x, examples.places).argmax(axis=1)
    return float(np.average(told == examples.y, weights=examples.weight))


class FoldedClassifier(ClassifierMixin, BaseEstimator):  # type: ignore[misc]  # scikit-learn ships no types
    """A classifier whose fit leaves its ``classes_`` and, last of all, ``folded_``, one network or several.

    ``coefs_``, ``intercepts_`` and what else scikit-learn's MLPClassifier has are those of the folded network.
    """

    classes_: NDArray[Any]
    folded_: Folded

    def __sklearn_is_fitted__(self) -> bool:
        return hasattr(self, "folded_")

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.input_tags.sparse = True
        return tags

    def predict(self, X: ArrayLike) -> NDArray[Any]:
        """Most probable class (n_samples,) of each row of `X` (n_samples, n_features)."""
        most_probable = self.predict_log_proba(X).argmax(axis=1)
        return np.asarray(self.classes_[most_probable])

    def predict_proba(self, X: ArrayLike) -> Array:
        """Probabilities (n_samples, n_classes) in the order of ``classes_``, the mean of the replicates'."""
        return np.asarray(np.exp(self.predict_log_proba(X)))

    def predict_log_proba(self, X: ArrayLike) -> Array:
        """Logarithms (n_samples, n_classes) of the probabilities."""
        check_is_fitted(self)
        rows = validate_data(self, X, accept_sparse="csr", dtype=FLOATS, reset=False)
        found = log_probabilities(self.folded_, rows)
        found[np.exp(found) == 1] = 0  # of a probability that rounds to 1
        return found

    def to_sklearn(self, replicate: int = 0) -> MLPClassifier:
        """One replicate, counted from 0, as scikit-learn's own classifier, which needs none of this package.

        Its probabilities are the same; it trains on without dropout and normalisation.
        Raises ``ValueError`` where there is no such replicate, and for an activation that scikit-learn has not.
        """
        check_is_fitted(self)
        *hidden, _ = self.folded_.weights
        activation = ACTIVATIONS[self.folded_.activation].sklearn
        if activation is None:
            raise ValueError(f"scikit-learn has no activation {self.folded_.activation!r}: train with another one")
        model = MLPClassifier()
        asked = {name: value for name, value in self.get_params(deep=False).items() if name in model.get_params()}
        if asked.get("learning_rate") == "cosine":
            asked["learning_rate"] = "constant"
        model.set_params(**asked)
        model.set_params(hidden_layer_sizes=tuple(weight.shape[1] for weight in hidden), activation=activation)
        fitted = {name: value for name, value in vars(self).items() if name.endswith("_") and name != "folded_"}
        vars(model).update(deepcopy(BEGUN | fitted))
        return give_weights(model, self.folded_, replicate)

    @property
    def coefs_(self) -> list[Array]:
        """Weights (inputs, outputs) of each layer, of the one network that there is."""
        return [weight[:, :-1].T for weight in self._of_one_network("coefs_")]

    @property
    def intercepts_(self) -> list[Array]:
        """Biases (outputs,) of each layer, of the one network that there is."""
        return [weight[:, -1] for weight in self._of_one_network("intercepts_")]

    @property
    def n_layers_(self) -> int:
        return len(self.folded_.weights) + 1

    @property
    def n_outputs_(self) -> int:
        return int(self.folded_.weights[-1].shape[1])

    @property
    def out_activation_(self) -> str:
        return "logistic" if self.folded_.output == "logit" else "softmax"

    def _of_one_network(self, name: str) -> list[Array]:
        """(outputs, inputs + 1) of each layer, views."""
        weights = self.folded_.weights
        if len(weights[0]) > 1:
            raise AttributeError(
                f"{name} are those of one network, got n_replicates={len(weights[0])}: to_sklearn(replicate) has each one's"
            )
        return [weight[0] for weight in weights]
