"""A matplotlib figure as inline SVG: named for readers, coloured by the page's style sheet, the same bytes every time."""

import re

import matplotlib as mpl
from markupsafe import Markup, escape
from matplotlib.figure import Figure

from reports.drawing.renderer import svg
from reports.drawing.theme import VARIABLES

GEOMETRY = re.compile(r' (?:d|x|y|transform|points)="[^"]*"')
DECIMALS = re.compile(r"-?\d+\.\d{3,}")  # of a point: what is rounded off is a seventieth of a pixel
FAMILY = "font-family: 'DejaVu Sans', sans-serif; "
BARE = re.compile(r"<g>([^<]*(?:<(?!/?g[ >])[^<]*)*)</g>")  # holds no other


def inline(figure: Figure, *, name: str, title: str, description: str) -> Markup:
    """The figure as an <svg> element; ``name`` is unique on the page and prefixes the element's ids."""
    with mpl.rc_context({"svg.hashsalt": name}):
        drawing = _strip(svg(figure))
    drawing = _prefix_ids(_less(drawing), name)
    drawing = re.sub("#[0-9a-f]{6}", _variable, drawing)
    drawing = GEOMETRY.sub(_rounded, drawing)
    drawing = re.sub(r"\s*\n\s*", "\n", drawing)
    words = f"<title id='{name}-title'>{escape(title)}</title><desc id='{name}-desc'>{escape(description)}</desc>"
    box = re.search(r'viewBox="([^"]+)"', drawing)
    opening = f"<svg viewBox='{box[1] if box else ''}' role='img' aria-labelledby='{name}-title {name}-desc'>"
    return Markup(opening + words + drawing[drawing.index(">") + 1 :])  # noqa: S704 - matplotlib escapes its texts, we ours


def _strip(document: str) -> str:
    """From <svg to its end, without metadata and without the style element, which would reach the whole page."""
    element = document[document.index("<svg") :]
    element = re.sub(r"\s*<metadata>.*?</metadata>", "", element, flags=re.DOTALL)
    element = re.sub(r"\s*<defs>\s*<style.*?</style>\s*</defs>", "", element, flags=re.DOTALL)
    return re.sub(r"<!--.*?-->", "", element, flags=re.DOTALL)


def _less(element: str) -> str:
    """Without what nothing refers to or changes, and groups that say nothing: a quarter of the bytes."""
    referred = set(re.findall(r'(?:xlink:href="|url\()#([^")]+)', element))
    element = re.sub(r' id="([^"]*)"', lambda found: found[0] if found[1] in referred else "", element)
    element = re.sub(r' transform="rotate\(-?0 [^"]*\)"', "", element)
    element = element.replace(FAMILY, "")  # the style sheet's
    while BARE.search(element):
        element = BARE.sub(r"\1", element)
    return element


def _prefix_ids(element: str, name: str) -> str:
    element = re.sub(r'\bid="', f'id="{name}-', element)
    element = element.replace('xlink:href="#', f'href="#{name}-')
    return element.replace("url(#", f"url(#{name}-")


def _rounded(found: re.Match[str]) -> str:
    """Half of a path's bytes say less than can be seen."""
    shorter = DECIMALS.sub(lambda number: f"{float(number[0]):.2f}".rstrip("0").rstrip("."), found[0])
    return re.sub(r"\s*\n\s*", " ", shorter)


def _variable(found: re.Match[str]) -> str:
    name = VARIABLES.get(found[0])
    return f"var(--{name})" if name else found[0]
