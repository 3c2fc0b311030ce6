"""The page over tables: forests, moderators, arms beside each other, and the answer for a new table, all from the small table."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from reports.across import references
from reports.across.answer import answer
from reports.across.arms import OTHERS, TUNED, Default
from reports.across.evidence import MODERATORS, WITHIN, Beside, Evidence, Finding, gather
from reports.across.findings import findings
from reports.across.forest import forest
from reports.across.pooled import Pooled
from reports.across.questions import LEAST_ERROR, QUESTIONS, steps
from reports.across.summary import METRICS
from reports.drawing import theme
from reports.drawing.plates import Plate, printed
from reports.judging import text
from reports.judging.intervals import Estimate
from reports.page.templates import environment


def render(summary: pd.DataFrame, folder: Path) -> tuple[Path, list[str]]:
    """Writes ``folder``/index.html and the findings beside it; the same table gives the same bytes. Returns the page, and what it says first."""
    evidence = gather(summary)
    said = answer(evidence, summary)
    with theme.drawing():
        context = _context(evidence, summary, said)
    folder.mkdir(parents=True, exist_ok=True)
    found = findings(evidence)
    found.to_csv(folder / "findings.csv", index=False)
    found.to_json(folder / "findings.json", orient="records", indent=1, force_ascii=False)
    page = folder / "index.html"
    page.write_text(environment("reports.across").get_template("across.html.jinja").render(context), encoding="utf-8")
    return page, [f"found   {sentence}" for sentence in said]


def _context(evidence: Evidence, summary: pd.DataFrame, said: Sequence[str]) -> dict[str, Any]:
    tables = summary.attrs["tables"]
    known = [name for name in tables if name in set(summary["table"])]
    return {
        "run": summary.attrs["run"],
        "answer": said,
        "tables": len(known),
        "listed": len(tables),
        "seeds": int(summary.loc[summary["network"], "seed"].nunique()),
        "steps": _steps(summary),
        "pooled": _table([_pooled_row(each) for each in evidence.findings]),
        "forests": forests(evidence),
        "slopes": _table(_slope_rows(evidence)),
        "standings": [
            (f"{metric}, {text.count(step, 'training row')}", _table(_standing_rows(evidence, metric, step)))
            for metric, step in evidence.standings
        ],
        "beside": _table([_beside_row(each) for each in evidence.beside]),
        "default": _table(_default_rows(evidence.default)),
        "default_arm": "" if evidence.default is None else TUNED[evidence.default.arm],
        "held": _held(evidence.findings),
        **_published(evidence),
        "table_list": _table([_table_row(tables[name], summary) for name in known]),
        "least_error": 100 * LEAST_ERROR,
    }


def forests(evidence: Evidence) -> list[Plate]:
    """Of the questions that lead."""
    found = [
        [each for each in evidence.findings if each.question == question] for question in QUESTIONS if question.led
    ]
    return [forest(each) for each in found if each]


def _steps(summary: pd.DataFrame) -> list[str]:
    """How many tables each number of rows has."""
    networks = summary[summary["network"]]
    return [
        f"{text.count(int(networks.loc[networks['step'] == step, 'table'].nunique()), 'table')} at {step}"
        for step in steps(summary)
    ]


def _table(rows: Sequence[dict[str, str]]) -> Any:
    return printed(pd.DataFrame(rows))


def _pooled_row(finding: Finding) -> dict[str, str]:
    return {
        "gain of": finding.question.words,
        "rows": str(finding.step),
        "metric": finding.metric,
        **_spelled(finding.pooled, finding.metric),
        "seen": finding.seen,
        "tau": text.number(finding.pooled.tau, METRICS[finding.metric][0], sign=False),
        "tables where it is above 0": f"{finding.pooled.positive} of {finding.pooled.tables}",
        "sign test p": f"{finding.pooled.sign_p:.2g}",
        "the mean is": finding.verdict,
        "a new table is": finding.on_a_new_table,
    }


def _spelled(found: Pooled, metric: str) -> dict[str, str]:
    unit = METRICS[metric][0]
    ends = [text.number(each, unit) for each in (found.low, found.high, found.least, found.most)]
    return {
        "mean over tables": f"{text.quantity(found.value, unit)} [{ends[0]}, {ends[1]}]",
        "expected on a new table": f"{ends[2]} to {ends[3]}",
    }


def _slope_rows(evidence: Evidence) -> list[dict[str, str]]:
    words = {**MODERATORS, **WITHIN}
    questions = {question.slug: question.words for question in QUESTIONS if question.led}
    rows = []
    for (slug, metric, name), found in evidence.slopes.items():
        if slug in questions:
            unit = METRICS[metric][0]
            low, high = text.number(found.low, unit), text.number(found.high, unit)
            rows.append(
                {
                    "gain of": questions[slug],
                    "metric": metric,
                    "with": words[name],
                    "it changes by": f"{text.quantity(found.value, unit)} [{low}, {high}]",
                    "tables": str(found.tables),
                }
            )
    return rows


def _standing_rows(evidence: Evidence, metric: str, step: int) -> list[dict[str, str]]:
    unit = METRICS[metric][0]
    return [
        {
            "arm": TUNED[each.arm],
            "is best on": text.quantity(100 * each.best, "%", sign=False),
            "is within what is of interest of the best on": text.quantity(100 * each.near, "%", sign=False),
            "costs against tuning everything": _estimate(each.regret, unit),
            "tables": str(each.tables),
        }
        for each in evidence.standings[metric, step]
    ]


def _estimate(found: Estimate, unit: str) -> str:
    return f"{text.quantity(found.value, unit)} {text.interval(found, unit)}"


def _beside_row(each: Beside) -> dict[str, str]:
    key = {"networks over": OTHERS[each.method], "rows": str(each.step), "metric": each.metric}
    return {
        **key,
        **_spelled(each.pooled, each.metric),
        "tables where they are better": f"{each.pooled.positive} of {each.pooled.tables}",
    }


def _default_rows(found: Default | None) -> list[dict[str, str]]:
    if found is None:
        return []
    choices = (
        ("one arm tuned, chosen on the other tables", found.regret),
        ("one setting, nothing tuned", found.untuned),
    )
    return [
        {
            "what is done": words,
            **{f"costs in {metric}": _estimate(each[metric], METRICS[metric][0]) for metric in METRICS},
        }
        for words, each in choices
    ]


def _published(evidence: Evidence) -> dict[str, Any]:
    """Ours beside figures of others."""
    cells = references.cells()
    fresh, mixed = (cells["agrees", whose].astype(bool) for whose in references.WHOSE[1:])
    names = list(dict.fromkeys(cells["table"]))
    return {
        "cells": {
            "count": len(cells),
            "fresh": int(fresh.sum()),
            "mixed": int(mixed.sum()),
            "learnt": [
                name
                for name in names
                if mixed[cells["table"] == name].all() and not fresh[cells["table"] == name].any()
            ],
            "open": [name for name in names if not (fresh | mixed)[cells["table"] == name].all()],
        },
        "cell_table": _table([_cell_row(row) for _, row in cells.iterrows()]),
        "l2_table": _table([_l2_row(row, evidence) for row in references.gains_of_l2().itertuples()]),
        "mnist_table": _table(_mnist_rows()),
        "mnist_dropout": references.dropout_beside_none(),
    }


def _cell_row(row: "pd.Series[Any]") -> dict[str, str]:
    return {
        "table": str(row["table", ""]),
        "setting": str(row["setting", ""]),
        **{
            whose: f"{row['value', whose]:.1f} ± {row['error', whose]:.1f}{'' if row.get(('agrees', whose), True) else ' (differs)'}"
            for whose in references.WHOSE
        },
    }


def _l2_row(row: Any, evidence: Evidence) -> dict[str, str]:
    """Ours at the largest number of rows that the table has here."""
    unit = METRICS["error"][0]
    known = [each for each in evidence.findings if (each.question.slug, each.metric) == ("l2", "error")]
    ours: list[Any] = [found for each in known for found in each.effects.itertuples() if found.table == row.table]
    return {
        "table": row.table,
        "there": f"{text.quantity(row.value, unit)} [{text.number(row.low, unit)}, {text.number(row.high, unit)}]",
        "here": text.quantity(ours[-1].effect, unit) if ours else "–",
        "± of a standard error": text.quantity(ours[-1].error, unit, sign=False) if ours else "–",
        "training rows here": str(ours[-1].rows) if ours else "–",
    }


def _mnist_rows() -> list[dict[str, str]]:
    return [
        {
            "units": str(width),
            **{arm: f"{row['value', arm]:.2f} ± {row['error', arm]:.2f} %" for arm in references.ARMS},
        }
        for width, row in references.by_width().iterrows()
    ]


def _held(found: Sequence[Finding]) -> str:
    """How the intervals for a new table fare on tables left out."""
    share = sum(each.held * len(each.effects) for each in found) / max(1, sum(len(each.effects) for each in found))
    return text.quantity(100 * share, "%", sign=False)


def _table_row(facts: dict[str, Any], summary: pd.DataFrame) -> dict[str, str]:
    rows = sorted(set(summary.loc[(summary["table"] == facts["name"]) & summary["network"], "rows"]))
    kinds = {"numbers": "numbers", "switches": "of two values", "words": "words"}
    return {
        "table": facts["name"],
        "source": facts["family"],
        "rows": str(facts["rows"]),
        "classes": str(facts["classes"]),
        **{words: str(facts[kind]) for kind, words in kinds.items()},
        "trained on": ", ".join(map(str, rows)),
        "package": facts["package"],
    }
