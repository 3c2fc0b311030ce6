"""Plates: figures ready for the page, one SVG for each panel, with the data behind them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from textwrap import fill
from urllib.parse import quote

import pandas as pd
from markupsafe import Markup
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from reports.drawing.figures import share_vertical
from reports.drawing.keys import Entry, key
from reports.drawing.layout import axes_of, fit
from reports.drawing.svg import inline
from reports.judging.text import setting


@dataclass(frozen=True)
class Size:
    """Inches; the name is the style sheet's, which sets how many stand side by side.

    No wider than 3.3, or type is too small to read where that is as wide as a phone.
    """

    name: str
    width: float
    height: float


TITLE = 33  # letters, which are bold
HARMLESS = " ,.:;()[]=+*/?!@~^|'"  # in an address in quotes
SMALL = Size("small", 3.3, 2.6)


@dataclass(frozen=True)
class Panel:
    """Panels of one ``scale`` have one vertical axis."""

    title: str
    draw: Callable[[Axes], Axes]
    scale: str = ""


@dataclass(frozen=True)
class Description:
    """What is read out in the place of a figure, what stands below it, and over it what it shows, where no sentence before it says so."""

    alt: str
    caption: str
    takeaway: str = ""


@dataclass(frozen=True)
class PrintedTable:
    """Cells as they are printed; ``csv`` is the address of the same as a file, with six digits."""

    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    csv: str = ""


@dataclass(frozen=True)
class Plate:
    """``key`` is empty where all lines and marks are of one thing, which the caption names."""

    name: str
    takeaway: str
    key: tuple[Entry, ...]
    panels: tuple[Markup, ...]
    caption: str
    table: PrintedTable
    size: str


def plate(name: str, panels: Sequence[Panel], words: Description, *, data: pd.DataFrame, size: Size) -> Plate:
    """``name`` is unique on the page."""
    axes = [panel.draw(axes_of(size.width, size.height)) for panel in panels]
    share_scales(axes, panels)
    named = key(axes)
    drawings = [
        inline(_titled(ax, panel.title), name=f"{name}-{number}", title=panel.title, description=words.alt)
        for number, (ax, panel) in enumerate(zip(axes, panels, strict=True), start=1)
    ]
    alone = "alone" if len(drawings) == 1 else size.name
    shown = named if len(named) > 1 else ()
    return Plate(name, words.takeaway, shown, tuple(drawings), words.caption, printed(data), alone)


def _titled(ax: Axes, title: str) -> Figure:
    """The figure of ``ax``, ready to be written."""
    figure = ax.get_figure(root=True)
    assert figure is not None
    ax.set_title(fill(title, TITLE), y=1)  # where it is anyway, or matplotlib measures all anew to place it
    fit(ax)
    return figure


def share_scales(axes: Sequence[Axes], panels: Sequence[Panel]) -> None:
    """``axes`` are those of the panels, in their order."""
    for scale in {panel.scale for panel in panels}:
        share_vertical([ax for ax, panel in zip(axes, panels, strict=True) if panel.scale == scale])


def printed(data: pd.DataFrame) -> PrintedTable:
    rows = tuple(tuple(setting(cell) for cell in row) for row in data.itertuples(index=False, name=None))
    return PrintedTable(tuple(str(column).replace("_", " ") for column in data.columns), rows, as_address(data))


def as_address(data: pd.DataFrame) -> str:
    """The table as a CSV file within the address that leads to it."""
    written = data.to_csv(index=False, lineterminator="\n", float_format="%.6g")
    return f"data:text/csv;charset=utf-8,{quote(written, safe=HARMLESS)}"
