"""What figures share: a key that says each thing once, marks with their reach, and axes that do not spend themselves on what nobody tunes."""

import numpy as np
import pytest

from reports.drawing import theme
from reports.drawing.figures import MARGIN, clip, draw_reach
from reports.drawing.keys import Entry, key
from reports.drawing.layout import axes_of
from reports.evidence.responses import TUNABLE


def test_what_panels_draw_is_said_once_each_by_its_colour_and_mark():
    panels = [axes_of(3.3, 2.6) for _ in range(2)]
    for ax in panels:
        draw_reach([1, 2], [3, 4], (2, 5), ax, colour=theme.colour("l2"), mark="s", label="squares")
        ax.plot([1, 2], [3, 4], "--", color=theme.colour("dropout"), label="dashes")
        ax.plot([1, 2], [3, 4], color=theme.INK)
    assert key(panels) == (Entry("squares", "l2", "■"), Entry("dashes", "dropout", "– –"))


def test_a_mark_reaches_from_end_to_end_where_both_are_known():
    ax = axes_of(3.3, 2.6)
    draw_reach([1, 2], [3, 4], ([2, np.nan], [5, 6]), ax, colour=theme.INK)
    bars, marks = ax.lines
    assert bars.get_xydata()[:2].tolist() == [[1, 2], [1, 5]]
    assert len(bars.get_xydata()) == 3
    assert marks.get_xydata().tolist() == [[1, 3], [2, 4]]


@pytest.mark.parametrize("highest", [1.2, 5.0])
def test_an_axis_ends_where_nobody_tunes_any_more(highest):
    ax = axes_of(3.3, 2.6)
    ax.plot([0, 1], [0.5, highest])
    low, high = clip(ax).get_ylim()
    if highest - 0.5 > TUNABLE:
        assert (low, high) == pytest.approx((0.5 - MARGIN, 0.5 + TUNABLE))
    else:
        assert (low < 0.5, high > highest) == (True, True)


@pytest.mark.parametrize(
    "losses", [[], [[np.nan, np.nan]], [[np.nan, 0.5], [np.inf, 0.6]]], ids=["no line", "no loss", "one"]
)
def test_an_axis_stays_where_nothing_is_known_to_lie_far_up(losses):
    ax = axes_of(3.3, 2.6)
    for each in losses:
        ax.plot([0, 1], each)
    before = ax.get_ylim()
    assert clip(ax).get_ylim() == before
