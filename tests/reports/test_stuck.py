"""Networks that did not train, and then do: their errors by those of chance, where without normalisation none trains."""

import numpy as np
import pandas as pd
import pytest

from reports.experiments.speed import NONE
from reports.experiments.stuck import Started

CHANCE = [0.8, 0.5, 0.64, 0.75]  # errors of chance on each seed's training rows
RATES = [0.1, 1.0]


def table(*, before, none=0.95, ended=()):
    """Errors by those of chance at each rate: of the side at the first, half as many at the second; ``ended`` are seeds."""
    shares = {"chance": (1.0,), "none": (1.0, none), "before": (2 * before, before)}
    rows = [
        (arm, rate, seed, share * chance)
        for arm, each in shares.items()
        for rate, share in zip(RATES, each, strict=False)
        for seed, chance in enumerate(CHANCE)
    ]
    found = pd.DataFrame(rows, columns=["arm", "learning_rate", "seed", "train_error"])
    return found.assign(activation="sigmoid", depth=8, stopped="completed")


@pytest.mark.parametrize(("before", "none"), [(0.25, 0.95), (0.5, 0.9)])
def test_errors_are_told_as_a_share_of_those_of_chance_at_the_best_rate(before, none):
    """Down to nine tenths of chance a network has not trained."""
    found = Started().evidence(table(before=before, none=none))
    assert found["effect"].to_numpy() == pytest.approx(np.full(4, before))
    assert found["lacking"].to_numpy() == pytest.approx(np.full(4, before))
    assert set(found["chosen"]) == {"1"}
    assert set(found["note"]) == {f"without it {none:.0%} of chance at best"}
    assert set(found["void"]) == {""}
    assert {str(regime) for regime in found["regime"]} == {"sigmoid, 8 layers"}


@pytest.mark.parametrize("none", [0.89, 0.05])
def test_where_one_trains_without_it_too_nothing_is_judged(none):
    rows = table(before=0.25)
    alone = (rows["arm"] == "none") & (rows["seed"] == 2) & (rows["learning_rate"] == 0.1)
    found = Started().evidence(rows.assign(train_error=rows["train_error"].mask(alone, none * CHANCE[2])))
    assert set(found["void"]) == {
        f"it trains without normalisation too, to {none:.0%} of chance: there is nothing that did not train"
    }


def test_what_diverged_has_learnt_nothing():
    """It errs on every row: more than chance does."""
    rows = table(before=0.25)
    lost = rows["train_error"].mask((rows["arm"] == "none") & (rows["learning_rate"] == 1.0))
    (found,) = Started().evidence(rows.assign(train_error=lost))["note"].unique()
    assert found == "without it 100% of chance at best"
    diverged = rows["train_error"].mask(rows["arm"] == "before")
    told = Started().evidence(rows.assign(train_error=diverged))
    assert told["effect"].to_numpy() == pytest.approx(1 / np.array(CHANCE))


def test_what_the_machine_ended_says_nothing_and_neither_does_a_regime_without_those_that_did_not_train():
    rows = table(before=0.25)
    ended = rows["stopped"].mask((rows["arm"] == "before") & (rows["seed"] == 1), "crashed")
    assert Started().evidence(rows.assign(stopped=ended))["seed"].tolist() == [0, 2, 3]
    other = rows[rows["arm"] != NONE.arm].assign(depth=4)
    assert set(Started().evidence(pd.concat([rows, other[other["arm"] == "before"]]))["seed"]) == {0, 1, 2, 3}
    assert Started().evidence(other).empty
