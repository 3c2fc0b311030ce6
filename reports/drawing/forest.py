"""Effects of regimes with their intervals, as rows of one figure; what is a bound looks like one."""

from collections.abc import Sequence
from textwrap import fill, shorten

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import FuncFormatter

from reports.drawing import theme
from reports.judging.intervals import Estimate
from reports.judging.text import TIMES
from reports.judging.verdict import DecisionRule

RATIOS = [digit * 10.0**power for power in range(-3, 4) for digit in (1, 2, 5)]
LINE = 46  # letters that a panel has room for
ABOVE = 0.3  # of a row: how far over its seeds a name stands
BELOW = 0.18  # of a row: how far under its seeds an interval lies
ROW, FRAME = 0.34, 0.75  # inches that a row takes, and what is around them
OPEN = "An arrow is an end of an interval that is open; hollow dots are bounds, as the rule says."


def draw_forest(data: pd.DataFrame, estimates: Sequence[Estimate], ax: Axes, *, rule: DecisionRule) -> Axes:
    """A row for each estimate over its seeds, columns regime, effect and, where some are bounds, bound."""
    for region in rule.regions:
        if np.isfinite(region.high - region.low):
            ax.axvspan(region.low, region.high, color=theme.ZONE, linewidth=0)
    ax.axvline(0, color=theme.MUTED, linewidth=0.8)
    for row, found in enumerate(estimates):
        _draw_seeds(data[data["regime"] == found.regime], row, ax)
        _draw_closed_ends(found, row + BELOW, ax)
    ax.set_xlim(ax.get_xlim())  # now that all that is finite is in sight: open ends reach to the edge
    for row, found in enumerate(estimates):
        _draw_reach(found, row + BELOW, ax)
        _name(found, row, ax)
    ax.set_yticks([])
    ax.spines["left"].set_visible(False)
    ax.set_ylim(len(estimates) - 0.5, -0.85)
    ax.set_xlabel(fill(f"{rule.quantity}{f' [{rule.unit}]' if rule.unit else ''}", LINE))
    ax.grid(axis="x")
    ax.grid(visible=False, axis="y")
    return ratio_ticks(ax) if rule.unit == TIMES else ax


def height(rows: int) -> float:
    """Inches of a panel of so many rows."""
    return FRAME + ROW * max(rows, 3)


def are_bounds(data: pd.DataFrame) -> "pd.Series[bool]":
    """Which seeds' effects are bounds."""
    return data["bound"] != 0 if "bound" in data else pd.Series(data=False, index=data.index)


def ratio_ticks(ax: Axes) -> Axes:
    """An axis of logarithms of ratios, labelled by the ratios: 1, 2, 5, 10 and so on, where two of them are in sight."""
    low, high = ax.get_xlim()
    inside = [ratio for ratio in RATIOS if low <= np.log(ratio) <= high]
    if len(inside) > 1:
        ax.set_xticks(np.log(inside))
    ax.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{np.exp(value):.3g}"))
    return ax


def _name(found: Estimate, row: int, ax: Axes) -> None:
    """Over its row, from edge to edge: what a regime is called is longer than a margin is wide."""
    words = shorten(str(found.regime), LINE, placeholder=" …")
    ax.text(0, row - ABOVE, words, transform=ax.get_yaxis_transform(), va="center", fontsize=theme.SMALL_TYPE)


def _draw_seeds(rows: pd.DataFrame, at: float, ax: Axes) -> None:
    hollow = are_bounds(rows)
    for effects, face, alpha in ((rows["effect"][~hollow], theme.OTHER, 0.4), (rows["effect"][hollow], "none", 0.9)):
        at_row = np.full(len(effects), at)
        ax.plot(effects, at_row, "o", color=theme.OTHER, markerfacecolor=face, alpha=alpha, markersize=4)


def _draw_closed_ends(found: Estimate, at: float, ax: Axes) -> None:
    ends = [end for end in (found.low, found.high) if np.isfinite(end)]
    ax.plot(ends, [at] * len(ends), "|", color=theme.INK, markersize=6)


def _draw_reach(found: Estimate, at: float, ax: Axes) -> None:
    """The value, and the line to both ends, with an arrow at the edge for an end that is open."""
    ax.plot(found.value, at, "o", color=theme.INK, markersize=4)
    if not found.has_interval:
        return
    edges = ax.get_xlim()
    ax.plot(np.clip([found.low, found.high], *edges), [at, at], color=theme.INK, linewidth=1.5)
    for end, edge, arrow in zip((found.low, found.high), edges, "<>", strict=True):
        if np.isinf(end):
            ax.plot(edge, at, arrow, color=theme.INK, markersize=5, clip_on=False)
