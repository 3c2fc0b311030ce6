"""What is to be expected on a table that has not been studied: the study over tables, in lines for a terminal."""

from collections.abc import Iterator
from functools import cache

from reports.across.answer import ADDED, NAMES, answer, trained_rows
from reports.across.evidence import Evidence, Finding, gather
from reports.across.questions import steps
from reports.across.summary import METRICS, TABLE, read
from reports.judging import text


def prior(rows: int | None = None) -> list[str]:
    """At the number of training rows that was studied next to ``rows``, by default the smallest; nothing where there is no such study."""
    known = _known()
    if known is None:
        return []
    evidence, studied, sentences = known
    step = min(studied, key=lambda each: abs(each / (rows or min(studied)) - 1))
    tables = max(each.pooled.tables for each in evidence.findings if each.step == step)
    first = f"on {tables} public tables with {trained_rows(evidence, step)} training rows, learning rate and width tuned in each arm, gains over no regularisation:"
    return [first, *_gains(evidence, step), *sentences]


@cache
def _known() -> tuple[Evidence, list[int], list[str]] | None:
    if not TABLE.is_file():
        return None
    summary = read()
    evidence = gather(summary)
    return evidence, steps(summary), answer(evidence, summary)


def _gains(evidence: Evidence, step: int) -> Iterator[str]:
    for slug in ADDED:
        found = [each for metric in METRICS if (each := evidence.of(slug, metric, step)) is not None]
        yield f"  {NAMES[slug]:<24} {'; '.join(map(_gain, found))}"


def _gain(finding: Finding) -> str:
    unit, found = METRICS[finding.metric][0], finding.pooled
    low, high, least, most = (text.number(each, unit) for each in (found.low, found.high, found.least, found.most))
    return f"{finding.metric} {text.quantity(found.value, unit)} [{low}, {high}], on a new table {least} to {most}"
