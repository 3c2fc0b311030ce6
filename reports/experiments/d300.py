"""The task D300: little data, some of it with labels drawn at random, so that regularisers can be told apart; one hidden layer, four kinds of arm."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from reports.evidence.contrasts import Contrast, Side
from reports.evidence.paired import Regimes
from reports.evidence.quantities import Quantity
from reports.experiments.equal_loss import MATCHED, EqualLoss
from reports.experiments.further_tables import SMALL, also

NAME = "d300"
TABLES = SMALL
REGIMES: Regimes = {"width": None}
KEPT = [0.9, 0.8, 0.7, 0.6, 0.5, 0.4]
RATES = [0.003, 0.008, 0.02, 0.05, 0.15, 0.4]  # low ones are early stopping in disguise, and the best that none can do
INNER = RATES[1:-1]  # the best of each arm lies inside these, in loss
SETTING = (
    "Digits, 300 training rows with 20% of the labels drawn anew, one hidden layer of ReLU, 900 steps; keep_prob or λ, and the "
    f"learning rate, are those that are best on the other seeds. {also(TABLES)}"
)
PROBES = "correlation+deletion+shift+sparsity"
ARM: dict[str, Any] = {"width": [32], "learning_rate": INNER, "probes": PROBES}
DESIGN: dict[str, dict[str, Any]] = {
    "none": ARM,
    "dropout": {**ARM, "keep_prob": KEPT, "probes": f"averaging+{PROBES}"},
    "gaussian": {**ARM, "keep_prob": KEPT, "noise": "gaussian", "probes": "none"},  # compared in loss and error alone
    "l2": {**ARM, "l2": [0.001, 0.003, 0.01, 0.02, 0.03, 0.04, 0.06, 0.08, 0.12]},
}
REVISED = "A lower and a higher learning rate were tried, at which no arm had its lowest loss."
WAYS = {"the better one regularised less": True, "the better one regularised more": False}
EQUALLY = (
    "The better of the two keeps its learning rate and is regularised less, or more, until its mean loss is the other’s, linearly between two "
    f"strengths that were tried; where it comes no nearer than {MATCHED:g} nat nothing is judged. Settings are "
    "the mean of what resamples of the seeds choose."
)
ONE_WAY = "Any setting whose loss came nearest was taken, though settings of equal loss differ in this: now it is judged at both."
REGULARISED = ("keep_prob", "learning_rate")
NONE = Side("no regularisation", "none")
DROPOUT = Side("dropout", "dropout", tuned=REGULARISED)
GAUSSIAN = Side("Gaussian noise", "gaussian", tuned=REGULARISED)
L2 = Side("L2", "l2", tuned=("l2", "learning_rate"))
WITH = replace(DROPOUT, words="with dropout")
WITHOUT = {told: replace(side, words="without dropout") for told, side in (("against none", NONE), ("against L2", L2))}


def at_equal_loss(high: Side, low: Side, values: Mapping[str, Quantity]) -> list[Contrast]:
    """For each value: that of ``high`` less that of ``low`` where both do equally well, which there are two ways to be."""
    return [
        EqualLoss(high=high, low=low, value=value, regimes=REGIMES, condition=f"{told}, {way}", less=less)
        for told, value in values.items()
        for way, less in WAYS.items()
    ]


def averaging(scaled: Quantity, averages: Mapping[str, Quantity]) -> list[Contrast]:
    """Weight scaling against means of the predictions of 200 sampled networks, for dropout at its best."""
    one, many = (Side(words, "dropout", tuned=REGULARISED) for words in ("the scaled network", "200 sampled networks"))
    return [
        Contrast(high=one, low=many, value=scaled, low_value=average, regimes=REGIMES, condition=f"against {told}")
        for told, average in averages.items()
    ]
