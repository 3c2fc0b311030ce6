"""The nets as a scikit-learn classifier: its MLPClassifier's names, with dropout, batch normalisation and replicates."""
# ruff: noqa: N803, D416 - scikit-learn's name for the inputs and its sections of a docstring

import warnings
from collections.abc import Callable
from copy import deepcopy
from dataclasses import replace
from functools import partial
from numbers import Integral, Real
from typing import Any, ClassVar, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.exceptions import ConvergenceWarning
from sklearn.model_selection import train_test_split
from sklearn.neural_network import MLPClassifier
from sklearn.utils import check_random_state
from sklearn.utils._param_validation import Interval, StrOptions
from sklearn.utils.multiclass import _check_partial_fit_first_call, check_classification_targets
from sklearn.utils.validation import _check_sample_weight, check_is_fitted, validate_data

from nets.arrays import Array
from nets.fold import fold, mean_log_probabilities
from nets.hyper import Hyper
from nets.layers.activations import ACTIVATIONS
from nets.layers.noise import NOISES
from nets.optimisers import SGD, Adam, Knobs, Nesterov, Rule
from nets.parameters import View
from nets.sklearn.export import give_weights
from nets.sklearn.fitting import Examples, Fitting, Snapshot
from nets.sklearn.progress import Course, Progress, follow
from nets.stack import Stack

ACTIVATION_OF = {kind.sklearn: name for name, kind in ACTIVATIONS.items() if kind.sklearn is not None}
FLOATS = (np.float64, np.float32)  # what training keeps; other types become the first


