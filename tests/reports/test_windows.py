"""Windows, grids and curves say of planted responses what follows from their formulas."""

import numpy as np
import pandas as pd
import pytest
from planted import design, dropout, keep_probs, l2s, parabola

from reports.tuning.grid import kappa, penalty
from reports.tuning.response_curves import curves
from reports.tuning.strength_axes import AXES, level_counts
from reports.tuning.windows import TOLERANCE, window, windows

BEND = 2.0
HALF = np.sqrt(TOLERANCE / BEND)  # of the window, in the curve's coordinate
CLOSE = 1e-3  # two of a thousand places on a curve


def curve_of(table, arm="dropout"):
    (curve,) = curves(table, arm)
    return curve


@pytest.mark.parametrize(
    ("name", "ends"),
    [("linear", (0.2, 1)), ("odds", (1 / 1.003, 0.2)), ("fixed_count", (0.2, 1)), ("lambda", (1e-5, 1))],
)
def test_an_axis_reaches_from_end_to_end(name, ends):
    assert AXES[name].at(np.array([0.0, 1.0]), 12) == pytest.approx(ends)


@pytest.mark.parametrize("width", [4, 5, 15, 128])
def test_levels_are_as_likely_and_lie_on_the_linear_axis(width):
    counts = level_counts(width)
    assert [k for k in range(width + 1) if k / width >= 0.2] == counts.tolist()
    found, often = np.unique(
        AXES["levels"].at((np.arange(counts.size * 100) + 0.5) / (counts.size * 100), width), return_counts=True
    )
    assert found == pytest.approx(counts / width)
    assert set(often) == {100}


def test_half_of_the_log_odds_axis_is_half_of_its_decades():
    (middle,) = AXES["odds"].at(np.array([0.5]), 12)
    assert (1 - middle) / middle == pytest.approx(np.sqrt(0.003 * 4))


def test_a_curve_is_the_planted_response_between_its_points_too():
    curve = curve_of(dropout(parabola(0.7, BEND)))
    at = np.linspace(0.22, 1, 57)
    assert curve.mean_response(at) - curve.lowest(curve.mean_response)[1] == pytest.approx(
        BEND * (at - 0.7) ** 2, abs=1e-3
    )  # a natural spline is straight at its ends
    assert curve.lowest(curve.mean_response)[0] == pytest.approx(0.7, abs=CLOSE)


def test_noise_is_smoothed_and_a_fixed_count_is_not():
    generator = np.random.default_rng(0)
    noisy = dropout(lambda p: parabola(0.7, BEND)(p) + generator.normal(0, 0.02, p.shape))
    rough = curve_of(noisy)
    error = rough.mean(rough.strengths) - 1.5 - parabola(0.7, BEND)(rough.strengths)
    assert np.std(error) < 0.01  # half of the noise or less
    stairs = curve_of(pd.concat([noisy.assign(arm=noisy["arm"].replace("dropout", "fixed_count"))]), "fixed_count")
    assert stairs.mean(stairs.strengths) == pytest.approx(stairs.losses.mean(axis=1), abs=0)


def test_without_noise_the_curve_ends_in_no_regularisation():
    table = dropout(parabola(0.7, BEND))
    assert curve_of(table).strengths[-1] == 1
    assert curve_of(table[table["arm"] == "dropout"]).strengths[-1] < 1


def test_window_of_a_parabola():
    curve = curve_of(dropout(parabola(0.7, BEND)))
    odds = [(1 - p) / p for p in (0.7 - HALF, 0.7 + HALF)]
    levels = [k for k in range(3, 13) if abs(k / 12 - 0.7) <= HALF]
    assert window(curve, AXES["linear"]).value == pytest.approx(2 * HALF / 0.8, abs=2 * CLOSE)
    assert window(curve, AXES["odds"]).value == pytest.approx(
        np.log(odds[0] / odds[1]) / np.log(4 / 0.003), abs=2 * CLOSE
    )
    assert window(curve, AXES["levels"]).value == pytest.approx(len(levels) / 10, abs=CLOSE)


def test_window_of_l2_is_a_share_of_its_decades():
    curve = curve_of(design("l2", "l2", l2s(), parabola(-2.5, BEND, log=True)), "l2")
    assert window(curve, AXES["lambda"]).value == pytest.approx(2 * HALF / 5, abs=CLOSE)


def test_seeds_that_agree_leave_no_doubt_and_seeds_that_differ_do():
    agreeing, tilted = (kappa(curve_of(dropout(parabola(0.7, BEND), tilt=tilt))) for tilt in (0.0, 0.1))
    assert agreeing.high - agreeing.low == pytest.approx(0)
    assert tilted.high - tilted.low > 12 * 10 * CLOSE


def test_an_axis_beyond_the_design_is_not_judged():
    table = dropout(parabola(0.7, BEND))
    assert set(windows(table)["axis"]) == {AXES[name].label for name in ("linear", "odds", "levels")}
    assert windows(table[table["keep_prob"] > 0.3]).empty


def test_strengths_that_diverged_are_tried_and_never_good():
    table = dropout(parabola(0.7, BEND))
    lost = table.assign(valid_loss=table["valid_loss"].mask(table["keep_prob"] < 0.35))
    found, whole = (windows(each).set_index("axis")["share"] for each in (lost, table))
    assert found.to_numpy() == pytest.approx(whole.to_numpy(), abs=2 * CLOSE)


@pytest.mark.parametrize(("best", "cost"), [(0.7, BEND * (0.7 - 8 / 12) ** 2), (0.75, 0), (0.96, BEND * 0.04**2)])
def test_grid_penalty_is_what_the_nearest_level_costs(best, cost):
    curve = curve_of(dropout(parabola(best, BEND)))
    assert penalty(curve).value == pytest.approx(cost, abs=1e-3)  # a natural spline is straight at its ends
    assert kappa(curve).value == pytest.approx(12 * (1 - best), abs=12 * 2 * CLOSE)


def test_keep_probs_of_the_design_lie_between_levels():
    assert not np.isclose((keep_probs() * 12) % 1, 0).any()


def test_a_best_that_may_lie_beyond_is_told():
    assert curve_of(dropout(parabola(0.1, BEND))).censored
    assert not curve_of(dropout(parabola(0.3, BEND))).censored
    assert not curve_of(dropout(parabola(1.1, BEND))).censored  # no dropout is the weakest there is
