"""Arms of equal budgets, transfer over learning rates: small tables whose numbers can be counted by hand."""

import numpy as np
import pandas as pd
import pytest
from planted import SEEDS

from reports.tuning.equal_budgets import arms, refit_scores
from reports.tuning.transfer import cost, costs_without_each

RATES = (0.01, 0.1)


def networks(stage, arm, *, repeat=0, trial=0, seed=0, **settings):
    fixed = {"width": 32, "keep_prob": 1.0, "l2": 0.0, "batch_norm": "none", "weights": "last", "learning_rate": 0.1}
    losses = {"valid_loss": 0.5, "test_loss": np.nan}
    return {**fixed, **losses, "stage": stage, "arm": arm, "repeat": repeat, "trial": trial, "seed": seed, **settings}


def searched(arm, **settings):
    """A search of two trials, the second of which is refitted on two seeds."""
    search = [networks("search", arm, trial=trial, learning_rate=rate, **settings) for trial, rate in enumerate(RATES)]
    refit = [
        networks("refit", arm, trial=1, seed=seed, **settings, test_loss=0.6 - 0.1 * (arm != "none") + 0.02 * seed)
        for seed in (500, 501)
    ]
    return [*search, *refit]


def test_arms_are_what_their_networks_are_whatever_their_names():
    rows = [
        *searched("a"), *searched("b", weights="best"), *searched("c", l2=0.1), *searched("d", keep_prob=0.5),
        *searched("e", keep_prob=0.5, l2=0.1), *searched("f", l2=0.1, batch_norm="before"),
    ]  # fmt: skip
    found = arms(pd.DataFrame(rows)).set_index("arm")
    assert found["kind"].tolist() == ["none", "early stopping", "L2", "dropout", "both", "L2"]
    assert found["batch_norm"].tolist() == [False] * 5 + [True]
    assert found.loc["e", "chosen"] == "learning rate 0.1, keep_prob 0.5, λ 0.1"


def test_what_searches_the_width_or_keeps_the_rate_is_no_arm_of_this_comparison():
    wide = [
        networks("search", "joint", trial=trial, width=8 * (trial + 1), learning_rate=rate)
        for trial, rate in enumerate(RATES)
    ]
    steady = [networks("search", "linear", trial=trial, keep_prob=0.5 + trial / 4) for trial in range(2)]
    refits = [networks("refit", arm, seed=500, test_loss=1.0) for arm in ("joint", "linear")]
    assert arms(pd.DataFrame([*wide, *steady, *refits])).empty


def test_gain_is_paired_and_optimism_is_validation_minus_test():
    found = refit_scores(pd.DataFrame([*searched("none"), *searched("dropout", keep_prob=0.5)]))
    dropout = found[found["kind"] == "dropout"]
    assert dropout["gain"].tolist() == pytest.approx([0.1, 0.1])
    assert dropout["optimism"].tolist() == pytest.approx([0.5 - dropout["loss"].mean()] * 2)
    assert found.loc[found["kind"] == "none", "gain"].tolist() == [0, 0]


def test_repeats_are_averaged_before_they_are_paired():
    again = [{**row, "repeat": 1, "test_loss": row["test_loss"] + 0.04} for row in searched("none")]
    found = refit_scores(pd.DataFrame([*searched("none"), *again, *searched("dropout", keep_prob=0.5)]))
    assert found.loc[found["kind"] == "dropout", "gain"].tolist() == pytest.approx([0.12, 0.12])
    assert len(found) == 4


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
