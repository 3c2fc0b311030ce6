"""What the page says first, generated from the verdicts: its headline and its opening paragraph."""

from collections.abc import Sequence
from math import isnan

from reports.evidence.search import Score
from reports.judging import text
from reports.judging.claim import Judgement
from reports.judging.overview import all_tested, counted, named
from reports.judging.places import named as named_places
from reports.judging.verdict import Verdict

FEW = 2  # claims that a headline has room for
LEADING = ("Q1", "Q3")
CAUSES = {"R2": "the searched axis", "R3": "the quantum 1/n"}
DENIED = (Verdict.CONTRADICTED, Verdict.NO_DIFFERENCE)
OPENING = ("Q1", "Q3", "R2", "R3", "Q4", "D1", "R1")


def headline(judgements: Sequence[Judgement], scores: Sequence[Score]) -> str:
    """The leading claims' findings in one line; where none is tested, those of few others, or how many have which verdict."""
    found = [judgement.gist for judgement in tested(judgements, LEADING)] + cause(judgements)
    others = all_tested(judgements)
    found = found or [judgement.gist for judgement in others if len(others) <= FEW]
    if found or others:
        return (
            text.sentence("; ".join(found)) if found else f"{len(others)} claims tested: {', '.join(counted(others))}"
        )
    return "The search has a winner; no claim is tested" if scores else "Nothing is decided yet"


def cause(judgements: Sequence[Judgement]) -> list[str]:
    """What makes a strength hard to hit, in one clause, from the verdicts on its causes; none where no cause is tested."""
    found = tested(judgements, tuple(CAUSES))
    shown = [f"{CAUSES[each.claim.slug]}{_where(each)}" for each in found if _where(each) is not None]
    denied = [CAUSES[each.claim.slug] for each in found if each.verdict in DENIED]
    if shown:
        return [
            f"what makes a strength hard to hit is {text.listed(shown)}{''.join(f', not {each}' for each in denied)}"
        ]
    if len(denied) == len(CAUSES):
        return [f"neither {' nor '.join(denied)} makes a strength hard to hit"]
    return ["what makes a strength hard to hit stays open"] if found else []


def _where(judgement: Judgement) -> str | None:
    """The regimes where a claim is supported, nothing where it is everywhere, None where it is nowhere."""
    regimes = [each.estimate.regime for each in judgement.findings if each.verdict is Verdict.SUPPORTED]
    if not regimes:
        return None
    return "" if len(regimes) == len(judgement.findings) else f" at {named_places(regimes)}"


def opening(judgements: Sequence[Judgement], scores: Sequence[Score]) -> str:
    """One sentence for each claim of the opening, with the number of its last regime, the widest; or which claims have which verdict."""
    found, others = tested(judgements, OPENING), all_tested(judgements)
    if len(others) > FEW and not tested(judgements, LEADING):
        return named(others)
    found = found or others
    sentences = [f"{text.sentence(judgement.clause)} ({_number(judgement)})." for judgement in found]
    return " ".join(sentences) or _searched(scores)


def tested(judgements: Sequence[Judgement], slugs: Sequence[str]) -> list[Judgement]:
    """The judgements of these claims, in this order, less those that the run does not test."""
    by_slug = {judgement.claim.slug: judgement for judgement in judgements}
    return all_tested([by_slug[slug] for slug in slugs if slug in by_slug])


def _number(judgement: Judgement) -> str:
    rule, estimate = judgement.claim.rule, judgement.at_home[-1].estimate
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
