"""Decision rules as data: from an estimate's interval to exactly one verdict, with Holm's correction within a claim."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from scipy import optimize, special

from reports.judging.intervals import LEVEL, LOSS, Estimate, Numbers

SESOI = 0.02  # nat: the smallest difference in log-loss that is of interest
SESOI_IN_POINTS = 1.0  # the same in percentage points of error
SIDE = (1 - LEVEL) / 2  # level of each one-sided test: what a 95% interval leaves out on a side
POWER = 0.8  # with which the seeds that would settle a finding settle it
MANY = 200  # seeds beyond which a value sits on a threshold
OF_LEVELS = ("share", "")  # units that a level may have as well as a difference


class Verdict(StrEnum):
    SUPPORTED = "supported"
    CONTRADICTED = "contradicted"
    NO_DIFFERENCE = "no difference"
    INCONCLUSIVE = "inconclusive"
    CONDITIONAL = "conditional"
    UNTESTED = "not tested"

    @property
    def symbol(self) -> str:
        return SYMBOLS[self]


SYMBOLS = {
    Verdict.SUPPORTED: "✓",
    Verdict.CONTRADICTED: "✕",
    Verdict.NO_DIFFERENCE: "=",
    Verdict.INCONCLUSIVE: "?",
    Verdict.CONDITIONAL: "±",
    Verdict.UNTESTED: "–",
}


@dataclass(frozen=True)
class Region:
    """An estimate whose whole interval lies inside (low, high) earns the verdict; ``finding`` says so in words."""

    verdict: Verdict
    low: float
    high: float
    finding: str

    def __contains__(self, estimate: Estimate) -> bool:
        above = self.low < estimate.low or estimate.low == self.low == -np.inf
        below = estimate.high < self.high or estimate.high == self.high == np.inf
        return bool(above and below)

    def distances(self, value: float) -> tuple[float, float]:
        """How far inside both ends a value lies; negative outside."""
        return value - self.low, self.high - value


@dataclass(frozen=True, kw_only=True)
class DecisionRule:
    """Fixed before results are seen and printed on the page.

    ``reading`` says how the quantity is read, ``margin`` is the smallest effect of interest, in ``unit``; regions do not overlap. ``undecided`` says in words what an
    interval outside all regions leaves open, ``varying`` that regimes differ. ``metric`` is what is compared.
    ``says``, where two sides are compared, is the sentence of which has more and which less.
    """

    text: str
    quantity: str
    reading: str
    unit: str
    margin: float
    regions: tuple[Region, ...]
    undecided: str
    varying: str
    metric: str = LOSS
    says: str = ""

    @property
    def signed(self) -> bool:
        """Whether its values are printed with their sign: not those of a level, which no limit below 0 concerns."""
        below = (-np.inf < end < 0 for region in self.regions for end in (region.low, region.high))
        return self.unit not in OF_LEVELS or any(below)

    def region(self, estimate: Estimate) -> Region | None:
        return next((each for each in self.regions if estimate in each), None) if not estimate.void else None


@dataclass(frozen=True)
class Finding:
    """What one regime says in one metric, by the rule for it.

    ``seeds_needed`` would settle it, None where it is settled or no number is known. ``corrected`` marks an interval inside a
    region that did not survive Holm's correction.
    """

    rule: DecisionRule
    estimate: Estimate
    verdict: Verdict
    words: str
    seeds_needed: int | None
    corrected: bool

    @property
    def on_threshold(self) -> bool:
        """So close to a limit of its rule that no number of seeds one would train settles it."""
        return self.seeds_needed is not None and self.seeds_needed > MANY


def find(cases: Sequence[tuple[DecisionRule, Estimate]], declared: int = 0) -> list[Finding]:
    """The findings of one claim, its regimes and metrics one family: a region holds only if it survives Holm's correction.

    Where a claim has ``declared`` more cases than were trained, the family is as large as that: no verdict moves because
    another arm is missing.
    """
    regions = [rule.region(estimate) for rule, estimate in cases]
    family = max(declared, len(cases))
    p_values = [_p_value(case[1], region) if region else 1.0 for case, region in zip(cases, regions, strict=True)]
    untrained = np.ones(family - len(cases))
    holding = holm(np.concatenate([p_values, untrained]))[: len(cases)] <= SIDE
    return [
        Finding(rule, estimate, region.verdict, region.finding, seeds_needed=None, corrected=False)
        if region and holds
        else _open(rule, estimate, corrected=region is not None, family=family)
        for (rule, estimate), region, holds in zip(cases, regions, holding, strict=True)
    ]


def alone(rule: DecisionRule, estimate: Estimate) -> Verdict:
    """What an estimate earns by itself, without Holm's correction."""
    (finding,) = find([(rule, estimate)])
    return finding.verdict


def overall(findings: Sequence[Finding]) -> Verdict:
    """Where regimes or metrics differ the verdict is conditional: they are named, never averaged."""
    verdicts = {finding.verdict for finding in findings}
    if not verdicts:
        return Verdict.UNTESTED
    return verdicts.pop() if len(verdicts) == 1 else Verdict.CONDITIONAL


def holm(p_values: Numbers) -> Numbers:
    """Holm's step-down p-values, (m,): the i-th smallest times m − i, then the running maximum."""
    order = np.argsort(p_values, kind="stable")
    scaled = p_values[order] * np.arange(p_values.size, 0, -1)
    adjusted = np.empty_like(p_values)
    adjusted[order] = np.minimum(np.maximum.accumulate(scaled), 1)
    return adjusted


def seeds_to_settle(estimate: Estimate, rule: DecisionRule, *, family: int) -> int | None:
    """S = (z + 0.84)² (sd ÷ distance to the nearest limit)², for 80% power if the value is the true one; None for a bound, and
    where what the value is known to reaches a limit, which no seeds settle.

    z is that of the one-sided level 2.5% ÷ ``family``. Between two limits both have to be cleared: for a value halfway between
    them 1.28 stands for 0.84.
    """
    if not (estimate.spread > 0 and np.isfinite([estimate.spread, estimate.low, estimate.high]).all()):
        return None
    below, above = (distance - estimate.known_to for distance in _distances(estimate, rule))
    if not min(below, above) > 0:
        return None
    z = -float(special.ndtri(SIDE / family))

    def lacking(root: float) -> float:
        """Power that √S = ``root`` lacks."""
        each = special.ndtr(np.array([below, above]) * root / estimate.spread - z)
        return float(POWER + 1 - each.sum())

    nearest = min(below, above) / estimate.spread
    root = optimize.brentq(lacking, z / nearest, (z + 2) / nearest)  # there each test has a power of 50%, and of 97.7%
    return max(int(np.ceil(root**2)), estimate.seeds + 1)


def _distances(estimate: Estimate, rule: DecisionRule) -> tuple[float, float]:
    """From the value to both ends of the region that it lies in; one is negative where it lies in none, and no seeds settle it."""
    return max((region.distances(estimate.value) for region in rule.regions), key=min)


def _open(rule: DecisionRule, estimate: Estimate, *, corrected: bool, family: int) -> Finding:
    needed = None if estimate.void else seeds_to_settle(estimate, rule, family=family)
    return Finding(rule, estimate, Verdict.INCONCLUSIVE, rule.undecided, needed, corrected)


def _p_value(estimate: Estimate, region: Region) -> float:
    """One-sided t test of the region's nearest limit: below 2.5% where the interval lies inside."""
    distance = min(region.distances(estimate.value)) - estimate.known_to
    if not estimate.error > 0:
        return 0.0 if distance > 0 else 1.0
    return float(special.stdtr(estimate.seeds - 1, -distance / estimate.error))
