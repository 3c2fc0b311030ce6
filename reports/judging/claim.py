"""A claim: what is said and where, what would settle it, and how the evidence is drawn; judged against a results table."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypedDict

import pandas as pd
from matplotlib.axes import Axes

from reports.judging.intervals import ERROR, LOSS, Estimate
from reports.judging.places import places
from reports.judging.regimes import Regime
from reports.judging.verdict import DecisionRule, Finding, Verdict, find, overall

POSTS = {
    "000": "Digest of Implementing BN and Dropout",
    "001": "About Batch Normalization and Dropout",
    "002": "Batch Normalization",
    "003": "paper about batch normalization and dropout",
    "004": "Understanding Batch Normalization",
}
OURS = "ours"  # the origin of what no post says
METRICS = {LOSS: "log-loss", ERROR: "error"}  # what a clause calls them
SHORT = 150  # signs that a line of an overview has room for
SLUG = re.compile("([A-Z])([0-9]+)([a-z]?)")


@dataclass(frozen=True)
class Quote:
    """A post's number and its own words."""

    post: str
    words: str

    @property
    def title(self) -> str:
        return POSTS[self.post]


@dataclass(frozen=True)
class Detail:
    """A table below a claim's figure, folded up: what a reviewer asks next; ``note`` says what it shows."""

    title: str
    note: str
    data: pd.DataFrame


class Shown(TypedDict):
    """The fields of a ``Claim`` that its kind decides: how it is judged, drawn and told."""

    rule: DecisionRule
    evidence: Callable[[pd.DataFrame], pd.DataFrame]
    estimate: Callable[[pd.DataFrame], Sequence[Estimate]]
    draw: Callable[[pd.DataFrame, Axes], Axes]
    table: Callable[[pd.DataFrame], pd.DataFrame]
    alt: str
    caption: str


def no_details(evidence: pd.DataFrame) -> Sequence[Detail]:
    return ()


def no_remark(evidence: pd.DataFrame) -> str:
    return ""


@dataclass(frozen=True, kw_only=True)
class Claim:
    """``compared`` says as values what is compared, and which side is the high one: the law over all claims plants it from them.

    ``evidence`` takes the results table and gives a tidy one, empty where the run does not test the claim.

    Each value of the evidence's column ``panel`` is drawn on axes of its own, and ``table`` is the data behind them;
    ``details`` are further tables. ``remark`` goes on after the caption:
    what holds of this evidence, not of any.
    ``estimate`` gives one estimate for each regime; where the claim is judged in error as well, by ``error_rule``, one for each
    metric. A claim without a ``quote`` is a question of our own. ``design`` holds what is trained for the claim, arm by arm,
    as ``[design.arms]`` of a study file has it; in the results table the arm ``none`` of claim B4 is ``B4_none``, and
    where several claims read one design, ``shared`` is its name in the slug's place. ``tables`` are those of data on which
    the design makes sense besides, each with its settings of ``data``; claims that share a design share them.
    ``family`` says of the estimates how many cases are declared where they stand, trained or not.
    ``literature`` is what papers report, as they report it; ``revised`` what was changed in rule or design after first
    results were seen.
    """

    slug: str
    statement: str
    compared: Sequence[Any]
    rule: DecisionRule
    evidence: Callable[[pd.DataFrame], pd.DataFrame]
    estimate: Callable[[pd.DataFrame], Sequence[Estimate]]
    draw: Callable[[pd.DataFrame, Axes], Axes]
    table: Callable[[pd.DataFrame], pd.DataFrame]
    alt: str
    caption: str
    quote: Quote | None = None
    error_rule: DecisionRule | None = None
    design: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    tables: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    details: Callable[[pd.DataFrame], Sequence[Detail]] = no_details
    remark: Callable[[pd.DataFrame], str] = no_remark
    shared: str = ""
    family: Callable[[Sequence[Estimate]], int] = len
    literature: str = ""
    revised: str = ""

    def __post_init__(self) -> None:
        """Raises ``ValueError`` for a slug that has no place in the ledger."""
        if not SLUG.fullmatch(self.slug):
            raise ValueError(f"a claim's slug is a letter, a number and at most another letter, got {self.slug!r}")

    @property
    def place(self) -> tuple[str, int, str]:
        """Where the slug comes in the ledger: B4, B7, B7b, B10."""
        ((letter, number, rest),) = SLUG.findall(self.slug)
        return letter, int(number), rest

    @property
    def origin(self) -> str:
        """The number of the post that says it, or ``OURS``."""
        return self.quote.post if self.quote else OURS

    def rule_for(self, estimate: Estimate) -> DecisionRule:
        return self.error_rule if self.error_rule and estimate.metric == ERROR else self.rule

    @property
    def networks(self) -> str:
        """The name of its design in the results table, which claims that share a design have in common."""
        return self.shared or self.slug

    def arms(self, tables: Sequence[str] = ()) -> dict[str, Mapping[str, Any]]:
        """The design by the names of its arms in the results table; trained also on those of ``tables`` on which it makes sense."""
        also = [{"name": name, **self.tables[name]} for name in tables if name in self.tables]
        return {f"{self.networks}_{name}": _on_more(settings, also) for name, settings in self.design.items()}


