"""Forests over tables: a row for each table with its interval, then the mean over tables and the interval for a new one."""

from collections.abc import Sequence
from functools import partial

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from scipy import special

from reports.across.evidence import Finding
from reports.across.summary import METRICS
from reports.drawing import theme
from reports.drawing.plates import Description, Panel, Plate, Size, plate
from reports.judging import text
from reports.judging.intervals import LEVEL

ROW, FRAME = 0.155, 1.0  # inches of a row, and of what is around them
LETTERS = 6.0  # points of the names of tables
MEANS = {"supported": "gain", "contradicted": "loss"}
EDGE = 1.15  # of the farthest effect: where an axis ends; longer intervals are cut there


def forest(findings: Sequence[Finding]) -> Plate:
    """Of one question, a panel for each metric and number of rows."""
    (question,) = {each.question for each in findings}
    rows = max(len(each.effects) for each in findings) + 2
    panels = [
        Panel(f"{each.metric}, {text.count(each.step, 'training row')}", partial(draw, each)) for each in findings
    ]
    words = Description(
        alt=f"Gain of {question.words} on each table, {'; '.join(map(said, findings))}.",
        caption=f"Gain of {question.words}: a dot is a table with its 95% interval over fresh seeds, right of the line the first is better."
        " Below them the mean over tables with its interval, and the interval in which a new table’s gain is expected;"
        " grey: smaller than what is of interest. Long intervals are cut at the edge.",
        takeaway=takeaway(findings),
    )
    data = pd.concat([each.effects.assign(metric=each.metric) for each in findings], ignore_index=True)
    return plate(f"over-{question.slug}", panels, words, data=data, size=Size("small", 3.3, ROW * rows + FRAME))


def said(finding: Finding) -> str:
    """The pooled effect in words."""
    unit, found = METRICS[finding.metric][0], finding.pooled
    mean, least, most = (text.number(value, unit) for value in (found.value, found.least, found.most))
    return f"{finding.metric} at {finding.step} rows {mean} {unit} in the mean, {least} to {most} on a new table"


def takeaway(findings: Sequence[Finding]) -> str:
    """In which panels the gain counts, in the mean and on a new table."""
    by_verdict = {word: _panels([each for each in findings if each.verdict == told]) for told, word in MEANS.items()}
    means = [f"a {word} that counts {places}" for word, places in by_verdict.items() if places]
    on_new = {word: _panels([each for each in findings if each.on_a_new_table == told]) for told, word in MEANS.items()}
    expected = [f"a {word} is expected {places}" for word, places in on_new.items() if places]
    (question,) = {each.question for each in findings}
    small = all(each.verdict == "no difference" for each in findings)
    mean = " and ".join(means) or f"none is {'' if small else 'shown to be '}large enough to count"
    new = " and ".join(expected) or "none is sure"
    return f"Gain of {question.words}: in the mean {mean}; on a new table {new}."


def _panels(findings: Sequence[Finding]) -> str:
    return text.joined([f"in {each.metric} at {each.step} rows" for each in findings]) if findings else ""


def draw(finding: Finding, ax: Axes) -> Axes:
    rows = finding.effects.sort_values(["effect", "table"], ascending=False)
    unit, _, margin = METRICS[finding.metric]
    ax.axvspan(-margin, margin, color=theme.ZONE, linewidth=0)
    ax.axvline(0, color=theme.MUTED, linewidth=0.8)
    places = np.arange(len(rows))
    reach = rows["error"] * special.stdtrit(rows["seeds"] - 1, (1 + LEVEL) / 2)
    ax.hlines(places, rows["effect"] - reach, rows["effect"] + reach, color=theme.OTHER, linewidth=1, alpha=0.6)
    ax.plot(rows["effect"], places, "o", color=theme.OTHER, markersize=3)
    found = finding.pooled
    ax.hlines(len(rows), found.low, found.high, color=theme.INK, linewidth=2.5)
    ax.plot(found.value, len(rows), "D", color=theme.INK, markersize=4)
    ax.hlines(len(rows) + 1, found.least, found.most, color=theme.ARMS["dropout"], linewidth=2.5)
    far = EDGE * max(np.abs(rows["effect"]).max(), abs(found.least), abs(found.most), margin)
    ax.set_xlim(-far, far)
    ax.set_yticks(np.arange(len(rows) + 2), [*rows["table"].map(text.table_name), "mean", "a new table"])
    ax.tick_params(axis="y", labelsize=LETTERS)
    ax.set_ylim(len(rows) + 1.6, -0.6)
    ax.set_xlabel(f"gain [{unit}]")
    ax.grid(axis="x")
    ax.grid(visible=False, axis="y")
    return ax
