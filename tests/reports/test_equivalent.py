"""Dropout laid on the axis of L2: a planted law between the two comes back."""

import numpy as np
import pandas as pd
import pytest
from planted import SEEDS, design, dropout, l2s, parabola

from reports.tuning.equivalent import common_axis, pairs, slope, window_ratio
from reports.tuning.replay import replay
from reports.tuning.strength_axes import AXES

EXPONENT, FACTOR = 0.8, 0.02  # λ_eq = 0.02 ((1 − p)/p)^0.8


def log_equivalent(keep_prob):
    odds = np.maximum((1 - keep_prob) / keep_prob, 1e-9)
    return np.log10(FACTOR) + EXPONENT * np.log10(odds)


def train(log_l2):
    """Any rising function of strength."""
    return 1 + np.tanh((log_l2 + 2.5) / 3)


def valid(log_l2, bend):
    """A dip at 10^-2.4, level far from it as real ones are."""
    return 0.5 + bend * np.tanh(log_l2 + 2.4) ** 2


def pair(bend=0.4):
    """Both arms have one training loss at λ and λ_eq, and one validation loss."""
    of_l2 = design(
        "l2", "l2", l2s(), lambda value: valid(np.log10(value), bend), train=lambda value: train(np.log10(value))
    )
    of_dropout = dropout(lambda p: valid(log_equivalent(p), bend), train=lambda p: train(log_equivalent(p)))
    (found,) = pairs(pd.concat([of_l2, of_dropout]))
    return found


def test_the_planted_law_is_found():
    found = pair()
    inside = (found.dropout.strengths > 0.25) & (found.dropout.strengths < 0.98)
    everyone = list(range(SEEDS))
    assert found.equivalent(everyone)[inside] == pytest.approx(
        log_equivalent(found.dropout.strengths[inside]), abs=2e-3
    )
    assert slope(found).value == pytest.approx(EXPONENT, abs=0.01)


def test_beyond_the_training_losses_of_l2_there_is_no_equivalent():
    found = pair()
    assert np.isnan(found.equivalent([0, 1])[found.dropout.strengths == 1])


def test_one_response_has_one_window_on_the_common_axis():
    found = window_ratio(pair())
    assert found.value == pytest.approx(0, abs=0.1)  # from 40 points a curve
    narrower = window_ratio(pair_of_bends(0.4, 1.6))
    assert narrower.value == pytest.approx(np.log(0.5), abs=0.15)  # a window is as the root of the bend


def pair_of_bends(of_l2, of_dropout):
    plain, bent = pair(bend=of_l2), pair(bend=of_dropout)
    return type(plain)(bent.dropout, plain.l2, plain.dropout_train, plain.l2_train)


def test_searched_on_the_axis_of_l2_one_response_is_as_hard():
    found = pair()
    common, own = replay(found.dropout, common_axis(found)), replay(found.l2, AXES["lambda"])
    assert common == pytest.approx(own, abs=5e-3)  # a quarter of the smallest effect of interest
    assert not np.allclose(common, replay(found.dropout, AXES["linear"]), atol=0.01)


def test_no_training_losses_no_common_axis():
    table = pd.concat([design("l2", "l2", l2s(), parabola(-2.4, 0.4, log=True)), dropout(parabola(0.7, 1))])
    assert list(pairs(table.drop(columns="train_loss"))) == []


def test_dropout_that_only_hurts_has_the_narrowest_window():
    of_l2 = design(
        "l2", "l2", l2s(), lambda value: valid(np.log10(value), 0.4), train=lambda value: train(np.log10(value))
    )
    of_dropout = dropout(lambda p: 5 - 4 * p, train=lambda p: train(log_equivalent(p)))
    (found,) = pairs(pd.concat([of_l2, of_dropout]))
    assert np.isfinite(window_ratio(found).value)
    assert window_ratio(found).value < -1


def test_strengths_that_do_not_overlap_have_no_common_axis():
    of_l2 = design(
        "l2", "l2", l2s(), lambda value: valid(np.log10(value), 0.4), train=lambda value: train(np.log10(value))
    )
    of_dropout = dropout(parabola(0.7, 1), train=lambda p: np.full(p.shape, 9.0))
    assert list(pairs(pd.concat([of_l2, of_dropout]))) == []
