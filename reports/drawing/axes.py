"""Axes whose ticks are drawn together: matplotlib's make five artists of each tick, which took more than a third of a figure's time."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, cast

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.axis import Axis, Tick, XAxis, YAxis
from matplotlib.backend_bases import RendererBase
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.text import Text
from matplotlib.ticker import FixedLocator
from matplotlib.transforms import Bbox

from reports.drawing.renderer import Renderer
from reports.judging.intervals import Numbers

RC = cast("Mapping[str, Any]", mpl.rcParams)
GAP = 3.0  # dots between two numbers
LAYOUTS: dict[tuple[str, float, str, str], Any] = {}
NEAR = 1e-6  # dots beyond an edge that still lie on it
ALIGNED: dict[str, dict[str, Any]] = {
    "x": {"ha": "center", "va": "top"},
    "y": {"ha": "right", "va": "center_baseline"},
}
KEYS = {"length": "major.size", "pad": "major.pad", "labelsize": "labelsize"}  # of ticks, and of matplotlib's settings


@dataclass(frozen=True)
class Ticks:
    """Those in sight, ``at`` (N,) in units of data; in dots ``places`` on the edge of the axes, (N, 2), and ``boxes`` around their labels, which stand at ``below``."""

    at: Numbers
    places: Numbers
    below: Numbers
    labels: Sequence[str]
    boxes: Sequence[Bbox]


class JoinedTicks(Axis):
    """Ticks on the lower or left side alone, and no minor ones: a path for the grid, a path for the ticks, and a text for each label.

    None of matplotlib's own is ever made.
    """

    axis_name: str
    majorTicks: list[Tick] = []  # noqa: N815, RUF012 - matplotlib's
    minorTicks: list[Tick] = []  # noqa: N815, RUF012

    def draw(self, renderer: RendererBase) -> None:
        ticks, style = self._ticks(), self._style
        ends = ticks.places.copy()
        ends[:, self._across] -= style["length"]
        opposite = ticks.places.copy()
        opposite[:, self._across] = self.axes.bbox.max[self._across]
        for kind, shown, to in (("grid", style["gridOn"], opposite), (f"{self.axis_name}tick", style["length"], ends)):
            if shown and len(to):
                self._joined(kind, ticks.places, to).draw(renderer)
        label = _text(self.axis_name, style["labelsize"], self.get_figure(root=True))
        for place, words in zip(ticks.below, ticks.labels, strict=True):
            label.set_position(place)
            label.set_text(words)
            label.draw(renderer)
        self._place(ticks.boxes)
        self.label.draw(renderer)
        self.offsetText.draw(renderer)

    def get_tightbbox(self, renderer: RendererBase | None = None, *, for_layout_only: bool = False) -> Bbox:
        """Around the axes and all labels; for layout without the length of the axis' own, which moving edges does not help."""
        ticks = self._ticks()
        self._place(ticks.boxes)
        own, offset = (
            [each.get_window_extent(renderer)] if each.get_text() else [] for each in (self.label, self.offsetText)
        )
        for box in own if for_layout_only else ():
            ends = box.get_points()
            ends[:, 1 - self._across] = ends[:, 1 - self._across].mean()
            box.set_points(ends)
        return Bbox.union([self.axes.bbox, *ticks.boxes, *own, *offset])

    def get_major_ticks(self, numticks: int | None = None) -> list[Tick]:
        """None, whatever their number."""
        return []

    get_minor_ticks = get_major_ticks

    def _get_ticks_position(self) -> int:
        """1: on the lower or left side."""
        return 1

    @property
    def _across(self) -> int:
        """The direction away from the axis: 1 for the horizontal one."""
        return int(self.axis_name == "x")

    @property
    def _style(self) -> dict[str, Any]:
        rc = {name: RC[f"{self.axis_name}tick.{key}"] for name, key in KEYS.items()}
        return {"gridOn": False, **rc, **self.get_tick_params(which="major")}

    def _ticks(self) -> Ticks:
        at, style, box = np.asarray(self.get_majorticklocs(), float), self._style, self.axes.bbox
        labels = self.get_major_formatter().format_ticks(at.tolist())
        along, across = 1 - self._across, self._across
        to_dots = self.axes.get_xaxis_transform() if across else self.axes.get_yaxis_transform()
        pairs = np.zeros((at.size, 2))
        pairs[:, along] = at
        places = to_dots.transform(pairs)
        beyond = np.maximum(box.min[along] - places[:, along], places[:, along] - box.max[along])
        seen = np.flatnonzero(beyond < NEAR)
        below = places.copy()
        below[:, across] -= style["length"] + style["pad"]
        boxes = [_box(labels[tick], self.axis_name, style["labelsize"]).translated(*below[tick]) for tick in seen]
        return Ticks(at[seen], places[seen], below[seen], [labels[tick] for tick in seen], boxes)

    def _joined(self, kind: str, starts: Numbers, ends: Numbers) -> Line2D:
        """All lines from start to end, as one path with gaps."""
        path = np.stack([starts, ends, np.full_like(starts, np.nan)], axis=1).reshape(-1, 2)
        colour, width = ("grid.color", "grid.linewidth") if kind == "grid" else (f"{kind}.color", f"{kind}.major.width")
        return Line2D(*path.T, color=RC[colour], linewidth=RC[width], marker="", solid_capstyle="butt")

    def _place(self, boxes: Sequence[Bbox]) -> None:
        """The axis' own label, beyond those of its ticks, and what they are to be multiplied by."""
        edge = min([self.axes.bbox.min[self._across], *(box.min[self._across] for box in boxes)])
        x, y = self.label.get_position()
        beyond = edge - self.labelpad
        self.label.set_position((x, beyond) if self._across else (beyond, y))
        self.offsetText.set_text(self.get_major_formatter().get_offset())
        if self.offsetText.get_text():
            self._update_offset_text_position(boxes, [])  # type: ignore[attr-defined]


