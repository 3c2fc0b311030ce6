"""What figures of tuning share: means and intervals against width, and the zone that is of no interest."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import NullLocator

from reports.drawing import theme
from reports.drawing.figures import draw_joined, draw_reach
from reports.evidence.matrices import laid_out
from reports.judging.intervals import ERROR, mean
from reports.judging.verdict import SESOI, SESOI_IN_POINTS

UNITS = "units in the hidden layer"
ASIDE = 1.08  # between dots of one width, which may lie on each other


def draw_means(rows: pd.DataFrame, ax: Axes, *, value: str, colour: str) -> Axes:
    """``value`` against width: each seed a thin line, their mean with its t interval."""
    draw_zone(ax, SESOI_IN_POINTS if set(rows.get("metric", ())) == {ERROR} else SESOI)
    seeds, widths, (values,) = laid_out(rows["seed"], rows["width"], rows[value])
    draw_joined(np.tile(widths, (seeds.size, 1)), values, ax, colour=colour, alpha=0.3)
    found = [mean(of_width) for of_width in values.T]
    means, lows, highs = np.array([(each.value, each.low, each.high) for each in found]).T
    draw_reach(widths, means, (lows, highs), ax, colour=theme.INK, mark="o-", size=6)
    log_counts(ax, list(widths), UNITS)
    return ax


def draw_best(rows: pd.DataFrame, ax: Axes, *, colour: str, label: str, place: int) -> Axes:
    """The best keep_prob against width: a dot with its interval, columns low and high, for each row; ``place`` among others of the same widths."""
    ends, at = (rows["low"], rows["high"]), rows["width"] * ASIDE**place
    draw_reach(at, rows["best keep_prob"], ends, ax, colour=colour, size=5, label=label)
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
