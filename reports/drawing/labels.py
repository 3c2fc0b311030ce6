"""Labels beside the lines that they name, in the place of a legend."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes

from reports.drawing import theme

BESIDE = 1.04  # of the axes: where the labels begin


@dataclass(frozen=True)
class Label:
    """``words`` for the point (x, y) of a line, in the units of the data."""

    words: str
    x: float
    y: float
    colour: str


def label_beside(labels: Sequence[Label], ax: Axes, *, height: float = 0.2) -> Axes:
    """Right of the axes, highest point first, each with a thin line to its point; ``height`` of a label, of the axes.

    The limits of the axes are final by now: where a label stands depends on them.
    """
    ordered = sorted(labels, key=lambda label: -label.y)
    low, high = ax.get_ylim()
    wanted = [(float(np.clip(label.y, low, high)) - low) / (high - low) for label in ordered]
    for label, at in zip(ordered, apart(wanted, height), strict=True):
        ax.annotate(
            label.words,
            xy=(label.x, label.y),
            xytext=(BESIDE, at),
            textcoords=ax.transAxes,
            va="center",
            color=label.colour,
            fontsize=theme.SMALL_TYPE,
            arrowprops={"arrowstyle": "-", "color": theme.MUTED, "linewidth": 0.6, "shrinkA": 1, "shrinkB": 3},
            annotation_clip=False,
        )
    return ax


def apart(wanted: Sequence[float], height: float) -> list[float]:
    """Places from the highest to the lowest, near those that are wanted, ``height`` or more apart and inside 0 … 1 where all fit."""
    places: list[float] = []
    for at in wanted:
        places.append(min(at, places[-1] - height) if places else at)
    lowest = min(height / 2, 1 - height * (len(places) - 0.5))
    for place in reversed(range(len(places))):
        floor = lowest if place == len(places) - 1 else places[place + 1] + height
        places[place] = max(places[place], floor)
    return places
