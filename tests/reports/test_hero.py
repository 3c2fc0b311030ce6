"""The opening figure: a staircase is a saw-tooth beside its smooth fit, a smooth response nothing; doses gain what was planted."""

from itertools import pairwise

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from synthetic import keep_probs, stepped
from tuned import bowl, table

from reports.drawing.labels import apart
from reports.staircase.beside_smooth import beside_smooth, longest_run
from reports.tuning.dose_gains import dose_gains
from reports.tuning.tuned_arms import tuned_arms

WIDTH = 12
SLOPE = 0.8 * WIDTH / 10  # nat for each keep-prob: a step is 0.08 nat


def found(q, slope=SLOPE, seeds=4):
    """Of some seeds, each with a level of its own."""
    at = keep_probs(WIDTH)
    rows = [
        (p, seed, 1 + seed - slope * x) for seed in range(seeds) for p, x in zip(at, stepped(at, WIDTH, q), strict=True)
    ]
    return beside_smooth(pd.DataFrame(rows, columns=["strength", "seed", "loss"]), WIDTH)


@pytest.mark.parametrize("slope", [SLOPE, -SLOPE])
def test_a_staircase_is_a_saw_tooth_of_one_step(slope):
    rows = found(1, slope)
    saw = np.sign(slope) * (rows["strength"] * WIDTH - np.round(rows["strength"] * WIDTH))
    inner = slice(4, -4)  # at the ends the fit follows the last half step
    assert rows["mean"].to_numpy()[inner] == pytest.approx(saw.to_numpy()[inner], abs=0.12)


def test_what_does_not_step_has_nothing_beside_its_fit():
    rows = found(0)
    assert rows["mean"].abs().max() < 1e-9
    assert (rows["seeds"] == 4).all()


def test_one_seed_has_a_saw_tooth_too_and_none_has_no_rows():
    assert found(1, seeds=1)["mean"].to_numpy() == pytest.approx(found(1)["mean"].to_numpy())
    assert found(1, seeds=0).empty


def test_where_a_step_could_not_be_seen_nothing_is_said():
    assert found(1, slope=0.001).empty


@pytest.mark.parametrize(
    ("true", "run"), [([0, 1, 1, 0, 1], [1, 2]), ([1, 0, 1, 1, 1], [2, 3, 4]), ([0, 0], []), ([1, 1], [0, 1])]
)
def test_the_longest_run_of_neighbours(true, run):
    assert list(range(*longest_run(np.array(true, bool)).indices(len(true)))) == run


@pytest.mark.parametrize(("points", "told"), [(8, False), (9, True)])
def test_a_fit_of_eight_degrees_takes_more_strengths_than_that(points, told):
    at = np.linspace(0.2, 0.95, points)
    rows = pd.DataFrame(
        [(p, seed, 1 + seed - p) for seed in range(2) for p in at], columns=["strength", "seed", "loss"]
    )
    assert bool(len(beside_smooth(rows, WIDTH))) == told


@pytest.mark.parametrize(("levels", "told"), [(2, False), (3, False), (4, True)])
def test_a_fit_takes_strengths_on_four_levels(levels, told):
    """Of three units a keep-prob above ½ reaches two levels: there is no cubic, and no page that breaks on it."""
    at = (np.arange(8, 32) + 0.5) / 32
    rows = [(p, seed, 1 + seed - p) for seed in range(2) for p in at]
    found = beside_smooth(pd.DataFrame(rows, columns=["strength", "seed", "loss"]), levels)
    assert bool(len(found)) == told


def test_each_dose_gains_what_was_planted():
    truths = {"none": bowl(0.8), "dropout_rates": bowl(0.7, rate=0.1, dose=0.7)}
    rows = dose_gains(tuned_arms(table(truths, noise=0.0)))
    in_loss = rows[rows["metric"] == "loss"].set_index("strength")["mean"]
    assert in_loss[0.7] == pytest.approx(0.1)
    assert in_loss[0.5] == pytest.approx(0.1 - 0.1 * 0.2 / 0.7)
    in_error = rows[rows["metric"] == "error"].set_index("strength")["mean"]
    assert in_error.to_numpy() == pytest.approx(10 * in_loss.to_numpy())


def test_doses_gain_on_the_first_data_alone_at_each_width_and_where_a_gain_is_known():
    truths = {"none": bowl(0.8), "dropout_rates": bowl(0.7, dose=0.7), "l2_rates": bowl(0.75, dose=0.01)}
    home = pd.concat([table(truths, width=width) for width in (12, 4)])
    away = table(truths, generator=3).assign(data="wine")
    rows = dose_gains(tuned_arms(pd.concat([home, away], ignore_index=True)))
    assert rows.equals(dose_gains(tuned_arms(home.reset_index(drop=True))))
    assert rows.columns.tolist() == ["kind", "metric", "unit", "width", "strength", "mean", "low", "high", "seeds"]
    told = rows[["kind", "metric", "unit", "width", "strength"]].itertuples(index=False, name=None)
    assert list(told) == [
        (kind, *metric, width, strength)
        for kind, strengths in (("dropout", (0.5, 0.7, 0.9)), ("L2", (0.001, 0.01, 0.1)))
        for metric in (("loss", "nat"), ("error", "points"))
        for width in (4, 12)
        for strength in strengths
    ]
    assert set(rows["seeds"]) == {8}, "those that chose"
    assert (rows["low"] < rows["mean"]).all()
    assert (rows["mean"] < rows["high"]).all()
    assert dose_gains(tuned_arms(table(truths, seeds=2))).empty
    assert dose_gains(tuned_arms(table({"dropout_rates": bowl(0.7, dose=0.7)}))).empty


@given(st.lists(st.floats(0, 1), min_size=1, max_size=5))
def test_labels_keep_their_order_and_their_distance(wanted):
    ordered = sorted(wanted, reverse=True)
    places = apart(ordered, 0.2)
    assert all(high - low >= 0.2 - 1e-9 for high, low in pairwise(places))
    assert places[-1] >= 0.1 - 1e-9
