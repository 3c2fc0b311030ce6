"""The usual decision rules, each built from one declaration: its text, its regions and its words agree by construction."""

from dataclasses import dataclass, replace
from math import inf

from reports.judging import text
from reports.judging.intervals import ERROR, LOSS
from reports.judging.verdict import SESOI, SESOI_IN_POINTS, DecisionRule, Region, Verdict

SUPPORTED, CONTRADICTED, ALIKE = Verdict.SUPPORTED, Verdict.CONTRADICTED, Verdict.NO_DIFFERENCE
EXACT = 1e-10  # float64: an identity holds if no deviation is larger


@dataclass(frozen=True, kw_only=True)
class Measured:
    """What a rule judges: ``what`` says how it is measured, ``issue`` what is asked ("dropout reduces overfitting", "which is better").

    In the unit ``TIMES`` limits are ratios and estimates are logarithms of ratios. ``says`` is the sentence of a difference beyond
    the limits: "{less} trains faster than {more}", whichever side has less.
    """

    what: str
    quantity: str
    reading: str
    unit: str
    issue: str
    depends: str = "the regime"
    metric: str = LOSS
    says: str = ""

    @property
    def question(self) -> str:
        return self.issue if self.issue.startswith("which ") else f"whether {self.issue}"


def effect(measured: Measured, margin: float, *, supported: str, contradicted: str, alike: str) -> DecisionRule:
    """More than ``margin`` the way it is claimed."""
    high = text.stored(margin, measured.unit)
    return _rule(
        measured,
        high,
        Region(SUPPORTED, high, inf, supported),
        Region(CONTRADICTED, -inf, -high, contradicted),
        Region(ALIKE, -high, high, alike),
        said=f"Supported: the 95% interval lies above {_spelled(high, measured)}. Contradicted: below "
        f"{_spelled(-high, measured)}. No difference: wholly between {_between(high, measured)}.",
    )


def equivalence(measured: Measured, margin: float, *, alike: str, above: str, below: str) -> DecisionRule:
    """The claim is that there is no difference."""
    high = text.stored(margin, measured.unit)
    between = _between(high, measured)
    return _rule(
        measured,
        high,
        Region(SUPPORTED, -high, high, alike),
        Region(CONTRADICTED, high, inf, above),
        Region(CONTRADICTED, -inf, -high, below),
        said=f"Supported (equivalence): the 95% interval lies between {between}. Contradicted: wholly beyond on either side.",
    )


def at_least(measured: Measured, limit: float, margin: float, *, supported: str, contradicted: str) -> DecisionRule:
    """The claim names a size; ``margin`` is the smallest difference of interest, which seeds that would settle it count in."""
    low = text.stored(limit, measured.unit)
    return _rule(
        measured,
        text.stored(margin, measured.unit),
        Region(SUPPORTED, low, inf, supported),
        Region(CONTRADICTED, -inf, low, contradicted),
        said=f"Supported: the 95% interval lies above {_spelled(low, measured)}. Contradicted: below it. A difference of "
        f"{_spelled(text.stored(margin, measured.unit), measured)} is the smallest of interest.",
    )


def at_most(measured: Measured, limit: float, margin: float, *, supported: str, contradicted: str) -> DecisionRule:
    """The claim is that something stays small."""
    high = text.stored(limit, measured.unit)
    return _rule(
        measured,
        text.stored(margin, measured.unit),
        Region(SUPPORTED, -inf, high, supported),
        Region(CONTRADICTED, high, inf, contradicted),
        said=f"Supported: the 95% interval lies below {_spelled(high, measured)}. Contradicted: above it. A difference of "
        f"{_spelled(text.stored(margin, measured.unit), measured)} is the smallest of interest.",
    )


def exact(what: str, *, issue: str, supported: str, contradicted: str) -> DecisionRule:
    """An identity: float64 leaves rounding and nothing else."""
    measured = Measured(what=what, quantity="largest deviation", reading="0 is exact", unit="exact", issue=issue)
    return _rule(
        measured,
        EXACT,
        Region(SUPPORTED, -inf, EXACT, supported),
        Region(CONTRADICTED, EXACT, inf, contradicted),
        said=f"Supported: in every seed the largest deviation is below {_spelled(EXACT, measured)}, in float64. Contradicted: in every seed above. "
        "The interval is the range over the seeds.",
    )


def in_error(rule: DecisionRule) -> DecisionRule:
    """The same rule of error in the place of loss: a point stands for 0.02 nat."""
    scale = SESOI_IN_POINTS / SESOI

    def said(words: str) -> str:
        return words.replace("loss", "error")

    regions = [
        replace(each, low=each.low * scale, high=each.high * scale, finding=said(each.finding)) for each in rule.regions
    ]
    return replace(
        rule,
        text=f"The same in error, a point of which stands for {SESOI} nat, at settings chosen by error.",
        quantity=said(rule.quantity),
        unit="points",
        margin=rule.margin * scale,
        regions=tuple(regions),
        undecided=said(rule.undecided),
        varying=said(rule.varying),
        metric=ERROR,
        says=said(rule.says),
    )


def _rule(measured: Measured, margin: float, *regions: Region, said: str) -> DecisionRule:
    return DecisionRule(
        text=f"{measured.what} {said} Else inconclusive.",
        quantity=measured.quantity,
        reading=measured.reading,
        unit=measured.unit,
        margin=margin,
        regions=regions,
        undecided=f"{measured.question} stays open",
        varying=f"{measured.question} depends on {measured.depends}",
        metric=measured.metric,
        says=measured.says,
    )


def _spelled(limit: float, measured: Measured) -> str:
    return text.limit(limit, measured.unit)


def _between(high: float, measured: Measured) -> str:
    return f"{_spelled(-high, measured)} and {_spelled(high, measured)}"
