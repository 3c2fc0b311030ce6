"""Labels beside the lines that they name, in the place of a legend."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes
from matplotlib.backend_bases import RendererBase
from matplotlib.lines import Line2D
from matplotlib.transforms import IdentityTransform

from reports.drawing import theme

BESIDE = 1.04  # of the axes: where the labels begin
FROM, TO = 3.0, 2.0  # dots between a line and its point, and its label


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
    places = apart(wanted, height)
    for label, at in zip(ordered, places, strict=True):
        ax.text(
            BESIDE,
            at,
            label.words,
            transform=ax.transAxes,
            va="center",
            color=label.colour,
            fontsize=theme.SMALL_TYPE,
        )
    if labels:
        ax.add_line(_Leads([(label.x, label.y) for label in ordered], places))
    return ax


class _Leads(Line2D):
    """Thin lines from points towards their labels, as one path: an arrow for each took longer than its text.

    Where the points are is known only when the figure is drawn, its limits and edges final.
    """

    def __init__(self, points: Sequence[tuple[float, float]], places: Sequence[float]) -> None:
        super().__init__([], [], color=theme.MUTED, linewidth=0.6, clip_on=False)
        self.points, self.places = np.array(points, float), places
        self.set_transform(IdentityTransform())

    def draw(self, renderer: RendererBase) -> None:
        assert self.axes is not None
        starts = self.axes.transData.transform(self.points)
        ends = self.axes.transAxes.transform([(BESIDE, place) for place in self.places])
        away = (ends - starts) / np.linalg.norm(ends - starts, axis=1, keepdims=True)
        lines = [starts + FROM * away, ends - TO * away, np.full_like(starts, np.nan)]
        self.set_data(*np.stack(lines, axis=1).reshape(-1, 2).T)
        super().draw(renderer)


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
