"""The answer over tables, in words for someone with a new one: from intervals, by the rules that claims are judged by."""

from collections.abc import Iterator, Mapping, Sequence

import pandas as pd

from reports.across.arms import TUNED, UNTUNED
from reports.across.evidence import FEWEST, Evidence, Finding
from reports.across.pooled import Pooled
from reports.across.summary import METRICS
from reports.judging import text
from reports.judging.counting import EITHER, NOT_ABOVE

ADDED = ("early-stopping", "l2", "dropout", "both", "bn")
OPEN = f": {NOT_ABOVE}{EITHER}"
NAMES = {
    "early-stopping": "early stopping",
    "l2": "L2",
    "dropout": "dropout",
    "both": "dropout with L2",
    "bn": "batch norm",
}


def answer(evidence: Evidence, summary: pd.DataFrame) -> list[str]:
    """What to do on a new table, how far it carries, and what it costs to tune nothing."""
    if not evidence.findings:
        few = int(summary["table"].nunique())
        told = f"{text.count(few, 'table')} {'is' if few == 1 else 'are'} too few to tell what is to be expected on a new one: it takes {FEWEST} at least"
        return [each for each in (f"{told}.", _sentence([*_untuned(evidence, summary)])) if each]
    asked = sorted({each.step for each in evidence.findings})
    first, *rest = [
        _first(evidence, min(asked)),
        _more_rows(evidence, max(asked)) if len(asked) > 1 else "",
        _sentence([*_on_a_new_table(evidence, min(asked))]),
        _sentence([*_untuned(evidence, summary)]),
        _beside_trees(evidence, asked),
    ]
    return [first, *(each for each in rest if each)]


def _first(evidence: Evidence, step: int) -> str:
    """What is shown to gain something in the mean, by how much."""
    first = f"Tune learning rate and width first. On {_tables(evidence, step)} public tables with {trained_rows(evidence, step)} training rows"
    found = _shown({metric: _added(evidence, metric, step) for metric in METRICS})
    if not any(_added(evidence, metric, step) for metric in METRICS):
        return f"{first} nothing else was compared."
    parts = [_gains(each, metric) for metric, each in found.items() if each]
    if not parts:
        return f"{first}, nothing that is added then is shown to gain enough to matter."
    is_open = all(each.verdict == "inconclusive" for every in found.values() for each in every)
    return f"{first}, {'; '.join(parts)}{OPEN * is_open}."


def trained_rows(evidence: Evidence, step: int) -> str:
    """How many were trained on where ``step`` were asked for: tables that are smaller have fewer."""
    fewest = min(int(each.effects["rows"].min()) for each in evidence.findings if each.step == step)
    return f"{step}" if fewest == step else f"{fewest} to {step}"


def _gains(found: list[Finding], metric: str) -> str:
    """The largest first."""
    unit = METRICS[metric][0]
    largest, *others = [text.number(each.pooled.value, unit, sign=False) for each in found]
    names = [NAMES[each.question.slug] for each in found]
    verb = f"lowers the {'log-loss' if metric == 'loss' else metric} in the mean by"
    rest = [f"{name} by {value}" for name, value in zip(names[1:], others, strict=True)]
    return ", ".join([f"{names[0]} {verb} {largest} {unit}", *rest])


def _more_rows(evidence: Evidence, step: int) -> str:
    """What of it is left with the most rows that were studied."""
    found = [each for metric in METRICS for each in _added(evidence, metric, step)]
    if not found:
        return ""
    named = dict.fromkeys(NAMES[each.question.slug] for each in found if each.pooled.low > 0)
    left = f"only the gain of {text.joined(list(named))} is" if named else "none of it is"
    return f"With {trained_rows(evidence, step)} rows ({text.count(_tables(evidence, step), 'table')}) {left} shown to be above zero."


def _tables(evidence: Evidence, step: int) -> int:
    return max(each.pooled.tables for each in evidence.findings if each.step == step)


def _added(evidence: Evidence, metric: str, step: int) -> list[Finding]:
    """The largest mean gain first."""
    found = [each for slug in ADDED if (each := evidence.of(slug, metric, step)) is not None]
    return sorted(found, key=lambda each: -each.pooled.value)


def _shown(added: Mapping[str, list[Finding]]) -> dict[str, list[Finding]]:
    """Those whose mean gain counts; where there are none those that are above zero, and may count."""
    told = (
        "supported"
        if any(each.verdict == "supported" for every in added.values() for each in every)
        else "inconclusive"
    )
    return {
        metric: [each for each in found if each.pooled.low > 0 and each.verdict == told]
        for metric, found in added.items()
    }


def _sentence(clauses: Sequence[str]) -> str:
    return f"{text.sentence('; '.join(clauses))}." if clauses else ""


def _on_a_new_table(evidence: Evidence, step: int) -> Iterator[str]:
    found = _added(evidence, "loss", step)
    if not found:
        return
    best = found[0]
    name, unit = NAMES[best.question.slug], METRICS["loss"][0]
    reach = f"{text.number(best.pooled.least, unit)} to {text.quantity(best.pooled.most, unit)}"
    if best.pooled.least > 0:
        yield f"on a new table {name} is expected to gain, {reach}"
    else:
        yield f"on a new table any of them may gain or lose, {name} {reach}, so try it there beside none"


def _beside_trees(evidence: Evidence, asked: Sequence[int]) -> str:
    """At the fewest rows and at the most."""
    known = {each.step: each.pooled for each in evidence.beside if (each.method, each.metric) == ("trees", "error")}
    parts = [
        f"{_compared(known[step])} with {trained_rows(evidence, step)} rows"
        for step in dict.fromkeys((min(asked), max(asked)))
        if step in known
    ]
    return f"Beside boosted trees tuned on a small grid, networks’ error is {'; '.join(parts)}." if parts else ""


def _compared(gain: Pooled) -> str:
    size = text.quantity(abs(gain.value), METRICS["error"][0], sign=False)
    if gain.low > 0:
        return f"{size} lower"
    return f"{size} higher" if gain.high < 0 else "not shown to differ"


def _untuned(evidence: Evidence, summary: pd.DataFrame) -> Iterator[str]:
    """What it costs to tune nothing."""
    rows = summary[summary["arm"].isin(UNTUNED)]
    if evidence.default is None or rows.empty:
        return
    row = next(iter(rows.to_dict("records")))
    setting = {"learning_rate": "rate {}", "width": "{} units", "keep_prob": "keep-prob {}", "decay": "weight decay {}"}
    spelled = ", ".join(words.format(text.setting(row[field])) for field, words in setting.items())
    costs = text.quantity(evidence.default.untuned["loss"].value, "nat", sign=False)
    yield f"where there is no time to tune, one fixed setting (AdamW, {spelled}, the best checkpoint) costs {costs} against tuning all {len(TUNED)} arms"
