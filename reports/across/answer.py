"""The answer over tables, in words for someone with a new one: from intervals, by the rules that claims are judged by."""

import pandas as pd

from reports.across.arms import TUNED
from reports.across.evidence import Evidence, Finding
from reports.across.questions import steps
from reports.across.summary import METRICS
from reports.judging import text

ADDED = ("early-stopping", "l2", "dropout", "both", "bn")
NAMES = {
    "early-stopping": "early stopping",
    "l2": "L2",
    "dropout": "dropout",
    "both": "dropout and L2 at once",
    "bn": "batch norm",
}


def answer(evidence: Evidence, summary: pd.DataFrame) -> list[str]:
    """Two sentences: what to do on a new table, and how far it carries."""
    smallest = min(steps(summary))
    return [_first(evidence, smallest), f"{_on_a_new_table(evidence, smallest)}{_one_arm(evidence)}."]


def _first(evidence: Evidence, step: int) -> str:
    """What the additions come to in the mean, and which of them is shown to gain anything."""
    found = {metric: _added(evidence, metric, step) for metric in METRICS}
    tables = max((each.pooled.tables for each in evidence.findings if each.step == step), default=0)
    first = f"Tune the learning rate and the width first: on {tables} public tables with {step} training rows"
    if not all(found.values()):
        return f"{first} nothing else was compared."
    parts = [
        f"{_most(each, metric)} {'of error ' if metric == 'error' else ''}({_shown(each)})"
        for metric, each in found.items()
    ]
    return f"{first}, what is added after that gains in the mean at most {' and '.join(parts)}."


def _added(evidence: Evidence, metric: str, step: int) -> list[Finding]:
    """The largest mean gain first."""
    found = [each for slug in ADDED if (each := evidence.of(slug, metric, step)) is not None]
    return sorted(found, key=lambda each: -each.pooled.value)


def _most(found: list[Finding], metric: str) -> str:
    return text.quantity(max(0.0, found[0].pooled.value), METRICS[metric][0], sign=False)


def _shown(found: list[Finding]) -> str:
    """Those whose mean gain is shown to be above zero."""
    named = [NAMES[each.question.slug] for each in found if each.pooled.low > 0]
    return f"shown for {text.joined(named)}" if named else "not shown to be above zero for any"


def _on_a_new_table(evidence: Evidence, step: int) -> str:
    found = _added(evidence, "loss", step)
    if not found:
        return ""
    best = found[0]
    name, unit = NAMES[best.question.slug], METRICS["loss"][0]
    reach = f"{text.number(best.pooled.least, unit)} to {text.quantity(best.pooled.most, unit)}"
    if best.pooled.least > 0:
        return f"On a new table {name} is expected to gain, {reach}; "
    return f"On a new table any of them may gain or lose, {name} {reach}, so compare it with none there; "


def _one_arm(evidence: Evidence) -> str:
    """The default, and what it costs."""
    chosen = evidence.default
    cost = chosen.regret["loss"]
    return f"if you tune one arm alone, take {TUNED[chosen.arm]}, whose loss is {text.quantity(cost.value, 'nat')} {text.interval(cost, 'nat')} from that of tuning all {len(TUNED)}"
