"""What the page says first: its headline and its opening, the answer where the run has one, why it matters and on what it rests."""

from collections.abc import Sequence
from math import ceil

import pandas as pd

from reports.choice.candidates import Choice
from reports.judging import text
from reports.judging.claim import Judgement
from reports.judging.counting import EITHER
from reports.judging.overview import all_tested, counted, decided, named
from reports.judging.verdict import Verdict
from reports.page.answer import TUNED

FEW = 2  # claims that a headline has room for
BY_CHANCE = 0.05  # of claims: Holm's level, within each of them
COUNTS = f"Less than {EITHER} of error does not count."
WHY = (
    "Dropout and L2 both keep a network from learning its training rows by heart, and both have a dial to set: the keep probability, "
    "tried evenly on the linear axis or ever finer towards 1 by its log-odds, and λ. If dropout’s could only be set in steps, a small layer might have no good setting at all, and L2 would be the one to use."
)


def headline(answer: Sequence[str], judgements: Sequence[Judgement], choice: Choice | None) -> str:
    """The answer's first sentence; without an answer the findings of few claims, or how many have which verdict."""
    others = all_tested(judgements)
    if answer:
        return answer[0].removesuffix(".")
    if len(others) > FEW:
        return f"{len(others)} claims tested: {', '.join(counted(others))}"
    if others:
        return text.sentence("; ".join(_in_short(judgement) for judgement in others))
    if choice is None:
        return "Nothing is decided yet"
    if len(choice.candidates) == 1:
        return f"One setting was trained again: {choice.best.name}"
    return f"Of {text.count(len(choice.candidates), 'setting')} that were trained again, {choice.best.name} did best"


def opening(answer: Sequence[str], judgements: Sequence[Judgement], choice: Choice | None) -> str:
    """The rest of the answer, less its basis; or which claims have which verdict, or what the headline has no room for."""
    others = all_tested(judgements)
    if answer:
        return " ".join([*answer[1:-1], *([COUNTS] if any(each.startswith(TUNED) for each in answer) else [])])
    if len(others) > FEW:
        return named(others)
    if others:
        return " ".join(f"{text.sentence(each.brief)}." for each in others if each.verdict is Verdict.CONDITIONAL)
    if choice is None:
        return "The run has no finished design and no setting that was trained again; what there is stands below."
    return "No claim of the posts is tested by this run."


def _in_short(judgement: Judgement) -> str:
    """What was found, or what was asked where that differs between cases, which take more words than a headline has."""
    if judgement.verdict is Verdict.CONDITIONAL:
        return f"{judgement.claim.statement}: it depends"
    return judgement.brief


def rests(answer: Sequence[str], results: pd.DataFrame, judgements: Sequence[Judgement]) -> str:
    """On what it rests, and how sure it is: the answer's last sentence first."""
    return " ".join([*answer[-1:], *([] if results.empty else [_trained(results, judgements)])])


def _trained(results: pd.DataFrame, judgements: Sequence[Judgement]) -> str:
    units = [str(width) for width in sorted(results.loc[results["stage"] == "design", "width"].unique())]
    layer = f" with {text.listed(units)} units in a layer" if 0 < len(units) <= 6 else ""
    whole = int((results["stopped"] == "completed").sum())
    every = text.count(len(results), "network")
    trained = (
        every.replace("network", "trained network")
        if whole == len(results)
        else f"{whole:,} of {every} completed".replace(",", text.NARROW)
    )
    found = f"{trained}{layer}; arms are compared on the same seeds."
    settled = len(decided(judgements))
    if not settled:
        return found
    share = f"Of {settled} decided claims about {ceil(BY_CHANCE * settled)} may be decided wrongly by chance"
    alone = "A claim that is decided may be decided wrongly by chance, in one study of twenty"
    return (
        f"{found} Every finding below has a 95% interval. {share if BY_CHANCE * settled >= 1 else alone}; "
        "other tables of data may answer otherwise."
    )


def tested(judgements: Sequence[Judgement], slugs: Sequence[str]) -> list[Judgement]:
    """The judgements of these claims, in this order, less those that the run does not test."""
    by_slug = {judgement.claim.slug: judgement for judgement in judgements}
    return all_tested([by_slug[slug] for slug in slugs if slug in by_slug])
