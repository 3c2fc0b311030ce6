"""How far tuned effects can be believed: planted gains, of a run's size and noise, through the page's own code.

Noise and bowls are as measured on the default study of digits (widths 4, 12 and 32, 12 seeds, medians over arms): a seed's level has a
spread of 0.05 nat, what it says of one arm beside another 0.04, of one setting beside another of the same arm 0.0125; one step of
the learning rate from the best costs 0.03 nat, one of strength 0.02 (in a quarter of the arms 0.005 or less: shallow), two steps
four times as much. In error: 2.2, 1.5 and 1.1 points, rounded to whole validation rows, and fifty points for a nat. Heavy tails: the same spreads, Student's t with three degrees of freedom.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import product

import numpy as np
import pandas as pd

from reports.calibration.tails import spread_one
from reports.judging.intervals import Numbers
from reports.judging.rules import Measured, effect
from reports.judging.verdict import DecisionRule, Verdict, alone
from reports.tuning.effects import effect as gain_of
from reports.tuning.tuned_arms import IN_ERROR, IN_LOSS, Metric, TunedArm

SEED = 20170901
DRAWS = 1000
TUNING = 12  # seeds that choose
GAINS = {"none": 0, "the smallest of interest": 1, "twice that": 2}  # times the metric's margin
RATES = np.geomspace(0.002, 1.25, 8)
DOSES = np.geomspace(1e-4, 0.3, 8)
STEP_OF_RATE, STEP_OF_DOSE, SHALLOW = 1.5, 1.0, 0.25  # times the metric's margin
WORST = 30  # margins: of none at its best
SETTINGS = {
    kind: pd.DataFrame(list(product(RATES, doses)), columns=["learning_rate", "l2"]).assign(keep_prob=1.0)
    for kind, doses in {"none": np.zeros(1), "L2": DOSES}.items()
}


@dataclass(frozen=True)
class Estimator:
    """What a run has: ``fresh`` seeds are scored, none where each is scored at what the others choose; spreads in the metric's unit."""

    metric: Metric
    fresh: int
    level: float
    arm: float
    setting: float
    grain: float  # of what one network says

    @property
    def rule(self) -> DecisionRule:
        measured = Measured(what="", quantity="gain", reading="", unit=self.metric.unit, issue="it helps")
        words = {"supported": "it helps", "contradicted": "it harms", "alike": "it makes no difference"}
        return effect(measured, self.metric.margin, **words)


@dataclass(frozen=True)
class PlantedEffect:
    """One kind of experiment; ``estimator`` is a key of ``ESTIMATORS``, ``gain`` of ``GAINS``."""

    estimator: str
    gain: str
    shape: str
    tails: str


def planted_effects() -> list[PlantedEffect]:
    """All that the table holds; in error less of it, since nothing but the spreads differs."""
    hardest = (("shallow", "normal"), ("flat", "normal"), ("flat", "heavy"))
    ends = (("inside", "normal"), ("end", "normal"))
    return [
        PlantedEffect(name, gain, shape, tails)
        for name, estimator in ESTIMATORS.items()
        for gain in GAINS
        for shape, tails in (*(ends if estimator.metric == IN_LOSS else ()), *hardest)
    ]


def calibrate_effects(planted: Sequence[PlantedEffect], draws: int) -> pd.DataFrame:
    """A row for each; each has random numbers of its own.

    Returns:
        Columns of ``PlantedEffect``; draws; truth; value (the mean), half_width (the median); covered, the share of intervals that hold
        the planted gain; decided, the share that has a verdict, and wrong, the share that has
        another than the truth.
    """
    return pd.DataFrame([_row(each, draws) for each in planted])


