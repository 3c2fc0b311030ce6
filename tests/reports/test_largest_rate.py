"""The largest learning rate that works, of two sides: a ratio, a bound, or nothing, by how many seeds have one."""

import numpy as np
import pandas as pd
import pytest

from reports.experiments.speed import BEFORE, NONE, RATES, TARGETS, LargestRate

SEEDS = 5
TRIED = {"none": RATES[:4], "before": RATES[2:]}
STEPS_UP = np.log(RATES[4] / RATES[1])


def table(**largest):
    """For each arm the place in RATES of each seed's largest workable rate, which just ends at the target; None where there is none."""
    rows = [
        (arm, seed, rate, TARGETS["digits"] if place is not None and rate <= RATES[place] else 2.0)
        for arm, places in largest.items()
        for seed, place in enumerate(places)
        for rate in TRIED[arm]
    ]
    found = pd.DataFrame(rows, columns=["arm", "seed", "learning_rate", "valid_loss"])
    return found.assign(data="digits", activation="relu", init_gain=1.0)


@pytest.mark.parametrize(
    ("none", "before", "effects", "bounds"),
    [
        ([1] * SEEDS, [4] * SEEDS, [STEPS_UP] * SEEDS, [0] * SEEDS),
        ([None, 1, 1, 1, 1], [4] * SEEDS, [np.log(RATES[4] / RATES[0]), *[STEPS_UP] * 4], [1, 0, 0, 0, 0]),
        ([1] * SEEDS, [None, 4, 4, 4, 4], [np.log(RATES[2] / RATES[1]), *[STEPS_UP] * 4], [-1, 0, 0, 0, 0]),
        ([1] * SEEDS, [len(RATES) - 1, 4, 4, 4, 4], [np.log(RATES[-1] / RATES[1]), *[STEPS_UP] * 4], [1, 0, 0, 0, 0]),
    ],
    ids=["a ratio", "none without it", "none with it", "the highest works"],
)
def test_a_seed_without_a_workable_rate_bounds_the_ratio(none, before, effects, bounds):
    found = LargestRate(high=BEFORE, low=NONE).evidence(table(none=none, before=before))
    assert found["effect"].to_numpy() == pytest.approx(effects)
    assert found["bound"].tolist() == bounds
    assert not found["void"].any()


@pytest.mark.parametrize(
    ("none", "before", "lacking"),
    [([None, None, None, 1, 1], [4] * SEEDS, 3), ([None, 1, 1, 1, 1], [None, 4, 4, 4, 4], 1), ([None] * 5, [4] * 5, 5)],
    ids=["most have none", "one has none on either side", "all have none"],
)
def test_where_a_side_does_not_train_nothing_is_judged(none, before, lacking):
    found = LargestRate(high=BEFORE, low=NONE).evidence(table(none=none, before=before))
    assert found["void"].str.startswith(f"no ratio is known of {lacking} of {SEEDS} seeds").all()


@pytest.mark.parametrize(("none", "judged"), [([None, None, 1, 1], False), ([None, 1, 1, 1], True)])
def test_a_side_of_which_half_of_the_seeds_have_no_rate_does_not_train(none, judged):
    found = LargestRate(high=BEFORE, low=NONE).evidence(table(none=none, before=[4] * 4))
    assert (found["void"] == "").all() == judged


def test_each_regime_has_its_own_void_and_a_table_without_a_target_none():
    trains, stuck = table(none=[1] * 3, before=[4] * 3), table(none=[None] * 3, before=[4] * 3).assign(init_gain=5.0)
    other = trains.assign(data="mnist1d")
    found = LargestRate(high=BEFORE, low=NONE).evidence(pd.concat([trains, stuck, other]))
    told = {str(regime): set(rows["void"]) for regime, rows in found.groupby("regime")}
    assert told.pop("relu, gain 1") == {""}
    assert len(told.pop("relu, gain 5")) == 1
    assert not told
