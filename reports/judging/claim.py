"""A claim: what is said and where, what would settle it, and how the evidence is drawn; judged against a results table."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pandas as pd
from matplotlib.axes import Axes

from reports.judging.intervals import Estimate
from reports.judging.regimes import of_table, places
from reports.judging.verdict import DecisionRule, Finding, Verdict, find, overall

POSTS = {
    "000": "Digest of Implementing BN and Dropout",
    "001": "About Batch Normalization and Dropout",
    "002": "Batch Normalization",
    "003": "paper about batch normalization and dropout",
    "004": "Understanding Batch Normalization",
}
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


def no_details(evidence: pd.DataFrame) -> Sequence[Detail]:
    return ()


def no_remark(evidence: pd.DataFrame) -> str:
    return ""


@dataclass(frozen=True, kw_only=True)
class Claim:
    """``evidence`` takes the results table and gives a tidy one, empty where the run does not test the claim.

    Each value of the evidence's column ``panel`` is drawn on axes of its own, and ``table`` is the data behind them;
    ``details`` are further tables. ``remark`` goes on after the caption:
    what holds of this evidence, not of any.
    ``estimate`` gives one estimate for each regime. ``design`` holds what is trained for the claim, arm by arm,
    as ``[design.arms]`` of a study file has it; in the results table the arm ``none`` of claim B4 is ``B4_none``, and
    where several claims read one design, ``shared`` is its name in the slug's place. ``tables`` are those of data on which
    the design makes sense besides, each with its settings of ``data``; claims that share a design share them.
    ``literature`` is what papers report, as they report it; ``revised`` what was changed in rule or design after first
    results were seen.
    """

    slug: str
    statement: str
    quote: Quote
    rule: DecisionRule
    evidence: Callable[[pd.DataFrame], pd.DataFrame]
    estimate: Callable[[pd.DataFrame], Sequence[Estimate]]
    draw: Callable[[pd.DataFrame, Axes], Axes]
    table: Callable[[pd.DataFrame], pd.DataFrame]
    alt: str
    caption: str
    design: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    tables: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    details: Callable[[pd.DataFrame], Sequence[Detail]] = no_details
    remark: Callable[[pd.DataFrame], str] = no_remark
    shared: str = ""
    literature: str = ""
    revised: str = ""

    def __post_init__(self) -> None:
        """Raises ``ValueError`` for a slug that has no place in the ledger."""
        if not SLUG.fullmatch(self.slug):
            raise ValueError(f"a claim's slug is a letter, a number and at most another letter, got {self.slug!r}")

    @property
    def place(self) -> tuple[str, int, str]:
        """Where the slug comes in the ledger: B4, B7, B7b, B10."""
        letter, number, rest = SLUG.findall(self.slug)[0]
        return letter, int(number), rest

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
        _, home = of_table(self.findings[0].estimate.regime)
        return [each for each in self.findings if of_table(each.estimate.regime)[1] == home]

    @property
    def leading(self) -> Finding:
        """The one finding that an overview has room for, at home: the last that is settled, else the last that has an interval."""
        settled = [each for each in self.at_home if each.verdict is not Verdict.INCONCLUSIVE]
        known = [each for each in self.at_home if each.estimate.has_interval]
        return (settled or known or self.at_home)[-1]

    @property
    def gist(self) -> str:
        """What was found in one clause, for a headline: that it varies only where what is settled differs."""
        settled = {each.verdict for each in self.findings} - {Verdict.INCONCLUSIVE}
        return self.claim.rule.varying if len(settled) > 1 else self.clause

    @property
    def clause(self) -> str:
        """What was found, in words; where regimes differ, each with its regimes, those that stay open last."""
        regimes: dict[str, list[str]] = {}
        for finding in sorted(self.findings, key=lambda each: each.verdict is Verdict.INCONCLUSIVE):
            regimes.setdefault(finding.words, []).append(finding.estimate.regime)
        if len(regimes) == 1:
            return next(iter(regimes))
        among = [finding.estimate.regime for finding in self.findings]
        return "; ".join(f"{words} {places(names, among)}" for words, names in regimes.items())


def judge(claims: Sequence[Claim], results: pd.DataFrame) -> list[Judgement]:
    """Every claim's judgement, by post; the tests of one post are one family for Holm's correction."""
    ordered = sorted(claims, key=lambda claim: (claim.quote.post, claim.place))
    evidence = {claim.slug: claim.evidence(results) for claim in ordered}
    estimates = {claim.slug: claim.estimate(evidence[claim.slug]) for claim in ordered}
    findings: dict[str, list[Finding]] = {claim.slug: [] for claim in ordered}
    for post in dict.fromkeys(claim.quote.post for claim in ordered):
        family = [claim for claim in ordered if claim.quote.post == post]
        cases = [(claim, each) for claim in family for each in estimates[claim.slug]]
        found = find([(claim.rule, each) for claim, each in cases])
        for (claim, _), finding in zip(cases, found, strict=True):
            findings[claim.slug].append(finding)
    return [Judgement(claim, evidence[claim.slug], tuple(findings[claim.slug])) for claim in ordered]
