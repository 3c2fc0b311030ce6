"""What the page says first, generated from the verdicts: its headline and its opening paragraph."""

from collections.abc import Sequence
from math import isnan

from reports import text
from reports.claim import Judgement
from reports.search import Score
from reports.verdict import Finding, Verdict

LEADING = ("Q1", "R1")
OPENING = ("Q1", "Q4", "D1", "R1")
FEW = 2  # claims that a headline has room for
COUNTED = {
    Verdict.SUPPORTED: "supported",
    Verdict.CONTRADICTED: "contradicted",
    Verdict.CONDITIONAL: "conditional",
    Verdict.NO_DIFFERENCE: "without a difference",
    Verdict.INCONCLUSIVE: "open",
}


def headline(judgements: Sequence[Judgement], scores: Sequence[Score]) -> str:
    """The leading claims' findings in one line; where they are not tested, those of the others, or how many there are."""
    all_tested = _tested(judgements)
    found = tested(judgements, LEADING) or (all_tested if len(all_tested) <= FEW else [])
    if found:
        return text.sentence("; ".join(judgement.gist for judgement in found))
    if all_tested:
        return f"{len(all_tested)} claims tested: {', '.join(_counted(all_tested))}"
    return "The search has a winner; no claim is tested" if scores else "Nothing is decided yet"


def opening(judgements: Sequence[Judgement], scores: Sequence[Score]) -> str:
    """One sentence for each claim of the opening, with the number of its last regime, the widest; or which claims have which verdict."""
    all_tested = _tested(judgements)
    found = tested(judgements, OPENING) if tested(judgements, LEADING) else all_tested if len(all_tested) <= FEW else []
    sentences = [
        f"{text.sentence(judgement.clause)} ({_number(judgement.findings[-1], judgement)})." for judgement in found
    ]
    return " ".join(sentences) or _verdicts(all_tested) or _searched(scores)


def tested(judgements: Sequence[Judgement], slugs: Sequence[str]) -> list[Judgement]:
    """The judgements of these claims, in this order, less those that the run does not test."""
    by_slug = {judgement.claim.slug: judgement for judgement in judgements}
    return _tested([by_slug[slug] for slug in slugs if slug in by_slug])


def _tested(judgements: Sequence[Judgement]) -> list[Judgement]:
    return [judgement for judgement in judgements if judgement.verdict is not Verdict.UNTESTED]


def _of(verdict: Verdict, judgements: Sequence[Judgement]) -> list[str]:
    return [judgement.claim.slug for judgement in judgements if judgement.verdict is verdict]


def _counted(judgements: Sequence[Judgement]) -> list[str]:
    return [f"{len(_of(each, judgements))} {word}" for each, word in COUNTED.items() if _of(each, judgements)]


def _verdicts(judgements: Sequence[Judgement]) -> str:
    said = [
        f"{text.sentence(word)}: {text.listed(_of(each, judgements))}."
        for each, word in COUNTED.items()
        if _of(each, judgements)
    ]
    return " ".join(said)


def _number(finding: Finding, judgement: Judgement) -> str:
    rule, estimate = judgement.claim.rule, finding.estimate
    if isnan(estimate.value):
        return f"{estimate.regime}: {estimate.void}"
    value = text.quantity(estimate.value, rule.unit)
    return f"{rule.quantity} = {value} {text.interval_with_n(estimate, rule.unit)}, {estimate.regime}"


def _searched(scores: Sequence[Score]) -> str:
    if not scores:
        return "The run has no finished design and no scored configuration yet; what there is stands below."
    test = scores[0]
    value = text.quantity(test.estimate.value, test.unit, sign=False)
    reach = text.interval(test.estimate, test.unit, sign=False)
    return f"The chosen configuration has a test loss of {value} {reach}, {test.basis}."
