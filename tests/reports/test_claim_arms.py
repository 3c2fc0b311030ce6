"""Arms at their best, paired by seed: what is planted is found, what is not there is not."""

import json
from functools import partial
from itertools import product
from math import fsum
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from reports.calibration.planted_contrasts import RULE as CONTRAST_RULE
from reports.evidence.contrasts import Arrival, Contrast, Level, Side
from reports.evidence.ends import at_end, at_ends
from reports.evidence.measures import measure, measured, steps_to
from reports.evidence.paired import Costs, at_best, chosen_again, costs_among, own, pair, with_regime
from reports.evidence.quantities import VALID_ERROR, VALID_LOSS, Column, Steps
from reports.evidence.standing import Networks, Standing, again_values, by_regime, lacking, standings
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


@pytest.mark.parametrize(
    ("field", "least", "at"),
    [
        ("learning_rate", [0, 1, 2], True),
        ("learning_rate", [2, 1, 0], True),
        ("learning_rate", [1, 0, 1], False),
        ("learning_rate", [0, 1], True),
        ("learning_rate", [1, 0], True),
        ("learning_rate", [0], False),
        ("learning_rate", [], False),
        ("learning_rate", [0, 0.25, 1], True),  # worth as much as is asked for
        ("learning_rate", [0, 0.24, 1], False),
        ("learning_rate", [1, 0.25, 0], True),
        ("learning_rate", [1, 0.24, 0], False),
        ("learning_rate", [0, 0.24], False),
        ("keep_prob", [0, 1, 2], True),  # the strongest
        ("keep_prob", [2, 1, 0], False),
        ("l2", [0, 1, 2], False),
        ("l2", [2, 1, 0], True),
    ],
)
def test_the_lowest_lies_at_an_end_where_the_last_step_is_worth_something(field, least, at):
    assert at_end(field, np.array(least, float), 0.25) is at


def test_ends_are_told_by_regime_of_all_that_is_tuned_and_by_cost():
    """Two fields at once: of each the least cost whatever the other is; a setting that lost a network is none."""
    bests = {8: (0, 0.3), 16: (-1, 0.3), 32: (-1, 0.2), 64: (0, 0.2)}  # by width the decade of the best rate, and λ
    rows = pd.concat(
        networks("a", lambda rate, seed: np.log10(rate), width=width).assign(l2=l2)
        for width, l2 in product(bests, (0.1, 0.2, 0.3))
    ).reset_index(drop=True)
    decade, strength = (rows["width"].map({width: best[place] for width, best in bests.items()}) for place in (0, 1))
    rows["valid_loss"] = (rows["valid_loss"] - decade).abs() + 20 * (rows["l2"] - strength).abs()
    rows["valid_error"] = rows["valid_loss"] / 100
    tuned = ["learning_rate", "l2"]

    def ends(rows, cost=VALID_LOSS):
        found = Networks.of(rows, REGIME)
        return {
            str(found.names[each]): told for each, told in at_ends(found, np.arange(len(rows)), tuned, cost).items()
        }

    told = {"width 8": "learning rate and λ", "width 16": "λ", "width 64": "learning rate"}
    assert ends(rows) == ends(rows, VALID_ERROR) == told
    shallow = rows.assign(valid_error=rows["valid_loss"] * 0.0024)  # less than a quarter of a point a step
    assert ends(shallow, VALID_ERROR) == {"width 8": "λ", "width 16": "λ"}, "λ bends twice as much"
    assert ends(rows, Column("test_loss")) == {}, "of other costs nobody says what is of no worth"
    lost = rows.assign(valid_loss=rows["valid_loss"].mask((rows["l2"] == 0.3) & (rows["seed"] == 1)))
    assert ends(lost) == {
        "width 8": "learning rate and λ",
        "width 16": "λ",
        "width 32": "λ",
        "width 64": "learning rate and λ",
    }
    assert at_ends(Networks.of(rows, REGIME), np.arange(0), tuned, VALID_LOSS) == {}


def test_a_choice_is_that_of_the_other_seeds_and_again_that_of_all_but_one_more():
    """Means one by one."""
    values = np.random.default_rng(0).normal(size=(4, 5))
    places = np.arange(100, 120).reshape(4, 5)
    seeds = np.array([3, 5, 7, 11, 13])
    costs = Costs(values, places, seeds)

    def chosen(scored, *without):
        kept = [seed for seed in range(5) if seed not in (scored, *without)]
        return places[values[:, kept].mean(axis=1).argmin(), scored]

    assert costs.chosen().tolist() == [chosen(seed) for seed in range(5)]
    again = {(scored, without): chosen(scored, without) for scored in range(5) for without in range(5)}
    off = {pair for pair in again if pair[0] != pair[1]}
    assert {pair: costs.all_chosen_again()[pair] for pair in off} == {pair: again[pair] for pair in off}
    rows = [tuple(map(int, each)) for each in costs.chosen_again().T]
    assert sorted(rows) == sorted((again[scored, without], seeds[without]) for scored, without in off)


