"""Decision rules as data: from an estimate's interval to exactly one verdict, with Holm's correction within a post."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from scipy import special

from reports.judging.intervals import LEVEL, Estimate, Numbers

SESOI = 0.02  # nat: the smallest difference in log-loss that is of interest


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


@dataclass(frozen=True, kw_only=True)
class DecisionRule:
    """Fixed before results are seen and printed on the page.

    ``reading`` says how the quantity is read, ``margin`` is the smallest effect of interest, in ``unit``; regions do not overlap. ``undecided`` says in words what an
    interval outside all regions leaves open, ``varying`` that regimes differ.
    """

    text: str
    quantity: str
    reading: str
    unit: str
    margin: float
    regions: tuple[Region, ...]
    undecided: str
    varying: str

    def region(self, estimate: Estimate) -> Region | None:
        return next((each for each in self.regions if estimate in each), None) if not estimate.void else None


@dataclass(frozen=True)
class Finding:
    """What one regime says.

    ``seeds_needed`` would settle it, None where it is settled or no number is known. ``corrected`` marks an interval inside a
    region that did not survive Holm's correction.
    """

    estimate: Estimate
    verdict: Verdict
    words: str
    seeds_needed: int | None
    corrected: bool


def find(cases: Sequence[tuple[DecisionRule, Estimate]]) -> list[Finding]:
    """The findings of one family of tests: a region holds only if its p-value survives Holm's correction."""
    regions = [rule.region(estimate) for rule, estimate in cases]
    p_values = np.array(
        [_p_value(case[1], region) if region else 1.0 for case, region in zip(cases, regions, strict=True)]
    )
    holding = holm(p_values) <= 1 - LEVEL
    return [
        _settled(estimate, region) if region and holds else _open(rule, estimate, corrected=region is not None)
        for (rule, estimate), region, holds in zip(cases, regions, holding, strict=True)
    ]


def overall(findings: Sequence[Finding]) -> Verdict:
    """Where regimes differ the verdict is conditional: they are named, never averaged."""
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


def seeds_to_settle(estimate: Estimate, margin: float) -> int | None:
    """S = 7.85 (sd / margin)², for 80% power at 5%; None if the seeds at hand are as many (the value lies near a limit), or it is a bound."""
    if not np.isfinite([estimate.spread, estimate.low, estimate.high]).all():
        return None
    needed = int(np.ceil(7.85 * (estimate.spread / margin) ** 2))
    return needed if needed > estimate.seeds else None


def _settled(estimate: Estimate, region: Region) -> Finding:
    return Finding(estimate, region.verdict, region.finding, seeds_needed=None, corrected=False)


def _open(rule: DecisionRule, estimate: Estimate, *, corrected: bool) -> Finding:
    needed = None if estimate.void else seeds_to_settle(estimate, rule.margin)
    return Finding(estimate, Verdict.INCONCLUSIVE, rule.undecided, needed, corrected)


def _p_value(estimate: Estimate, region: Region) -> float:
    """Two-sided t test of the region's nearest limit: below 5% where the t interval lies inside."""
    distance = min(estimate.value - region.low, region.high - estimate.value)
    if not estimate.error > 0:
        return 0.0 if distance > 0 else 1.0
    return float(2 * special.stdtr(estimate.seeds - 1, -distance / estimate.error))
