"""A replayed search ends where real ones do: checked against searches carried out one by one, by formula and by enumeration."""

from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as some
from planted import SEEDS, dropout, parabola

from reports.judging.intervals import jackknife
from reports.tuning.doses import dose_networks, doses
from reports.tuning.random_search import PLACES, TRIALS, Places, chances, extra_loss, search
from reports.tuning.strength_axes import AXES

BEND = 2.0


def curve(table):
    (found,) = doses(dose_networks(table, "dropout"))
    return found.best


@given(some.lists(some.integers(0, 3), min_size=1, max_size=5), some.integers(1, 4))
def test_chances_are_those_of_all_sequences_of_draws(losses, trials):
    """Of draws that tie, each is kept as often."""
    expected = np.zeros(len(losses))
    for draws in product(range(len(losses)), repeat=trials):
        best = [place for place in draws if losses[place] == min(losses[draw] for draw in draws)]
        for place in best:
            expected[place] += 1 / len(best) / len(losses) ** trials
    assert chances(np.array(losses, float)[:, None], trials)[:, 0] == pytest.approx(expected)


def test_a_search_without_end_finds_the_best_and_nothing_else():
    assert chances(np.array([[3.0], [1.0], [2.0]]), np.inf)[:, 0].tolist() == [0, 1, 0]


def test_regret_on_a_parabola_is_that_of_the_nearest_draw():
    generator = np.random.default_rng(0)
    at = AXES["linear"].at(PLACES, 12)
    for trials in TRIALS:
        nearest = np.abs(AXES["linear"].at(generator.random((40_000, trials)), 12) - 0.7).min(axis=1)
        found = search(curve(dropout(parabola(0.7, BEND))), at, trials).regret
        assert found.value == pytest.approx(BEND * (nearest**2).mean(), rel=0.03, abs=2e-5)


def test_a_search_is_scored_on_the_other_seeds():
    """Each seed's own best lies elsewhere: what it would keep is wrong for the others, however many its tries."""
    tilt = 0.2
    table = dropout(parabola(0.7, BEND), tilt=tilt)
    found = search(curve(table), AXES["linear"].at(PLACES, 12), np.inf).scores
    own = 0.7 - tilt * np.linspace(-1, 1, SEEDS) / (2 * BEND)
    expected = (
        0.5 + BEND * (own[:, None] - 0.7) ** 2 + np.arange(SEEDS) + tilt * np.linspace(-1, 1, SEEDS) * own[:, None]
    )
    assert found == pytest.approx(expected, abs=2e-3)


def test_none_first_is_kept_where_nothing_better_is_found():
    at = AXES["linear"].at(PLACES, 12)
    best_at_none = search(curve(dropout(parabola(1.0, BEND))), at, 10, none_first=True)
    assert best_at_none.kept[-1] == pytest.approx(1)
    assert best_at_none.regret.value == pytest.approx(0)
    never = search(curve(dropout(parabola(0.3, BEND))), at, 10, none_first=True)
    assert (never.kept[-1] < 1e-6).all()
    assert never.kept.sum(axis=0) == pytest.approx(1)


def test_what_is_as_good_as_none_is_not_kept_where_none_is_tried_first():
    """Of one draw among three places: one is better, one alike, one worse."""
    seen = Places(np.array([[0.3], [0.5], [0.7], [0.5]]))
    assert seen.search(1).kept[:, 0] == pytest.approx([1 / 3, 1 / 3, 1 / 3, 0])
    assert seen.search(1, none_first=True).kept[:, 0] == pytest.approx([1 / 3, 0, 0, 2 / 3])


@pytest.mark.parametrize("none_first", [False, True])
def test_regret_and_extra_loss_are_means_over_ordered_pairs_of_seeds(none_first):
    """One that chooses, another that scores; and again without each seed, as both."""
    losses = np.random.default_rng(4).normal(0.5, 0.05, (7, 5))
    first, second = (Places(losses).search(trials, none_first=none_first) for trials in (2, 9))

    def ends(kept, seeds):
        return np.mean([kept[:, s] @ losses[:, t] for s in seeds for t in seeds if s != t])

    def best(seeds):
        chosen = {s: losses[:, [t for t in seeds if t != s]].mean(axis=1).argmin() for s in seeds}
        return np.mean([losses[place, s] for s, place in chosen.items()])

    def statistic(of):
        lacking = [of([t for t in range(5) if t != s]) for s in range(5)]
        return jackknife(of(range(5)), lacking)

    for found, expected, between in (
        (first.regret, statistic(lambda seeds: ends(first.kept, seeds) - best(seeds)), 0.004),
        (extra_loss(first, second), statistic(lambda seeds: ends(first.kept, seeds) - ends(second.kept, seeds)), 0.002),
    ):
        assert found.value == pytest.approx(expected.value)
        assert (found.low, found.high) == pytest.approx((expected.low - between, expected.high + between))
        assert found.seeds == 5


def test_swapping_two_axes_swaps_the_sign():
    drawn = curve(dropout(parabola(0.97, BEND), tilt=0.1))
    first, second = (search(drawn, AXES[name].at(PLACES, 12), 10) for name in ("linear", "odds"))
    there, back = extra_loss(first, second), extra_loss(second, first)
    assert there.value == pytest.approx(-back.value)
    assert (there.low, there.high) == pytest.approx((-back.high, -back.low))
    assert there.value > 0


def test_levels_hold_none_and_no_search_leaves_its_axis():
    assert set(AXES["levels"].at(PLACES, 4)) == {0.25, 0.5, 0.75, 1.0}
    ends = [axis.at(np.array([0.0, 1 - 1e-12]), 12) for axis in (AXES["linear"], AXES["odds"])]
    assert np.sort(ends[0]) == pytest.approx([0.2, 0.997])
    assert np.sort(ends[1]) == pytest.approx([0.2, 0.997])
    assert AXES["lambda"].at(np.array([0.0, 0.4, 1.0]), 12) == pytest.approx([1e-5, 1e-3, 1])