def _row(planted: PlantedEffect, draws: int) -> dict[str, object]:
    estimator = ESTIMATORS[planted.estimator]
    true = GAINS[planted.gain] * estimator.metric.margin
    found = [gain_of(arm, none).gain for arm, none in pairs(planted, draws)]
    verdicts = [alone(estimator.rule, each) for each in found]
    right = (Verdict.NO_DIFFERENCE, Verdict.INCONCLUSIVE, Verdict.SUPPORTED)[GAINS[planted.gain]]
    decided = np.array([each is not Verdict.INCONCLUSIVE for each in verdicts])
    return {
        **vars(planted),
        "draws": draws,
        "truth": true,
        "value": np.mean([each.value for each in found]),
        "half_width": np.median([min(each.high - each.value, each.value - each.low) for each in found]),
        "covered": np.mean([each.low <= true <= each.high for each in found]),
        "decided": decided.mean(),
        "wrong": (decided & np.array([each is not right for each in verdicts])).mean(),
    }


def pairs(planted: PlantedEffect, draws: int) -> Iterator[tuple[TunedArm, TunedArm]]:
    """An arm with L2, and beside it that without."""
    words = "/".join(vars(planted).values())
    generator = np.random.default_rng([SEED, *words.encode()])
    estimator = ESTIMATORS[planted.estimator]
    margin = estimator.metric.margin
    arm = partial(planted_arm, estimator=estimator, tails=planted.tails, generator=generator)
    none_means = margin * (WORST + bowl(RATES.size, 1, "inside"))
    means = margin * (WORST - GAINS[planted.gain] + bowl(RATES.size, DOSES.size, planted.shape))
    for _ in range(draws):
        level = estimator.level * spread_one(generator, planted.tails, (1, TUNING + estimator.fresh))
        none = arm("none", none_means, level)
        yield arm("L2", means, level), none


def bowl(rates: int, doses: int, shape: str) -> Numbers:
    """What each setting costs above the best, (rates · doses,): the best inside or at an end, shallow in the dose, or flat, a third of all tying."""
    rate, dose = np.abs(np.arange(rates) - 3), np.abs(np.arange(doses) - (doses - 1 if shape == "end" else doses // 2))
    cost = (STEP_OF_RATE * rate[:, None] ** 2 + (SHALLOW if shape == "shallow" else STEP_OF_DOSE) * dose**2).ravel()
    if shape == "flat":
        cost[np.argsort(cost, kind="stable")[: cost.size // 3]] = 0
    return np.asarray(cost, float)


def planted_arm(  # noqa: PLR0913  # what an arm is made of
    kind: str, mean: Numbers, level: Numbers, *, estimator: Estimator, tails: str, generator: np.random.Generator
) -> TunedArm:
    own = (
        estimator.arm / np.sqrt(2) * spread_one(generator, tails, (1, level.size))
    )  # the difference of two arms has .arm
    exact = mean[:, None] + level + own + estimator.setting * spread_one(generator, tails, (mean.size, level.size))
    values = np.round(exact / estimator.grain) * estimator.grain if estimator.grain else exact
    tuning, scores = values[:, :TUNING], values[:, TUNING:]
    chosen = scores[int(tuning.mean(axis=1).argmin())]
    return TunedArm(
        kind=kind,
        batch_norm=False,
        where=("planted", 300, 0.2, 32),
        metric=estimator.metric,
        settings=SETTINGS[kind],
        seeds=tuple(range(tuning.shape[1])),
        tuning=tuning,
        scores=pd.Series(chosen, index=range(500, 500 + estimator.fresh), dtype=float),
        lost="",
        lost_scores="",
    )


in_nats = partial(Estimator, metric=IN_LOSS, level=0.05, arm=0.04, setting=0.0125, grain=0.0)
in_points = partial(Estimator, metric=IN_ERROR, level=2.2, arm=1.5, setting=1.1, grain=1 / 6)
ESTIMATORS = {
    "scored": in_nats(fresh=48),
    "nested": in_nats(fresh=0),
    "scored, in error": in_points(fresh=48),
    "nested, in error": in_points(fresh=0),
}
