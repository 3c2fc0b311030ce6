"""What it costs to have only the levels k/n: of planted responses exactly what their formula says."""

import numpy as np
import pandas as pd
import pytest
from planted import SEEDS, design, dropout, parabola

from reports import CLAIMS
from reports.tuning.doses import dose_networks, doses
from reports.tuning.grid import NONE_IS_BEST, quantum
from reports.tuning.strength_axes import level_counts

BEND = 2.0


def found(table):
    (only,) = doses(dose_networks(table, "dropout"))
    return quantum(only.best)


@pytest.mark.parametrize("width", [4, 12])
@pytest.mark.parametrize("tilt", [0.0, 0.05])
def test_the_cost_is_that_of_the_nearest_level(width, tilt):
    """p* half of a step below a level, where the grid has a point."""
    best = (width // 2 - 0.5) / width + 0.5 / (4 * width)
    cost = found(dropout(parabola(best, BEND), width=width, tilt=tilt)).cost
    assert cost.value == pytest.approx(BEND * (0.375 / width) ** 2, abs=2e-3)
    assert cost.low <= cost.value <= cost.high


def test_a_best_keep_prob_on_a_level_costs_nothing():
    assert found(dropout(parabola(0.5, BEND))).cost.value == pytest.approx(0, abs=1e-3)


def sharp(best):
    """Best between the last level and none, at four units: κ below 1."""
    points = np.array([0.25, 0.5, 0.75, 0.8, 0.85, 0.9, 0.925, 0.95, 0.97, 0.985, 1.0])
    return design("dropout_levels", "keep_prob", points, parabola(best, 40.0), width=4)


def test_where_less_than_a_unit_is_best_dropped_the_levels_cost():
    """Neither 3/4 nor none lies near: no line through “none” smooths the cost away."""
    quanta = found(sharp(0.9))
    assert quanta.cost.value == pytest.approx(40 * 0.1**2)
    assert quanta.kappa == pytest.approx(0.4)


@pytest.mark.parametrize("width", [3, 10, 15])
def test_each_keep_prob_is_there_once_and_those_that_are_levels_are_known(width):
    """0.7 · 10 is 7 but for rounding, and 0.2 · 15 is 3."""
    fewest = {3: 1, 10: 2, 15: 3}[width]
    tried = np.unique(np.round([*np.arange(fewest, width) / width, 0.25, 0.41, 0.73, 0.85, 0.98], 12))
    table = pd.concat(
        [
            design("dropout", "keep_prob", tried, parabola(0.6, BEND), width=width),
            design("none", "keep_prob", np.ones(1), parabola(0.6, BEND), width=width),
        ]
    )
    quanta = found(table)
    levels = [kept / width for kept in range(fewest, width + 1)]
    assert quanta.keep_probs[quanta.levels] == pytest.approx(levels)
    between = [each for each in tried if np.abs(each * width - np.round(each * width)) > 1e-6]
    assert quanta.keep_probs == pytest.approx(sorted([*levels, *between]))
    assert quanta.losses.shape == (len(quanta.keep_probs), SEEDS)
    assert quanta.losses[-1] == pytest.approx(parabola(0.6, BEND)(1.0) + np.arange(SEEDS))
    assert level_counts(width).tolist() == list(range(fewest, width + 1))


def test_none_is_a_level_and_is_named_where_it_is_best():
    assert found(sharp(1.0)).cost.void == NONE_IS_BEST


def test_a_constant_response_costs_nothing_that_could_be_told():
    assert found(dropout(lambda strengths: np.full(np.shape(strengths), 0.5))).cost.void == "nothing varies"


def test_each_cell_counts_all_of_its_own_seeds():
    """A learning rate with few seeds takes none from the one that has many."""
    many = pd.concat(
        sharp(0.9).assign(seed=lambda rows, again=again: rows["seed"] + SEEDS * again) for again in range(3)
    )
    few = dropout(parabola(0.6, BEND), width=4, learning_rate=0.01)
    (claim,) = (each for each in CLAIMS if each.slug == "R3")
    found = claim.estimate(claim.evidence(pd.concat([many, few])))
    assert [each.seeds for each in found] == [SEEDS, 3 * SEEDS]
