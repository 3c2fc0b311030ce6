"""What figures are measured and written by: matplotlib's SVG, with each text measured once for all of them."""

from functools import cache
from io import StringIO
from typing import Any, Literal

from matplotlib._path import convert_to_string  # type: ignore[attr-defined]  # matplotlib's own gap
from matplotlib.backends.backend_svg import RendererSVG
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.path import Path
from matplotlib.textpath import TextToPath
from matplotlib.transforms import Transform

TEXTS = TextToPath()  # with the formulas that it has parsed, such as 10⁻³
NO_METADATA = dict.fromkeys(("Date", "Creator", "Format", "Type"))


class Renderer(RendererSVG):
    """Of a figure at 72 dots an inch. matplotlib's own is new to every text, and axes have the same numbers: it took a tenth of a page's time."""

    def __init__(self, figure: Figure) -> None:
        self.written = StringIO()
        super().__init__(*figure.bbox.size, self.written, metadata=NO_METADATA)  # type: ignore[no-untyped-call]  # matplotlib's own gap
        self._text2path = TEXTS

    def _convert_path(
        self, path: Path, transform: Transform | None = None, clip: Any = None, simplify: Any = None, sketch: Any = None
    ) -> str:
        """As matplotlib's, with two digits for its six: what is rounded off is a seventieth of a pixel."""
        bounds = (0.0, 0.0, self.width, self.height) if clip else None
        written: bytes = convert_to_string(
            path, transform, bounds, simplify, sketch, 2, [b"M", b"L", b"Q", b"C", b"z"], False
        )
        return written.decode("ascii")

    def get_text_width_height_descent(
        self,
        s: str,
        prop: FontProperties,
        ismath: bool | Literal["TeX"],  # noqa: FBT001 - matplotlib's
    ) -> tuple[float, float, float]:
        return _measured(s, prop, ismath)


def svg(figure: Figure) -> str:
    """The figure as an SVG document."""
    renderer = Renderer(figure)
    figure.draw(renderer)
    renderer.finalize()  # type: ignore[no-untyped-call]  # matplotlib's own gap
    return renderer.written.getvalue()


@cache
def _measured(text: str, font: FontProperties, is_formula: bool | Literal["TeX"]) -> tuple[float, float, float]:  # noqa: FBT001 - matplotlib's
    found: tuple[float, float, float] = TEXTS.get_text_width_height_descent(text, font, is_formula)
    return found
