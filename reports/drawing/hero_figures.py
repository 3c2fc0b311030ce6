"""What the opening figure draws: a response beside its smooth fit, and what doses gain."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import FixedLocator, FuncFormatter, NullLocator
from numpy.typing import ArrayLike

from reports.drawing import theme
from reports.drawing.figures import draw_reach, log_horizontal
from reports.drawing.labels import Label, label_beside
from reports.judging.counting import MARGINS
from reports.judging.intervals import Numbers
from reports.judging.text import number, setting

ARMS = {"dropout": "dropout", "L2": "l2"}  # the kinds' colours
AXES = {"dropout": "keep probability (less is more dropout)", "L2": "λ (more is more shrinkage)"}
MARKS = "os^D"  # by width, narrowest first
DASHES = ("-", (0, (5, 1.5)), (0, (1.5, 1.2)), (0, (5, 1.2, 1, 1.2)))
TICKS = (0.02, 0.1, 0.5, 0.9, 0.98, 0.997)  # of a keep probability, even in log-odds
DEPTH = 1.2  # of the largest gain: how far below none the axis reaches
HALVES = {-1: "−1", -0.5: "−½", 0: "0", 0.5: "+½", 1: "+1"}


def draw_beside_smooth(rows: pd.DataFrame, ax: Axes) -> Axes:
    """Columns strength, mean, low, high of one arm at one width."""
    colour, width = theme.colour(str(rows["arm"].iloc[0])), int(rows["width"].iloc[0])
    low, high = rows["strength"].min(), rows["strength"].max()
    steps = (np.arange(width) + 0.5) / width
    for step in steps[(steps > low) & (steps < high)]:
        ax.axvline(step, color=theme.GRID, linewidth=0.8)
    ax.axhline(0, color=theme.MUTED, linewidth=0.8)
    ax.plot(rows["strength"], rows["mean"], "-", color=colour, linewidth=1)
    draw_reach(rows["strength"], rows["mean"], (rows["low"], rows["high"]), ax, colour=colour, size=3)
    ax.yaxis.set_major_locator(FixedLocator(list(HALVES)))
    ax.yaxis.set_major_formatter(FuncFormatter(lambda value, _: HALVES[value]))
    ax.set_xlabel(AXES["dropout"])
    ax.set_ylabel("loss less its smooth fit [steps]")
    return ax


def draw_gains(rows: pd.DataFrame, ax: Axes) -> Axes:
    """Columns kind, unit, width, strength, mean, low, high of one kind in one metric: a line for each width, its peak ringed and named."""
    kind, unit = str(rows["kind"].iloc[0]), str(rows["unit"].iloc[0])
    colour, margin = theme.colour(ARMS[kind]), MARGINS[unit]
    ax.axhspan(-margin, margin, color=theme.ZONE, linewidth=0)
    ax.axhline(0, color=theme.MUTED, linewidth=0.8)
    of_widths = [of_width for _, of_width in rows.groupby("width", sort=True)]
    for place, of_width in enumerate(of_widths):
        at = _position(kind, of_width["strength"])
        ax.plot(at, of_width["mean"], MARKS[place], linestyle=DASHES[place], markersize=3, linewidth=1.3, color=colour)
        ax.fill_between(at, of_width["low"], of_width["high"], color=colour, alpha=0.12, linewidth=0)
    best = max(float(rows["mean"].max()), 2 * margin)
    ax.set_ylim(-DEPTH * best, 1.35 * best)
    _horizontal(kind, rows["strength"].to_numpy(float), ax)
    ax.set_ylabel(f"gain over none [{unit}]")
    return _name(kind, unit, of_widths, colour, ax)


def _name(kind: str, unit: str, of_widths: Sequence[pd.DataFrame], colour: str, ax: Axes) -> Axes:
    peaks = [of_width.iloc[int(of_width["mean"].argmax())] for of_width in of_widths]
    places = [float(_position(kind, peak["strength"])) for peak in peaks]
    ax.plot(places, [peak["mean"] for peak in peaks], "o", markersize=7, markerfacecolor="none", color=colour)
    labels = [
        Label(
            f"{peak['width']} units: {number(float(peak['mean']), unit)}\nat {setting(peak['strength'])}",
            at,
            float(peak["mean"]),
            colour,
        )
        for peak, at in zip(peaks, places, strict=True)
    ]
    return label_beside(labels, ax)


def _position(kind: str, strength: ArrayLike) -> Numbers:
    """A keep probability by its log-odds: what lies near 1 is as far apart as it matters."""
    values = np.asarray(strength, float)
    return np.asarray(np.log(values / (1 - values)) if kind == "dropout" else values, float)


def _horizontal(kind: str, strengths: Numbers, ax: Axes) -> None:
    ax.set_xlabel(AXES[kind])
    if kind != "dropout":
        log_horizontal(ax)
        return
    inside = [tick for tick in TICKS if strengths.min() <= tick <= strengths.max()]
    ax.set_xticks(_position(kind, np.array(inside)), [f"{tick:g}" for tick in inside])
    ax.xaxis.set_minor_locator(NullLocator())
