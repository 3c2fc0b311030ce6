"""The nets as a scikit-learn classifier: its MLPClassifier's names, with dropout, batch normalisation and replicates."""
# ruff: noqa: N803, D416 - scikit-learn's name for the inputs and its sections of a docstring

import warnings
from copy import copy, deepcopy
from dataclasses import replace
from numbers import Integral
from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.exceptions import ConvergenceWarning
from sklearn.utils import check_random_state
from sklearn.utils.multiclass import _check_partial_fit_first_call, check_classification_targets, unique_labels
from sklearn.utils.validation import _check_sample_weight, validate_data

from nets.arrays import Array
from nets.fold import fold
from nets.hyper import Hyper
from nets.sklearn.asked import Asked
from nets.sklearn.examples import Examples, hold_out, with_class_weights
from nets.sklearn.fitting import Fitting, Snapshot
from nets.sklearn.predicting import FLOATS
from nets.sklearn.progress import Progress, Pursuit, Standing
from nets.sklearn.study_classifier import StudyClassifier
from nets.stack import Stack

LARGEST_SEED = np.iinfo(np.int32).max


class StackedMLPClassifier(Asked):
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
        in the batch (the sum of their weights): a study's ``l2`` is ``alpha / batch_size``.

    batch_size : int or 'auto', default='auto'
        Rows of a mini-batch; 'auto' is ``min(200, n_samples)``. With batch normalisation a last row alone
        joins the batch before it.

    learning_rate : {'constant', 'invscaling', 'adaptive', 'cosine'}, default='constant'
        Schedule: kept; of ``solver='sgd'`` also ``learning_rate_init / (t_ + 1) ** power_t`` in each epoch,
        or divided by 5 where training would otherwise stop; of both solvers a cosine that falls step by
        step, and would be zero after ``max_iter`` epochs.

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
        Whether ``fit`` goes on from the weights of the fit before, in their type, with a fresh optimiser.
        With early stopping the same rows are set aside where `X` has as many, and the weights before are
        kept unless others score higher.

    momentum : float, default=0.9
        Momentum of ``solver='sgd'``.

    nesterovs_momentum : bool, default=True
        Whether that momentum is Nesterov's.

    early_stopping : bool, default=False
        Whether to set ``validation_fraction`` of the rows aside, to stop when the accuracy on them no
        longer improves, and to keep the weights that were best.

    validation_fraction : float, default=0.1
        Share of rows for ``early_stopping``, two at least; stratified by class where each has two rows and
        there is room. Of two classes, each needs two rows, as in scikit-learn.

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

    class_weight : dict, 'balanced' or None, default=None
        Factor on the weights of each class's rows; 'balanced' is ``n_samples / (n_classes * n_in_class)``.

    Attributes
    ----------
    classes_ : ndarray of shape (n_classes,)
        Class labels.

    folded_ : Folded
        The trained networks for inference, normalisation merged into their weights.

    coefs_, intercepts_ : list of ndarray
        Weights (inputs, outputs) and biases (outputs,) of each layer of ``folded_``, where it is one network.

    n_layers_, n_outputs_, out_activation_ : int, int and {'logistic', 'softmax'}
        Layers with the inputs, logits, and what makes probabilities of them: one logit tells two classes.

    loss_ : float
        Mean objective of the last epoch over its steps and the replicates, noise and penalty included;
        NaN where Ctrl-C ended the first one.

    best_loss_ : float or None
        Lowest of ``loss_curve_``; None with early stopping.

    loss_curve_ : list of float
        The loss of each epoch.

    validation_scores_ : list of float or None
        Accuracy of the average prediction after each epoch, with early stopping.

    best_validation_score_ : float or None
        That of the weights that were kept.

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
    nets.sklearn.StudyClassifier : What ``from_hyper`` gives, a network just as a study trains it.
    sklearn.neural_network.MLPClassifier : What ``to_sklearn`` gives, without dropout and normalisation.

    Notes
    -----
    Training is in the type of the first `X`: float32 where it is float32, which is faster, and else float64.

    A fit that fails leaves the estimator as it was. Ctrl-C ends training early with a warning, and keeps
    what was trained.

    Initial weights are normal, He's for 'relu' and Glorot's else, and biases zero; scikit-learn draws both
    uniformly. From equal weights and in equal order the two train alike.

    Sample weights enter the loss, not the moments of batch normalisation, and not the chance to be set aside
    for early stopping; a row of weight zero is left out.

    Not here: ``solver='lbfgs'`` and multilabel targets.

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

    def fit(self, X: ArrayLike, y: ArrayLike, sample_weight: ArrayLike | None = None) -> Self:
        """Train until the loss or the validation score no longer improves, for at most ``max_iter`` epochs.

        Parameters
        ----------
        X : {array-like, sparse matrix} of shape (n_samples, n_features)
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
        attempt = self._attempt()
        progress = attempt._fit(X, y, sample_weight)  # noqa: SLF001 - it is one of us
        self.__dict__ = attempt.__dict__
        if not (progress.settled or progress.interrupted):
            warnings.warn(
                f"Stochastic Optimizer: Maximum iterations ({self.max_iter}) reached and the optimization hasn't "
                f"converged yet: raise max_iter or learning_rate_init, or tol={self.tol}",
                ConvergenceWarning,
                stacklevel=2,
            )
        _tell_of(progress)
        return self

    def partial_fit(
        self,
        X: ArrayLike,
        y: ArrayLike,
        sample_weight: ArrayLike | None = None,
        classes: ArrayLike | None = None,
    ) -> Self:
        """Train for one epoch on these rows, going on from what was learnt before.

        Parameters are those of ``fit``, and ``classes`` of shape (n_classes,): all that will be seen, which the
        first call needs.
        """
        self._validate_params()
        attempt = self._attempt()
        progress = attempt._partial_fit(X, y, sample_weight, classes)  # noqa: SLF001 - it is one of us
        self.__dict__ = attempt.__dict__
        _tell_of(progress)
        return self

    @staticmethod
    def from_hyper(hyper: Hyper, *, n_replicates: int = 1, kernels: str = "numpy") -> StudyClassifier:
        """A classifier that trains the very network of a study's configuration, to the last bit, its output as there."""
        return StudyClassifier(hyper, n_replicates=n_replicates, kernels=kernels)

    def _attempt(self) -> Self:
        """A copy to train: what it comes to be is taken over whole, or not at all."""
        attempt = copy(self)
        if isinstance(self.random_state, Integral) and hasattr(self, "_random_state"):
            attempt._random_state = deepcopy(self._random_state)  # noqa: SLF001 - it is one of us
        return attempt

    def _fit(self, X: ArrayLike, y: ArrayLike, sample_weight: ArrayLike | None) -> Progress:
        goes_on = self.warm_start and hasattr(self, "folded_")
        inputs, labels, weight = self._checked(X, y, sample_weight, reset=not goes_on)
        classes = unique_labels(labels)
        if not goes_on:
            self._begin(classes)
        elif not np.array_equal(classes, self.classes_):
            raise ValueError(
                "warm_start can only be used where `y` has the same classes as in the previous call to fit. Previously "
                f"got {self.classes_}, `y` has {classes}: give it the same, or fit anew with warm_start=False"
            )
        examples, held_out = self._examples(inputs, labels, weight), None
        if self.early_stopping:
            examples, held_out = hold_out(examples, self.validation_fraction, self._split_seed, self.classes_)
        standing = Standing() if held_out or not self.loss_curve_ else Standing(best=min(self.loss_curve_))
        fitting = self._fitting(examples, optimiser=False)
        pursuit = Pursuit(self._course(), fitting, held_out, standing, seen=self.t_)
        if goes_on and held_out:
            pursuit.begin_with_the_best()
        return self._take(pursuit)

    def _partial_fit(
        self, X: ArrayLike, y: ArrayLike, sample_weight: ArrayLike | None, classes: ArrayLike | None
    ) -> Progress:
        """Raises ``ValueError`` for what needs all rows or a known end."""
        if self.early_stopping:
            raise ValueError("partial_fit does not support early_stopping=True: set it to False")
        if self.learning_rate == "cosine":
            raise ValueError("partial_fit has no end for learning_rate='cosine' to fall to: take 'constant'")
        if self.class_weight == "balanced":
            raise ValueError(
                "partial_fit does not see how many rows a class has, got class_weight='balanced': give a dict"
            )
        first = _check_partial_fit_first_call(self, classes)
        inputs, labels, weight = self._checked(X, y, sample_weight, reset=first)
        if first:
            self._begin(self.classes_)
        if np.setdiff1d(labels, self.classes_).size:
            raise ValueError(
                f"`y` has classes not in `self.classes_`. `self.classes_` has {self.classes_}. 'y' has {np.unique(labels)}."
            )
        fitting = self._fitting(self._examples(inputs, labels, weight), optimiser=True)
        course = replace(self._course(), max_iter=1)
        return self._take(Pursuit(course, fitting, None, replace(self._standing), seen=self.t_))

    def _checked(self, X: ArrayLike, y: ArrayLike, weight: ArrayLike | None, *, reset: bool) -> tuple[Any, Any, Any]:
        inputs, labels = validate_data(self, X, y, accept_sparse="csr", dtype=FLOATS, reset=reset)
        check_classification_targets(labels)
        return inputs, labels, _check_sample_weight(weight, inputs, dtype=np.float64, ensure_non_negative=True)

    def _begin(self, classes: NDArray[Any]) -> None:
        """Forgets what was learnt before."""
        self.classes_ = classes
        self.t_ = 0
        self.loss_curve_: list[float] = []
        self.validation_scores_: list[float] | None = None
        self._random_state = check_random_state(self.random_state)
        self._split_seed = self._random_state.randint(LARGEST_SEED)
        self._snapshot: Snapshot | None = None
        self._standing = Standing()

    def _examples(self, X: Any, labels: NDArray[Any], weight: Array) -> Examples:
        weight = with_class_weights(weight, labels, self.classes_, self.class_weight)
        return Examples.weighted(X, np.searchsorted(self.classes_, labels), weight)

    def _fitting(self, examples: Examples, *, optimiser: bool) -> Fitting:
        """Networks where those before, if any, have stopped; with ``optimiser`` its memory goes on as well."""
        rows, inputs = len(examples), examples.x.shape[1]
        if self.batch_size != "auto" and int(self.batch_size) > rows:
            warnings.warn(
                f"Got `batch_size` less than 1 or larger than sample size. It is going to be clipped: {self.batch_size} to {rows}",
                stacklevel=4,
            )
        seeds = self._random_state.randint(LARGEST_SEED, size=self.n_replicates)
        precision = examples.x.dtype.name if self._snapshot is None else self._snapshot.precision
        classes = len(self.classes_)
        hypers = self._hypers(seeds, rows=rows, classes=classes, precision=precision)
        stack = Stack(hypers, inputs=inputs, classes=classes, hidden=self._widths())
        fitting = Fitting(stack, examples, self._rule(), alpha=self.alpha, shuffle=self.shuffle)
        if self._snapshot is not None:
            fitting.restore(self._snapshot, optimiser=optimiser)
        return fitting

    def _take(self, pursuit: Pursuit) -> Progress:
        """Trains, and sets what that leaves."""
        progress = pursuit.run()
        self.n_iter_ = len(progress.losses)
        self.t_ = pursuit.seen
        self.loss_curve_ = [*self.loss_curve_, *progress.losses]
        self.loss_ = self.loss_curve_[-1] if self.loss_curve_ else np.nan
        self.best_loss_: float | None = None
        self.best_validation_score_: float | None = None
        if pursuit.held_out:
            self.validation_scores_ = [*(self.validation_scores_ or []), *progress.scores]
            self.best_validation_score_ = -pursuit.standing.best
        else:
            self.best_loss_ = min(self.loss_curve_, default=np.inf)
            self.validation_scores_ = None
        self._standing = pursuit.standing
        self._snapshot = pursuit.fitting.snapshot()
        self.folded_ = fold(pursuit.fitting.stack)
        return progress


def _tell_of(progress: Progress) -> None:
    if progress.interrupted:
        warnings.warn("Training interrupted by user.", stacklevel=3)
