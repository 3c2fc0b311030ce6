"""The index Q finds what was planted, and says how sure it is."""

import numpy as np
import pytest
from synthetic import dropout_loss, keep_probs, seeded, stepped

from reports.claims.q1_steps import RULE
from reports.quantization import index, log_position
from reports.verdict import Verdict, find

DRAWS = 30


def planted(width, q, generator, *, seeds=8, noise=0.002):
    grid = keep_probs(width)
    return index(grid, seeded(dropout_loss(stepped(grid, width, q)), seeds, generator, noise), width).q


@pytest.mark.parametrize("width", [8, 12, 32])
@pytest.mark.parametrize("q", [0, 0.5, 1])
def test_planted_index_is_found(width, q):
    generator = np.random.default_rng(width)
    found = [planted(width, q, generator) for _ in range(DRAWS)]
    assert np.mean([each.value for each in found]) == pytest.approx(q, abs=0.06)  # a stiff spline's bias


@pytest.mark.parametrize("q", [0, 0.5, 1])
def test_interval_covers_what_was_planted(q):
    generator = np.random.default_rng(int(10 * q))
    found = [planted(12, q, generator) for _ in range(DRAWS)]
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
