"""What the page says first: its headline and its opening paragraph, the answer where the run has one."""

from collections.abc import Sequence

from reports.evidence.search import Score
from reports.judging import text
from reports.judging.claim import Judgement
from reports.judging.overview import all_tested, counted, named

FEW = 2  # claims that a headline has room for


def headline(answer: Sequence[str], judgements: Sequence[Judgement], scores: Sequence[Score]) -> str:
    """The answer's first sentence; without an answer the findings of few claims, or how many have which verdict."""
    others = all_tested(judgements)
    if answer:
        return answer[0].removesuffix(".")
    if len(others) > FEW:
        return f"{len(others)} claims tested: {', '.join(counted(others))}"
    if others:
        return text.sentence("; ".join(judgement.gist for judgement in others))
    return "The search has a winner; no claim is tested" if scores else "Nothing is decided yet"


def opening(answer: Sequence[str], judgements: Sequence[Judgement], scores: Sequence[Score]) -> str:
    """The rest of the answer; or which claims have which verdict."""
    others = all_tested(judgements)
    if answer:
        return " ".join(answer[1:])
    if len(others) > FEW:
        return named(others)
    return " ".join(f"{text.sentence(judgement.clause)}." for judgement in others) or _searched(scores)


def tested(judgements: Sequence[Judgement], slugs: Sequence[str]) -> list[Judgement]:
    """The judgements of these claims, in this order, less those that the run does not test."""
    by_slug = {judgement.claim.slug: judgement for judgement in judgements}
    return all_tested([by_slug[slug] for slug in slugs if slug in by_slug])


def _searched(scores: Sequence[Score]) -> str:
    if not scores:
        return "The run has no finished design and no scored configuration yet; what there is stands below."
    test = scores[0]
    value = text.quantity(test.estimate.value, test.unit, sign=False)
    reach = text.interval(test.estimate, test.unit, sign=False)
    return f"The chosen configuration has a test loss of {value} {reach}, {test.basis}."
