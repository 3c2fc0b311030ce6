"""What figures share: response lines with bands, and one vertical axis over panels."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import FormatStrFormatter, FuncFormatter, LogLocator, NullLocator
from numpy.typing import ArrayLike

from reports.drawing import theme
from reports.evidence.responses import TUNABLE
from reports.judging.intervals import Numbers, mean

DASHES = ("-", (0, (4, 1.5)), (0, (1, 1)), (0, (3, 1.25, 1.5, 1.25)), (0, (5, 1, 1, 1)))  # of lines on one axes
RAISED = {ord(letter): raised for letter, raised in zip("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹", strict=True)}
MARGIN = 0.05  # nat below the lowest
BEYOND = f"What is more than {TUNABLE:g} nat above the lowest runs off the axis."
SHORT = 300  # highest over lowest, below which powers of ten are too few ticks


def draw_lines(data: pd.DataFrame, ax: Axes, *, value: str, by: str, colours: dict[Any, str]) -> Axes:
    """The mean of ``value`` against strength for each ``by``, with 95% bands over seeds; points are joined straight."""
    strengths, values = data["strength"].to_numpy(float), data[value].to_numpy(float)
    of_series: dict[Any, Any] = data.groupby(by, sort=False).indices
    for place, series in enumerate(data[by].unique()):
        own, colour = of_series[series], colours[series]
        at, means, lows, highs = _means(strengths[own], values[own])
        dashes = DASHES[place % len(DASHES)]
        ax.plot(at, means, linestyle=dashes, linewidth=1.5, color=colour, label=series)
        ax.fill_between(at, lows, highs, color=colour, alpha=0.18, linewidth=0)
    return ax


def _means(strengths: Numbers, values: Numbers) -> tuple[Numbers, Numbers, Numbers, Numbers]:
    """The distinct strengths, in order, and of the values at each their mean and the ends of its band."""
    order = np.argsort(strengths, kind="stable")
    at, first = np.unique(strengths[order], return_index=True)
    found = [mean(each) for each in np.split(values[order], first[1:])]
    means, lows, highs = np.array([(each.value, each.low, each.high) for each in found]).T
    return at, means, lows, highs


def draw_reach(  # noqa: PLR0913 - what a mark may be
    at: ArrayLike,
    found: ArrayLike,
    ends: tuple[ArrayLike, ArrayLike],
    ax: Axes,
    *,
    colour: str,
    mark: str = "o",
    size: float = 4,
    filled: bool = True,
    label: str | None = None,
) -> None:
    """Marks with a line from end to end, where both are known; all lines as one path: matplotlib's error bars take three times as long."""
    x, y, low, high = np.broadcast_arrays(*(np.asarray(each, float) for each in (at, found, *ends)))
    known = np.isfinite(low) & np.isfinite(high)
    bars = np.stack([low, high, np.full_like(low, np.nan)], axis=1)[known].ravel()
    ax.plot(np.repeat(x[known], 3), bars, "-", color=colour, linewidth=1)
    ax.plot(x, y, mark, color=colour, markersize=size, markerfacecolor=None if filled else "none", label=label)


def draw_joined(x: Numbers, y: Numbers, ax: Axes, *, colour: str, alpha: float) -> None:
    """Lines (N, points) as one path, with a gap after each: a fifth of the bytes."""
    gap = np.full((len(x), 1), np.nan)
    at, to = (np.hstack([side, gap]).ravel() for side in (x, y))
    ax.plot(at, to, "-", color=colour, alpha=alpha, linewidth=0.8)


def draw_arms(data: pd.DataFrame, ax: Axes) -> Axes:
    """Validation loss against strength, a line for each arm."""
    shown = data.assign(series=data["arm"].map(theme.label))
    colours = {theme.label(arm): theme.colour(arm) for arm in data["arm"].unique()}
    draw_lines(shown, ax, value="loss", by="series", colours=colours)
    ax.set_ylabel("validation loss [nat]")
    return clip(ax)


def draw_units(data: pd.DataFrame, ax: Axes) -> Axes:
    """Loss against the number of kept units: fixed counts as dots at whole numbers, Bernoulli dropout as a line."""
    bernoulli, counted = data[data["arm"] == "dropout"], data[data["arm"] == "fixed_count"]
    on_average = bernoulli.assign(strength=bernoulli["strength"] * bernoulli["width"], series=theme.label("dropout"))
    colours = {theme.label("dropout"): theme.colour("dropout")}
    draw_lines(on_average, ax, value="loss", by="series", colours=colours)
    if len(counted):
        _draw_counts(counted, ax)
    ax.set_xlabel("units kept, on average")
    ax.set_ylabel("loss [nat]")
    return clip(ax)


def clip(ax: Axes) -> Axes:
    """Leaves ``BEYOND`` what is further above the lowest point than anyone would tune."""
    drawn = np.concatenate([np.empty(0), *(np.asarray(line.get_ydata(), float) for line in ax.lines)])
    known = drawn[np.isfinite(drawn)]
    if known.size and np.ptp(known) > TUNABLE:
        ax.set_ylim(known.min() - MARGIN, known.min() + TUNABLE)
    return ax


def _draw_counts(counted: pd.DataFrame, ax: Axes) -> None:
    whole = counted.assign(units=np.round(counted["strength"] * counted["width"]))
    found = whole.groupby("units")["loss"].agg(lambda loss: mean(loss).value)
    ax.plot(found.index, found, "o", color=theme.colour("fixed_count"), markersize=4, label=theme.label("fixed_count"))


def draw_steps(ax: Axes, width: int) -> Axes:
    """Where a staircase of 1/width would step, as ticks along the lower edge."""
    edges = (np.arange(width) + 0.5) / width
    low, high = ax.get_xlim()
    inside = edges[(edges > low) & (edges < high)]
    ax.plot(inside, np.zeros_like(inside), "|", color=theme.MUTED, markersize=5, transform=ax.get_xaxis_transform())
    return ax


def log_horizontal(ax: Axes) -> Axes:
    """A logarithmic axis whose ticks stand for themselves: powers of ten, on a short range 1, 2 and 5 as well.

    Axes on which nothing above 0 is drawn stay as they are.
    """
    if not np.isfinite(ax.dataLim.minposx):
        return ax
    ax.set_xscale("log")
    low, high = ax.get_xlim()
    if np.log10(high) - np.log10(low) < np.log10(SHORT):  # the ratio of a range that spans all floats is none
        ax.xaxis.set_major_locator(LogLocator(subs=(1, 2, 5)))
        ax.xaxis.set_major_formatter(FormatStrFormatter("%g"))
    else:
        ax.xaxis.set_major_formatter(FuncFormatter(_power))
    ax.xaxis.set_minor_locator(NullLocator())  # unlabelled ticks say little, and half of the time goes into them
    return ax


def share_vertical(axes: Sequence[Axes]) -> None:
    """One vertical range for all; they point the same way."""
    bottoms, tops = np.array([ax.get_ylim() for ax in axes]).T
    upwards = bottoms[0] < tops[0]
    for ax in axes:
        ax.set_ylim(*((bottoms.min(), tops.max()) if upwards else (bottoms.max(), tops.min())))


def _power(value: float, _: object) -> str:
    """10⁻³, as words: matplotlib's formula of it is set by a parser of TeX, which took a twentieth of a page's time."""
    return "10" + str(round(np.log10(value))).translate(RAISED) if value > 0 else ""
