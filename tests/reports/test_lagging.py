"""Lagging behind the best: a t test whose spread is steadied by that of all, wrong about the best in 5 of 100 studies at most."""

from itertools import product

import numpy as np
import pytest
from levels import one_in
from scipy import stats

from reports.choice.lagging import Lag, lags
from reports.judging.intervals import Estimate, mean

SPREADS = {  # of what one seed says, by setting
    "tenfold": lambda draw, count: 0.05 * np.exp(draw.normal(0, 0.8, count)),
    "equal": lambda draw, count: np.full(count, 0.05),
}
STUDIES = 400


def study(draw: np.random.Generator, spreads: np.ndarray, seeds: int) -> np.ndarray:
    """Whether each of the settings is shown to be behind; the first is the best, the second half are 0.02 to 0.6 behind."""
    truth = np.concatenate([np.zeros(15), np.linspace(0.02, 0.6, 15)])
    losses = truth[:, None] + spreads[:, None] * draw.normal(size=(30, seeds))
    best = losses.mean(axis=1).argmin()
    others = [place for place in range(30) if place != best]
    shown = np.zeros(30, bool)
    shown[others] = [each.is_shown for each in lags([mean(losses[place] - losses[best]) for place in others])]
    return shown


@pytest.mark.parametrize(("seeds", "spread"), one_in(6, product([3, 2, 12], SPREADS)))
def test_the_best_is_kept_and_most_of_the_others_are_found(seeds: int, spread: str) -> None:
    draw = np.random.default_rng(seeds)
    shown = np.array([study(draw, SPREADS[spread](draw, 30), seeds) for _ in range(STUDIES)])
    lost = shown[:, :15].mean()  # all of them are as good
    assert lost < 0.05 + 3 * np.sqrt(0.05 * 0.95 / STUDIES)
    assert shown[:, 15:].mean() > {2: 0.4, 3: 0.55, 12: 0.75}[seeds]  # by its own spread alone: 2, 12 and 80 %


def test_one_other_alone_is_tested_by_its_own_spread() -> None:
    """Mean 2 and standard error 1 of three seeds: t(0.95) is 2.920 with two degrees of freedom."""
    for centre, is_shown in ((2.9, False), (2.95, True)):
        (found,) = lags([mean([centre - np.sqrt(3), centre, centre + np.sqrt(3)])])
        assert found.spread == pytest.approx(np.sqrt(3))
        assert found.is_shown is is_shown


def test_spreads_that_differ_as_chance_has_it_are_pooled() -> None:
    """Of 200 settings with one spread, none is tested at what three of its seeds happen to say: their least spread is 0.003."""
    values = np.random.default_rng(0).normal(0, 0.1, (200, 4))
    found = lags([mean(each) for each in values])
    assert min(each.spread for each in found) > 0.07
    assert all(each.freedom > 12 for each in found)
    assert all(each.spread >= values[place].std(ddof=1) - 1e-12 for place, each in enumerate(found))
    level = 0.05 / 200
    assert found[0].level == pytest.approx(level)
    needed = (stats.norm.ppf(0.8) - stats.norm.ppf(level)) ** 2 * (found[0].spread / found[0].value) ** 2
    assert found[0].seeds_needed == max(int(np.ceil(needed)), 5)


def test_one_seed_shows_nothing_and_equal_losses_lag_by_what_they_lag() -> None:
    (alone,) = lags([mean([5.0])])
    assert not alone.is_shown
    assert alone.seeds_needed is None
    behind, ahead = lags([mean([0.1, 0.1, 0.1]), mean([0.0, 0.0, 0.0])])
    assert behind.is_shown
    assert not ahead.is_shown


def of_three_seeds(value: float, spread: float) -> Estimate:
    return Estimate(value=value, low=-1, high=1, error=spread / np.sqrt(3), seeds=3)


def test_two_spreads_that_differ_more_than_chance_has_it_are_drawn_to_their_geometric_mean() -> None:
    """Where half the squared difference of the logarithms is π²/3, twice the π²/6 that chance makes of two degrees of freedom each.

    Then the typical variance is worth two degrees of freedom as well, and each is drawn half of the way to it, from below alone.
    """
    ratio = np.exp(np.pi * np.sqrt(2 / 3))
    small, large = lags([of_three_seeds(0.1, 1.0), of_three_seeds(0.2, np.sqrt(ratio))])
    assert (small.freedom, large.freedom) == (pytest.approx(4), pytest.approx(4))
    assert small.spread**2 == pytest.approx((1 + np.sqrt(ratio)) / 2)
    assert large.spread**2 == pytest.approx(ratio), "never below its own"
    assert (small.value, small.seeds, small.level) == (0.1, 3, pytest.approx(0.025))


def test_equal_spreads_are_one_spread_with_the_degrees_of_freedom_of_all() -> None:
    """Of three, two each; a logarithm of so few is too low by Euler's constant in the mean, which is made up for."""
    found = lags([of_three_seeds(0.1, 2.0)] * 3)
    assert [each.freedom for each in found] == [6, 6, 6]
    assert found[0].spread ** 2 == pytest.approx(4 * np.exp(np.euler_gamma))


def test_no_spread_at_all_among_others_counts_as_a_hundred_thousandth_of_the_middle_one() -> None:
    none, *_ = lags([of_three_seeds(0.1, 0.0), of_three_seeds(0.1, 1.0), of_three_seeds(0.1, 1.0)])
    least, *_ = lags([of_three_seeds(0.1, np.sqrt(1e-5)), of_three_seeds(0.1, 1.0), of_three_seeds(0.1, 1.0)])
    more, *_ = lags([of_three_seeds(0.1, np.sqrt(2e-5)), of_three_seeds(0.1, 1.0), of_three_seeds(0.1, 1.0)])
    assert none.freedom == pytest.approx(least.freedom)
    assert none.freedom < more.freedom


@pytest.mark.parametrize(("seeds", "value", "shown"), [(1, 9.0, False), (2, 3.07, False), (2, 3.09, True)])
def test_two_seeds_show_what_lies_beyond_their_own_t(seeds: int, value: float, *, shown: bool) -> None:
    """t(0.9) of one degree of freedom is 3.078; of a variance of 2, by two seeds, the standard error is 1."""
    assert Lag(value, float(np.sqrt(2)), 1.0, seeds, 0.1).is_shown is shown
