"""How far further numbers of the page can be believed: planted truths, of the default study's size and noise, through its own code.

What it costs to move a strength between learning rates (Q4b), the slopes of gain and best keep_prob on log₂ n (Q5, Q5b), and what
the chosen configuration gains. Spreads are those of ``planted_effects``; fresh networks
of one setting have 0.027 nat on validation and on test rows, which share 0.79 of it.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import product

import numpy as np
import pandas as pd

from reports.calibration.planted_effects import ESTIMATORS, GAINS, TUNING, bowl, planted_arm
from reports.calibration.planted_searches import TRIED
from reports.calibration.tails import spread_one
from reports.choice.choosing import gain_of_choosing
from reports.judging.intervals import Estimate, Numbers, jackknife
from reports.judging.rules import Measured, effect
from reports.judging.verdict import SESOI, DecisionRule, Verdict, alone
from reports.tuning.best_doses import best_keep_probs, percentiles
from reports.tuning.doses import DoseCurve
from reports.tuning.effects import effect as gain_of
from reports.tuning.gains_by_width import gains_by_width, slope
from reports.tuning.transfer import cost, costs_without_each

SEED = 20170901
DRAWS = 400  # a coverage of 95 % is known to ±2.1 %
WIDTHS = (4, 12, 32)
DOUBLINGS = np.log2(WIDTHS) - np.log2(WIDTHS).mean()
LEVEL, SIDE, NETWORK = 0.05, 0.028, 0.0125  # nat: of a seed, of what it says of one arm or rate, of one network
PLACES = np.arange(9.0)  # of strengths
BESTS = {True: (3, 4, 4, 5), False: (4, 4, 4, 4)}  # of strengths at four rates: moving, and still
SQUARES = 4 / 3  # steps² that moving strengths are away from each other's best, in the mean over pairs of rates
BEND = 0.003  # nat: what one step of the strength costs where nothing moves: shallow
NETWORKS = {4: 0.012, 12: 0.003, 32: 0.004}  # nat: of a network at each width
TILT = 0.06  # nat: how far seeds differ from keep_prob 0 to 1
CANDIDATES, FRESH, OWN, SHARED = 30, 16, 0.027, 0.79

Generator = np.random.Generator


@dataclass(frozen=True)
class PlantedOther:
    """One kind of experiment; ``quantity`` is a key of ``EXPERIMENTS``, ``size`` of ``GAINS``: times the smallest of interest."""

    quantity: str
    size: str
    tails: str


def planted_others() -> list[PlantedOther]:
    """All that the table holds; heavy tails where they cost little."""
    every = [PlantedOther(*each) for each in product(EXPERIMENTS, GAINS, ("normal", "heavy"))]
    return [each for each in every if each.tails == "normal" or each.quantity in (MOVED, CHOSEN)]


def calibrate_others(planted: Sequence[PlantedOther], draws: int) -> pd.DataFrame:
    """A row for each; each has random numbers of its own.

    Returns:
        Columns of ``PlantedOther``; draws; truth; value (the mean), half_width (the median); covered, the share of intervals that
        hold the truth; decided, the share that has a verdict, and wrong, the share that has another than the truth.
    """
    return pd.DataFrame([_row(each, draws) for each in planted])


def _row(planted: PlantedOther, draws: int) -> dict[str, object]:
    generator = np.random.default_rng([SEED, *"/".join(vars(planted).values()).encode()])
    experiment, rule = EXPERIMENTS[planted.quantity], RULES[planted.quantity]
    truth = GAINS[planted.size] * rule.margin
    found = [experiment(truth, planted.tails, generator) for _ in range(draws)]
    verdicts = [alone(rule, each) for each in found]
    right = (Verdict.NO_DIFFERENCE, Verdict.INCONCLUSIVE, Verdict.SUPPORTED)[GAINS[planted.size]]
    decided = np.array([each is not Verdict.INCONCLUSIVE for each in verdicts])
    return {
        **vars(planted),
        "draws": draws,
        "truth": truth,
        "value": np.mean([each.value for each in found]),
        "half_width": np.median([(each.high - each.low) / 2 for each in found]),
        "covered": np.mean([each.low <= truth <= each.high for each in found]),
        "decided": decided.mean(),
        "wrong": (decided & np.array([each is not right for each in verdicts])).mean(),
    }


def _moving_cost(truth: float, tails: str, generator: Generator) -> Estimate:
    """Of a strength whose best moves with the rate, less that of one whose best stays."""
    level = LEVEL * spread_one(generator, tails, (1, TUNING))
    sides = [
        _responses(BESTS[moves and truth > 0], truth / SQUARES if moves and truth else BEND, level, tails, generator)
        for moves in (True, False)
    ]
    first, second = (costs_without_each(each) for each in sides)
    return jackknife(cost(sides[0]) - cost(sides[1]), first - second)


def _responses(bests: Sequence[int], bend: float, level: Numbers, tails: str, generator: Generator) -> Numbers:
    """Rates × strengths × seeds."""
    parts = []
    for best in bests:
        own = SIDE * spread_one(generator, tails, (1, TUNING))
        network = NETWORK * spread_one(generator, tails, (PLACES.size, TUNING))
        parts.append(bend * (PLACES[:, None] - best) ** 2 + level + own + network)
    return np.array(parts)


def _gain_by_width(truth: float, tails: str, generator: Generator) -> Estimate:
    """At the best settings of each width, whose response is shallow, on fresh seeds."""
    known = ESTIMATORS["scored"]
    level = known.level * spread_one(generator, tails, (1, TUNING + known.fresh))
    found = []
    for width, doubling in zip(WIDTHS, DOUBLINGS, strict=True):
        means = {
            "none": 1 + SESOI * bowl(8, 1, "inside"),
            "L2": 1 - truth * doubling + SESOI * bowl(8, 8, "shallow"),
        }
        none, arm = (
            planted_arm(kind, each, level, estimator=known, tails=tails, generator=generator)
            for kind, each in means.items()
        )
        where = ("planted", 300, 0.2, width)
        found.append(gain_of(replace(arm, where=where), replace(none, where=where)))
    return slope(gains_by_width(found))


def _best_by_width(truth: float, tails: str, generator: Generator) -> Estimate:
    resampled = [
        best_keep_probs(_parabola(width, 0.75 + truth * doubling, tails, generator))
        for width, doubling in zip(WIDTHS, DOUBLINGS, strict=True)
    ]
    return percentiles(np.polyfit(np.log2(WIDTHS), np.array(resampled), 1)[0], seeds=TUNING)


def _parabola(width: int, best: float, tails: str, generator: Generator) -> DoseCurve:
    strengths = np.append(TRIED, 1.0)
    tilt = TILT * spread_one(generator, tails, (1, TUNING)) * (1 - strengths[:, None])
    network = NETWORKS[width] * spread_one(generator, tails, (strengths.size, TUNING))
    losses = (strengths[:, None] - best) ** 2 + tilt + network
    seeds = tuple(range(TUNING))
    return DoseCurve("dropout", width, 0.03, TRIED, seeds, losses=losses[:-1], none=losses[-1], train=losses[:-1])


def _choosing(truth: float, tails: str, generator: Generator) -> Estimate:
    """Of candidates that are all as good: the luckiest seems better than it is."""
    shared, valid, test = (OWN * spread_one(generator, tails, (CANDIDATES + 1, FRESH)) for _ in range(3))
    choosing, scores = (np.sqrt(SHARED) * shared + np.sqrt(1 - SHARED) * own for own in (valid, test))
    return gain_of_choosing(choosing[1:], scores[1:], scores[0] + truth)


def _rule(quantity: str, unit: str, margin: float) -> DecisionRule:
    measured = Measured(what="", quantity=quantity, reading="", unit=unit, issue="it does")
    return effect(measured, margin, supported="more", contradicted="less", alike="as much")


MOVED, BEST, CHOSEN = "cost of moving a strength", "best keep-prob by width", "gain of the chosen configuration"
GAIN = "gain by width"
EXPERIMENTS: Mapping[str, Callable[[float, str, Generator], Estimate]] = {
    MOVED: _moving_cost,
    GAIN: _gain_by_width,
    BEST: _best_by_width,
    CHOSEN: _choosing,
}
RULES = {quantity: _rule(quantity, "nat", SESOI) for quantity in EXPERIMENTS} | {BEST: _rule(BEST, "", 0.05)}
