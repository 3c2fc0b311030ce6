"""Where the good settings lie in the space, and where networks learnt nothing or were lost."""

from collections.abc import Sequence
from functools import partial

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from reports.drawing import theme
from reports.drawing.figures import draw_joined
from reports.drawing.plates import SMALL, Description, Panel, Plate, plate
from reports.judging.text import count, listed, setting
from reports.search.names import field_name
from reports.search.points import LEARNT, Points, place

BEST = 0.1  # of the points
LEARNED, NOTHING = "learnt something", "no better than guessing"
PARALLEL = (
    "Each line is a point of the space, from field to field, each in its sampling scale from its lowest value (bottom) to "
    "its highest: coloured, the tenth with the lowest mean validation loss; grey, the others. Where the coloured lines "
    "come together, the field matters."
)
FAILED = (
    "Every network of the space by what became of it, against each field, in its sampling scale: where a row has marks only "
    "on one side, that is where networks fail. {counts}."
)


def parallel_plate(points: Points) -> Plate:
    best = points.means.argsort()[: _best(points)]
    ranges = {field: _range(points.settings[field].iloc[best]) for field in points.bounds}
    told = listed([f"{field_name(field)} {reach}" for field, reach in ranges.items()])
    alt = f"Parallel coordinates of {len(points.means)} points. The best tenth have {told}."
    closest = min(ranges, key=lambda field: float(np.ptp(points.unit[field][best])))
    takeaway = f"The best tenth agree most on {field_name(closest).removesuffix(' [units]')}: {ranges[closest]}."
    data = points.settings.assign(loss=points.means).sort_values("loss")
    return plate(
        "parallel",
        [Panel("Where the best tenth lies", partial(draw_parallel, points))],
        Description(alt, PARALLEL, takeaway),
        data=data,
        size=SMALL,
    )


def _range(values: "pd.Series[float]") -> str:
    return f"{setting(float(values.min()))} to {setting(float(values.max()))}"


def failures_plate(points: Points) -> Plate | None:
    """None where every network learnt something."""
    fates = fates_of(points)
    counts = fates.value_counts()
    if set(counts.index) <= {LEARNED}:
        return None
    said = "; ".join(f"{count(int(number), 'network')}: {fate}" for fate, number in counts.items())
    rows = [LEARNED, *sorted(set(counts.index) - {LEARNED})]
    panels = [Panel(field_name(field), partial(draw_failures, points, fates, rows, field)) for field in points.bounds]
    data = points.networks[[*points.bounds, "seed", "valid_loss"]].assign(fate=fates)
    return plate(
        "failures",
        panels,
        Description(f"What became of networks, by field. {said}.", FAILED.format(counts=said), _lost(counts)),
        data=data[fates != LEARNED],
        size=SMALL,
    )


def _lost(counts: "pd.Series[int]") -> str:
    learnt, every = int(counts.get(LEARNED, 0)), int(counts.sum())
    return f"Of {count(every, 'network')} {every - learnt} learnt nothing or {'was' if every - learnt == 1 else 'were'} lost."


def fates_of(points: Points) -> "pd.Series[str]":
    """Of each network: why it was lost, by its name, or whether it learnt."""
    networks = points.networks
    nothing = networks["valid_loss"] > points.guess - LEARNT
    learnt = np.where(nothing, NOTHING, LEARNED)
    return networks["stopped"].where(networks["valid_loss"].isna(), pd.Series(learnt, networks.index)).astype(str)


def draw_parallel(points: Points, ax: Axes) -> Axes:
    lines = np.column_stack(list(points.unit.values()))[points.means.argsort()]
    best, places = _best(points), np.arange(lines.shape[1])
    at = np.tile(places.astype(float), (len(lines), 1))
    draw_joined(at[best:], lines[best:], ax, colour=theme.MUTED, alpha=0.25)
    draw_joined(at[:best], lines[:best], ax, colour=theme.colour("joint"), alpha=0.9)
    for axis, bounds in zip(places, points.bounds.values(), strict=True):
        for end, side in (("low", "top"), ("high", "bottom")):
            ax.annotate(
                setting(bounds[end]),
                (axis, 0 if end == "low" else 1),
                (0, -3 if end == "low" else 3),
                textcoords="offset points",
                ha="center",
                va=side,
                fontsize=theme.SMALL_TYPE,
                color=theme.MUTED,
            )
    ax.set_xticks(places, [_folded(field) for field in points.bounds])
    ax.tick_params(axis="x", pad=14, length=0)
    ax.set_yticks([])
    ax.set(xlim=(-0.3, places[-1] + 0.3), ylim=(-0.02, 1.1))
    for spine in ax.spines.values():
        spine.set_visible(False)
    ax.grid(axis="x")
    return ax


def draw_failures(points: Points, fates: "pd.Series[str]", rows: Sequence[str], field: str, ax: Axes) -> Axes:
    unit = pd.Series(place(points.networks[field].to_numpy(float), points.bounds[field]), fates.index)
    for row, fate in enumerate(rows):
        at = unit[fates == fate].drop_duplicates().to_numpy(float)
        ends = np.tile([row + 0.02, row + 0.28], (at.size, 1))
        colour = theme.MUTED if fate == LEARNED else theme.colour("l2")
        draw_joined(np.column_stack([at, at]), ends, ax, colour=colour, alpha=0.6)
        ax.text(
            0,
            row - 0.2,
            f"{fate}: {int((fates == fate).sum())}",
            transform=ax.get_yaxis_transform(),
            va="center",
            fontsize=theme.SMALL_TYPE,
        )
    bounds = points.bounds[field]
    ax.set_xticks([0, 1], [setting(bounds["low"]), setting(bounds["high"])])
    ax.set_yticks([])
    ax.grid(visible=False)
    ax.spines["left"].set_visible(False)
    ax.set(xlim=(-0.02, 1.02), ylim=(len(rows) - 0.5, -0.7))
    return ax


def _best(points: Points) -> int:
    return max(round(BEST * len(points.means)), 1)


def _folded(field: str) -> str:
    words = field_name(field).removesuffix(" [units]").split()
    return "\n".join(words if len(words) < 4 else [words[0], *words[2:]])
