"""Arms at their best, paired by seed: what is planted is found, what is not there is not."""

import json
from functools import partial

import numpy as np
import pandas as pd
import pytest

from reports.calibration.planted_contrasts import RULE as CONTRAST_RULE
from reports.evidence.contrasts import Contrast, Side
from reports.evidence.ends import at_ends
from reports.evidence.measures import measure, measured, steps_to
from reports.evidence.paired import at_best, own, pair, with_regime
from reports.evidence.quantities import VALID_LOSS, Steps
from reports.evidence.standing import Networks
from reports.experiments.seeded import estimates
from reports.judging.intervals import jackknife, mean

REGIME = {"width": None}
SEEDS = range(6)
RATES = (0.01, 0.1, 1.0)


def networks(arm, losses, *, width=8):
    """A row for each learning rate and seed, the loss a function of both."""
    rows = [
        {
            "stage": "design",
            "arm": arm,
            "data": "digits",
            "width": width,
            "seed": seed,
            "learning_rate": rate,
            "valid_loss": losses(rate, seed),
        }
        for rate in RATES
        for seed in SEEDS
    ]
    return with_regime(pd.DataFrame(rows), REGIME)


def curves(steps, *, budget=1000, stopped="completed"):
    """Networks whose loss falls straight from 1 to 0 nat over twice ``steps``, so that 0.5 is reached at ``steps``."""
    epochs = np.arange(1, 101)
    rows = []
    for seed in SEEDS:
        losses = np.maximum(1 - epochs * budget / 100 / (2 * steps), 0)
        points = [[int(epoch), float(loss)] for epoch, loss in zip(epochs, losses, strict=True)]
        rows.append(
            {"data": "digits", "width": 8, "seed": seed, "learning_rate": 0.1, "train_rows": 500, "batch_size": 50}
            | {"steps": budget, "curve": json.dumps(points), "stopped": stopped}
        )
    return pd.DataFrame(rows).assign(train_error=0.5, valid_error=0.2)


def ratio_of_steps(slow, fast):
    target = Steps({"digits": 0.5})
    sides = (Side(name, name) for name in ("slow", "fast"))
    contrast = Contrast(**dict(zip(("high", "low"), sides, strict=True)), value=target, cost=target, regimes=REGIME)
    return contrast.evidence(pd.concat([slow.assign(arm="slow"), fast.assign(arm="fast")], ignore_index=True))


def test_own_rows_lose_their_prefix_and_no_other_design_is_taken():
    rows = networks("B4_none", lambda rate, seed: 0.5).assign(design="B4", variant="none")
    others = [rows.assign(design="B4b"), rows.assign(design=""), rows.assign(stage="search")]
    found = own(pd.concat([rows, *others]), "B4")
    assert set(found["arm"]) == {"none"}
    assert len(found) == len(rows)


def test_each_arm_stands_at_the_rate_that_is_best_for_the_other_seeds():
    lucky = networks("none", lambda rate, seed: 0.0 if (rate, seed) == (1.0, 3) else 0.5 + abs(np.log10(rate) + 1))
    found = at_best(lucky, tuned=["learning_rate"])
    assert found["chosen"].tolist() == ["0.1"] * len(SEEDS)
    assert found["valid_loss"].tolist() == [0.5] * len(SEEDS)


def noisy(losses, rate, seed):
    """Best at a rate of 0.1."""
    return abs(np.log10(rate) + 1) / 20 + losses[RATES.index(rate), seed]


def test_the_interval_is_that_of_the_whole_choice():
    """Delete one seed, choose and score everything again, for each seed; where no choice differs it is the plain t interval."""
    contrast = Contrast(high=Side("plain", "none"), low=Side("other", "other"), value=VALID_LOSS, regimes=REGIME)
    generator = np.random.default_rng(0)
    for noise, same in ((0.05, False), (0.001, True)):
        losses = {arm: generator.normal(0, noise, (3, len(SEEDS))) for arm in ("none", "other")}
        rows = pd.concat([networks(arm, partial(noisy, losses[arm])) for arm in losses])
        found = contrast.evidence(rows)
        again = [contrast.evidence(rows[rows["seed"] != seed])["effect"].mean() for seed in found["seed"]]
        assert found["lacking"].to_numpy() == pytest.approx(np.array(again))
        (estimate,) = estimates(found, rule=CONTRAST_RULE)
        plain, whole = mean(found["effect"]), jackknife(found["effect"].mean(), again)
        assert (estimate.low, estimate.high) == pytest.approx((whole.low, whole.high))
        assert (estimate.error == pytest.approx(plain.error)) == same


def test_a_rate_at_which_any_seed_diverged_is_no_candidate():
    holed = networks("none", lambda rate, seed: np.nan if (rate, seed) == (0.1, 2) else 0.5 + abs(np.log10(rate) + 1))
    found = at_best(holed, tuned=["learning_rate"])
    assert set(found["learning_rate"]) == {0.01}


