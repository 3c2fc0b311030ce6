"""Figures of searches: how many hit by the number of tries, and how much one axis costs over another."""

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from reports.drawing import theme
from reports.drawing.figures import draw_reach
from reports.tuning.regret_figures import UNITS, draw_zone, log_counts
from reports.tuning.searching import HITS
from reports.tuning.strength_axes import AXES, EQUAL

ARMS = {name: axis.arm for name, axis in AXES.items()} | {EQUAL: "l2"}
MARKS = dict(zip(ARMS, "osDv^", strict=True))  # arms share colours, axes have marks
WORDS = {name: axis.label for name, axis in AXES.items()} | {EQUAL: "λ of L2, as strong as the keep-probs"}
APART = 0.035  # decades of tries between axes, so that intervals do not hide each other


def draw_hits(rows: pd.DataFrame, ax: Axes) -> Axes:
    """Searches that hit against tries, an axis by its mark; hollow where "none" is tried first."""
    shown = rows[rows["quantity"] == HITS]
    for place, (axis, of_axis) in enumerate(shown.groupby("axis", sort=False)):
        for none_first, found in of_axis.groupby("none_first"):
            draw_reach(
                found["trials"] * 10 ** (APART * place),
                found["value"],
                (np.nan, np.nan) if none_first else (found["low"], found["high"]),
                ax,
                colour=theme.colour(ARMS[str(axis)]),
                mark=MARKS[str(axis)],
                filled=not none_first,
                label=None if none_first else WORDS[str(axis)],
            )
    log_counts(ax, sorted(shown["trials"].unique()), "tries")
    ax.axhline(50, color=theme.MUTED, linewidth=0.8, linestyle="--")
    ax.set_ylim(0, 103)
    ax.set_ylabel("searches of 100 that hit")
    return ax


def draw_extra(rows: pd.DataFrame, ax: Axes) -> Axes:
    """Extra loss on the linear axis against width, a mark for each number of tries."""
    draw_zone(ax)
    for place, (trials, found) in enumerate(rows.groupby("trials")):
        draw_reach(
            found["width"] * 10 ** (APART * place),
            found["value"],
            (found["low"], found["high"]),
            ax,
            colour=theme.colour("dropout"),
            mark="osD"[place],
            label=f"{trials} tries",
        )
    log_counts(ax, sorted(rows["width"].unique()), UNITS)
    ax.set_ylabel("linear minus log-odds [nat]")
    return ax
