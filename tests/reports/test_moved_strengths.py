"""Transfer over learning rates: small tables whose numbers can be counted by hand."""

import numpy as np
import pytest
from planted import SEEDS

from reports.tuning.doses import DoseCurve, Doses
from reports.tuning.transfer import Factorial, cost, costs_without_each, factorial, shared_rates


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


def test_a_strength_is_chosen_on_all_seeds_but_the_one_that_scores_it():
    """Loops over ordered pairs of rates, and over seeds."""
    losses = np.random.default_rng(0).normal(size=(3, 4, 5))

    def expected(seeds):
        def chosen(rate, seed):
            return losses[rate][:, [each for each in seeds if each != seed]].mean(axis=1).argmin()

        return np.mean(
            [
                np.mean([losses[here, chosen(there, s), s] - losses[here, chosen(here, s), s] for s in seeds])
                for here in range(3)
                for there in range(3)
                if here != there
            ]
        )

    assert cost(losses) == pytest.approx(expected(range(5)))
    lacking = [expected([each for each in range(5) if each != seed]) for seed in range(5)]
    assert costs_without_each(losses) == pytest.approx(lacking)


@pytest.mark.parametrize(("kind", "beyond"), [("dropout", [0.1]), ("l2", [0.3])])
def test_a_better_strength_may_lie_beyond_the_strongest(kind, beyond):
    """The lowest keep-prob, or the highest λ."""
    means = np.array([[0, 1, 2], [1, 0, 2], [2, 1, 0]])
    found = Factorial(
        kind=kind,
        width=8,
        rates=np.array([0.1, 0.2, 0.3]),
        strengths=np.array([0.2, 0.5, 0.8]),
        seeds=(0, 1),
        losses=means[:, :, None] + np.array([0, 0.1]),
    )
    assert found.beyond == beyond
    assert found.cost == cost(found.losses)
    assert found.costs_without_each.tolist() == costs_without_each(found.losses).tolist()


def curve(rate, lowest, *, kind="dropout", strengths=(0.2, 0.5, 0.8), none=9.0):
    losses = np.array([lowest + 0.1 * place for place in range(len(strengths))])[:, None] + np.array([-1, 1])
    return DoseCurve(
        kind=kind,
        width=8,
        rate=rate,
        strengths=np.array(strengths),
        seeds=(3, 5),
        losses=losses,
        none=none + np.array([-1, 1]),
        train=losses,
    )


def test_rates_are_shared_where_one_of_both_comes_within_a_nat_of_its_best():
    """At 0.2 none does; at 0.4 the second alone, by none; 0.5 was tried by one."""
    first = Doses((curve(0.1, 0.5), curve(0.2, 1.51), curve(0.3, 1.5), curve(0.4, 2.0), curve(0.5, 0.5)))
    second = Doses((curve(0.1, 3.0), curve(0.2, 2.51), curve(0.3, 3.5), curve(0.4, 9.0, none=1.0), curve(0.6, 1.0)))
    assert shared_rates(first, second).tolist() == [0.1, 0.3, 0.4]
    assert shared_rates(second, first).tolist() == [0.1, 0.3, 0.4]


@pytest.mark.parametrize(("kind", "place"), [("dropout", -1), ("l2", 0)])
def test_of_rates_the_strengths_that_all_have_stand_in_order_with_none_at_its_end(kind, place):
    doses = Doses(
        (
            curve(0.1, 0.5, kind=kind),
            curve(0.2, 0.6, kind=kind, strengths=(0.1, 0.2, 0.8)),
            curve(0.3, 0.7, kind=kind, strengths=(0.5,)),
        )
    )
    found = factorial(doses, np.array([0.1, 0.2]))
    assert (found.kind, found.width, found.seeds) == (kind, 8, (3, 5))
    assert found.rates.tolist() == [0.1, 0.2]
    assert found.strengths.tolist() == ([0.2, 0.8, 1.0] if kind == "dropout" else [0.0, 0.2, 0.8])
    means = [[0.5, 0.7], [0.7, 0.8]]
    for of_rate, expected in zip(found.losses.mean(axis=2), means, strict=True):
        assert np.delete(of_rate, place) == pytest.approx(expected)
        assert of_rate[place] == pytest.approx(9)
    assert np.ptp(found.losses, axis=2) == pytest.approx(2)
