"""Figures of tuning: regret by trials, responses by learning rate, windows and gains with their intervals."""

import numpy as np
import pandas as pd
import seaborn as sns
from matplotlib.axes import Axes
from matplotlib.ticker import NullLocator

from reports import theme
from reports.intervals import band
from reports.tuning.axes import AXES
from reports.verdict import SESOI


def draw_regrets(rows: pd.DataFrame, ax: Axes) -> Axes:
    """Mean regret over seeds against trials, a line for each axis; arms by colour, their axes by dashes."""
    order = [axis for axis in AXES.values() if axis.name in set(rows["axis"])]
    shown = rows.assign(series=rows["axis"].map(lambda name: AXES[name].label))
    sns.lineplot(
        shown,
        x="trials",
        y="regret",
        hue="series",
        style="series",
        hue_order=[axis.label for axis in order],
        style_order=[axis.label for axis in order],
        palette={axis.label: theme.colour(axis.arm) for axis in order},
        errorbar=band,
        err_kws={"linewidth": 0, "alpha": 0.14},
        linewidth=1.5,
        ax=ax,
    )
    _legend_without_title(ax)
    _log_trials(ax, sorted(rows["trials"].unique()))
    ax.set_ylim(bottom=0)
    ax.set_ylabel("regret [nat]")
    return ax


def draw_intervals(rows: pd.DataFrame, ax: Axes, *, value: str, arms: "pd.Series[str]") -> Axes:
    """A dot and a 95% interval (columns low and high) for each row, from left to right; ``arms`` give the colours."""
    for place, ((_, row), arm) in enumerate(zip(rows.iterrows(), arms, strict=True)):
        reach = np.nan_to_num([[row[value] - row["low"]], [row["high"] - row[value]]])
        ax.errorbar([place], [row[value]], yerr=reach, fmt="o", markersize=4, capsize=3, color=theme.colour(arm))
    ax.set_xlim(-0.6, len(rows) - 0.4)
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


def _log_trials(ax: Axes, trials: list[float]) -> None:
    ax.set_xscale("log")
    ax.set_xticks(trials, [f"{number:.0f}" for number in trials])
    ax.xaxis.set_minor_locator(NullLocator())
    ax.set_xlabel("trials of random search")
