"""The key of a figure: what its lines and marks are, said once for all panels, in the page's own type and their colours."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import cast

from matplotlib.axes import Axes
from matplotlib.colors import to_hex
from matplotlib.lines import Line2D

from reports.drawing.theme import VARIABLES

MARKS = {"o": "●", "s": "■", "D": "◆", "v": "▼", "^": "▲", "P": "✚"}
LINE, DASHES = "—", "– –"


@dataclass(frozen=True)
class Entry:
    """``colour`` is the style sheet's word for it, ``sign`` what the mark or line looks like."""

    words: str
    colour: str
    sign: str


def key(axes: Sequence[Axes]) -> tuple[Entry, ...]:
    """Of everything that was drawn with a label, each label once."""
    found: dict[str, Entry] = {}
    for ax in axes:
        for handle, words in zip(*ax.get_legend_handles_labels(), strict=True):
            line = cast("Line2D", handle)
            found.setdefault(words, Entry(words, VARIABLES[to_hex(line.get_color())], _sign(line)))
    return tuple(found.values())


def _sign(line: Line2D) -> str:
    mark = MARKS.get(str(line.get_marker()))
    return mark or (DASHES if line.is_dashed() else LINE)