@pytest.mark.parametrize(("settings", "seeds", "chosen"), [(0, 3, 0), (1, 1, 1), (2, 1, 0), (2, 2, 2), (1, 2, 2)])
def test_one_seed_chooses_where_there_is_no_choice(settings, seeds, chosen):
    costs = Costs(np.zeros((settings, seeds)), np.zeros((settings, seeds), int), np.arange(seeds))
    assert costs.chosen().size == chosen
    assert costs.chosen_again().shape == (2, 0 if settings == 0 or seeds < 3 else seeds * (seeds - 1))


def test_costs_are_laid_out_by_regime_without_settings_that_lack_a_network():
    """Of two settings one was not trained on the third seed, of another regime one was lost."""
    regimes, settings = np.array([1, 1, 1, 1, 1, 0, 0]), np.array([9, 9, 9, 4, 4, 4, 9])
    seeds, values = np.array([2, 1, 3, 1, 2, 1, 1]), np.array([0.2, 0.1, 0.3, 9, 9, 5, np.nan])
    found = dict(costs_among(regimes, settings, seeds, values, ["width"]))
    assert list(found) == [1, 0], "in the order in which they come"
    assert np.array_equal(found[1].values, [[0.1, 0.2, 0.3]])
    assert found[1].places.tolist() == [[1, 0, 2]]
    assert found[1].seeds.tolist() == [1, 2, 3]
    assert np.array_equal(found[0].values, [[5]])
    assert found[0].places.tolist() == [[5]]
    with pytest.raises(ValueError, match="the same width, seed: what differs is none of these"):
        list(costs_among(regimes, settings, np.ones(7, int), values, ["width"]))


@pytest.mark.parametrize("rates", [(1.0, 0.01, 0.1), (0.01, 0.1, 1.0)])
def test_of_settings_that_are_alike_that_is_chosen_which_was_tried_first(rates):
    rows = networks("none", lambda rate, seed: 0.5 + (rate == 0.1)).sort_values("seed", kind="stable")
    rows = rows.iloc[np.argsort([rates.index(rate) for rate in rows["learning_rate"]], kind="stable")]
    first = {"1" if rates[0] == 1 else "0.01"}
    assert set(at_best(rows.reset_index(drop=True), tuned=["learning_rate"])["chosen"]) == first
    contrast = Contrast(high=Side("it", "none"), low=Side("it", "none"), value=VALID_LOSS, regimes=REGIME)
    assert set(contrast.evidence(rows)["high_chosen"]) == first


def test_where_seeds_are_too_few_to_leave_one_out_nothing_is_chosen_again():
    rows = networks("none", lambda rate, seed: rate).query("seed < 2")
    assert chosen_again(rows, tuned=["learning_rate"]).empty
    assert len(at_best(rows, tuned=["learning_rate"])) == 2
    three = chosen_again(networks("none", lambda rate, seed: rate).query("seed < 3"), tuned=["learning_rate"])
    assert sorted(zip(three["seed"], three["without"], strict=True)) == [
        (0, 1),
        (0, 2),
        (1, 0),
        (1, 2),
        (2, 0),
        (2, 1),
    ]


def test_the_mean_without_a_seed_is_that_of_all_others_that_are_known():
    effects = np.random.default_rng(1).normal(size=(5, 5))
    effects[2, [0, 1]], effects[:, 4] = np.nan, np.nan
    expected = [
        np.nanmean([effects[scored, without] for scored in range(5) if scored != without]) for without in range(4)
    ]
    assert lacking(effects) == pytest.approx([*expected, np.nan], nan_ok=True)


def test_the_mean_without_a_seed_is_summed_to_the_last_bits():
    """Each of 300 additions to a sum of ten millions would lose up to half of its last bit."""
    effects = np.random.default_rng(2).uniform(0.1, 1, (300, 300))
    effects[0] += 1e7
    expected = [fsum(np.delete(effects[:, seed], seed)) / 299 for seed in range(300)]
    assert np.abs(lacking(effects) - expected).max() <= 2 * np.spacing(max(expected))


def test_sides_are_paired_where_both_have_a_regime_and_by_the_seeds_that_both_have():
    def standing(*seeds):
        return Standing(np.array(seeds), np.arange(len(seeds)), None)

    found = by_regime({2: standing(1, 4, 6), 0: standing(1), 1: standing(3)}, {1: standing(2, 3), 2: standing(4, 5, 6)})
    assert [(regime, first.tolist(), second.tolist()) for regime, first, second in found] == [
        (2, [1, 2], [0, 2]),
        (1, [0], [1]),
    ]


