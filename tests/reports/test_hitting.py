"""Searches that hit: of planted responses as many as follow from the width of the window."""

import numpy as np
import pytest
from planted import dropout, parabola
from scipy import stats

from reports.tuning.doses import dose_networks, doses
from reports.tuning.hitting import hits
from reports.tuning.random_search import PLACES, TRIALS, Places, search
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


@pytest.mark.parametrize("seed", range(3))
def test_hits_and_their_interval_are_what_the_sums_say(seed):
    """Place by place and seed by seed: within the window, for certain, and possibly; half a seed that always and half that never hits beside."""
    draws = np.random.default_rng(seed)
    count = 5
    losses = draws.uniform(0.3, 0.36, (9, 1)) + draws.normal(0, 0.004, (9, count))
    search = Places(losses).search(3)
    means, t = losses.mean(axis=1), stats.t.ppf(0.975, count - 1)
    lowest = losses[means.argmin()]
    others = [[each for each in range(count) if each != scored] for scored in range(count)]
    chosen = [losses[:, rest].mean(axis=1).argmin() for rest in others]
    gap = np.mean([losses[place, scored] for scored, place in enumerate(chosen)]) - means.min()
    assert gap >= 0
    shares = {"inside": [], "surely": [], "possibly": []}
    for scored, rest in enumerate(others):
        of_rest = losses[:, rest].mean(axis=1)
        above = of_rest - of_rest.min()
        reach = [t * (each - lowest).std(ddof=1) / np.sqrt(count) for each in losses]
        for name, off in (("inside", [-gap / 2] * 9), ("surely", reach), ("possibly", [-gap - each for each in reach])):
            within = [place for place in range(9) if above[place] + off[place] <= 0.02]
            shares[name].append(search.kept[within, scored].sum())
    value, sure, possible = (np.mean(shares[name]) for name in ("inside", "surely", "possibly"))
    values, weights = [*shares["inside"], 0, 1], [1] * count + [0.5, 0.5]
    variance = np.average((values - np.average(values, weights=weights)) ** 2, weights=weights) / count
    between = t * np.sqrt(variance)
    low, high = max(value - np.hypot(value - sure, between), 0), min(value + np.hypot(possible - value, between), 1)
    found = hits(search)
    assert (found.value, found.low, found.high) == pytest.approx((100 * value, 100 * low, 100 * high))
    assert found.error == pytest.approx((found.high - found.low) / 2 / t)
    assert found.seeds == count


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