@pytest.mark.parametrize(
    ("ends", "bound"),
    [({"plain"}, -1), ({"other"}, 1), ({"plain", "other"}, None), (set(), 0)],
    ids=["plain", "other", "both", "neither"],  # a set's own words differ between processes
)
def test_where_the_best_of_a_side_lies_at_an_end_the_difference_is_a_bound(ends, bound):
    """The side may be better still: the high one makes it smaller, the low one larger, both anything."""
    sides = Side("plain", "plain"), Side("other", "other")
    rows = [
        networks(side.arm, lambda rate, seed, side=side: 0.5 - 0.1 * (rate == (1.0 if side.arm in ends else 0.1)))
        for side in sides
    ]
    contrast = Contrast(high=sides[0], low=sides[1], value=VALID_LOSS, regimes=REGIME)
    (found,) = estimates(contrast.evidence(pd.concat(rows)), rule=CONTRAST_RULE)
    assert bool(found.void) == (bound is None)
    assert bound is None or found.bound == bound


def test_a_last_step_of_little_worth_and_the_weakest_strength_are_no_ends():
    def ends(rows, field):
        return list(at_ends(Networks.of(rows, REGIME), np.arange(len(rows)), [field], VALID_LOSS).values())

    rows = networks("other", lambda rate, seed: 0.5 - 0.004 * (rate == 1.0))
    assert ends(rows, "learning_rate") == []
    worth = networks("other", lambda rate, seed: 0.5 - 0.006 * (rate == 1.0))
    assert ends(worth, "learning_rate") == ["learning rate"]
    assert ends(worth.assign(keep_prob=worth["learning_rate"]), "keep_prob") == []
    assert ends(worth.assign(l2=1 / worth["learning_rate"]), "l2") == []
    assert ends(worth.assign(l2=worth["learning_rate"]), "l2") == ["λ"]


def test_where_all_diverged_nothing_is_best():
    assert at_best(networks("none", lambda rate, seed: np.nan), tuned=["learning_rate"]).empty


def test_differences_are_paired_so_that_what_a_seed_brings_cancels():
    high = networks("none", lambda rate, seed: 0.7 + 10 * seed).query("learning_rate == 0.1")
    low = networks("dropout", lambda rate, seed: 0.6 + 10 * seed).query("learning_rate == 0.1")
    found = pair(high, low.sample(frac=1, random_state=0), "valid_loss")
    assert found["effect"].to_numpy() == pytest.approx(np.full(len(SEEDS), 0.1))


def test_steps_lie_straight_between_checkpoints():
    curve = json.dumps([[1, 0.9], [3, 0.5], [4, 0.1]])
    rows = pd.DataFrame({"curve": [curve, curve, "[]"], "train_rows": [100, 110, 100], "batch_size": 20})
    # 0.7 lies half-way between epochs 1 and 3; an epoch has 5 batches of 20, or 6 where the last is short
    assert steps_to(rows, pd.Series([0.7] * 3)).tolist() == pytest.approx([10, 12, np.inf])
    assert steps_to(rows, pd.Series([0.95] * 3))[0] == 5
    assert steps_to(rows, pd.Series([0.05] * 3))[0] == np.inf


@pytest.mark.parametrize("factor", [0.5, 1, 4])
def test_a_planted_ratio_of_steps_is_found(factor):
    found = ratio_of_steps(curves(100 * factor), curves(100))
    assert np.exp(found["effect"]).to_numpy() == pytest.approx(np.full(len(SEEDS), factor), rel=1e-6)
    assert set(found["bound"]) == {0}


@pytest.mark.parametrize(("slow", "fast", "bound"), [(5000, 100, 1), (100, 5000, -1)])
def test_what_never_arrives_counts_as_the_whole_run_and_is_a_bound(slow, fast, bound):
    found = ratio_of_steps(curves(slow), curves(fast))
    assert np.exp(bound * found["effect"]).to_numpy() == pytest.approx(np.full(len(SEEDS), 10), rel=1e-6)
    assert set(found["bound"]) == {bound}
    assert "never, 50% of training errors at best" in found["note"].iloc[0]


def test_where_neither_arrives_there_is_no_ratio():
    assert ratio_of_steps(curves(5000), curves(5000))["effect"].isna().all()


def test_a_run_that_diverged_has_not_arrived():
    found = ratio_of_steps(curves(100, stopped="diverged"), curves(100))
    assert set(found["bound"]) == {1}


def test_measures_are_read_by_name_and_place():
    raw = json.dumps({"a.x": 2.5, "a.y": [[1, 2], [3, None]], "a.z": None})
    rows = pd.DataFrame({"measures": [raw, "{}"]})
    assert measure(rows, "a.x").tolist() == pytest.approx([2.5, np.nan], nan_ok=True)
    assert measure(rows, "a.y", 1, 0)[0] == 3
    assert np.isnan(measure(rows, "a.y", 1, 1)[0])
    assert len(measured(rows, "a.x")) == 1
    assert measured(rows, "a.z").empty
    assert measured(rows.drop(columns="measures"), "a.x").empty
