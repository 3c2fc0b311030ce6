"""Searches that hit: of planted responses as many as follow from the width of the window."""

import numpy as np
import pytest
from planted import dropout, parabola

from reports.tuning.doses import dose_networks, doses
from reports.tuning.hitting import hits
from reports.tuning.random_search import PLACES, TRIALS, search
from reports.tuning.strength_axes import AXES

AT = AXES["linear"].at(PLACES, 12)


def curve(table):
    (found,) = doses(dose_networks(table, "dropout"))
    return found.best


@pytest.mark.parametrize("bend", [1.0, 5.0, 20.0])
@pytest.mark.parametrize("trials", TRIALS)
def test_a_window_of_known_width_is_hit_as_often_as_chance_has_it(bend, trials):
    """One draw of T lies in a share w of the axis with 1 − (1 − w)^T."""
    width = 2 * np.sqrt(0.02 / bend) / (0.997 - 0.2)
    found = hits(search(curve(dropout(parabola(0.6, bend))), AT, trials))
    assert found.value == pytest.approx(100 * (1 - (1 - width) ** trials), abs=3)
    assert found.low <= found.value <= found.high


def test_where_every_strength_is_as_good_every_search_hits():
    found = hits(search(curve(dropout(lambda strengths: 0.5 + 0.001 * strengths)), AT, 5))
    assert found.value == pytest.approx(100)
    assert found.high == 100
    assert found.low < 95  # four seeds that agree prove little


def test_none_counts_as_the_best_and_tried_first_it_is_hit():
    table = dropout(lambda strengths: np.where(strengths == 1, 0.1, 0.5))
    assert hits(search(curve(table), AT, 20)).value == pytest.approx(0)
    assert hits(search(curve(table), AT, 5, none_first=True)).value == pytest.approx(100)


def test_seeds_that_disagree_hit_less_often_and_widen_the_interval():
    calm, torn = (hits(search(curve(dropout(parabola(0.6, 5.0), tilt=tilt)), AT, 10)) for tilt in (0.0, 2.0))
    assert torn.value < calm.value
    assert torn.high - torn.low > calm.high - calm.low
