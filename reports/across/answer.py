"""The answer over tables, in words for someone with a new one: from intervals, by the rules that claims are judged by."""

import pandas as pd

from reports.across.arms import TUNED, UNTUNED
from reports.across.evidence import FEWEST, Evidence, Finding
from reports.across.questions import steps
from reports.across.summary import METRICS
from reports.judging import text

ADDED = ("early-stopping", "l2", "dropout", "both", "bn")
NAMES = {
    "early-stopping": "early stopping",
    "l2": "L2",
    "dropout": "dropout",
    "both": "dropout with L2",
    "bn": "batch norm",
}


def answer(evidence: Evidence, summary: pd.DataFrame) -> list[str]:
    """Two sentences: what to do on a new table, and how far it carries."""
    smallest = min(steps(summary))
    if not evidence.findings:
        few = text.count(int(summary["table"].nunique()), "table")
        told = f"{few} are too few to tell what is to be expected on a new one: it takes {FEWEST} at least"
        return [f"{told}.", f"{text.sentence(_untuned(evidence, summary))}."]
    return [_first(evidence, smallest), f"{_on_a_new_table(evidence, smallest)}{_untuned(evidence, summary)}."]


def _first(evidence: Evidence, step: int) -> str:
    """What the additions come to in the mean, and which of them is shown to gain anything."""
    found = {metric: _added(evidence, metric, step) for metric in METRICS}
    tables = max((each.pooled.tables for each in evidence.findings if each.step == step), default=0)
    first = f"On {tables} public tables with {step} training rows, learning rate and width tuned in each arm"
    if not all(found.values()):
        return f"{first} nothing else was compared."
    parts = [
        f"{'the error by ' if metric == 'error' else ''}{_most(each, metric)} ({_shown(each)})"
        for metric, each in found.items()
    ]
    return f"{first}, what is added after that lowers the log-loss in the mean by at most {' and '.join(parts)}."


def _added(evidence: Evidence, metric: str, step: int) -> list[Finding]:
    """The largest mean gain first."""
    found = [each for slug in ADDED if (each := evidence.of(slug, metric, step)) is not None]
    return sorted(found, key=lambda each: -each.pooled.value)


def _most(found: list[Finding], metric: str) -> str:
    return text.quantity(max(0.0, found[0].pooled.value), METRICS[metric][0], sign=False)


def _shown(found: list[Finding]) -> str:
    """Those whose mean gain is shown to be above zero."""
    named = [NAMES[each.question.slug] for each in found if each.pooled.low > 0]
    return f"shown for {' and for '.join(named)}" if named else "not shown to be above zero for any"


def _on_a_new_table(evidence: Evidence, step: int) -> str:
    found = _added(evidence, "loss", step)
    if not found:
        return ""
    best = found[0]
    name, unit = NAMES[best.question.slug], METRICS["loss"][0]
    reach = f"{text.number(best.pooled.least, unit)} to {text.quantity(best.pooled.most, unit)}"
    if best.pooled.least > 0:
        return f"On a new table {name} is expected to gain, {reach}; "
    return f"On a new table any of them may gain or lose, {name} {reach} (seen: {best.seen}), so compare it with none there; "


def _untuned(evidence: Evidence, summary: pd.DataFrame) -> str:
    """What it costs to tune nothing."""
    row = summary[summary["arm"].isin(UNTUNED)].iloc[0]
    setting = {"learning_rate": "rate", "width": "units", "keep_prob": "keep-prob", "decay": "weight decay"}
    spelled = ", ".join(f"{words} {text.setting(row[field])}" for field, words in setting.items())
    cost = evidence.default.untuned["loss"]
    costs = f"{text.quantity(cost.value, 'nat')} {text.interval(cost, 'nat')}"
    return f"where there is no time to tune, one fixed setting (AdamW, {spelled}, the best checkpoint) costs {costs} against tuning all {len(TUNED)} arms"
