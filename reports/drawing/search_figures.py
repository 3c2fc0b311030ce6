"""Figures of the search: its history, and the loss against each field that it opened."""

from collections.abc import Mapping
from functools import partial
from typing import Any

import pandas as pd
import seaborn as sns
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from reports.drawing import theme
from reports.drawing.figures import log_horizontal
from reports.drawing.plates import SMALL, Description, Panel, Plate, plate

MARKS, DASHES = "os^D", ("-", "--", ":", "-.")  # of the first repeats of a search
TOLD_APART = len(MARKS)
BELOW = -0.25  # of the axes: where a legend is clear of data and label
HISTORY = (
    "Every trial’s mean validation loss with its 95% t interval over replicate seeds (which choosing the lowest makes look "
    "better than it is), and, as a line, the best so far of each repeat. Crosses on the upper edge: trials in which a network diverged or was pruned."
)
RELATIONS = (
    "Mean validation loss of every trial of the arm {arm} against each field that it opened; the ring marks the chosen trial. The "
    "sampler looks where it expects low losses, so these are not the responses of a design."
)


def history(tried: pd.DataFrame) -> Plate:
    panels = [
        Panel(theme.label(str(arm)), partial(draw_history, rows)) for arm, rows in tried.groupby("arm", sort=True)
    ]
    alt = "Mean validation loss of every trial in the order of the search, with the best so far as a line."
    return plate("history", panels, Description(alt, HISTORY), data=tried, size=SMALL)


def relations(tried: pd.DataFrame, opened: Mapping[str, Mapping[str, Any]], trial: "pd.Series[Any]") -> Plate:
    """The trials of the chosen one’s arm against the fields ``opened`` there."""
    of_arm = tried[tried["arm"] == trial["arm"]]
    panels = [
        Panel(field, partial(draw_relation, of_arm, field=field, log=bool(bounds.get("log")), chosen=trial))
        for field, bounds in opened.items()
    ]
    alt = f"Mean validation loss of every trial of the arm {trial['arm']} against {', '.join(opened)}."
    words = Description(alt, RELATIONS.format(arm=trial["arm"]))
    return plate("relations", panels, words, data=of_arm[["repeat", "trial", *opened, "mean"]], size=SMALL)


def draw_history(rows: pd.DataFrame, ax: Axes) -> Axes:
    """The trials of one arm; repeats of the search differ by mark and dashes."""
    repeats = list(rows.groupby("repeat", sort=True))
    for place, (repeat, of_repeat) in enumerate(repeats):
        label = "best so far" if len(repeats) == 1 else f"repeat {repeat}"
        _draw_repeat(of_repeat, ax, place=place, label=label)
    _mark_pruned(rows, "trial", ax)
    if len(repeats) <= TOLD_APART:
        ax.legend(loc="upper center", bbox_to_anchor=(0.5, BELOW), ncols=len(repeats), borderaxespad=0)
    low, high = rows["mean"].min(), rows["mean"].max()
    ax.set_ylim(low - 0.1 * (high - low or 1), high + 0.1 * (high - low or 1))
    ax.xaxis.set_major_locator(MaxNLocator(integer=True))
    ax.set_xlabel("trial")
    ax.set_ylabel("validation loss [nat]")
    return ax


def _draw_repeat(rows: pd.DataFrame, ax: Axes, *, place: int, label: str) -> None:
    mark, dashes, colour = MARKS[place % TOLD_APART], DASHES[place % TOLD_APART], theme.colour(str(rows["arm"].iloc[0]))
    reach = [(rows["mean"] - rows["low"]).fillna(0), (rows["high"] - rows["mean"]).fillna(0)]
    ax.errorbar(rows["trial"], rows["mean"], yerr=reach, fmt=mark, markersize=3, linewidth=0.9, color=colour, alpha=0.6)
    ax.plot(
        rows["trial"],
        rows["best"],
        drawstyle="steps-post",
        linestyle=dashes,
        color=theme.INK,
        linewidth=1.3,
        label=label,
    )


def draw_relation(tried: pd.DataFrame, ax: Axes, *, field: str, log: bool, chosen: "pd.Series[Any]") -> Axes:
    sns.scatterplot(tried, x=field, y="mean", color=theme.colour(str(chosen["arm"])), s=18, linewidth=0, ax=ax)
    ax.plot([chosen[field]], [chosen["mean"]], "o", markersize=10, markerfacecolor="none", color=theme.INK)
    _mark_pruned(tried, field, ax)
    if log:
        log_horizontal(ax)
    ax.set_xlabel("")
    ax.set_ylabel("validation loss [nat]")
    return ax


def _mark_pruned(rows: pd.DataFrame, field: str, ax: Axes) -> None:
    pruned = rows[rows["mean"].isna()]
    ax.plot(pruned[field], [0.97] * len(pruned), "x", color=theme.INK, markersize=5, transform=ax.get_xaxis_transform())
