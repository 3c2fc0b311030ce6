"""Steps of one seed's response: what is a staircase by construction, a line and pure noise measure as they must."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from planted import SEEDS, design, parabola
from synthetic import keep_probs, stepped

from reports.claims import q4_continuous
from reports.evidence.checked import plain
from reports.staircase.steps import distinct, jump_share, unit_share

widths = st.integers(4, 40)


def seeds(values, width):
    """Two seeds with the same response and levels of their own."""
    return pd.DataFrame({0: values, 1: 3 * values}, index=keep_probs(width))


def staircase(width, phase=0.0):
    return np.round(keep_probs(width) * width - phase)


@given(widths)
def test_staircase_is_all_steps(width):
    losses = seeds(staircase(width), width)
    levels = np.unique(staircase(width)).size
    assert distinct(losses).value == pytest.approx(levels / len(losses))
    assert unit_share(losses, width).value == pytest.approx(1)
    assert jump_share(losses, width).value == pytest.approx(1)


@given(widths, st.sampled_from([0.25, 0.5, 0.75]))
def test_steps_elsewhere_are_jumps_but_not_of_units(width, phase):
    losses = seeds(staircase(width, phase), width)
    moves = np.count_nonzero(np.diff(staircase(width, phase)))
    steps = np.ptp(staircase(width))
    assert unit_share(losses, width).value < 0
    assert jump_share(losses, width).value == pytest.approx(min(1, steps / moves))


@given(widths)
def test_line_is_no_step(width):
    losses = seeds(keep_probs(width), width)
    assert distinct(losses).value == 1
    assert unit_share(losses, width).value == pytest.approx(0, abs=1e-9)
    assert jump_share(losses, width).value == pytest.approx(np.ptp(staircase(width)) / (len(losses) - 1))


@given(st.floats(0, 1))
def test_unit_share_of_a_line_with_steps_is_what_was_planted(q):
    losses = seeds(stepped(keep_probs(12), 12, q), 12)
    assert unit_share(losses, 12).value == pytest.approx(q, abs=0.02)  # the range ends within a level


def test_noise_is_no_step():
    noise = pd.DataFrame(np.random.default_rng(0).normal(size=(keep_probs(32).size, 12)), index=keep_probs(32))
    found = unit_share(noise, 32)
    assert found.low < 0 < found.high
    assert found.high < 0.25


def test_one_point_and_what_never_moves_have_no_steps():
    assert distinct(pd.DataFrame({0: [0.5]}, index=[0.5])).void
    assert np.isnan(unit_share(seeds(np.ones(keep_probs(8).size), 8), 8).value)
    assert distinct(seeds(np.ones(keep_probs(8).size), 8)).value == 1 / keep_probs(8).size


@pytest.mark.parametrize(
    ("width", "values", "levels"), [(1, 41, None), (2, 41, 2), (12, 7, None), (12, 8, 2), (12, 41, 10)]
)
def test_values_of_l2_have_a_level_for_each_unit_and_four_of_them_on_each(width, values, levels):
    table = design("l2", "l2", np.geomspace(1e-5, 1, values), parabola(-2, 0.05, log=True), width=width, tilt=0.01)
    (found,) = q4_continuous.estimate(q4_continuous.evidence(plain(table)))
    assert found.seeds == SEEDS
    if levels:
        assert found.notes[0] == f"{values} values of λ on {levels} levels"
    else:
        assert found.void == f"{values} values of λ make no two levels"


def test_where_every_move_crosses_a_step_no_share_is_beyond_chance():
    """One strength on each level: where a step lies between any two, steps and moves are the same."""
    each = pd.DataFrame({0: [0.0, 1, 3, 4], 1: [0.0, 2, 3, 5]}, index=[0.2, 0.4, 0.6, 0.8])
    assert unit_share(each, 5).void == "no seed has a value"
    # of four moves three cross; all that moves, 6, 5 of it on steps: (5/6 − 3/4) / (1/4)
    more = pd.DataFrame({0: [0.0, 1, 2, 3, 6], 1: [0.0, 1, 2, 3, 6]}, index=[0.2, 0.25, 0.4, 0.6, 0.8])
    assert unit_share(more, 5).value == pytest.approx((5 / 6 - 3 / 4) / (1 / 4))


def test_the_largest_moves_are_as_many_as_there_are_steps():
    """Two steps from 0.1 to 0.5 with five levels; moves of 1, 5, 2 and 4: 9 of 12."""
    losses = pd.DataFrame({0: [0.0, 1, 6, 4, 8]}, index=[0.1, 0.2, 0.3, 0.4, 0.5])
    levels = np.round(losses.index.to_numpy() * 5)
    assert levels.max() - levels.min() == 2
    assert jump_share(losses, 5).value == pytest.approx(9 / 12)
    assert jump_share(losses.iloc[:0], 5).void == "fewer than two strengths have no steps"
    assert distinct(losses.iloc[:2]).value == 1


def test_what_stands_still_has_no_step():
    still = pd.DataFrame({0: [1.0] * 4, 1: [2.0] * 4}, index=[0.2, 0.4, 0.6, 0.8])
    assert unit_share(still, 5).void
    assert unit_share(still, 5).seeds == 2
    assert jump_share(still, 5).void == "no seed has a value"


def test_values_of_l2_are_made_to_step_by_what_the_middle_of_their_level_has():
    """Eleven values on two levels: of the first, to a quarter, all have what the first has."""
    losses = np.arange(11.0)[:, None]
    stepped = q4_continuous._stepped(np.linspace(0, 1, 11), losses, 2)
    assert stepped[:, 0].tolist() == [0, 0, 0, 5, 5, 5, 5, 5, 10, 10, 10]


@pytest.mark.parametrize("seen", [True, False])
def test_where_an_index_does_not_see_the_same_networks_made_to_step_it_is_not_believed(seen, monkeypatch):
    table = design("l2", "l2", np.geomspace(1e-5, 1, 33), parabola(-2, 0.05, log=True), width=8, tilt=0.01)
    if not seen:
        monkeypatch.setattr(q4_continuous, "_stepped", lambda position, losses, levels: losses)
    (found,) = q4_continuous.estimate(q4_continuous.evidence(plain(table)))
    assert found.void == ("" if seen else q4_continuous.UNPROVEN)
    assert found.notes[1].startswith(f"the same networks made to step: Q = {'+1.00' if seen else '0.00'}")


def test_what_does_not_move_has_no_control_and_says_so_itself():
    table = design("l2", "l2", np.geomspace(1e-5, 1, 33), lambda strengths: 0.5 + 0 * strengths, width=8)
    (found,) = q4_continuous.estimate(q4_continuous.evidence(plain(table)))
    assert found.void == "the mean loss moves by 0.000 nat, and a shape takes more than 0.04"
    assert len(found.notes) == 1
