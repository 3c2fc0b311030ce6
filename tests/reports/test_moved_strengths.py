"""Transfer over learning rates: small tables whose numbers can be counted by hand."""

import numpy as np
import pytest
from planted import SEEDS

from reports.tuning.transfer import cost, costs_without_each


def moved(*bests):
    """Losses (R, 3, S) at λ of three decades: the best of each rate is named, a decade away costs 1 nat more, two decades 4."""
    decades, seeds = np.array([-3, -2, -1]), np.arange(SEEDS)
    return np.array([(decades[:, None] - best) ** 2 + 0.1 * seeds for best in bests])


@pytest.mark.parametrize(("bests", "expected"), [((-2, -2), 0), ((-2, -1), 1), ((-3, -1), 4), ((-2, -2, -1), 2 / 3)])
def test_transfer_costs_what_the_other_rates_best_costs(bests, expected):
    assert cost(moved(*bests)) == pytest.approx(expected)
    assert costs_without_each(moved(*bests)) == pytest.approx([expected] * SEEDS)


def test_transfer_averages_both_directions():
    assert cost(moved(-2, -1) * np.array([3, 1])[:, None, None]) == pytest.approx((3 + 1) / 2)
