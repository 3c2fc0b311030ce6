"""Findings over tables as data: the columns that the findings of claims have."""

from collections.abc import Iterator

import pandas as pd

from reports.across.arms import EVERYTHING, OTHERS, TUNED
from reports.across.evidence import MODERATORS, WITHIN, Evidence, judged
from reports.across.summary import METRICS
from reports.judging import text
from reports.judging.findings import COLUMNS

ORIGIN = "ours"


def findings(evidence: Evidence) -> pd.DataFrame:
    """A row for the mean over tables, one for a new table, and one for each table, of every question; then slopes and other methods."""
    rows = [*_pooled(evidence), *_single(evidence), *_slopes(evidence), *_beside(evidence), *_defaults(evidence)]
    return pd.DataFrame(rows, columns=list(COLUMNS))


def _pooled(evidence: Evidence) -> Iterator[tuple[object, ...]]:
    for each in evidence.findings:
        found, at = each.pooled, f"{each.step} training rows"
        key = (f"over-{each.question.slug}", ORIGIN)
        for where, low, high, verdict in (
            ("mean over tables", found.low, found.high, each.verdict),
            ("a new table", found.least, found.most, each.on_a_new_table),
        ):
            said = f"{text.sentence(each.question.words)}, {where}, {at}: {verdict}"
            unit = METRICS[each.metric][0]
            yield *key, f"{where}, {at}", "", each.metric, found.value, unit, low, high, found.tables, verdict, said


def _single(evidence: Evidence) -> Iterator[tuple[object, ...]]:
    for each in evidence.findings:
        unit = METRICS[each.metric][0]
        for row in each.effects.itertuples():
            key = f"over-{each.question.slug}", ORIGIN, f"{row.rows} training rows", row.table, each.metric
            yield (
                *key,
                row.effect,
                unit,
                *_t(row),
                row.seeds,
                "",
                f"{text.sentence(each.question.words)} on {row.table}",
            )


def _t(row: object) -> tuple[float, float]:
    from scipy import special  # noqa: PLC0415

    reach = row.error * float(special.stdtrit(row.seeds - 1, 0.975))  # type: ignore[attr-defined]
    return row.effect - reach, row.effect + reach  # type: ignore[attr-defined]


def _slopes(evidence: Evidence) -> Iterator[tuple[object, ...]]:
    words = {**MODERATORS, **WITHIN}
    for (slug, metric, name), found in evidence.slopes.items():
        unit = METRICS[metric][0]
        verdict = judged(found.low, found.high, 0.0)
        said = f"The gain changes with {words[name]}: {'shown' if verdict != 'inconclusive' else 'not shown'}"
        yield (
            f"over-{slug}",
            ORIGIN,
            words[name],
            "",
            metric,
            found.value,
            unit,
            found.low,
            found.high,
            found.tables,
            "",
            said,
        )


def _beside(evidence: Evidence) -> Iterator[tuple[object, ...]]:
    for each in evidence.beside:
        found, unit = each.pooled, METRICS[each.metric][0]
        for where, low, high in (("mean over tables", found.low, found.high), ("a new table", found.least, found.most)):
            verdict = judged(low, high, METRICS[each.metric][2])
            said = f"Networks tuned over {EVERYTHING} over {OTHERS[each.method]}, {where}: {verdict}"
            key = f"over-{each.method}", ORIGIN, f"{where}, {each.step} training rows", "", each.metric
            yield *key, found.value, unit, low, high, found.tables, verdict, said


def _defaults(evidence: Evidence) -> Iterator[tuple[object, ...]]:
    if evidence.default is None:
        return
    for metric, (unit, _, _) in METRICS.items():
        found = evidence.default.regret[metric]
        said = f"Tuning {TUNED[evidence.default.arm]} alone, against tuning everything"
        key = "over-default", ORIGIN, "mean over tables", "", metric
        yield *key, found.value, unit, found.low, found.high, found.seeds, "", said
