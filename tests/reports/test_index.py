"""The index Q finds what was planted, and says how sure it is."""

import numpy as np
import pytest
from levels import one_in
from synthetic import dropout_loss, keep_probs, seeded, stepped

from reports.claims.q1_steps import RULE
from reports.judging.verdict import Verdict, find
from reports.staircase.quantization import (
    TRIED,
    USUAL,
    Grid,
    Instrument,
    Shape,
    _bases,
    _residuals,
    index,
    log_position,
    shape,
    splines,
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
    response, weights = generator.normal(size=len(grid.strength)), generator.uniform(0.1, 10, len(grid.strength))
    (found,) = _residuals(_bases(grid, USUAL), response[None], weights[None])
    root = np.sqrt(weights)
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
