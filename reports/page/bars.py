"""The small interval bars of the claims table, as shares of their width."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from reports.judging.claim import Judgement
from reports.judging.intervals import Estimate
from reports.judging.text import EXACT
from reports.judging.verdict import DecisionRule


@dataclass(frozen=True)
class Zone:
    left: float
    width: float


@dataclass(frozen=True)
class Bar:
    """All in per cent of the bar's width; ``zones`` are the rule's bounded regions, ``line`` is no effect, or the limit of a rule that has one alone."""

    low: float
    value: float
    high: float
    line: float
    zones: tuple[Zone, ...]


@dataclass(frozen=True)
class Scale:
    """All bars of one unit are drawn to one scale, so that they can be compared."""

    low: float
    high: float

    def share(self, value: float) -> float:
        return round(float(np.clip(100 * (value - self.low) / (self.high - self.low), 0, 100)), 2)


def scales(judgements: Sequence[Judgement]) -> dict[str, Scale]:
    """The scale of each unit: from 0 to all intervals and all limits of rules, and a little beyond."""
    reached: dict[str, list[float]] = {}
    for judgement in judgements:
        for finding in judgement.findings:
            rule = finding.rule
            limits = [limit for region in rule.regions for limit in (region.low, region.high)]
            bounds = [finding.estimate.low, finding.estimate.high]
            reached.setdefault(rule.unit, [0.0]).extend(value for value in (*limits, *bounds) if np.isfinite(value))
    return {unit: _scale(values) for unit, values in reached.items()}


def bar(estimate: Estimate, rule: DecisionRule, scale: Scale) -> Bar | None:
    """None where there is no interval to draw, or all that matters lies at zero."""
    if not estimate.has_interval or rule.unit == EXACT:
        return None
    bounded = [region for region in rule.regions if np.isfinite([region.low, region.high]).all()]
    zones = tuple(Zone(scale.share(each.low), scale.share(each.high) - scale.share(each.low)) for each in bounded)
    ends = (scale.share(estimate.low), scale.share(estimate.value), scale.share(estimate.high))
    return Bar(*ends, line=scale.share(_line(rule)), zones=zones)


def _line(rule: DecisionRule) -> float:
    limits = {limit for region in rule.regions for limit in (region.low, region.high) if np.isfinite(limit)}
    return limits.pop() if len(limits) == 1 else 0.0


def _scale(values: Sequence[float]) -> Scale:
    low, high = min(values), max(values)
    margin = 0.05 * (high - low)
    return Scale(low - margin, high + margin)