def _on_more(settings: Mapping[str, Any], also: Sequence[Mapping[str, Any]]) -> Mapping[str, Any]:
    """``data`` as it is and, with each of ``also`` in the place of what differs, again."""
    data = settings.get("data", {})
    return {**settings, "data": [data, *({**data, **each} for each in also)]} if also else settings


@dataclass(frozen=True)
class Judgement:
    """A claim, what was found in each regime, and the verdict over all of them."""

    claim: Claim
    evidence: pd.DataFrame
    findings: tuple[Finding, ...]

    @property
    def verdict(self) -> Verdict:
        return overall(self.findings)

    @property
    def at_home(self) -> list[Finding]:
        """Those on the study's own table of data."""
        home = self.findings[0].estimate.regime.table
        return [each for each in self.findings if each.estimate.regime.table == home]

    @property
    def brief(self) -> str:
        """What was found in one line: the clause where it is short, else in how many cases what holds."""
        clause = self.clause
        if len(clause) <= SHORT:
            return clause
        settled: dict[str, list[Finding]] = {}
        for each in self.findings:
            if each.verdict is not Verdict.INCONCLUSIVE:
                settled.setdefault(each.words, []).append(each)
        among, still = len(self.findings), len(self.findings) - sum(map(len, settled.values()))
        said = [
            f"in {len(where)} {'' if place else f'of {among} cases '}{words.partition(':')[0]}{_shared(where, self.findings)}"
            for place, (words, where) in enumerate(settled.items())
        ]
        return "; ".join([*said, *([f"{still} {'stays' if still == 1 else 'stay'} open"] if still else [])])

    def main(self, metric: str) -> Finding | None:
        """The one finding in a metric that an overview has room for, at home: the last that is settled, else the last that has an interval."""
        among = [each for each in self.at_home if each.rule.metric == metric]
        settled = [each for each in among if each.verdict is not Verdict.INCONCLUSIVE]
        known = [each for each in among if each.estimate.has_interval]
        return next(iter((settled or known or among)[-1:]), None)

    @property
    def clause(self) -> str:
        """What was found, in words; where metrics differ, each with its own, and where regimes do, each with its regimes."""
        by_metric: dict[str, list[Finding]] = {}
        for finding in self.findings:
            by_metric.setdefault(finding.rule.metric, []).append(finding)
        clauses = {metric: _clause(findings) for metric, findings in by_metric.items()}
        if len(set(clauses.values())) == 1:
            return next(iter(clauses.values()))
        return "; ".join(f"in {METRICS[metric]}, {clause}" for metric, clause in clauses.items())


def _shared(found: Sequence[Finding], among: Sequence[Finding]) -> str:
    """What the cases have in common that not all of ``among`` have, in brackets: parts of their regimes, and the metric."""
    first, *others = [_parts(each) for each in found]
    everywhere = set.intersection(*(set(_parts(each)) for each in among))
    shared = [part for part in first if part not in everywhere and all(part in other for other in others)]
    return f" ({', '.join(shared)})" if shared else ""


def _parts(finding: Finding) -> list[str]:
    metric = finding.rule.metric
    said = [] if metric in finding.words else [f"in {METRICS.get(metric, metric)}"]
    return [*filter(None, finding.estimate.regime.words.split(", ")), *said]


def _clause(findings: Sequence[Finding]) -> str:
    """What was found in one metric, what stays open last."""
    regimes: dict[str, list[Regime]] = {}
    for finding in sorted(findings, key=lambda each: each.verdict is Verdict.INCONCLUSIVE):
        regimes.setdefault(finding.words, []).append(finding.estimate.regime)
    if len(regimes) == 1:
        return next(iter(regimes))
    among = [finding.estimate.regime for finding in findings]
    return "; ".join(f"{words} {places(where, among)}" for words, where in regimes.items())


def judge(claims: Sequence[Claim], results: pd.DataFrame) -> list[Judgement]:
    """Every claim's judgement, by post, our own questions last; each is judged by its own evidence alone."""
    return [judged(claim, results) for claim in in_order(claims)]


def in_order(claims: Sequence[Claim]) -> list[Claim]:
    return sorted(claims, key=lambda claim: (claim.origin, claim.place))


def judged(claim: Claim, results: pd.DataFrame) -> Judgement:
    evidence = claim.evidence(results)
    estimates = claim.estimate(evidence)
    cases = [(claim.rule_for(each), each) for each in estimates]
    return Judgement(claim, evidence, tuple(find(cases, claim.family(estimates))))
