"""Plates: figures ready for the page, one SVG for each panel, with the data behind them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import pandas as pd
from markupsafe import Markup
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from reports.drawing.figures import share_vertical
from reports.drawing.svg import inline
from reports.judging.text import setting


@dataclass(frozen=True)
class Size:
    """Inches; the name is the style sheet's, which sets how many stand side by side."""

    name: str
    width: float
    height: float


SMALL = Size("small", 3.3, 2.6)
LARGE = Size("large", 4.9, 3.4)
WIDE = Size("wide", 8.6, 3.0)


@dataclass(frozen=True)
class Panel:
    title: str
    draw: Callable[[Axes], Axes]


@dataclass(frozen=True)
class Description:
    """What is read out in the place of a figure, and what stands below it."""

    alt: str
    caption: str


@dataclass(frozen=True)
class PrintedTable:
    """Cells as they are printed."""

    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class Plate:
    name: str
    panels: tuple[Markup, ...]
    caption: str
    table: PrintedTable
    size: str


def plate(name: str, panels: Sequence[Panel], words: Description, *, data: pd.DataFrame, size: Size) -> Plate:
    """Panels on one vertical axis; ``name`` is unique on the page."""
    figures = [Figure(figsize=(size.width, size.height), layout="constrained") for _ in panels]
    axes = [panel.draw(figure.add_subplot()) for panel, figure in zip(panels, figures, strict=True)]
    share_vertical(axes)
    for ax, panel in zip(axes, panels, strict=True):
        ax.set_title(panel.title)
    drawings = [
        inline(figure, name=f"{name}-{number}", title=panel.title, description=words.alt)
        for number, (figure, panel) in enumerate(zip(figures, panels, strict=True), start=1)
    ]
    return Plate(name, tuple(drawings), words.caption, printed(data), size.name)


def printed(data: pd.DataFrame) -> PrintedTable:
    rows = tuple(tuple(setting(cell) for cell in row) for row in data.itertuples(index=False, name=None))
    return PrintedTable(tuple(str(column).replace("_", " ") for column in data.columns), rows)
