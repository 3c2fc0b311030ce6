"""Axes stand so that all that is around them is on the page, whatever is written there, and say what matplotlib's own would."""

import re
from io import StringIO

import numpy as np
import pytest
from levels import one_in
from matplotlib.backends.backend_svg import RendererSVG
from matplotlib.figure import Figure

from reports.drawing import theme
from reports.drawing.figures import log_horizontal
from reports.drawing.labels import Label, label_beside
from reports.drawing.layout import PAD, axes_of, fit
from reports.drawing.renderer import svg


@pytest.mark.parametrize("height", [1.5, 2.6])
@pytest.mark.parametrize("top", one_in(2, [1e-3, 1.0, 12345.0]))
@pytest.mark.parametrize("beside", ["", "12 units: +0.011\nat 0.95"])
def test_nothing_is_cut(height, top, beside):
    with theme.drawing():
        ax = axes_of(3.3, height)
        ax.plot(np.geomspace(1e-5, 1, 20), np.linspace(-top, top, 20))
        ax.text(1.04, 0.5, beside, transform=ax.transAxes)
        log_horizontal(ax)
        ax.set(xlabel="λ of L2", ylabel="validation loss [nat]", title="Dropout")
        fit(ax)
        width, tall = ax.figure.bbox.size
        found = ax.get_tightbbox(RendererSVG(width, tall, StringIO()), for_layout_only=True)
    assert min(found.x0, found.y0, width - found.x1, tall - found.y1) > 0
    assert max(found.x0, found.y0, tall - found.y1) < 4 * PAD, "nor is room left that nothing needs"


def test_a_label_that_is_longer_than_its_axis_moves_no_edge():
    """Wider edges would make the axis shorter still."""
    with theme.drawing():
        found = []
        for words in ("short", "a label that is longer by far than the axis along which it stands in its figure"):
            ax = axes_of(3.3, 2.6)
            ax.set(xlabel=words, ylabel=words)
            fit(ax)
            found.append(ax.get_position().bounds)
    assert found[0] == pytest.approx(found[1])


def test_an_axis_without_a_drawing_stays_as_it_is():
    with theme.drawing():
        assert log_horizontal(axes_of(3.3, 2.6)).get_xscale() == "linear"


FORMS = {
    "linear": lambda ax: ax,
    "upside down": lambda ax: ax.set_ylim(1.2, -0.3),
    "logarithmic": log_horizontal,
    "short and logarithmic": lambda ax: (ax.set_xlim(0.01, 0.4), log_horizontal(ax)),
    "named": lambda ax: ax.set_xticks([0.1, 0.5], ["where it\nwas chosen", "test part"]),
    "small": lambda ax: (ax.set_xlim(0, 1e-8), ax.set_ylim(0, 1e8)),
    "styled": lambda ax: (ax.tick_params(axis="x", pad=14, length=0), ax.tick_params(axis="y", labelsize=6)),
    "without": lambda ax: ax.set_yticks([]),
    "of grids": lambda ax: (ax.grid(axis="x"), ax.grid(visible=False, axis="y")),
}


@pytest.mark.parametrize("form", FORMS)
def test_ticks_drawn_together_are_those_that_are_drawn_one_by_one(form):
    """What is written where; lines may be of one path or of many."""
    found = []
    with theme.drawing():
        ours = axes_of(3.3, 2.6)
        theirs = Figure(figsize=(3.3, 2.6), dpi=72).add_axes(ours.get_position())
        for ax in (ours, theirs):
            ax.plot(np.geomspace(1e-5, 1, 20), np.linspace(0, 1, 20))
            FORMS[form](ax)
            ax.set(xlabel="λ of L2", ylabel="validation loss [nat]", title="Dropout")
            drawing = svg(ax.figure)
            lines = re.findall(r'd="(M [^"C]*)"', drawing)
            segments = {
                tuple(np.round(np.array(re.findall(r"[-.0-9]+", each), float), 2))
                for path in lines
                for each in re.findall(r"M [^M]*", path)
            }
            found.append((sorted(re.findall(r"<text.*?</text>", drawing)), segments))
    (texts, lines), (their_texts, their_lines) = found
    assert texts == their_texts
    marks = {each for each in lines ^ their_lines if len(each) == 4 and not is_mark(each)}
    assert not marks


def is_mark(ends):
    """A tick, which matplotlib draws once at (0, 0) and refers to."""
    return np.hypot(ends[0] - ends[2], ends[1] - ends[3]) <= 3.5 + 1e-6


@pytest.mark.parametrize("limits", [(-0.1625, 0.0375), (0.00011, 0.00012), (-3, 3)])
def test_no_number_stands_on_the_next_one(limits):
    with theme.drawing():
        ax = axes_of(3.3, 2.6)
        ax.set_xlim(*limits)
        fit(ax)
        labels = re.findall(r'text-anchor: middle[^>]* x="([0-9.]+)"[^>]*>([^<]+)<', svg(ax.figure))
    places = np.array([float(place) for place, _ in labels])
    assert len(places) > 2
    assert np.diff(places).min() > max(5.2 * len(words) for _, words in labels), "a digit is 5.7 dots wide, a point 3"
    assert ("0" in {words.rstrip("0.") or "0" for _, words in labels}) == (limits[0] < 0), (
        "zero stays where it is in sight"
    )


def test_a_label_leads_to_its_point_whatever_happens_to_the_axes_later():
    with theme.drawing():
        ax = axes_of(3.3, 2.6)
        ax.set(xlim=(0, 1), ylim=(0, 1))
        label_beside([Label("here", 0.25, 0.5, theme.INK)], ax)
        ax.set_ylim(0, 10)
        fit(ax)
        drawing = svg(ax.figure)
        x, y = ax.transData.transform((0.25, 0.5))
    height = ax.figure.bbox.height
    starts = np.array(re.findall(r"M ([-.0-9]+) ([-.0-9]+)", drawing), float)
    assert np.hypot(*(starts - (x, height - y)).T).min() == pytest.approx(3, abs=0.01)
