"""All that is computed from the small table, once: what the page, its findings and the advice show."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from reports.across.arms import EVERYTHING, OTHERS, Default, Standing, default, scores, standings
from reports.across.pooled import Pooled, Slope, holds, pooled, slope
from reports.across.questions import LEAST_ERROR, QUESTIONS, Question, effects, sides, steps
from reports.across.summary import METRICS
from reports.judging import text
from reports.judging.intervals import Numbers

FEWEST = 6  # tables: with fewer nothing is pooled
MODERATORS = {
    "words": "share of words among the columns, from none to all",
    "classes": "each doubling of the classes",
    "inputs": "each doubling of the columns",
    "width": "each doubling of the chosen width, of both arms in the geometric mean",
    "noise": "each 10 points of logistic regression’s error",
}
ROWS = "rows"  # the moderator within tables: each doubling of the training rows
Measured = Mapping[tuple[Question, str, int], pd.DataFrame]  # effects by question, metric, step
WITHIN = {ROWS: "each doubling of the training rows, within tables"}


@dataclass(frozen=True, eq=False, kw_only=True)
class Finding:
    """Of a question at a number of rows in a metric: the effect on each table, pooled, and how the interval for a new one fares.

    ``held`` is the share of tables whose own effect lies in the interval that all the others give.
    """

    question: Question
    metric: str
    step: int
    effects: pd.DataFrame
    pooled: Pooled
    held: float

    @property
    def verdict(self) -> str:
        """Of the mean effect, by the smallest effect of interest: as claims are judged."""
        return judged(self.pooled.low, self.pooled.high, METRICS[self.metric][2])

    @property
    def seen(self) -> str:
        """From the smallest effect of a table to the largest: they are skewed, and the interval for a new table is not."""
        unit, found = METRICS[self.metric][0], self.effects["effect"]
        return f"{text.number(float(found.min()), unit)} to {text.number(float(found.max()), unit)}"

    @property
    def on_a_new_table(self) -> str:
        return judged(self.pooled.least, self.pooled.most, METRICS[self.metric][2])


@dataclass(frozen=True, kw_only=True)
class Beside:
    """What networks tuned over everything gain over another method."""

    method: str
    metric: str
    step: int
    pooled: Pooled


@dataclass(frozen=True, eq=False, kw_only=True)
class Evidence:
    findings: Sequence[Finding]
    slopes: Mapping[tuple[str, str, str], Slope]  # by question, metric, moderator
    standings: Mapping[tuple[str, int], Sequence[Standing]]  # by metric, step
    beside: Sequence[Beside]
    default: Default | None

    def of(self, slug: str, metric: str, step: int) -> Finding | None:
        return next(
            (each for each in self.findings if (each.question.slug, each.metric, each.step) == (slug, metric, step)),
            None,
        )


def judged(low: float, high: float, margin: float) -> str:
    """A verdict's word for an interval: beyond the smallest effect of interest, within it, or open."""
    if low > margin:
        return "supported"
    if high < -margin:
        return "contradicted"
    return "no difference" if -margin < low and high < margin else "inconclusive"


def gather(small: pd.DataFrame) -> Evidence:
    """From the small table and what its ``attrs`` say of the tables."""
    summary = small.copy()
    summary.attrs = {}  # pandas copies them deeply at each step: half of the time
    words = {
        str(name): column.astype(object) for name, column in summary.items() if isinstance(column.dtype, pd.StringDtype)
    }
    summary = summary.assign(**words)  # pandas' own take ten times longer to select
    places = [(metric, step) for metric in METRICS for step in steps(summary)]
    by_seed = {metric: sides(summary, metric) for metric in METRICS}
    measured = {
        (question, metric, step): effects(by_seed[metric], question, metric, step)
        for question in QUESTIONS
        for metric, step in places
    }
    found = [_finding(*place, rows) for place, rows in measured.items() if len(rows) >= FEWEST]
    return Evidence(
        findings=found,
        slopes=_slopes(summary, measured, found, _moderators(summary, small.attrs["tables"])),
        standings={place: standings(summary, *place) for place in places},
        beside=[each for metric, step in places for each in _beside(summary, metric, step)],
        default=default(summary),
    )