class JoinedX(JoinedTicks, XAxis):
    """The horizontal one, on which labels stand side by side."""

    def thin(self) -> None:
        """Leaves every second tick, or every third and so on, where a number would stand on the next one; zero stays, or what is nearest to it."""
        ticks = self._ticks()
        if not all(label.lstrip("−")[:1].isdigit() for label in ticks.labels):
            return
        starts, ends = (np.array([getattr(box, side) for box in ticks.boxes]) for side in ("x0", "x1"))
        for step in range(1, len(ticks.labels)):
            kept = slice(int(np.abs(ticks.at).argmin()) % step, None, step)
            if (starts[kept][1:] > ends[kept][:-1] + GAP).all():
                break
        else:
            return
        if step > 1:
            self.set_major_locator(FixedLocator(ticks.at[kept].tolist()))


class JoinedY(JoinedTicks, YAxis):
    """The vertical one."""


class PanelAxes(Axes):
    """Axes of a panel."""

    def _init_axis(self) -> None:
        """With axes of ours, which no spine asks for ticks."""
        self.xaxis, self.yaxis = JoinedX(self, clear=False), JoinedY(self, clear=False)


class TickText(Text):
    """Of ticks, laid out once for all panels: few labels are on one alone."""

    def _get_layout(self, renderer: RendererBase) -> Any:
        """As matplotlib's, which does not depend on where the text stands."""
        key = (
            self.get_text(),
            float(self.get_fontsize()),
            self.get_horizontalalignment(),
            self.get_verticalalignment(),
        )
        if key not in LAYOUTS:
            LAYOUTS[key] = super()._get_layout(renderer)  # type: ignore[misc]
        return LAYOUTS[key]


def _text(axis: str, size: float, figure: Figure | None) -> Text:
    """Of the ticks of an axis, "x" or "y"; its place is in dots."""
    found = TickText(fontsize=size, color=RC[f"{axis}tick.color"], **ALIGNED[axis])
    if figure is not None:
        found.set_figure(figure)
    return found


@cache
def _box(words: str, axis: str, size: float) -> Bbox:
    """Around a label that stands at (0, 0)."""
    label, renderer = _measured(axis, size)
    label.set_text(words)
    return label.get_window_extent(renderer)


@cache
def _measured(axis: str, size: float) -> tuple[Text, Renderer]:
    """What measures the labels of an axis."""
    figure = Figure(dpi=72)
    return _text(axis, size, figure), Renderer(figure)