class StackedMLPClassifier(ClassifierMixin, BaseEstimator):  # type: ignore[misc]  # scikit-learn ships no types
    """Multi-layer perceptron classifier with dropout and batch normalisation, trained as a stack of replicates.

    The parameters that :class:`sklearn.neural_network.MLPClassifier` has too mean what they mean there, so
    that changing the import is enough. The replicates are networks of one shape that differ in initial
    weights, order of rows and noise; they train in lock-step, stop together and predict as one.

    Parameters
    ----------
    hidden_layer_sizes : int or array-like of shape (n_layers - 2,), default=(100,)
        Units of each hidden layer.

    activation : {'identity', 'relu', 'tanh', 'logistic'}, default='relu'
        Activation of the hidden units.

    solver : {'adam', 'sgd'}, default='adam'
        Stochastic gradient descent with momentum, or Adam.

    alpha : float, default=0.0001
        Strength of the L2 penalty on the weights, ``alpha / 2 * ||W||^2`` divided by the number of rows
        in the batch (the sum of their weights).

    batch_size : int or 'auto', default='auto'
        Rows of a mini-batch; 'auto' is ``min(200, n_samples)``. With batch normalisation a last row alone
        joins the batch before it.

    learning_rate : {'constant', 'invscaling', 'adaptive'}, default='constant'
        Schedule of ``solver='sgd'``: kept; ``learning_rate_init / (t_ + 1) ** power_t`` in each epoch; or
        divided by 5 where training would otherwise stop.

    learning_rate_init : float, default=0.001
        Learning rate of the first step.

    power_t : float, default=0.5
        Exponent of ``learning_rate='invscaling'``.

    max_iter : int, default=200
        Most epochs of a fit.

    shuffle : bool, default=True
        Whether each epoch takes the rows in a new order, drawn for each replicate.

    random_state : int, RandomState instance or None, default=None
        Source of the replicates' seeds and of the validation split.

    tol : float, default=1e-4
        Improvement that counts, of the loss or of the validation score.

    verbose : bool, default=False
        Whether to print the loss of each epoch.

    warm_start : bool, default=False
        Whether ``fit`` goes on from the weights of the fit before, with a fresh optimiser.

    momentum : float, default=0.9
        Momentum of ``solver='sgd'``.

    nesterovs_momentum : bool, default=True
        Whether that momentum is Nesterov's.

    early_stopping : bool, default=False
        Whether to set ``validation_fraction`` of the rows aside, to stop when the accuracy on them no
        longer improves, and to keep the weights that were best.

    validation_fraction : float, default=0.1
        Share of rows for ``early_stopping``, stratified by class.

    beta_1 : float, default=0.9
        Decay of the first moment of ``solver='adam'``.

    beta_2 : float, default=0.999
        Decay of the second moment of ``solver='adam'``.

    epsilon : float, default=1e-8
        Added to the root of the second moment, which is corrected for its bias first, as in the paper;
        scikit-learn corrects the sum.

    n_iter_no_change : int or inf, default=10
        Training stops after more epochs than this without an improvement by ``tol``.

    keep_prob : float, default=1.0
        Probability of keeping a hidden unit: dropout with ``1 - keep_prob``.

    input_keep_prob : float, default=1.0
        Probability of keeping an input.

    noise : {'bernoulli', 'fixed_count', 'gaussian'}, default='bernoulli'
        Law of the noise that the two probabilities set: each unit kept or not, exactly
        ``round(keep_prob * n)`` of n units kept, or a normal factor of variance
        ``(1 - keep_prob) / keep_prob``.

    batch_norm : {'none', 'before', 'after'}, default='none'
        Batch normalisation before or after the activation.

    bn_momentum : float, default=0.1
        Weight of the new batch in the running moments.

    n_replicates : int, default=1
        Networks trained at once; their probabilities are averaged.

    Attributes
    ----------
    classes_ : ndarray of shape (n_classes,)
        Class labels.

    folded_ : Folded
        The trained networks for inference, normalisation merged into their weights.

    loss_ : float
        Mean objective of the last epoch over its steps and the replicates, noise and penalty included.

    best_loss_ : float or None
        Lowest loss of the fit; None with early stopping.

    loss_curve_ : list of float
        The loss of each epoch.

    validation_scores_ : list of float or None
        Accuracy of the average prediction after each epoch, with early stopping.

    best_validation_score_ : float or None
        The highest of them.

    n_iter_ : int
        Epochs of the last fit.

    t_ : int
        Rows seen in training, each as often as it was.

    n_features_in_ : int
        Number of inputs.

    feature_names_in_ : ndarray of shape (n_features_in_,)
        Names of the inputs, where `X` had names that are all strings.

    See Also
    --------
    sklearn.neural_network.MLPClassifier : What ``to_sklearn`` gives, without dropout and normalisation.

    Notes
    -----
    Training is in the type of `X`: float32 where `X` is float32, which is faster, and else float64.

    Initial weights are normal, He's for 'relu' and Glorot's else, and biases zero; scikit-learn draws both
    uniformly. From equal weights and in equal order the two train alike.

    Sample weights enter the loss, not the moments of batch normalisation; a row of weight zero is left out.

    Not here: ``solver='lbfgs'``, sparse matrices and multilabel targets.

    References
    ----------
    Srivastava et al. (2014), "Dropout: a simple way to prevent neural networks from overfitting".

    Ioffe and Szegedy (2015), "Batch normalization: accelerating deep network training by reducing
    internal covariate shift".

    Examples
    --------
    >>> from sklearn.datasets import load_digits
    >>> from sklearn.model_selection import train_test_split
    >>> from nets.sklearn.estimator import StackedMLPClassifier
    >>> X, y = load_digits(return_X_y=True)
    >>> X_train, X_test, y_train, y_test = train_test_split(X / 16, y, random_state=1)
    >>> classifier = StackedMLPClassifier((32,), keep_prob=0.8, batch_norm='before', n_replicates=3,
    ...                                   learning_rate_init=0.01, early_stopping=True, random_state=1)
    >>> classifier.fit(X_train, y_train).score(X_test, y_test) > 0.95
    True
    >>> classifier.to_sklearn(replicate=2).coefs_[0].shape
    (64, 32)
    """

    _parameter_constraints: ClassVar[dict[str, list[Any]]] = {
        **{
            name: MLPClassifier._parameter_constraints[name]  # noqa: SLF001 - the rules are scikit-learn's own
            for name in (
                *("hidden_layer_sizes", "alpha", "batch_size", "learning_rate", "learning_rate_init", "power_t"),
                *("max_iter", "shuffle", "random_state", "tol", "verbose", "warm_start", "nesterovs_momentum"),
                *("early_stopping", "validation_fraction", "beta_1", "beta_2", "epsilon", "n_iter_no_change"),
            )
        },
        "activation": [StrOptions(set(ACTIVATION_OF))],
        "solver": [StrOptions({"adam", "sgd"})],
        "momentum": [Interval(Real, 0, 1, closed="left")],
        "keep_prob": [Interval(Real, 0, 1, closed="right")],
        "input_keep_prob": [Interval(Real, 0, 1, closed="right")],
        "noise": [StrOptions(set(NOISES))],
        "batch_norm": [StrOptions({"none", "before", "after"})],
        "bn_momentum": [Interval(Real, 0, 1, closed="right")],
        "n_replicates": [Interval(Integral, 1, None, closed="left")],
    }

    def __init__(  # noqa: PLR0913 - scikit-learn reads the parameters from this signature
        self,
        hidden_layer_sizes: int | ArrayLike = (100,),
        activation: str = "relu",
        *,
        solver: str = "adam",
        alpha: float = 0.0001,
        batch_size: int | str = "auto",
        learning_rate: str = "constant",
        learning_rate_init: float = 0.001,
        power_t: float = 0.5,
        max_iter: int = 200,
        shuffle: bool = True,
        random_state: int | np.random.RandomState | None = None,
        tol: float = 1e-4,
        verbose: bool = False,
        warm_start: bool = False,
        momentum: float = 0.9,
        nesterovs_momentum: bool = True,
        early_stopping: bool = False,
        validation_fraction: float = 0.1,
        beta_1: float = 0.9,
        beta_2: float = 0.999,
        epsilon: float = 1e-8,
        n_iter_no_change: float = 10,
        keep_prob: float = 1.0,
        input_keep_prob: float = 1.0,
        noise: str = "bernoulli",
        batch_norm: str = "none",
        bn_momentum: float = 0.1,
        n_replicates: int = 1,
    ) -> None:
        self.hidden_layer_sizes = hidden_layer_sizes
        self.activation = activation
        self.solver = solver
        self.alpha = alpha
        self.batch_size = batch_size
        self.learning_rate = learning_rate
        self.learning_rate_init = learning_rate_init
        self.power_t = power_t
        self.max_iter = max_iter
        self.shuffle = shuffle
        self.random_state = random_state
        self.tol = tol
        self.verbose = verbose
        self.warm_start = warm_start
        self.momentum = momentum
        self.nesterovs_momentum = nesterovs_momentum
        self.early_stopping = early_stopping
        self.validation_fraction = validation_fraction
        self.beta_1 = beta_1
        self.beta_2 = beta_2
        self.epsilon = epsilon
        self.n_iter_no_change = n_iter_no_change
        self.keep_prob = keep_prob
        self.input_keep_prob = input_keep_prob
        self.noise = noise
        self.batch_norm = batch_norm
        self.bn_momentum = bn_momentum
        self.n_replicates = n_replicates

    def fit(self, X: ArrayLike, y: ArrayLike, sample_weight: ArrayLike | None = None) -> Self:
        """Train until the loss or the validation score no longer improves, for at most ``max_iter`` epochs.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)
            Inputs.

        y : array-like of shape (n_samples,)
            Class labels.

        sample_weight : array-like of shape (n_samples,), default=None
            Weights of the rows.

        Returns
        -------
        self : StackedMLPClassifier
            The fitted classifier.
        """
        self._validate_params()
        goes_on = self.warm_start and getattr(self, "_snapshot", None) is not None
        inputs, labels, weight = self._checked(X, y, sample_weight, reset=not goes_on)
        classes = np.unique(labels)
        if not goes_on:
            self._begin(classes)
        elif not np.array_equal(classes, self.classes_):
            raise ValueError(
                f"warm_start goes on with the classes {self.classes_.tolist()}, got {classes.tolist()}: "
                "give y the same classes, or fit anew with warm_start=False"
            )
        examples, held_out = self._examples(inputs, labels, weight), None
        if self.early_stopping:
            examples, held_out = self._hold_out(examples)
        progress = self._follow(self._course(), self._fitting(examples, optimiser=False), held_out)
        if not progress.settled:
            warnings.warn(
                f"training reached max_iter={self.max_iter} epochs before it settled to tol={self.tol}: "
                "raise max_iter or learning_rate_init",
                ConvergenceWarning,
                stacklevel=2,
            )
        return self

    def partial_fit(
        self,
        X: ArrayLike,
        y: ArrayLike,
        sample_weight: ArrayLike | None = None,
        classes: ArrayLike | None = None,
    ) -> Self:
        """Train for one epoch on these rows, going on from what was learnt before.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)
            Inputs.

        y : array-like of shape (n_samples,)
            Class labels.

        sample_weight : array-like of shape (n_samples,), default=None
            Weights of the rows.

        classes : array-like of shape (n_classes,), default=None
            All classes that will be seen; the first call needs them.

        Returns
        -------
        self : StackedMLPClassifier
            The classifier, one epoch on.
        """
        self._validate_params()
        if self.early_stopping:
            raise ValueError("partial_fit has no early stopping, got early_stopping=True: set it to False")
        # a first call that failed has left its classes
        first = _check_partial_fit_first_call(self, classes) or not hasattr(self, "_snapshot")
        inputs, labels, weight = self._checked(X, y, sample_weight, reset=first)
        if first:
            self._begin(self.classes_)
        strangers = np.setdiff1d(labels, self.classes_)
        if strangers.size:
            raise ValueError(
                f"y holds classes of the first call, {self.classes_.tolist()}, got also {strangers.tolist()}"
            )
        fitting = self._fitting(self._examples(inputs, labels, weight), optimiser=True)
        self._follow(replace(self._course(), max_iter=1), fitting, None)
        return self

    def predict(self, X: ArrayLike) -> NDArray[Any]:
        """Most probable class of each row.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)
            Inputs.

        Returns
        -------
        y : ndarray of shape (n_samples,)
            Class labels.
        """
        most_probable = self.predict_log_proba(X).argmax(axis=1)
        return np.asarray(self.classes_[most_probable])

    def predict_proba(self, X: ArrayLike) -> Array:
        """Probabilities of the classes, the mean of the replicates'.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)
            Inputs.

        Returns
        -------
        probabilities : ndarray of shape (n_samples, n_classes)
            In the order of ``classes_``.
        """
        return np.asarray(np.exp(self.predict_log_proba(X)))

    def predict_log_proba(self, X: ArrayLike) -> Array:
        """Logarithms of the probabilities.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)
            Inputs.

        Returns
        -------
        log_probabilities : ndarray of shape (n_samples, n_classes)
            In the order of ``classes_``.
        """
        check_is_fitted(self)
        return mean_log_probabilities(self.folded_, validate_data(self, X, dtype=FLOATS, reset=False))

    def to_sklearn(self, replicate: int = 0) -> MLPClassifier:
        """One replicate as scikit-learn's own classifier, which needs none of this package.

        Its probabilities are the same; it trains on without dropout and normalisation.

        Parameters
        ----------
        replicate : int, default=0
            Which one, below ``n_replicates``.

        Returns
        -------
        classifier : sklearn.neural_network.MLPClassifier
            The folded network, fitted.
        """
        check_is_fitted(self)
        shared = MLPClassifier().get_params()
        model = MLPClassifier(**{name: value for name, value in self.get_params().items() if name in shared})
        fitted = {name: value for name, value in vars(self).items() if name.endswith("_") and name != "folded_"}
        vars(model).update(deepcopy(fitted))
        return give_weights(model, self.folded_, replicate)

    def _checked(self, X: ArrayLike, y: ArrayLike, weight: ArrayLike | None, *, reset: bool) -> tuple[Any, Any, Any]:
        inputs, labels = validate_data(self, X, y, dtype=FLOATS, reset=reset)
        check_classification_targets(labels)
        return inputs, labels, _check_sample_weight(weight, inputs, dtype=inputs.dtype, ensure_non_negative=True)

    def _begin(self, classes: NDArray[Any]) -> None:
        self.classes_ = classes
        self.t_ = 0
        self.loss_curve_: list[float] = []
        self._random_state = check_random_state(self.random_state)
        self._snapshot: Snapshot | None = None

    def _examples(self, X: Array, y: NDArray[Any], weight: Array) -> Examples:
        present = weight > 0
        return Examples(X[present], np.searchsorted(self.classes_, y[present]), weight[present])

    def _hold_out(self, examples: Examples) -> tuple[Examples, Examples]:
        """Rows to train on and rows to validate on."""
        parts = train_test_split(
            *(examples.x, examples.y, examples.weight),
            test_size=self.validation_fraction,
            random_state=self._random_state,
            stratify=examples.y,
        )
        return Examples(*parts[0::2]), Examples(*parts[1::2])

    def _fitting(self, examples: Examples, *, optimiser: bool) -> Fitting:
        """Networks where those before, if any, have stopped; with ``optimiser`` its memory goes on as well."""
        rows, inputs = examples.x.shape
        hypers, classes = self._hypers(rows, examples.x.dtype.name), len(self.classes_)
        stack = Stack(hypers, inputs=inputs, classes=classes, hidden=_widths(self.hidden_layer_sizes))
        fitting = Fitting(stack, examples, self._rule(), alpha=self.alpha, shuffle=self.shuffle)
        if self._snapshot is not None:
            fitting.restore(self._snapshot, optimiser=optimiser)
        return fitting

    def _hypers(self, rows: int, precision: str) -> list[Hyper]:
        """The replicates in the package's own terms, with new seeds at each call."""
        shared: dict[str, Any] = {
            "activation": ACTIVATION_OF[self.activation],
            "batch_norm": self.batch_norm,
            "noise": self.noise,
            "batch_size": min(rows, 200 if self.batch_size == "auto" else self.batch_size),
            "precision": precision,
            "keep_prob": self.keep_prob,
            "input_keep_prob": self.input_keep_prob,
            "bn_momentum": self.bn_momentum,
            "momentum": self.beta_1 if self.solver == "adam" else self.momentum,
        }
        seeds = self._random_state.randint(np.iinfo(np.int32).max, size=self.n_replicates)
        return [Hyper(seed=int(seed), **shared) for seed in seeds]

    def _rule(self) -> Callable[[View, Knobs], Rule]:
        if self.solver == "adam":
            return partial(Adam, beta2=self.beta_2, epsilon=self.epsilon)
        return Nesterov if self.nesterovs_momentum else SGD

    def _course(self) -> Course:
        return Course(
            max_iter=self.max_iter,
            tol=self.tol,
            n_iter_no_change=self.n_iter_no_change,
            learning_rate=self.learning_rate if self.solver == "sgd" else "constant",
            learning_rate_init=self.learning_rate_init,
            power_t=self.power_t,
            verbose=self.verbose,
        )

    def _follow(self, course: Course, fitting: Fitting, held_out: Examples | None) -> Progress:
        """Trains, and sets what the fit leaves on the estimator."""
        progress = follow(course, fitting, held_out, seen=self.t_)
        self.n_iter_ = len(progress.losses)
        self.t_ += self.n_iter_ * fitting.rows.count
        self.loss_ = progress.losses[-1]
        self.loss_curve_ += progress.losses
        self.best_loss_ = min(self.loss_curve_) if held_out is None else None
        self.validation_scores_ = progress.scores or None
        self.best_validation_score_ = max(progress.scores, default=None)
        self._snapshot = fitting.snapshot()
        self.folded_ = fold(fitting.stack)
        return progress


def _widths(hidden_layer_sizes: int | ArrayLike) -> tuple[int, ...]:
    """Units of each hidden layer. Raises ``ValueError`` unless they are whole numbers from 1."""
    sizes = np.atleast_1d(hidden_layer_sizes)
    if sizes.ndim != 1 or (sizes.size and not np.issubdtype(sizes.dtype, np.integer)) or (sizes < 1).any():
        raise ValueError(
            "hidden_layer_sizes hold the units of each hidden layer, whole numbers from 1, such as (64, 32), "
            f"got {hidden_layer_sizes!r}"
        )
    return tuple(sizes.tolist())
