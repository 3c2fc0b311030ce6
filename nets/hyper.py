"""The hyperparameters of one network: each is declared here once, with default, range, unit and meaning."""

from collections.abc import Iterable
from dataclasses import MISSING, dataclass, field, fields
from functools import cached_property, lru_cache
from numbers import Integral, Real
from typing import Any, cast

from nets.layers.activations import ACTIVATIONS
from nets.layers.batch_norm import BATCH_NORMS
from nets.layers.loss import OUTPUTS
from nets.layers.noise import NOISES, REDRAWS
from nets.optimisers import OPTIMISERS
from nets.schedules import SCHEDULES


@dataclass(frozen=True)
class Interval:
    """The numbers that a field may take, from its usual notation: "(0, 1]" holds 1 and not 0."""

    notation: str

    def __contains__(self, value: float) -> bool:
        low, high = self.bounds
        above = value > low if self.notation[0] == "(" else value >= low
        below = value < high if self.notation[-1] == ")" else value <= high
        return above and below

    def __str__(self) -> str:
        return self.notation

    @cached_property
    def bounds(self) -> tuple[float, float]:
        low, high = self.notation[1:-1].split(",")
        return float(low), float(high)


@dataclass(frozen=True)
class OneOf:
    """The words that a field may take."""

    words: tuple[str, ...]

    def __contains__(self, value: str) -> bool:
        return value in self.words

    def __str__(self) -> str:
        return "{" + ", ".join(self.words) + "}"


@dataclass(frozen=True)
class Several:
    """Any of the words joined by "+", none twice; or "none"."""

    words: tuple[str, ...]

    def __contains__(self, value: str) -> bool:
        return not self.wrong(value)

    def wrong(self, value: str) -> list[str]:
        """The words of ``value`` that are unknown, or there already."""
        names = [] if value == "none" else value.split("+")
        return [name for place, name in enumerate(names) if name not in self.words or name in names[:place]]

    def __str__(self) -> str:
        return "{none, " + ", ".join(self.words) + "}, several joined by '+'"


def one_of(words: Iterable[str]) -> OneOf:
    """A choice among words, such as the keys of a registry."""
    return OneOf(tuple(words))


def shape(default: Any, domain: Interval | OneOf | Several, meaning: str, unit: str = "") -> Any:
    """A field that decides the sequence of array operations: equal within a stack."""
    return field(default=default, metadata={"role": "shape", "domain": domain, "unit": unit, "meaning": meaning})


def knob(default: Any, domain: Interval | OneOf, meaning: str, unit: str = "") -> Any:
    """A field that decides numbers only: free to differ within a stack."""
    return field(default=default, metadata={"role": "knob", "domain": domain, "unit": unit, "meaning": meaning})


POSITIVE = Interval("[1e-30, 1e30]")  # float32 ends at 1e-38 and 3e38
COUNT = Interval("[1, 1e9]")
NATURAL = Interval("[0, 1e9]")
NOT_NEGATIVE = Interval("[0, 1e30]")
PROBABILITY = Interval("(0, 1]")
INSTRUMENTS = (  # the keys of probes.registry, which knows stacks and so this module
    "curves",
    "saturation",
    "moments",
    "weights",
    "deletion",
    "correlation",
    "sparsity",
    "averaging",
    "masks",
    "shift",
    "variance",
    "curvature",
    "identities",
    "losses",
    "coupling",
)
TYPE_NAMES = {int: "a whole number", float: "a number", str: "a word"}
KINDS = {int: Integral, float: Real, str: str}


