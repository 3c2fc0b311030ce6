"""The index Q finds what was planted, and says how sure it is."""

import numpy as np
import pytest
from levels import one_in
from synthetic import dropout_loss, keep_probs, seeded, stepped

from reports.claims.q1_steps import RULE
from reports.judging.intervals import Estimate
from reports.judging.verdict import Verdict, find
from reports.staircase.quantization import (
    TRIED,
    USUAL,
    Grid,
    Instrument,
    Shape,
    _bases,
    _lowest,
    _residuals,
    _smoothed,
    index,
    log_position,
    shape,
    splines,
    weights,
)

DRAWS = 30


def planted(width, q, generator, *, seeds=8, noise=0.002):
    grid = keep_probs(width)
    return index(grid, seeded(dropout_loss(stepped(grid, width, q)), seeds, generator, noise), width).q


@pytest.mark.parametrize("width", one_in(4, [4, 6, 8, 12, 32]))
@pytest.mark.parametrize("q", [0, 0.5, 1])
def test_planted_index_is_found(width, q):
    generator = np.random.default_rng(width)
    found = [planted(width, q, generator) for _ in range(DRAWS // 3)]
    assert np.mean([each.value for each in found]) == pytest.approx(q, abs=0.06)  # a stiff spline's bias


@pytest.mark.parametrize("width", one_in(2, [12, 4]))
@pytest.mark.parametrize("q", [0, 0.5, 1])
def test_interval_covers_what_was_planted(width, q):
    generator = np.random.default_rng(int(10 * q))
    found = [planted(width, q, generator) for _ in range(DRAWS)]
    assert sum(each.low <= q <= each.high for each in found) >= 0.8 * DRAWS  # 95 % less four standard errors


@pytest.mark.parametrize(("q", "verdict"), [(0, Verdict.CONTRADICTED), (1, Verdict.SUPPORTED)])
def test_shapes_are_told_apart(q, verdict):
    generator = np.random.default_rng(5)
    found = find([(RULE, planted(12, q, generator, noise=0.0005)) for _ in range(DRAWS)])
    assert sum(finding.verdict is verdict for finding in found) >= 0.9 * DRAWS


def test_half_a_staircase_is_neither():
    generator = np.random.default_rng(6)
    found = find([(RULE, planted(12, 0.5, generator)) for _ in range(DRAWS)])
    assert {finding.verdict for finding in found} == {Verdict.INCONCLUSIVE}


def test_flat_response_is_inconclusive():
    generator = np.random.default_rng(7)
    grid = keep_probs(12)
    flat = [index(grid, seeded(np.full(grid.size, 0.6), 8, generator), 12).q for _ in range(DRAWS)]
    assert sum(finding.verdict is not Verdict.INCONCLUSIVE for finding in find([(RULE, each) for each in flat])) <= 1


def test_exact_staircase_is_exactly_one():
    grid = keep_probs(12)
    losses = dropout_loss(stepped(grid, 12, 1))[:, None] + np.array([0.0, 0.1, -0.1])
    assert index(grid, losses, 12).q.value == pytest.approx(1, abs=0.02)


def test_amplitude_is_half_a_step_of_a_straight_response():
    grid = keep_probs(12)
    losses = 3 * grid[:, None] + np.array([0.0, 0.1])
    assert index(grid, losses, 12).amplitude.value == pytest.approx(3 / 24, rel=1e-6)


def test_one_seed_has_no_interval():
    grid = keep_probs(12)
    found = index(grid, dropout_loss(grid)[:, None], 12).q
    assert np.isfinite(found.value)
    assert not found.has_interval


@pytest.mark.parametrize("points", [4, 20])
def test_grid_too_coarse_for_steps_is_refused(points):
    grid = np.linspace(0.3, 0.95, points)
    found = index(grid, seeded(dropout_loss(grid), 4, np.random.default_rng(0)), 32).q
    assert found.void
    assert not found.has_interval


def test_logarithm_of_an_even_grid_lies_as_the_dropout_grid_does():
    assert log_position(np.geomspace(1e-5, 1, 48)) == pytest.approx((np.arange(48) + 0.5) / 48)


@pytest.mark.parametrize("width", [4, 12, 32])
def test_residual_is_that_of_weighted_least_squares(width):
    generator = np.random.default_rng(width)
    grid = Grid(tuple(keep_probs(width)), width)
    response, weighed = generator.normal(size=len(grid.strength)), generator.uniform(0.1, 10, len(grid.strength))
    (found,) = _residuals(_bases(grid, USUAL), response[None], weighed[None])
    root = np.sqrt(weighed)
    for q, residual in zip(TRIED, found, strict=True):
        basis = splines(grid.effective(q, USUAL.phase), grid, USUAL) * root[:, None]
        fitted = basis @ np.linalg.pinv(basis, rcond=1e-10) @ (response * root)
        assert residual == pytest.approx(
            ((response * root - fitted) ** 2).sum(), rel=1e-6
        )  # near Q = 1 bases are nearly empty


@pytest.mark.parametrize(("width", "degrees"), [(4, 4), (6, 6), (12, 8), (32, 8)])
def test_spline_has_no_more_degrees_than_there_are_levels(width, degrees):
    grid = Grid(tuple(keep_probs(width)), width)
    assert grid.degrees(USUAL) == min(degrees, USUAL.degrees, grid.reached)
    assert _bases(grid, USUAL).shape[2] == grid.degrees(USUAL)
    at_one = int(np.argmin(np.abs(TRIED - 1)))
    assert (
        np.abs(_bases(grid, USUAL)).sum(axis=1)[at_one].all()
    )  # no direction is empty where p_eff has the fewest values


@pytest.mark.parametrize("phase", [0.25, 0.5, 0.75])
def test_staircase_is_found_at_its_own_phase_alone(phase):
    grid = keep_probs(12)
    late = (np.round(grid * 12 - phase) + phase) / 12
    losses = seeded(dropout_loss(late), 8, np.random.default_rng(0))
    assert shape(index(grid, losses, 12, Instrument(phase=phase)).q) is Shape.STAIRCASE
    assert shape(index(grid, losses, 12).q) is not Shape.STAIRCASE


@pytest.mark.parametrize("strengths", [np.linspace(0.9, 1, 30), np.linspace(0.1, 0.2, 30)])
def test_too_few_levels_are_refused(strengths):
    losses = seeded(dropout_loss(strengths), 4, np.random.default_rng(0))
    assert "levels" in index(strengths, losses, 12).q.void


@pytest.mark.parametrize(
    ("low", "high", "read"),
    [
        (-0.249, 0.249, "smooth"),
        (-0.25, 0.1, "undecided"),
        (-0.1, 0.25, "undecided"),
        (0.751, 1.249, "staircase"),
        (0.75, 1.0, "undecided"),
        (1.0, 1.25, "undecided"),
        (0.3, 0.6, "undecided"),
        (-0.1, 1.1, "undecided"),
    ],
)
def test_an_index_reads_as_what_holds_its_whole_interval(low, high, read):
    assert shape(Estimate(value=(low + high) / 2, low=low, high=high, error=0.1, seeds=8)) == read


def test_strengths_move_from_themselves_to_the_middles_of_steps():
    """With four levels 0.3 is rounded to 0.25, and to 0.375 where steps are late by half of one."""
    grid = Grid((0.3, 0.55), 4)
    assert grid.effective(0, 0.0) == pytest.approx([0.3, 0.55])
    assert grid.effective(1, 0.0) == pytest.approx([0.25, 0.5])
    assert grid.effective(0.5, 0.0) == pytest.approx([0.275, 0.525])
    assert grid.effective(1, 0.5) == pytest.approx([0.375, 0.625])
    assert grid.effective(np.array([[0.0], [1.0]]), 0.0).shape == (2, 2)
    assert grid.reached == 2


def test_knots_are_clamped_a_level_beyond_the_strengths():
    """Five levels are reached: five degrees of freedom, and a cubic's have two pieces."""
    grid = Grid((0.2, 0.4, 0.6, 0.8, 1.0), 5)
    assert grid.degrees(USUAL) == 5
    assert grid.knots(USUAL) == pytest.approx([0, 0, 0, 0, 0.6, 1.2, 1.2, 1.2, 1.2])
    assert splines(np.array([0.3]), grid, USUAL).shape == (1, 5)


@pytest.mark.parametrize(
    ("residual", "lowest"),
    [
        ((TRIED - 0.513) ** 2, 0.513),
        (3 + 2 * (TRIED + 0.27) ** 2, -0.27),
        (TRIED, -1.0),
        (-TRIED, 2.0),
        (np.zeros(TRIED.size), -1.0),
        (np.where(np.abs(TRIED - 0.525) < 0.04, 0.0, 1.0), 0.525),  # two places that are as low
    ],
)
def test_the_lowest_residual_is_that_of_a_parabola_through_three_and_no_farther_than_was_tried(residual, lowest):
    assert _lowest(residual) == pytest.approx(lowest)


@pytest.mark.parametrize(
    ("window", "smooth"),
    [
        (1, [1, 2, 6, 4, 7]),
        (3, [1.5, 3, 4, 17 / 3, 5.5]),
        (5, [3, 3.25, 4, 4.75, 17 / 3]),
        (9, [4, 4, 4, 4, 4]),
        (10**9, [4, 4, 4, 4, 4]),
    ],
)
def test_a_variance_is_the_mean_of_its_neighbours_of_fewer_near_the_ends(window, smooth):
    assert _smoothed(np.array([1.0, 2, 6, 4, 7]), window) == pytest.approx(smooth)


def test_weights_are_the_reciprocal_of_what_seeds_differ_by():
    """Variances 2, 8 and 0, of which the last counts as a millionth of the largest; each by itself, and all alike."""
    losses = np.array([[0.0, 2.0], [1.0, 5.0], [3.0, 3.0]])
    alone = Instrument(smoothing=1)
    assert weights(losses, alone) == pytest.approx([1 / 2, 1 / 8, 1 / 8e-6])
    assert weights(losses, Instrument(smoothing=9)) == pytest.approx([0.3] * 3)
    assert weights(losses[:, :1], alone).tolist() == [1, 1, 1]
    assert weights(losses[2:], alone).tolist() == [1]


@pytest.mark.parametrize(("reached", "told"), [(3, True), (4, False)])
def test_an_index_takes_four_levels(reached, told):
    """Five strengths on each, from the lowest level on."""
    strengths = (np.arange(5 * reached) + 0.5) / 60 + 1 / 24
    losses = dropout_loss(strengths)[:, None] + np.array([0.0, 0.1])
    assert Grid(tuple(strengths), 12).reached == reached
    void = index(strengths, losses, 12).q.void
    assert void == (told * "the strengths reach 3 of 12 levels, the index takes at least 4")


def test_a_lone_seed_has_a_value_of_its_own_and_counts_as_one():
    grid = keep_probs(12)
    one, two = (index(grid, dropout_loss(grid)[:, None] + np.zeros(seeds), 12) for seeds in (1, 2))
    assert (one.q.seeds, two.q.seeds) == (1, 2)
    assert one.amplitude.value == pytest.approx(two.amplitude.value)
