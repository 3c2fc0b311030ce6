"""What is seen of a page, short enough to be written down: its words and elements, and of each figure what it is drawn with and where it stands."""

import json
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from difflib import ndiff
from html import unescape
from pathlib import Path
from typing import Any
from zlib import crc32

import matplotlib as mpl
import numpy as np

FIGURES = Path(__file__).parent / "registered_figures.json"
ANEW = "if it is meant: make registered"
SVG = re.compile(r"<svg.*?</svg>", re.DOTALL)
GEOMETRY = re.compile(r' (?:d|x|y|transform|points)="([^"]*)"')
NUMBER = re.compile(r"-?\d+(?:\.\d+)?")
CUT = re.compile(
    r"-p[0-9a-f]{10}\b"
)  # to where: named after all digits of its coordinates, the last of which differ between processors


def changed(page: str, name: str) -> list[str]:
    """The lines and figures of a page that are not as they were written down."""
    known, again = text_of(name).read_text(encoding="utf-8").splitlines(), words(page)
    return [*(line for line in ndiff(known, again) if line[0] in "+-"), *redrawn(figures(page), name)]


def redrawn(again: Mapping[str, Sequence[Any]], of: str) -> list[str]:
    """Which figures look otherwise: coordinates are compared to a tenth of a point in all, and none where matplotlib is another."""
    known = json.loads(FIGURES.read_text(encoding="utf-8"))
    if mpl.__version__ != known["matplotlib"]["version"]:
        return []
    return [
        name
        for name, (*places, with_what) in again.items()
        if with_what != known[of][name][-1] or not np.allclose(places, known[of][name][:-1], rtol=0, atol=0.1)
    ]


def text_of(name: str) -> Path:
    return Path(__file__).parent / f"registered_page_of_{name}.txt"


def words(page: str) -> list[str]:
    """Line by line, then how many elements of each class there are, and lines without words; without what is in figures and in the style sheet."""
    bare = SVG.sub("", re.sub("<style.*?</style>", "", page, flags=re.DOTALL))
    lines = [line.strip() for line in unescape(re.sub("<[^>]*>", "", bare)).splitlines()]
    elements = Counter(".".join(filter(None, found)) for found in re.findall(r'<(\w+)(?: class="([^"]*)")?', bare))
    counted = [f"{count} {name}" for name, count in sorted(elements.items())]
    return [*filter(None, lines), *counted, *([f"{lines.count('')} empty lines"] if counted else [])]


def figures(page: str) -> dict[str, list[float | str]]:
    """By name, those without one together: how many coordinates there are, their sum in points, plain and weighted, and a checksum of all else.

    A mark that grows keeps the plain sum: its weights are as good as drawn at random.
    """
    drawings: dict[str, str] = {}
    for each in SVG.findall(page):
        name = re.search("aria-labelledby='(.*?)-title", each)
        drawings[name[1] if name else ""] = drawings.get(name[1] if name else "", "") + each
    return {name: _figure(each) for name, each in drawings.items()}


def _figure(drawing: str) -> list[float | str]:
    places = [float(number) for part in GEOMETRY.findall(drawing) for number in NUMBER.findall(part)]
    weighted = np.array(places) @ np.cos(np.arange(len(places)))
    checksum = crc32(CUT.sub("", GEOMETRY.sub("", drawing)).encode())
    return [len(places), round(sum(places), 2), round(float(weighted), 2), f"{checksum:x}"]
