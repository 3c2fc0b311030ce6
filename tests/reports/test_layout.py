"""Axes stand so that all that is around them is on the page, whatever is written there."""

from io import StringIO

import numpy as np
import pytest
from levels import one_in
from matplotlib.backends.backend_svg import RendererSVG

from reports.drawing import theme
from reports.drawing.figures import log_horizontal
from reports.drawing.layout import PAD, axes_of, fit


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


def test_an_axis_without_a_drawing_stays_as_it_is():
    with theme.drawing():
        assert log_horizontal(axes_of(3.3, 2.6)).get_xscale() == "linear"