def test_of_a_side_of_which_nothing_is_tuned_two_networks_of_a_seed_are_one_too_many():
    rows = networks("none", lambda rate, seed: rate + seed)
    one = rows[rows["learning_rate"] == 0.1].iloc[::-1].reset_index(drop=True)
    (found,) = standings(Networks.of(one, REGIME), np.arange(len(one)), [], VALID_LOSS).values()
    assert found.seeds.tolist() == list(SEEDS)
    assert one["seed"].iloc[found.places].tolist() == list(SEEDS)
    values = one["valid_loss"].to_numpy()
    assert again_values(found, np.array([1, 3]), values).tolist() == [[1.1, 1.1], [3.1, 3.1]], "there is no choice"
    with pytest.raises(ValueError, match="the same seed"):
        standings(Networks.of(rows, REGIME), np.arange(len(rows)), [], VALID_LOSS)


def test_a_seed_that_one_side_lacks_is_none_of_the_contrast():
    rows = pd.concat(
        [
            networks("plain", lambda rate, seed: abs(np.log10(rate) + 1) + seed).query("seed != 1"),
            networks("other", lambda rate, seed: abs(np.log10(rate) + 1) + 0.1 * seed).query("seed > 1"),
        ]
    )
    found = Contrast(high=Side("plain", "plain"), low=Side("other", "other"), value=VALID_LOSS, regimes=REGIME)
    told = found.evidence(rows)
    assert told["seed"].tolist() == [2, 3, 4, 5]
    assert told["high"].tolist() == pytest.approx([2, 3, 4, 5])
    assert told["low"].tolist() == pytest.approx([0.2, 0.3, 0.4, 0.5])
    turned = Contrast(high=found.low, low=found.high, value=VALID_LOSS, regimes=REGIME).evidence(rows)
    assert turned["seed"].tolist() == [2, 3, 4, 5]
    assert turned["effect"].tolist() == pytest.approx((-told["effect"]).tolist())


@pytest.mark.parametrize("tuned", [("learning_rate",), ()])
def test_a_level_is_the_value_of_one_side_at_its_best_and_of_each_seed(tuned):
    rows = networks("none", lambda rate, seed: abs(np.log10(rate) + 1) + 0.1 * seed).assign(
        valid_error=lambda rows: rows["learning_rate"] + rows["seed"]
    )
    rows = rows if tuned else rows[rows["learning_rate"] == 0.1]
    found = Level(side=Side("it", "none", tuned=tuned), value=Column("valid_error"), regimes=REGIME)
    told = found.evidence(rows.iloc[::-1])
    assert told["seed"].tolist() == list(SEEDS)[::-1], "as the networks come"
    assert told["effect"].tolist() == pytest.approx([0.1 + seed for seed in SEEDS][::-1])
    assert {str(each) for each in told["regime"]} == {"width 8"}
    assert ("chosen" in told) == ("lacking" in told) == bool(tuned)
    if tuned:
        assert set(told["chosen"]) == {"0.1"}
        assert told["lacking"].tolist() == pytest.approx([0.1 + (15 - seed) / 5 for seed in SEEDS][::-1])
    assert found.evidence(rows[rows["seed"] > 99]).columns.tolist() == ["regime", "seed", "effect"]


@pytest.mark.parametrize(
    ("steps", "error", "said"),
    [
        ([None] * 4, 0.1, "it: never, 10% of training errors at best"),
        ([None] * 4, 0.09, "it: not in this run, 9% of training errors at best"),
        ([100, 400, 200, None], 0.3, "it: 283 steps at rate 0.02, 0.5, 3 of 4 seeds, 25.0% of validation errors at the end"),
    ],
)  # fmt: skip
def test_how_a_side_arrives_is_told_by_the_median_of_its_steps(steps, error, said):
    """One that never arrives counts as all of its 900."""
    rows = pd.DataFrame({"learning_rate": [0.5, 0.02, 0.5, 0.02], "valid_error": [0.1, 0.2, 0.3, 0.4]})
    known = SimpleNamespace(
        reached=lambda rows: np.array([float(each is not None) for each in steps]),
        read=lambda rows: np.log([each or 900 for each in steps]),
    )
    assert Arrival(Side("it", "it"), rows, known, error).told == said


def test_the_fewest_training_errors_are_those_of_any_setting_and_one_that_diverged_errs_always():
    slow = [curves(5000).assign(learning_rate=rate, train_error=error) for rate, error in ((0.1, 0.3), (1.0, 0.2))]
    slow[1].loc[0, "train_error"] = np.nan  # of six a mean of (5 · 0.2 + 1)/6
    found = ratio_of_steps(pd.concat(slow), curves(100))
    assert "slow: never, 30% of training errors at best" in found["note"].iloc[0]
    slow[1].loc[0, "train_error"] = 0.2
    assert "slow: never, 20% of training errors" in ratio_of_steps(pd.concat(slow), curves(100))["note"].iloc[0]


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
