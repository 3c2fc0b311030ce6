"""What matters: the share of the loss's variance that each field decides, and the surfaces of the pairs that matter most."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial
from itertools import combinations
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import FixedLocator, FuncFormatter, NullLocator

from reports.drawing import theme
from reports.drawing.forest import height
from reports.drawing.plates import SMALL, Description, Panel, Plate, Size, plate
from reports.judging.intervals import Numbers
from reports.judging.text import sentence, setting
from reports.search.names import field_name
from reports.search.points import Points, place, value
from reports.search.shares import Fit, Share

PAIRS = 3  # that are named, and drawn
GRID = 33  # places on each side of a surface
LEVELS = 7  # of a surface
DOTS = (4.5, 2.5, 1.5)  # sizes of the points: the best third, the middle, the worst
REST = "all else, by three or more at once"
SHARES = (
    "Shares of the variance of the validation loss over the whole space, each field in its sampling scale; a network that "
    "diverged or was pruned, or is worse than guessing, counts as one that guesses; a point at which one crashed, or ran out of memory or time, is left out. Dots and lines: the share and its 95% bootstrap "
    "interval. A pair: what the two decide together beyond what each does alone. {basis}"
)
SPREAD = "The design has {points} points that fill the space, on {seeds} paired seeds."
HISTORY = (
    "The sampler’s own history, {points} points, is biased: it looks where it expects low losses, so that fields which it has settled seem to "
    "matter less."
)
SURFACES = (
    "Validation loss against two fields, averaged over the others: darker is better. Lines: the fitted surface, its levels in nats; dots: "
    "the points, the best third large, the worst small."
)


def shares_plate(known: Sequence[Points]) -> Plate | None:
    """A panel for each of the points whose shares can be told, on one scale and in one order."""
    fitted = [(points, points.fit) for points in known if points.fit is not None]
    if not fitted:
        return None
    rows = _named(fitted[0][1])
    size = Size(SMALL.name, SMALL.width, height(len(rows)))
    panels = [Panel(_title(points), partial(draw_shares, _shown(found, rows))) for points, found in fitted]
    basis = " ".join(
        (SPREAD if points.spread else HISTORY).format(points=found.points, seeds=found.seeds)
        for points, found in fitted
    )
    alt = "Shares of variance. " + "; ".join(
        f"{_name(each.inputs)} {each.value:.0%}" for each in _shown(fitted[0][1], rows)
    )
    return plate(
        "shares",
        panels,
        Description(f"{alt}.", SHARES.format(basis=basis), largest(fitted[0][1].shares)),
        data=pd.concat([_table(*each) for each in fitted]),
        size=size,
    )


def largest(shares: Sequence[Share]) -> str:
    """What decides most of the variance, if its interval lies above all others'."""
    most, *others = sorted(shares, key=lambda each: -each.value)
    what = sentence(_name(most.inputs)) if most.inputs else "What three fields or more decide at once"
    if any(each.high >= most.low for each in others):
        return f"{what} has the largest share of the variance of the loss, {most.value:.0%}; the intervals of others reach it."
    if not most.inputs:
        return f"No field and no pair matters most: three or more at once decide {most.value:.0%} of the variance of the loss."
    return f"{what} matters most: {most.value:.0%} of the variance of the loss."


def surfaces_plate(points: Points) -> Plate | None:
    """Of the pairs that decide most, alone and together."""
    found = points.fit
    if found is None:
        return None
    pairs = sorted(combinations(found.names, 2), key=lambda pair: -_decides(found, pair))[:PAIRS]
    panels = [
        Panel(
            f"{_short(one)} and {_short(other)}",
            partial(draw_surface, points, found, (one, other)),
            scale=f"{one} {other}",
        )
        for one, other in pairs
    ]
    data, lowest = points.settings.assign(loss=points.means), _lowest(points)
    words = Description(
        f"Fitted surfaces of the loss. The lowest point tried: {lowest}.",
        SURFACES,
        f"The lowest loss of {len(points.means)} points: {lowest}.",
    )
    return plate("surfaces", panels, words, data=data, size=SMALL)


def draw_shares(shares: Sequence[Share], ax: Axes) -> Axes:
    for row, each in enumerate(shares):
        ax.text(
            0, row - 0.3, _name(each.inputs), transform=ax.get_yaxis_transform(), va="center", fontsize=theme.SMALL_TYPE
        )
    rows = np.arange(len(shares)) + 0.1
    values, *ends = np.array([(each.value, each.low, each.high) for each in shares]).T
    ax.barh(rows, values, height=0.3, color=theme.colour("joint"), alpha=0.35, linewidth=0)
    reach = np.column_stack([*ends, np.full(rows.size, np.nan)])
    ax.plot(reach.ravel(), np.repeat(rows, 3), color=theme.INK, linewidth=1.5)
    ax.plot(values, rows, "o", color=theme.INK, markersize=4)
    ax.set_yticks([])
    ax.spines["left"].set_visible(False)
    ax.set_ylim(len(shares) - 0.5, -0.85)
    ax.set_xlim(0, 1)
    ax.xaxis.set_major_formatter(FuncFormatter(lambda share, _: f"{share:.0%}"))
    ax.set_xlabel("share of variance")
    ax.grid(axis="x")
    ax.grid(visible=False, axis="y")
    return ax


