"""Figures of searches: how many hit by the number of tries, and how much one axis costs over another."""

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.transforms import offset_copy

from reports.drawing import theme
from reports.tuning.regret_figures import UNITS, draw_zone, log_counts
from reports.tuning.searching import HITS
from reports.tuning.strength_axes import AXES, EQUAL

ARMS = {name: axis.arm for name, axis in AXES.items()} | {EQUAL: "l2"}
MARKS = dict(zip(ARMS, "osDv^", strict=True))  # arms share colours, axes have marks
LABELS = 28  # points below the axes that the labels of tries take
APART = 0.035  # decades of tries between axes, so that intervals do not hide each other


def draw_hits(rows: pd.DataFrame, ax: Axes) -> Axes:
    """Searches that hit against tries, an axis by its mark; hollow where "none" is tried first."""
    shown = rows[rows["quantity"] == HITS]
    for place, (axis, of_axis) in enumerate(shown.groupby("axis", sort=False)):
        for none_first, found in of_axis.groupby("none_first"):
            at = found["trials"] * 10 ** (APART * place)
            reach = np.nan_to_num([found["value"] - found["low"], found["high"] - found["value"]])
            ax.errorbar(
                at,
                found["value"],
                yerr=None if none_first else reach,
                fmt=MARKS[str(axis)],
                color=theme.colour(ARMS[str(axis)]),
                markerfacecolor="none" if none_first else None,
                markersize=4,
                capsize=2,
                linewidth=1,
                label=None if none_first else found["label"].iloc[0],
            )
    log_counts(ax, sorted(shown["trials"].unique()), "tries")
    ax.axhline(50, color=theme.MUTED, linewidth=0.8, linestyle="--")
    ax.set_ylim(0, 103)
    ax.set_ylabel("searches of 100 that hit")
    below = offset_copy(ax.transAxes, ax.get_figure(root=True), y=-LABELS, units="points")
    ax.legend(loc="upper left", bbox_to_anchor=(0, 0), bbox_transform=below)
    return ax


def draw_extra(rows: pd.DataFrame, ax: Axes) -> Axes:
    """Extra loss on the linear axis against width, a mark for each number of tries."""
    draw_zone(ax)
    for place, (trials, found) in enumerate(rows.groupby("trials")):
        at = found["width"] * 10 ** (APART * place)
        reach = np.nan_to_num([found["value"] - found["low"], found["high"] - found["value"]])
        ax.errorbar(
            at,
            found["value"],
            yerr=reach,
            fmt="osD"[place],
            color=theme.colour("dropout"),
            markersize=4,
            capsize=2,
            linewidth=1,
            label=f"{trials} tries",
        )
    log_counts(ax, sorted(rows["width"].unique()), UNITS)
    ax.set_ylabel("linear minus log-odds [nat]")
    ax.legend()
    return ax