@dataclass(frozen=True, kw_only=True)
class Hyper:
    """One network's hyperparameters.

    Raises ``ValueError`` with the field, its domain and the value if a value lies outside.
    """

    # no default: it must be decided
    seed: int = knob(MISSING, Interval("[0, 1e15]"), "split, label noise, initial weights, batch order and noise draws")
    member: int = knob(
        0,
        Interval("[0, 1e9]"),
        "place in an ensemble: other initial weights, batch order and noise on the seed's split",
    )
    width: int = shape(32, Interval("[1, 1e6]"), "units in each hidden layer", "units")
    depth: int = shape(1, Interval("[0, 1000]"), "hidden layers; 0: softmax regression, width means nothing", "layers")
    activation: str = shape("relu", one_of(ACTIVATIONS), "activation of the hidden units")
    output: str = shape("softmax", one_of(OUTPUTS), "a logit for each class, or one logit for two classes")
    class_weights: str = shape(
        "none",
        one_of(["none", "balanced"]),  # the keys of class_weights, which knows rows and so this module
        "whether a row counts in training by how rare its class is: rows ÷ (classes · rows of the class)",
    )
    batch_norm: str = shape("none", one_of(["none", "before", "after"]), "normalisation before or after the activation")
    bn_statistics: str = shape("running", one_of(["running", "population", "batch"]), "moments used in evaluation")
    bn_gradient: str = shape(
        "full", one_of(BATCH_NORMS), "whether the batch's moments take part in the gradient, or are constants in it"
    )
    ghost_rows: int = shape(
        0, NATURAL, "rows of a mini-batch that are normalised together in training; 0: all of them", "rows"
    )
    noise: str = shape(
        "bernoulli",
        one_of(NOISES),
        "law of the multiplicative noise that keep_prob sets; fixed_count keeps round(keep_prob · units), at least 1",
    )
    noise_place: str = shape("after", one_of(["before", "after"]), "noise before or after the activation")
    noise_redraw: str = shape("example", one_of(REDRAWS), "noise drawn for each example, each batch or once in a run")
    optimiser: str = shape("sgd", one_of(OPTIMISERS), "SGD with momentum, also Nesterov's, Adam, or AdamW")
    schedule: str = shape("cosine", one_of(SCHEDULES), "learning rate kept, or decayed by a cosine to zero")
    batch_size: int = shape(50, COUNT, "rows in a mini-batch; above the training rows: all of them", "rows")
    steps: int = shape(900, NATURAL, "optimiser steps; 0: as epochs says", "steps")
    epochs: int = shape(0, NATURAL, "passes over the training rows; 0: as steps says", "epochs")
    checkpoints: int = shape(10, COUNT, "times at which validation loss and probes are taken, the end included")
    probes: str = shape("none", Several(INSTRUMENTS), "instruments to take, their names joined by '+'")
    precision: str = shape("float32", one_of(["float32", "float64"]), "floating-point type of every array")
    keep_prob: float = knob(1.0, PROBABILITY, "probability of keeping a hidden unit")
    input_keep_prob: float = knob(1.0, PROBABILITY, "probability of keeping an input")
    init_gain: float = knob(1.0, POSITIVE, "factor on the initial weights' standard deviation")
    l1: float = knob(0.0, NOT_NEGATIVE, "λ in loss + λ ‖W‖₁, on weights alone")
    l2: float = knob(0.0, NOT_NEGATIVE, "λ in loss + λ/2 ‖W‖², on weights alone")
    weight_decay: float = knob(0.0, NOT_NEGATIVE, "λ of AdamW: w ← (1 - ηλ) w in each step, on weights alone")
    shrunk: str = shape(
        "all", one_of(["all", "hidden"]), "weights that l1, l2 and weight_decay shrink: all, or those of hidden layers"
    )
    max_norm: float = knob(0.0, NOT_NEGATIVE, "greatest norm of the weights into a hidden unit; 0: no bound")
    bn_momentum: float = knob(0.1, PROBABILITY, "weight of the new batch in the running moments")
    bn_start: str = knob(
        "identity", one_of(["identity", "random"]), "initial γ and β: 1 and 0, or standard normal draws"
    )
    bn_noise: float = knob(
        0.0, NOT_NEGATIVE, "spread of a random scale and shift of each unit after normalisation, new in each step"
    )
    learning_rate: float = knob(0.05, POSITIVE, "learning rate of the first step")
    warmup: int = knob(0, NATURAL, "first steps, in which the learning rate rises from near 0; 0: none", "steps")
    momentum: float = knob(0.9, Interval("[0, 1)"), "momentum of SGD, β₁ of Adam")
    weights: str = knob(
        "last",
        one_of(["last", "best"]),
        "those evaluated: of the last step, or of the checkpoint of least validation loss",
    )

    def __post_init__(self) -> None:
        for name, value in vars(self).items():
            check(name, value)
        if (self.steps > 0) == (self.epochs > 0):
            raise ValueError(
                f"training length is steps or epochs, the other 0, got steps={self.steps} and epochs={self.epochs}"
            )

        if self.weight_decay > 0 and self.optimiser != "adamw":
            raise ValueError(
                f"weight_decay belongs to optimiser='adamw', got weight_decay={self.weight_decay} with {self.optimiser!r}: "
                "take 'adamw', or l2"
            )

    @property
    def own_seed(self) -> int:
        """Seed of initial weights, batch order and noise: that of member 0 is ``seed``, and no two members have the same.

        A seed lies below 2^64; SeedSequence takes whole numbers of any size.
        """
        return int(self.seed) + int(self.member) * 2**64

    @property
    def stack_key(self) -> tuple[Any, ...]:
        """The shape fields: networks with equal keys train in one stack."""
        return tuple(getattr(self, declared.name) for declared in fields(self) if declared.metadata["role"] == "shape")


def check(name: str, value: Any) -> None:
    """Raises ``ValueError`` unless ``value`` lies in the domain of the field ``name``."""
    if type(value) in TYPE_NAMES:
        _check_once(name, value)
    else:
        _check(name, value)


def _check(name: str, value: Any) -> None:
    declared = Hyper.__dataclass_fields__[name]
    domain = declared.metadata["domain"]
    expected = cast(type, declared.type)
    if not isinstance(value, KINDS[expected]) or isinstance(value, bool):
        raise ValueError(f"{name} is {TYPE_NAMES[expected]}, got {value!r}")
    if value not in domain:
        wrong = domain.wrong(value)[0] if isinstance(domain, Several) else value
        raise ValueError(f"{name} lies in {domain}, got {wrong!r}")


_check_once = lru_cache(maxsize=2**14, typed=True)(_check)  # a study makes thousands of networks of few values
