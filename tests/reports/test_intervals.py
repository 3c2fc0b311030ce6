"""Laws of estimates: means of numbers only, and intervals that cover as often as they say."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from reports.judging.intervals import Estimate, bounded, exactly, jackknife, mean, nothing, welch
from reports.judging.regimes import Regime

numbers = st.floats(-10, 10)


@given(st.lists(numbers, min_size=2, max_size=20), st.integers(0, 5))
def test_what_is_no_number_never_enters_a_mean(values, lost):
    assert mean([*values, *[np.nan] * lost]) == mean(values)
    assert mean(values).value == pytest.approx(np.mean(values), abs=1e-12)


@pytest.mark.parametrize("seeds", [2, 8, 48])
def test_a_mean_has_the_t_interval(seeds):
    values = np.random.default_rng(seeds).normal(size=seeds)
    expected = stats.ttest_1samp(values, 0).confidence_interval()
    found = mean(values)
    assert (found.low, found.high) == pytest.approx(tuple(expected), rel=1e-9)


def test_one_seed_has_a_value_and_no_interval():
    found = mean([0.5])
    assert found.value == 0.5
    assert found.seeds == 1
    assert not found.has_interval
    assert mean([]).void


def test_equal_values_have_an_interval_without_width():
    for seeds in (3, 48):
        found = mean([0.25] * seeds)
        assert (found.low, found.high) == (0.25, 0.25)


@pytest.mark.parametrize("seeds", [5, 20])
def test_interval_covers(seeds):
    generator = np.random.default_rng(0)
    draws = generator.normal(1, 1, (200, seeds))
    covered = sum(found.low <= 1 <= found.high for found in map(mean, draws))
    assert 0.9 <= covered / len(draws) <= 0.985  # 95 % within four standard errors


@given(st.lists(numbers, min_size=3, max_size=12))
def test_jackknife_of_a_mean_is_its_t_interval(values):
    array = np.array(values)
    left_out = [np.delete(array, seed).mean() for seed in range(array.size)]
    found, expected = jackknife(array.mean(), left_out), mean(array)
    assert found.error == pytest.approx(expected.error, abs=1e-9)


def test_difference_is_welchs():
    generator = np.random.default_rng(3)
    first, second = generator.normal(0, 1, 4), generator.normal(1, 3, 9)
    expected = stats.ttest_ind(first, second, equal_var=False).confidence_interval()
    found = welch(first, second)
    assert (found.low, found.high) == pytest.approx(tuple(expected), rel=1e-9)
    assert not welch(first[:1], second).has_interval


@pytest.mark.parametrize("seeds", [8, 24])
def test_values_equal_to_within_rounding_have_an_interval_without_width(seeds):
    found = mean(np.full(seeds, 0.7))  # whose mean is 0.7 but for rounding
    assert (found.low, found.high) == pytest.approx((0.7, 0.7))


def test_what_is_exact_needs_no_seed():
    found = exactly(1, regime=Regime("a draw"), notes=())
    assert found.exact
    assert found.low == found.value == found.high
    assert not mean([1.0, 2.0]).exact


@pytest.mark.parametrize("bound", [1, 0, -1])
def test_a_bound_is_open_on_the_side_where_the_truth_may_lie(bound):
    closed = mean([0.1, 0.2, 0.3])
    found = bounded(closed, bound)
    assert found.bound == bound
    assert found.high == (np.inf if bound > 0 else closed.high)
    assert found.low == (-np.inf if bound < 0 else closed.low)


@given(st.lists(numbers, min_size=3, max_size=12))
def test_a_jackknifes_interval_is_students_t_with_a_seed_less(values):
    array = np.array(values)
    found, expected = (
        jackknife(array.mean(), [np.delete(array, seed).mean() for seed in range(array.size)]),
        mean(array),
    )
    assert (found.low, found.high) == pytest.approx((expected.low, expected.high), abs=1e-7)
    assert (found.value, found.seeds) == (array.mean(), array.size)


def test_an_estimate_has_the_error_of_its_mean_and_the_spread_of_a_seed():
    found = mean([1.0, 2.0, 3.0, 6.0])
    assert found.spread == pytest.approx(np.std([1, 2, 3, 6], ddof=1))
    assert found.error == pytest.approx(found.spread / 2)
    assert (found.bound, found.exact, found.seeds, found.void) == (0, False, 4, "")


def test_a_difference_counts_the_fewer_seeds_and_one_alone_has_no_interval():
    found = welch([1.0, 2.0, 3.0], [5.0, 7.0])
    assert (found.value, found.seeds) == (-4, 2)
    assert found.error == pytest.approx(np.sqrt(1 / 3 + 2 / 2))
    for first, second in (([1.0], [3.0, 5.0]), ([3.0, 5.0], [1.0])):
        alone = welch(first, second)
        assert (abs(alone.value), alone.seeds, alone.has_interval) == (3, 1, False)
    assert np.isnan(welch([], [1.0, 2.0]).value)
    still = welch([2.0, 2.0], [1.0, 1.0])
    assert (still.low, still.value, still.high) == (1, 1, 1)


def test_nothing_says_why_and_both_ends_open_are_no_bound():
    found = nothing("no control", seeds=3, notes=["a"])
    assert (found.void, found.seeds, found.notes, found.has_interval) == ("no control", 3, ("a",), False)
    assert bounded(bounded(mean([1.0, 2.0]), 1), -1).bound == 0
    assert not exactly(0.0, regime=Regime("a"), notes=()).spread


@pytest.mark.parametrize(("low", "high", "known"), [(0.0, 1.0, True), (np.nan, 1.0, False), (0.0, np.nan, False)])
def test_an_interval_has_two_ends(low, high, known):
    assert Estimate(value=0.5, low=low, high=high, error=0.1, seeds=3).has_interval is known


def test_seeds_that_agree_are_not_exact_and_neither_is_what_has_no_seed():
    """What follows from a definition has no seed and no error."""
    assert not mean([0.5, 0.5, 0.5]).exact
    assert not nothing("no seed has a value").exact
    assert not replace(nothing(""), error=0.1).exact
