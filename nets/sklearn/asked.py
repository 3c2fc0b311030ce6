"""The parameters of the classifier: their names and defaults, what each may be, and what they ask of the networks."""

from collections.abc import Callable
from functools import partial
from numbers import Integral, Real
from typing import Any, ClassVar

import numpy as np
from numpy.typing import ArrayLike
from sklearn.neural_network import MLPClassifier
from sklearn.utils._param_validation import Interval, StrOptions

from nets.hyper import Hyper
from nets.layers.activations import ACTIVATIONS
from nets.layers.noise import NOISES
from nets.optimisers import SGD, Adam, Knobs, Nesterov, Rule
from nets.parameters import View
from nets.sklearn.predicting import FoldedClassifier
from nets.sklearn.progress import Course

ACTIVATION_OF = {kind.sklearn: name for name, kind in ACTIVATIONS.items() if kind.sklearn is not None}


class Asked(FoldedClassifier):
    """Holds what was asked for, and says it in the package's own terms."""

    _parameter_constraints: ClassVar[dict[str, list[Any]]] = {
        **{
            name: MLPClassifier._parameter_constraints[name]  # noqa: SLF001 - the rules are scikit-learn's own
            for name in (
                *("hidden_layer_sizes", "alpha", "batch_size", "learning_rate_init", "power_t"),
                *("max_iter", "shuffle", "random_state", "tol", "verbose", "warm_start", "nesterovs_momentum"),
                *("early_stopping", "validation_fraction", "beta_1", "beta_2", "epsilon", "n_iter_no_change"),
            )
        },
        "activation": [StrOptions(set(ACTIVATION_OF))],
        "solver": [StrOptions({"adam", "sgd"})],
        "learning_rate": [StrOptions({"constant", "invscaling", "adaptive", "cosine"})],
        "momentum": [Interval(Real, 0, 1, closed="left")],
        "keep_prob": [Interval(Real, 0, 1, closed="right")],
        "input_keep_prob": [Interval(Real, 0, 1, closed="right")],
        "noise": [StrOptions(set(NOISES))],
        "batch_norm": [StrOptions({"none", "before", "after"})],
        "bn_momentum": [Interval(Real, 0, 1, closed="right")],
        "n_replicates": [Interval(Integral, 1, None, closed="left")],
        "class_weight": [dict, StrOptions({"balanced"}), None],
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
        class_weight: dict[Any, float] | str | None = None,
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
        self.class_weight = class_weight

    def _widths(self) -> tuple[int, ...]:
        """Units of each hidden layer. Raises ``ValueError`` unless they are whole numbers from 1."""
        sizes = np.atleast_1d(self.hidden_layer_sizes)
        if sizes.ndim != 1 or (sizes.size and not np.issubdtype(sizes.dtype, np.integer)) or (sizes < 1).any():
            raise ValueError(
                "hidden_layer_sizes hold the units of each hidden layer, whole numbers from 1, such as (64, 32), "
                f"got {self.hidden_layer_sizes!r}"
            )
        return tuple(sizes.tolist())

    def _hypers(self, seeds: ArrayLike, *, rows: int, classes: int, precision: str) -> list[Hyper]:
        """A replicate for each seed; two classes have one logit, as in scikit-learn: alpha then means what it means there."""
        shared: dict[str, Any] = {
            "activation": ACTIVATION_OF[self.activation],
            "output": "logit" if classes == 2 else "softmax",
            "batch_norm": self.batch_norm,
            "noise": self.noise,
            "batch_size": min(rows, 200 if self.batch_size == "auto" else self.batch_size),
            "precision": precision,
            "keep_prob": self.keep_prob,
            "input_keep_prob": self.input_keep_prob,
            "bn_momentum": self.bn_momentum,
            "momentum": self.beta_1 if self.solver == "adam" else self.momentum,
        }
        return [Hyper(seed=int(seed), **shared) for seed in np.asarray(seeds)]

    def _rule(self) -> Callable[[View, Knobs], Rule]:
        if self.solver == "adam":
            return partial(Adam, beta2=self.beta_2, epsilon=self.epsilon)
        return Nesterov if self.nesterovs_momentum else SGD

    def _course(self) -> Course:
        every = self.solver == "sgd" or self.learning_rate == "cosine"
        return Course(
            max_iter=self.max_iter,
            tol=self.tol,
            n_iter_no_change=self.n_iter_no_change,
            learning_rate=self.learning_rate if every else "constant",
            learning_rate_init=self.learning_rate_init,
            power_t=self.power_t,
            verbose=self.verbose,
        )