def draw_surface(points: Points, found: Fit, pair: tuple[str, str], ax: Axes) -> Axes:
    sides = [found.names.index(name) for name in pair]
    others = [place for place in range(len(found.names)) if place not in sides]
    at = np.linspace(0, 1, GRID)
    unit = np.zeros((GRID * GRID, len(found.names)))
    unit[:, sides[0]], unit[:, sides[1]] = (axis.ravel() for axis in np.meshgrid(at, at))
    fitted = _of_two(found, others, unit).reshape(GRID, GRID)
    levels = np.unique(np.linspace(fitted.min(), min(fitted.max(), points.guess), LEVELS).round(3))
    for level in levels[1:]:
        ax.contourf(at, at, fitted, levels=[-np.inf, level], colors=[theme.colour("joint")], alpha=0.13)
    lines = ax.contour(at, at, fitted, levels=levels[1:-1], colors=[theme.MUTED], linewidths=0.6)
    ax.clabel(lines, fontsize=theme.SMALL_TYPE, fmt="%.2f")
    x, y = (points.unit[name] for name in pair)
    for size, part in zip(DOTS, np.array_split(points.means.argsort(), len(DOTS)), strict=True):
        ax.plot(x[part], y[part], "o", markersize=size, color=theme.INK, alpha=0.5, markeredgewidth=0)
    for axis, name in zip((ax.xaxis, ax.yaxis), pair, strict=True):
        ticks = _ticks(points.bounds[name])
        axis.set_major_locator(FixedLocator(list(place(ticks, points.bounds[name]))))
        axis.set_major_formatter(
            FuncFormatter(
                lambda unit, _, bounds=points.bounds[name]: setting(
                    float(f"{float(value(np.array(unit), bounds)):.2g}")
                )
            )
        )
        axis.set_minor_locator(NullLocator())
    ax.set(xlim=(0, 1), ylim=(0, 1), xlabel=field_name(pair[0]), ylabel=field_name(pair[1]))
    ax.grid(visible=False)
    return ax


def _of_two(found: Fit, others: Sequence[int], unit: Numbers) -> Numbers:
    """The fit averaged over the other inputs: their polynomials have mean zero."""
    kept = np.array([all(term[place] == 0 for place in others) for term in found.terms])
    terms = tuple(np.array(found.terms)[kept].tolist())
    return replace(found, terms=terms, coefficients=found.coefficients[kept]).at(unit)


def _ticks(bounds: Mapping[str, Any]) -> Numbers:
    low, high = float(bounds["low"]), float(bounds["high"])
    if not bounds.get("log"):
        return np.linspace(low, high, 5)
    steps = [digit * 10.0**power for power in range(-9, 6) for digit in ((1,) if high / low > 300 else (1, 3))]
    return np.array([step for step in steps if low <= step * 1.0001 and step <= high * 1.0001])


def _named(found: Fit) -> list[tuple[str, ...]]:
    """Each field, most important first; the pairs that matter most; the rest."""
    by_size = sorted(found.shares, key=lambda share: -share.value)
    alone = [share.inputs for share in by_size if len(share.inputs) == 1]
    pairs = [share.inputs for share in by_size if len(share.inputs) == 2][:PAIRS]
    return [*alone, *pairs, ()]


def _shown(found: Fit, rows: Sequence[tuple[str, ...]]) -> list[Share]:
    by_inputs = {share.inputs: share for share in found.shares}
    return [by_inputs[inputs] for inputs in rows if inputs in by_inputs]


def _decides(found: Fit, pair: tuple[str, str]) -> float:
    """Alone and together, and the rest, which is the same for all pairs."""
    return sum(share.value for share in found.shares if set(share.inputs) <= set(pair))


def _table(points: Points, found: Fit) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "from": _title(points),
            "fields": [_name(each.inputs) for each in found.shares],
            "share": [each.value for each in found.shares],
            "low": [each.low for each in found.shares],
            "high": [each.high for each in found.shares],
            "points": found.points,
            "seeds": found.seeds,
        }
    )


def _lowest(points: Points) -> str:
    """Where the lowest of the points lies."""
    best = points.settings.iloc[int(points.means.argmin())]
    return ", ".join(f"{_short(field)} {setting(float(best[field]))}" for field in points.bounds)


def _title(points: Points) -> str:
    return "Points that fill the space" if points.spread else "Sampler’s history (biased)"


def _name(inputs: Sequence[str]) -> str:
    return " × ".join(_short(each) for each in inputs) if inputs else REST


def _short(field: str) -> str:
    return field_name(field).removesuffix(" [units]")
