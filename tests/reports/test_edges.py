"""Where an optimum counts as lying at the end of what was tried, by curves drawn by hand; 0.005 nat is a quarter of what is of interest."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from reports.judging.intervals import Estimate, nothing
from reports.tuning.axis_advice import _advised
from reports.tuning.doses import DoseCurve, Doses, coordinate, interpolated
from reports.tuning.tuned_arms import IN_ERROR, IN_LOSS, TunedArm, kind

STRENGTHS = {"dropout": [0.2, 0.5, 0.8], "l2": [0.001, 0.01, 0.1]}


def curve(means, none, *, arm="dropout", rate=0.1):
    """Two seeds, a tenth of a nat above and below the means."""
    losses = np.array(means)[:, None] + np.array([-0.1, 0.1])
    return DoseCurve(
        kind=arm,
        width=8,
        rate=rate,
        strengths=np.array(STRENGTHS[arm]),
        seeds=(0, 1),
        losses=losses,
        none=none + np.array([-0.1, 0.1]),
        train=losses,
    )


@pytest.mark.parametrize(
    ("means", "none", "censored"),
    [
        ([0.5, 0.6, 0.7], 0.8, True),
        ([0.5, 0.5051, 0.7], 0.8, True),
        ([0.5, 0.5049, 0.7], 0.8, False),  # the last step is worth less
        ([0.5, 0.6, 0.7], 0.5049, False),  # none is as good
        ([0.5, 0.6, 0.4], 0.8, False),  # better at the other end
        ([0.6, 0.5, 0.7], 0.8, False),
    ],
)
def test_a_best_at_the_strongest_strength_is_censored(means, none, censored):
    """The lowest keep-prob, or the highest λ."""
    assert curve(means, none).censored == censored
    assert curve(means[::-1], none, arm="l2").censored == censored


@pytest.mark.parametrize(
    ("means", "none", "best", "moves"),
    [([0.5, 0.4, 0.7], 0.6, 0.5, 0.3), ([0.5, 0.4, 0.7], 0.3, 1.0, 0.4), ([0.5, 0.5, 0.5], 0.539, 0.2, 0.039)],
)
def test_the_best_strength_and_the_range_include_none(means, none, best, moves):
    found = curve(means, none)
    assert found.best_strength == best
    assert found.range == pytest.approx(moves)
    assert found.responds == (moves > 0.04)


def test_coordinates_are_log_odds_and_decimal_logarithms():
    assert coordinate("dropout", np.array([0.5, 0.8])) == pytest.approx([0, np.log(4)])
    assert coordinate("l2", np.array([0.01, 10])) == pytest.approx([-2, 1])


@pytest.mark.parametrize(
    ("lowest", "best", "at_edge"),
    [
        ([0.5, 0.4, 0.6], 1, False),
        ([0.4, 0.5, 0.6], 0, True),
        ([0.6, 0.5, 0.4], 2, True),
        ([0.4, 0.4049, 0.6], 0, False),
        ([0.6, 0.4049, 0.4], 2, False),
        ([0.4], 0, False),
    ],
)
def test_the_best_rate_lies_at_an_edge_where_the_loss_still_falls(lowest, best, at_edge):
    curves = tuple(
        curve([0.9, least, 0.8], 0.3, rate=rate) for rate, least in zip((0.1, 0.2, 0.3), lowest, strict=False)
    )
    found = Doses(curves)
    assert found.best is curves[best]
    assert found.at_edge == at_edge
    assert found.tuned == (len(lowest) > 1)
    assert found.plausible == (curves[best],)


def test_an_estimate_spans_all_rates_that_may_be_the_best():
    """Two rates that each are the best on one of two seeds."""
    one, other = (curve([0.9, 0.5, 0.8], 0.3, rate=rate) for rate in (0.1, 0.2))
    one.losses[1], other.losses[1] = [0.4, 0.6], [0.6, 0.401]
    found = Doses((one, other))
    ends = {0.1: (1.0, 2.0), 0.2: (0.5, 1.5)}
    assert {each.rate for each in found.plausible} == {0.1, 0.2}
    whole = found.estimate(
        lambda of: Estimate(value=1.2, low=ends[of.rate][0], high=ends[of.rate][1], error=0.1, seeds=2)
    )
    assert (whole.low, whole.value, whole.high) == (0.5, 1.2, 2.0)
    assert whole.error == pytest.approx(1.5 / 2 / 12.7062, rel=1e-4)


@pytest.mark.parametrize(("other", "plausible"), [((3, 3, 0), False), ((0.9, 0.9, 0), True)])
def test_a_rate_is_plausible_that_is_the_best_in_one_of_twenty_resamples(other, plausible):
    """Against losses of 0, 0 and 1 it is the best where the third seed is drawn three times of three, in 1 of 27, or twice, in 7."""
    curves = tuple(
        replace(curve([0, 0, 0], 9.0, rate=rate), seeds=(0, 1, 2), losses=np.tile(np.array(losses, float), (3, 1)))
        for rate, losses in ((0.1, (0, 0, 1)), (0.2, other))
    )
    found = Doses(curves)
    assert found.best is curves[0]
    assert (curves[1] in found.plausible) == plausible


def test_where_the_best_rate_says_nothing_no_other_is_asked():
    one, other = (curve([0.9, 0.5, 0.8], 0.3, rate=rate) for rate in (0.1, 0.2))
    one.losses[1], other.losses[1] = [0.4, 0.6], [0.6, 0.401]
    found = Doses((one, other))
    known = Estimate(value=1.2, low=1.0, high=2.0, error=0.1, seeds=2)
    alone = Estimate(value=1.2, low=np.nan, high=np.nan, error=np.nan, seeds=1)
    for said in (nothing("too few"), replace(known, void="too few"), alone):
        told = found.estimate(lambda of, said=said: said if of is found.best else known)
        assert told is said
    assert interpolated(alone) is alone


def arm(rows, metric=IN_LOSS, kind="dropout"):
    """From (learning rate, keep-prob, λ, mean)."""
    settings = pd.DataFrame([row[:3] for row in rows], columns=["learning_rate", "keep_prob", "l2"], dtype=float)
    means = np.array([row[3] for row in rows], float)
    return TunedArm(
        kind=kind,
        batch_norm=False,
        where=("digits", 300, 0.2, 12),
        metric=metric,
        settings=settings,
        seeds=(0, 1),
        tuning=means[:, None] + np.array([-0.1, 0.1]),
        scores=pd.Series(dtype=float),
        lost="",
        lost_scores="",
    )


def grid(by_rate, by_dose):
    """The sum of what a rate and a dose cost."""
    rates, doses = (0.1, 0.2, 0.3), (0.2, 0.5, 0.8)
    return [(r, p, 0, x + y) for r, x in zip(rates, by_rate, strict=True) for p, y in zip(doses, by_dose, strict=True)]


@pytest.mark.parametrize(
    ("by_rate", "by_dose", "edges"),
    [
        ([1, 0, 1], [1, 0, 1], []),
        ([0, 1, 2], [1, 0, 1], ["learning_rate"]),
        ([2, 1, 0], [1, 0, 1], ["learning_rate"]),
        ([1, 0, 1], [0, 1, 2], ["keep_prob"]),
        ([1, 0, 1], [2, 1, 0], []),  # beyond the weakest dose lies none
        ([0, 0.0051, 1], [0, 0.0051, 1], ["learning_rate", "keep_prob"]),
        ([0, 0.0049, 1], [0, 0.0049, 1], []),
    ],
)
def test_an_edge_is_where_the_last_step_is_worth_a_quarter_of_what_is_of_interest(by_rate, by_dose, edges):
    assert arm(grid(by_rate, by_dose)).edges == edges


def test_an_edge_in_error_is_judged_in_points_and_of_l2_the_weakest_is_its_lowest():
    rates = [(rate, 1, strength, 0.2 * rate + off) for rate in (0, 1) for strength, off in ((0.1, 0), (1, 9))]
    assert arm(rates, IN_ERROR, "L2").edges == []
    rates = [(rate, 1, strength, 0.3 * rate + off) for rate in (0, 1) for strength, off in ((0.1, 9), (1, 0))]
    assert arm(rates, IN_ERROR, "L2").edges == ["learning_rate", "l2"]


def test_an_arm_says_what_it_chose_and_its_smallest_dose():
    found = arm(grid([1, 0, 1], [1, 0, 1]))
    assert (found.name, found.width, found.best, found.doses) == ("dropout", 12, 4, ["keep_prob"])
    assert found.chosen == "learning rate 0.2, keep-prob 0.5"
    assert found.gentlest.settings["keep_prob"].tolist() == [0.8, 0.8, 0.8]
    weak = arm([(0.1, 1, 0.0, 1), (0.1, 1, 0.01, 1), (0.1, 1, 0.1, 1)], kind="L2")
    assert weak.gentlest.settings["l2"].tolist() == [0.01]
    none = arm([(0.1, 1, 0, 0.4)], kind="none")
    assert found.or_none(none).means.tolist() == pytest.approx([0.4, *found.means])
    assert found.or_none(none).chosen == "learning rate 0.2, keep-prob 0.5"
    scored = replace(found, scores=pd.Series([0.1, 0.2]))
    assert all(each.scores.empty for each in (scored.gentlest, scored.or_none(none))), "fresh seeds saw the best alone"


@pytest.mark.parametrize(
    ("keep_prob", "l2", "weights", "said"),
    [
        ([1, 1], [0, 0], ["last", "last"], "none"),
        ([1, 0.9], [0, 0], ["best", "best"], "dropout"),
        ([1, 1], [0, 0.1], ["last", "last"], "L2"),
        ([0.9, 1], [0, 0.1], ["last", "last"], "both"),
        ([1, 1], [0, 0], ["best", "best"], "early stopping"),
        ([1, 1], [0, 0], ["best", "last"], "none"),
    ],
)
def test_an_arm_is_what_its_strengths_are(keep_prob, l2, weights, said):
    assert kind(pd.DataFrame({"keep_prob": keep_prob, "l2": l2, "weights": weights})) == said


@pytest.mark.parametrize(
    ("linear", "odds", "axis", "trials"),
    [
        ((80, 90, 95), (50, 91, 99), "odds", 10),
        ((80, 92, 95), (50, 91, 99), "linear", 5),
        ((79, 79.9, 80), (0, 0, 0), "linear", 20),
        ((10, 20, 30), (0, 0, 0), "linear", 20),
    ],
)
def test_the_axis_that_hits_most_in_ten_tries_is_advised_with_the_fewest_tries_that_are_enough(
    linear, odds, axis, trials
):
    told = {
        name: {
            count: Estimate(value=value, low=value, high=value, error=1, seeds=8)
            for count, value in zip((5, 10, 20), hits, strict=True)
        }
        for name, hits in (("linear", linear), ("odds", odds))
    }
    found = _advised("dropout", told)
    assert found.trials == trials
    assert found.hits is told[axis][trials]
