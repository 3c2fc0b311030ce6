"""What counts, by intervals at the threshold itself; ratios as data; what is added to intervals, by hand."""

from math import inf, log
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from reports.choice.candidates import choose
from reports.choice.sentences import enough
from reports.judging.counting import counts, is_small, shortfall
from reports.judging.findings import findings
from reports.judging.intervals import Estimate
from reports.judging.verdict import Verdict
from reports.tuning.doses import interpolated
from reports.tuning.effects import choice_error, scored_gain, widened
from reports.tuning.random_search import Places, extra_loss


def between(low: float, high: float, value: float | None = None) -> Estimate:
    middle = (low + high) / 2 if value is None else value
    return Estimate(value=middle, low=low, high=high, error=0.01, seeds=8)


@pytest.mark.parametrize(("unit", "scale"), [("nat", 1), ("points", 50)])
@pytest.mark.parametrize(
    ("low", "high", "counted", "small", "said"),
    [
        (0.0201, 0.05, True, False, ""),
        (0.02, 0.05, False, False, "not above what counts"),
        (0.001, 0.02, False, False, "not above what counts"),
        (0.001, 0.0199, False, True, "less than what counts"),
        (-0.05, 0.0199, False, True, "less than what counts"),
    ],
)
def test_a_gain_counts_by_the_end_of_its_interval(unit, scale, low, high, *, counted, small, said) -> None:
    """0.02 nat, or a point."""
    gain = between(scale * low, scale * high)
    assert (counts(gain, unit), is_small(gain, unit)) == (counted, small)
    told = shortfall(gain, unit)
    assert said in told
    assert bool(told) == bool(said)
    assert not told or told.endswith({"nat": "0.02 nat", "points": "1 point"}[unit])


def test_findings_hold_ratios_and_no_logarithms_of_them() -> None:
    rows = []
    for unit, estimate in (("times", between(-inf, log(3), log(2))), ("nat", between(-0.5, 0.25, 0.1))):
        rule = SimpleNamespace(metric="loss", unit=unit)
        found = SimpleNamespace(estimate=estimate, rule=rule, verdict=Verdict.SUPPORTED, words="it is so")
        rows.append(SimpleNamespace(claim=SimpleNamespace(slug="B4", origin="000"), findings=[found]))
    shown = findings(rows)
    assert shown[["estimate", "low", "high"]].to_numpy().ravel() == pytest.approx([2, 0, 3, 0.1, -0.5, 0.25])
    assert shown["unit"].tolist() == ["times", "nat"]
    assert shown["sentence"].tolist() == ["It is so"] * 2


@pytest.mark.parametrize(
    ("seeds", "said"),
    [
        ((200,), "200"),
        ((201,), "more than 200"),
        ((7, 31, 9), "7 to 31"),
        ((500, 7), "7 to more than 200"),
        ((201, 300), "more than 200"),
    ],
)
def test_the_seeds_that_would_do_are_named_from_the_fewest_to_the_most(seeds: tuple[int, ...], said: str) -> None:
    assert enough(*seeds) == f"it takes {said}"


def arm(tuning, scores, *, lost: str = "") -> SimpleNamespace:
    return SimpleNamespace(
        tuning=np.array(tuning, float), scores=pd.Series(scores, dtype=float), name="an arm", lost_scores=lost
    )


def test_a_choice_adds_the_optimism_of_both_arms_divided_by_the_root_of_twelve() -> None:
    """Two settings that two seeds disagree on: the lowest mean is 0.5, and each seed scores 1 at what the other chooses."""
    split, sure = arm([[0, 1], [1, 0]], []), arm([[0, 0], [1, 1]], [])
    assert choice_error(split, sure) == choice_error(sure, split) == pytest.approx(0.5 / np.sqrt(12))
    assert choice_error(split, split) == pytest.approx(0.5 / np.sqrt(6))
    assert choice_error(sure, sure) == 0
    assert choice_error(arm([[1], [0]], []), arm([[1], [0]], [])) == 0, "one seed shows no optimism"
    wider = widened(Estimate(value=1.0, low=0.0, high=2.0, error=0.3, seeds=8), 0.4)
    assert (wider.low, wider.high, wider.error) == pytest.approx((1 - 5 / 3, 1 + 5 / 3, 0.5))


@pytest.mark.parametrize(("lost", "judged"), [(0, True), (1, True), (2, False)])
def test_a_gain_is_told_where_nine_tenths_of_the_fresh_seeds_are_left(lost: int, *, judged: bool) -> None:
    tuning = [[0.0, 0.1, 0.2]]
    whole, holed = np.full(10, 0.5), np.where(np.arange(10) < lost, np.nan, 0.3 + 0.01 * np.arange(10))
    found = scored_gain(arm(tuning, holed, lost="diverged" * (lost > 0)), arm(tuning, whole))
    assert bool(found.void) != judged
    if judged:
        assert found.value == pytest.approx(np.nanmean(0.5 - holed))
    else:
        assert found.void.startswith("8 of 10 fresh seeds are left")


def test_reading_between_the_strengths_that_were_tried_widens_an_interval_by_a_tenth_of_what_counts() -> None:
    wider = interpolated(between(0.1, 0.3))
    assert (wider.low, wider.high) == pytest.approx((0.098, 0.302))
    assert wider.error == pytest.approx(0.01 + 0.002 / 2.3646, rel=1e-4)  # Student's t of seven degrees of freedom


def test_what_a_search_costs_is_read_at_two_places_and_a_difference_of_searches_at_what_they_share() -> None:
    """Seeds that agree leave nothing else in the interval."""
    whole = Places(np.array([[1.0] * 4, [2.0] * 4, [3.0] * 4, [4.0] * 4]))  # the last is none
    once, twice = whole.search(1), whole.search(2)
    regret = once.regret
    assert (regret.low, regret.value, regret.high) == pytest.approx((1 - 0.004, 1.0, 1 + 0.004))
    difference = extra_loss(once, twice)
    # of two draws of three the better one is first in 5 of 9 and second in 3
    expected = 2 - (5 * 1 + 3 * 2 + 1 * 3) / 9
    assert (difference.low, difference.value, difference.high) == pytest.approx(
        (expected - 0.002, expected, expected + 0.002)
    )


@pytest.mark.parametrize(("again", "where"), [("refit", "search"), ("score", "design")])
def test_a_setting_is_told_beside_what_it_had_where_it_was_chosen(again: str, where: str) -> None:
    """By another stage of the same key: a refit by its search, a score by its design."""
    rows = [
        {"stage": stage, "arm": arm, "repeat": 0, "trial": 1, "seed": seed, "width": 8, "l2": l2}
        | dict.fromkeys(("valid_loss", "test_loss", "valid_error", "test_error"), loss + 0.01 * seed)
        for arm, l2, fresh, before in (("none", 0.0, 0.6, 0.4), ("l2", 0.1, 0.5, 0.3))
        for stage, loss in ((again, fresh), (where, before))
        for seed in range(4)
    ]
    found = choose(pd.DataFrame(rows))
    assert [each.key[1] for each in found.candidates] == ["l2", "none"]
    assert [each.before.value for each in found.candidates] == pytest.approx([0.315, 0.415])
