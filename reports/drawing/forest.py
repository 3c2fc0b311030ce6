"""Effects of regimes with their intervals, as rows of one figure; what is a bound looks like one."""

from collections.abc import Sequence
from textwrap import fill, shorten

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import FuncFormatter

from reports.drawing import theme
from reports.judging.intervals import Estimate
from reports.judging.regimes import Regime
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
        if np.isfinite([region.low, region.high]).all():
            ax.axvspan(region.low, region.high, color=theme.ZONE, linewidth=0)
    ax.axvline(0, color=theme.MUTED, linewidth=0.8)
    _draw_seeds(data, estimates, ax)
    _draw_closed_ends(estimates, ax)
    ax.set_xlim(ax.get_xlim())  # now that all that is finite is in sight: open ends reach to the edge
    _draw_reach(estimates, ax)
    for row, found in enumerate(estimates):
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
    ax.text(
        0, row - ABOVE, named(found.regime), transform=ax.get_yaxis_transform(), va="center", fontsize=theme.SMALL_TYPE
    )


def named(regime: Regime) -> str:
    """In as many letters as there is room for: what comes last, such as the width, tells rows apart and is kept."""
    words = str(regime)
    if len(words) <= LINE:
        return words
    first, comma, last = words.rpartition(", ")
    if not comma:
        return shorten(words, LINE, placeholder=" …")
    return f"{shorten(first, LINE - len(comma + last), placeholder=' …')}{comma}{last}"


def _draw_seeds(data: pd.DataFrame, estimates: Sequence[Estimate], ax: Axes) -> None:
    hollow, rows = are_bounds(data).to_numpy(), {found.regime: row for row, found in enumerate(estimates)}
    effects, at = data["effect"].to_numpy(float), np.array([rows.get(each, np.nan) for each in data["regime"]], float)
    for some, face, alpha in ((~hollow, theme.OTHER, 0.4), (hollow, "none", 0.9)):
        if some.any():
            ax.plot(effects[some], at[some], "o", color=theme.OTHER, markerfacecolor=face, alpha=alpha, markersize=4)


def _draw_closed_ends(estimates: Sequence[Estimate], ax: Axes) -> None:
    ends = [(end, row) for row, found in enumerate(estimates) for end in (found.low, found.high) if np.isfinite(end)]
    if ends:
        ends, rows = np.array(ends).T
        ax.plot(ends, rows + BELOW, "|", color=theme.INK, markersize=6)


def _draw_reach(estimates: Sequence[Estimate], ax: Axes) -> None:
    """The values, and the lines to both ends, with an arrow at the edge for an end that is open."""
    values = [found.value for found in estimates]
    ax.plot(values, np.arange(len(estimates)) + BELOW, "o", color=theme.INK, markersize=4)
    known = [(found.low, found.high, row + BELOW) for row, found in enumerate(estimates) if found.has_interval]
    lows, highs, at = np.array(known, float).reshape(-1, 3).T
    edges = ax.get_xlim()
    reach = np.stack([np.clip(lows, *edges), np.clip(highs, *edges), np.full(at.size, np.nan)], axis=1)
    ax.plot(reach.ravel(), np.repeat(at, 3), color=theme.INK, linewidth=1.5)
    for ends, edge, arrow in zip((lows, highs), edges, "<>", strict=True):
        beyond = at[np.isinf(ends)]
        if beyond.size:
            ax.plot(np.full(beyond.size, edge), beyond, arrow, color=theme.INK, markersize=5, clip_on=False)
