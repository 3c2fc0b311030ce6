"""The tables of claims: a line for each claim, and below it a line for each of its cases."""

from collections.abc import Sequence
from dataclasses import dataclass

from reports.judging import text
from reports.judging.claim import Judgement
from reports.judging.intervals import ERROR
from reports.judging.regimes import Regime
from reports.judging.verdict import MANY, Finding, Verdict
from reports.page.shortened import few

TOO_COARSE = "the steps in which it is tried are too coarse: no number of seeds would settle it"


@dataclass(frozen=True)
class Overviewed:
    """A claim in a line: in words, and its main number in its own measure and in error; ``provisional`` where networks are still to come."""

    judgement: Judgement
    main: Finding | None
    error: Finding | None
    provisional: bool

    @property
    def cases(self) -> int:
        return len(by_case(self.judgement))


@dataclass(frozen=True)
class Case:
    """One regime of a claim: its finding in each metric, in the order of ``metrics``; ``notes`` are further numbers."""

    regime: Regime
    findings: tuple[Finding | None, ...]
    notes: tuple[str, ...]

    @property
    def name(self) -> str:
        return str(self.regime)

    @property
    def seeds(self) -> str:
        """Of all findings, said once where they agree."""
        known = [text.basis(each.estimate) for each in self.findings if each]
        return " / ".join(dict.fromkeys(known))


def overviewed(judgement: Judgement, *, provisional: bool) -> Overviewed:
    own = judgement.findings[0].rule.metric
    error = judgement.main(ERROR) if own != ERROR else None
    return Overviewed(judgement, judgement.main(own), error, provisional)


def metrics(judgement: Judgement) -> list[str]:
    return list(dict.fromkeys(finding.rule.metric for finding in judgement.findings))


def by_case(judgement: Judgement) -> list[Case]:
    """In the order of the findings."""
    found: dict[Regime, dict[str, Finding]] = {}
    for finding in judgement.findings:
        found.setdefault(finding.estimate.regime, {})[finding.rule.metric] = finding
    return [
        Case(regime, tuple(each.get(metric) for metric in metrics(judgement)), _notes(list(each.values())))
        for regime, each in found.items()
    ]


def few_cases(cases: Sequence[Case]) -> list[Case]:
    """Those that a table has room for."""
    kept = set(few([each.regime for each in cases]))
    return [each for each in cases if each.regime in kept]


def remark(finding: Finding) -> str:
    """Why it stays open, in a few words; empty where it is settled."""
    if finding.estimate.void:
        return finding.estimate.void
    if finding.corrected:
        return "inside a region of the rule, but not after Holm’s correction over all of this claim’s cases"
    if finding.on_threshold:
        return f"more than {MANY} seeds would settle it"
    if finding.seeds_needed:
        return f"about {text.count(finding.seeds_needed, 'seed')} would settle it"
    found = finding.estimate
    is_too_coarse = found.known_to and found.has_interval and not found.bound
    return TOO_COARSE if is_too_coarse and finding.verdict is Verdict.INCONCLUSIVE else ""


def _notes(findings: Sequence[Finding]) -> tuple[str, ...]:
    """Each once, with the metric where findings differ."""
    notes: dict[str, dict[str, None]] = {}  # metrics, in their order
    for finding in findings:
        for note in finding.estimate.notes:
            notes.setdefault(note, {})[finding.rule.metric] = None
    return tuple(note if len(found) == len(findings) else f"{'/'.join(found)}: {note}" for note, found in notes.items())
