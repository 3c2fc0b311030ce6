"""Figures of tuning: regret by trials, responses by learning rate, windows and gains with their intervals."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
import seaborn as sns
from matplotlib.axes import Axes
from matplotlib.ticker import NullLocator

from reports.drawing import theme
from reports.judging.intervals import band, mean
from reports.judging.verdict import SESOI
from reports.tuning.strength_axes import SERIES

UNITS = "units in the hidden layer"
HEADROOM = 1.7  # of the highest mean, so that the legend hides no line


def draw_regrets(rows: pd.DataFrame, ax: Axes) -> Axes:
    """Mean regret over seeds against trials, a line for each axis; arms by colour, their axes by dashes."""
    order = {label: arm for name, (label, arm) in SERIES.items() if name in set(rows["axis"])}
    shown = rows.assign(series=rows["axis"].map(lambda name: SERIES[name][0]))
    sns.lineplot(
        shown,
        x="trials",
        y="regret",
        hue="series",
        style="series",
        hue_order=list(order),
        style_order=list(order),
        palette={label: theme.colour(arm) for label, arm in order.items()},
        errorbar=band,
        err_kws={"linewidth": 0, "alpha": 0.14},
        linewidth=1.5,
        ax=ax,
    )
    _legend_without_title(ax)
    log_counts(ax, sorted(rows["trials"].unique()), "trials")
    ax.set_ylim(0, HEADROOM * rows.groupby(["axis", "trials"])["regret"].mean().max())
    ax.set_ylabel("regret [nat]")
    return ax


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


def draw_intervals(rows: pd.DataFrame, ax: Axes, *, value: str, colour: str) -> Axes:
    """``value`` against width: a dot with its interval, columns low and high, for each row."""
    reach = [(rows[value] - rows["low"]).fillna(0), (rows["high"] - rows[value]).fillna(0)]
    ax.errorbar(rows["width"], rows[value], yerr=reach, fmt="o", markersize=5, capsize=3, color=colour)
    log_counts(ax, sorted(rows["width"]), UNITS)
    return ax


def draw_zone(ax: Axes, reach: float = SESOI) -> Axes:
    """Grey: within ``reach`` of zero, too small to be of interest."""
    ax.axhspan(-reach, reach, color=theme.ZONE, linewidth=0)
    ax.axhline(0, color=theme.MUTED, linewidth=0.8)
    return ax


def _legend_without_title(ax: Axes) -> None:
    legend = ax.get_legend()
    if legend:
        legend.set_title("")


def log_counts(ax: Axes, counts: Sequence[float], label: str) -> None:
    """A logarithmic axis with these ticks alone."""
    ax.set_xscale("log")
    ax.set_xticks(counts, [f"{number:.0f}" for number in counts])
    ax.xaxis.set_minor_locator(NullLocator())
    ax.set_xlabel(label)
