"""The figures of the page's section on tuning: tolerance windows on every axis, and searches that were really run."""

from collections.abc import Iterator
from functools import partial
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from reports.drawing import theme
from reports.drawing.plates import LARGE, SMALL, WIDE, Description, Panel, Plate, plate
from reports.tuning import searched
from reports.tuning.regret_figures import UNITS, log_counts
from reports.tuning.strength_axes import AXES, SERIES
from reports.tuning.windows import TOLERANCE, windows

ARMS = {axis.label: axis.arm for axis in AXES.values()}
SEARCHED_ARMS = dict(SERIES.values())
MARKS = dict(zip(SEARCHED_ARMS, "osD^vP", strict=True))  # arms share colours, axes have marks
WINDOWS = Description(
    alt="Share of each searched axis whose mean loss is within tolerance of the best, by width.",
    caption=(
        f"Tolerance window W: the share of the searched axis whose mean validation loss lies within {TOLERANCE} nat of the arm’s "
        "best, from the smoothed response; bars are jackknife-t 95% intervals over seeds, cut off at 0 and 1. A share holds for "
        "its range alone: keep_prob in [0.2, 1], (1 − p)/p in [0.003, 4], λ in [1e-5, 1]."
    ),
)
SEARCHED = Description(
    alt="Regret of searches that were really run on each axis, and of random search on the same seeds, against trials.",
    caption=(
        "Dots: regret of the searches of this run, the mean over their repeats with its t interval, cut off at 0; lines: random search that sees "
        "the same seeds, replayed 500 times. The score of a strength is its mean loss over all seeds, above the lowest."
    ),
)


def plates(results: pd.DataFrame) -> list[Plate]:
    """Those that the run has data for."""
    return list(_plates(results))


def _plates(results: pd.DataFrame) -> Iterator[Plate]:
    found, run = windows(results), searched.searched_regrets(results)
    if len(found):
        yield plate(
            "windows", [Panel("Tolerance windows", partial(draw_windows, found))], WINDOWS, data=found, size=WIDE
        )
    if len(run):
        groups = run.groupby("width", sort=True)
        panels = [Panel(f"width {width}", partial(draw_searched, rows)) for width, rows in groups]
        yield plate("searched", panels, SEARCHED, data=run, size=SMALL if len(panels) > 1 else LARGE)


def draw_windows(found: pd.DataFrame, ax: Axes) -> Axes:
    """The windows of each width side by side, an axis by its mark."""
    widths = sorted(found["width"].unique())
    labels = [label for label in ARMS if label in set(found["axis"])]
    for place, label in enumerate(labels):
        rows = found[found["axis"] == label].sort_values("width")
        at = [widths.index(width) + 0.12 * (place - (len(labels) - 1) / 2) for width in rows["width"]]
        reach = [rows["share"] - rows["low"], rows["high"] - rows["share"]]
        style: dict[str, Any] = {
            "fmt": MARKS[label],
            "color": theme.colour(ARMS[label]),
            "markersize": 4,
            "capsize": 2,
            "linewidth": 1,
        }
        ax.errorbar(at, rows["share"], yerr=reach, label=label, **style)
    ax.set_xticks(range(len(widths)), [str(width) for width in widths])
    ax.set_xlabel(UNITS)
    ax.set_ylabel("share of the axis")
    ax.set_ylim(bottom=0)
    ax.legend(loc="upper left", bbox_to_anchor=(1, 1))
    return ax


def draw_searched(rows: pd.DataFrame, ax: Axes) -> Axes:
    """Regret by trials, an axis by its mark."""
    for label, of_axis in rows.groupby("axis", sort=False):
        mark, colour = MARKS[str(label)], theme.colour(SEARCHED_ARMS[str(label)])
        reach = np.nan_to_num([of_axis["mean"] - of_axis["low"], of_axis["high"] - of_axis["mean"]])
        ax.plot(of_axis["trials"], of_axis["random"], color=colour, linewidth=1, linestyle="--")
        ax.errorbar(
            of_axis["trials"], of_axis["mean"], yerr=reach, fmt=mark, color=colour, markersize=4, capsize=2, label=label
        )
    log_counts(ax, sorted(rows["trials"].unique()), "trials")
    ax.set_ylabel("regret [nat]")
    ax.legend()
    return ax
