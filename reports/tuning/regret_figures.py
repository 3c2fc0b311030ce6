"""What figures of tuning share: means and intervals against width, and the zone that is of no interest."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import NullLocator

from reports.drawing import theme
from reports.judging.intervals import mean
from reports.judging.verdict import SESOI

UNITS = "units in the hidden layer"


def draw_means(rows: pd.DataFrame, ax: Axes, *, value: str, colour: str) -> Axes:
    """``value`` against width: each seed a thin line, their mean with its t interval."""
    draw_zone(ax)
    for _, of_seed in rows.groupby("seed"):
        ordered = of_seed.sort_values("width")
        ax.plot(ordered["width"], ordered[value], color=colour, alpha=0.3, linewidth=0.8)
    widths = np.unique(rows["width"])
    found = [mean(rows.loc[rows["width"] == width, value].to_numpy(float)) for width in widths]
    reach = np.array([[each.value - each.low, each.high - each.value] for each in found]).T
    ax.errorbar(widths, [each.value for each in found], yerr=np.nan_to_num(reach), fmt="o-", capsize=3, color=theme.INK)
    log_counts(ax, list(widths), UNITS)
    return ax


def draw_intervals(rows: pd.DataFrame, ax: Axes, *, value: str, colour: str, label: str) -> Axes:
    """``value`` against width: a dot with its interval, columns low and high, for each row."""
    reach = [(rows[value] - rows["low"]).fillna(0), (rows["high"] - rows[value]).fillna(0)]
    ax.errorbar(rows["width"], rows[value], yerr=reach, fmt="o", markersize=5, capsize=3, color=colour, label=label)
    log_counts(ax, sorted(rows["width"]), UNITS)
    return ax


def draw_zone(ax: Axes, reach: float = SESOI) -> Axes:
    """Grey: within ``reach`` of zero, too small to be of interest."""
    ax.axhspan(-reach, reach, color=theme.ZONE, linewidth=0)
    ax.axhline(0, color=theme.MUTED, linewidth=0.8)
    return ax


def log_counts(ax: Axes, counts: Sequence[float], label: str) -> None:
    """A logarithmic axis with these ticks alone."""
    ax.set_xscale("log")
    ax.set_xticks(counts, [f"{number:.0f}" for number in counts])
    ax.xaxis.set_minor_locator(NullLocator())
    ax.set_xlabel(label)