def _finding(question: Question, metric: str, step: int, rows: pd.DataFrame) -> Finding:
    values, errors = _columns(rows)
    held = float(np.mean([holds(values, errors, place) for place in range(len(rows))]))
    return Finding(question=question, metric=metric, step=step, effects=rows, pooled=pooled(values, errors), held=held)


def _columns(rows: pd.DataFrame) -> tuple[Numbers, Numbers]:
    return rows["effect"].to_numpy(float), rows["error"].to_numpy(float)


def _slopes(
    summary: pd.DataFrame, measured: Measured, findings: Sequence[Finding], known: pd.DataFrame
) -> dict[tuple[str, str, str], Slope]:
    """At the smallest number of rows, where most tables are; that of rows itself within tables."""
    smallest = min(step for _, _, step in measured)
    found: dict[tuple[str, str, str], Slope] = {}
    for each in findings:
        key = each.question.slug, each.metric
        if each.step == smallest:
            moderators = known.assign(width=_widths(summary, each))
            for name in MODERATORS:
                at = each.effects.assign(moderator=each.effects["table"].map(moderators[name])).dropna()
                if len(at) >= FEWEST and at["moderator"].std():
                    found[*key, name] = slope(*_columns(at), at["moderator"].to_numpy(float))
            within = _within([rows for place, rows in measured.items() if place[:2] == (each.question, each.metric)])
            if within is not None:
                found[*key, ROWS] = within
    return found


def _moderators(summary: pd.DataFrame, tables: Mapping[str, Mapping[str, object]]) -> pd.DataFrame:
    """By table (index)."""
    facts = pd.DataFrame.from_dict(dict(tables), orient="index")
    columns = facts["numbers"] + facts["switches"] + facts["words"]
    logistic = summary[
        (summary["arm"] == "logistic") & (summary["metric"] == "error") & (summary["step"] == summary["step"].min())
    ]
    return pd.DataFrame(
        {
            "words": facts["words"] / columns,
            "classes": np.log2(facts["classes"]),
            "inputs": np.log2(columns),
            "noise": logistic.groupby("table")["score"].mean() / 10,
        }
    )


def _widths(summary: pd.DataFrame, finding: Finding) -> "pd.Series[float]":
    """Logarithm of the width by table (index), mean over both arms."""
    arms = finding.question.arm, finding.question.reference
    rows = summary[
        (summary["metric"] == finding.metric) & (summary["step"] == finding.step) & summary["arm"].isin(arms)
    ]
    found: pd.Series[float] = np.log2(rows.groupby(["table", "arm"])["width"].mean()).groupby("table").mean()
    return found


def _within(at_each_step: Sequence[pd.DataFrame]) -> Slope | None:
    """Change of the effect with each doubling of the rows, from the fewest to the most of each table that has several."""
    rows = pd.concat(at_each_step).sort_values("rows")
    ends = rows.groupby("table").agg(["first", "last"])
    doublings = np.log2(ends["rows"]["last"] / ends["rows"]["first"])
    several = doublings > 0
    if several.sum() < FEWEST:
        return None
    change = (ends["effect"]["last"] - ends["effect"]["first"])[several] / doublings[several]
    error = np.hypot(ends["error"]["last"], ends["error"]["first"])[several] / doublings[several]
    found = pooled(change.to_numpy(float), error.to_numpy(float))
    return Slope(value=found.value, low=found.low, high=found.high, tables=found.tables)


def _beside(summary: pd.DataFrame, metric: str, step: int) -> list[Beside]:
    """Over tables; what seeds differ by is small beside what tables do, and other methods have few of them."""
    wide = scores(summary, metric)
    at = wide[wide.index.get_level_values("step") == step]
    found = []
    for method in OTHERS:
        gains = (at[method] - at[EVERYTHING]).dropna() if method in at else pd.Series(dtype=float)
        if len(gains) >= FEWEST:
            errors = np.full(len(gains), LEAST_ERROR * METRICS[metric][2])
            found.append(Beside(method=method, metric=metric, step=step, pooled=pooled(gains.to_numpy(float), errors)))
    return found
