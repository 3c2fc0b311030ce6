"""A tuned effect is that of arms at their own best settings, chosen where nothing is scored; what cannot be known is told."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from levels import one_in
from scipy import stats
from tuned import bowl, table

from reports import CLAIMS
from reports.judging.claim import judge
from reports.judging.text import interval, quantity
from reports.judging.verdict import Verdict
from reports.tuning.dose_gains import dose_gains
from reports.tuning.effect_claims import COLUMNS, estimates, evidence, places
from reports.tuning.effects import at_home_in, effect, effects, nested_gain
from reports.tuning.gains_by_width import gains_by_width
from reports.tuning.tuned_arms import HOME, IN_ERROR, IN_LOSS, losses

NONE, DROPOUT, L2 = bowl(0.6), bowl(0.5, dose=0.7), bowl(0.55, rate=0.1, dose=0.01)
BY_SLUG = {claim.slug: claim for claim in CLAIMS}


def of(rows, kind, reference="none", metric=IN_LOSS):
    (found,) = [each for each in effects(at_home_in(rows), kind, reference) if each.arm.metric == metric]
    return found


@pytest.mark.parametrize(("metric", "column"), [(IN_LOSS, "valid_loss"), (IN_ERROR, "valid_error")])
def test_the_gain_is_the_plain_paired_t_over_fresh_seeds_of_what_was_chosen(metric, column):
    """Recomputed from the rows alone."""
    rows = table({"none": NONE, "dropout_rates": DROPOUT})
    found = of(rows, "dropout", metric=metric)
    scored = rows[(rows["stage"] == "score") & rows["chosen_by"].str.contains(column)]
    values = scored.pivot_table(index="seed", columns="arm", values=column)
    gains = metric.scale * (values["none"] - values["dropout_rates"])
    expected = stats.ttest_1samp(gains, 0).confidence_interval()
    assert found.gain.value == pytest.approx(gains.mean())
    assert (found.gain.low, found.gain.high) == pytest.approx((expected.low, expected.high))
    assert found.gain.seeds == 20


def test_each_arm_takes_its_own_best_rate_and_strength():
    found = of(table({"none": NONE, "l2_rates": L2}), "L2")
    assert found.arm.settings.iloc[found.arm.best][["learning_rate", "l2"]].tolist() == [0.1, 0.01]
    assert found.reference.settings.iloc[found.reference.best]["learning_rate"] == 0.03
    assert found.gain.value == pytest.approx(0.05, abs=0.01)


def test_a_design_under_the_arms_own_name_is_read():
    rows = table({"none": NONE, "dropout_rates": DROPOUT})
    renamed = rows.assign(arm=rows["arm"].replace("dropout_rates", "dropout"))
    assert of(renamed, "dropout").gain == of(rows, "dropout").gain


def test_without_fresh_seeds_the_whole_choice_is_jackknifed():
    """Delete one seed, choose and score everything again: the textbook's loops."""
    rows = table({"none": NONE, "dropout_rates": DROPOUT}, noise=0.05).query("stage == 'design'")
    found = of(rows, "dropout").gain
    values = {
        arm: each.pivot_table(index="trial", columns="seed", values="valid_loss") for arm, each in rows.groupby("arm")
    }

    def nested(seeds):
        scores = {
            arm: np.mean([v.loc[v[[s for s in seeds if s != seed]].mean(axis=1).idxmin(), seed] for seed in seeds])
            for arm, v in values.items()
        }
        return scores["none"] - scores["dropout_rates"]

    seeds = list(range(8))
    lacking = np.array([nested([s for s in seeds if s != seed]) for seed in seeds])
    error = np.sqrt(7 / 8 * ((lacking - lacking.mean()) ** 2).sum())
    assert found.value == pytest.approx(nested(seeds))
    assert found.error == pytest.approx(error)
    assert found.high - found.value == pytest.approx(stats.t.ppf(0.975, 7) * error)


def test_two_seeds_leave_none_to_choose_on():
    rows = table({"none": NONE, "dropout_rates": DROPOUT}).query("stage == 'design'")
    assert "fewer than three seeds" in of(rows.query("seed < 2"), "dropout").gain.void
    disjoint = rows[(rows["arm"] == "none") == (rows["seed"] < 4)]
    assert "fewer than three seeds" in of(disjoint, "dropout").gain.void


def test_arms_are_compared_on_the_tuning_seeds_that_both_have():
    """A design may have more of them than another."""
    rows = table({"none": NONE, "dropout_rates": DROPOUT}, noise=0.05).query("stage == 'design'")
    same = rows.query("2 <= seed < 6")
    uneven = rows[np.where(rows["arm"] == "none", rows["seed"] < 6, rows["seed"] >= 2)]
    found, again = (of(each, "dropout") for each in (uneven, same))
    assert replace(found.gain, notes=()) == replace(again.gain, notes=())
    assert found.smallest_dose == again.smallest_dose
    assert gains_by_width([found]).equals(gains_by_width([again]))
    assert gains_by_width([found])["seed"].tolist() == [2, 3, 4, 5]
    assert dose_gains(at_home_in(uneven)).equals(dose_gains(at_home_in(same)))
    with_none, alone = (each.arm.or_none(each.reference) for each in (found, again))
    assert with_none.seeds == alone.seeds == (2, 3, 4, 5)
    assert (with_none.tuning == alone.tuning).all()


def test_none_is_chosen_where_every_dose_costs_and_the_smallest_is_told():
    rows = table(
        {"none": bowl(0.5), "dropout_rates": lambda rate, dose: bowl(0.5)(rate, dose) + 0.1 * (1 - dose)}, noise=0.001
    )
    found = of(rows, "dropout")
    assert found.none_chosen
    assert found.smallest_dose.value == pytest.approx(-0.01, abs=0.003)
    assert found.gain.value == pytest.approx(-0.01, abs=0.003), "the best dose above none: verdicts are about this"
    assert any(
        "none is chosen before any dose" in note for notes in BY_SLUG["D1"].evidence(rows)["notes"] for note in notes
    )


@pytest.mark.parametrize(
    ("truths", "low", "high"),
    [
        ({"none": NONE, "dropout_rates": bowl(0.5, rate=0.3, dose=0.7)}, True, False),
        ({"none": bowl(0.6, rate=0.3), "dropout_rates": DROPOUT}, False, True),
        ({"none": NONE, "dropout_rates": bowl(0.5, dose=0.5)}, True, False),  # the strongest dose
        ({"none": NONE, "dropout_rates": bowl(0.5, dose=0.9)}, True, True),  # the weakest: none lies beyond
        ({"none": NONE, "l2_rates": bowl(0.5, dose=0.001)}, True, True),
        ({"none": bowl(0.6, rate=0.3, depth=0.004), "dropout_rates": DROPOUT}, True, True),  # nothing to lose beyond
    ],
)
def test_a_best_at_the_end_of_what_was_tried_makes_a_bound(truths, low, high):
    kind = "L2" if "l2_rates" in truths else "dropout"
    found = of(table(truths, noise=0.0001), kind).gain
    assert (np.isfinite(found.low), np.isfinite(found.high)) == (low, high)


def test_nothing_varies_and_nothing_is_estimated():
    rows = table({"none": NONE, "dropout_rates": DROPOUT}).assign(valid_loss=0.5, valid_error=0.1)
    assert of(rows, "dropout").gain.void == "nothing varies"
    assert {each.verdict for each in judged("D1", rows)} == {Verdict.INCONCLUSIVE}


@pytest.mark.parametrize("reason", one_in(4, ["diverged", "crashed", "out of memory", "out of time"]))
def test_what_is_lost_is_told_by_its_own_name(reason):
    rows = table({"none": NONE, "dropout_rates": DROPOUT})
    lost = rows[(rows["stage"] == "score") & (rows["arm"] == "dropout_rates")].index
    for number, told in ((1, f"dropout: 1 {reason} on fresh seeds"), (len(lost), "0 of 20 fresh seeds are left")):
        some = rows.copy()
        some.loc[lost[:number], ["valid_loss", "valid_error", "stopped"]] = [np.nan, np.nan, reason]
        gain = of(some, "dropout").gain
        assert told in "; ".join([*gain.notes, gain.void])
        assert reason in "; ".join([*gain.notes, gain.void])
        assert bool(gain.void) == (number > 1)
    design = rows["stage"] == "design"
    whole = rows.assign(valid_loss=rows["valid_loss"].where(~design), stopped=rows["stopped"].where(~design, reason))
    assert reason in of(whole, "dropout").gain.void


def test_an_arm_that_was_not_trained_again_is_scored_on_the_seeds_that_chose():
    """Beside one that was."""
    rows = table({"none": NONE, "dropout_rates": DROPOUT, "l2_rates": L2})
    some = rows[(rows["stage"] == "design") | (rows["arm"] != "l2_rates")]
    assert of(some, "L2").gain == of(rows[rows["stage"] == "design"], "L2").gain
    assert of(some, "dropout").gain == of(rows, "dropout").gain


@pytest.mark.parametrize(("above", "chosen"), [(0.0, True), (-1e-6, False)])
def test_none_is_chosen_where_no_dose_is_better(above, chosen):
    rows = table({"none": NONE, "dropout_rates": NONE}, noise=0.0)
    rows.loc[rows["arm"] == "dropout_rates", "valid_loss"] += above
    found = of(rows, "dropout")
    assert found.none_chosen == chosen
    assert not of(rows, "none", "dropout").none_chosen, "none has no dose"


def test_three_seeds_are_enough_to_choose_on():
    rows = table({"none": NONE, "dropout_rates": DROPOUT}, seeds=3).query("stage == 'design'")
    found = of(rows, "dropout")
    assert (found.gain.void, found.gain.seeds) == ("", 3)
    arms = found.arm, found.reference
    without = [replace(each, settings=each.settings[:0], tuning=each.tuning[:0]) for each in arms]
    for some in ((without[0], arms[1]), (arms[0], without[1])):
        assert nested_gain(*some).void == "no setting at which no network was lost"


def test_arms_of_several_widths_come_in_each_metric_narrowest_first():
    rows = pd.concat([table({"none": NONE, "dropout_rates": DROPOUT}, width=width) for width in (32, 4, 12)])
    found = [(each.metric.name, each.kind, each.width) for each in at_home_in(rows.reset_index(drop=True))]
    assert found == [
        (metric, kind, width) for metric in ("loss", "error") for kind in ("dropout", "none") for width in (4, 12, 32)
    ]


def test_a_setting_that_lost_a_network_is_not_chosen():
    rows = table({"none": NONE, "dropout_rates": DROPOUT}).query("stage == 'design'")
    best = (rows["arm"] == "none") & (rows["learning_rate"] == 0.03) & (rows["seed"] == 3)
    lost = rows.assign(valid_loss=rows["valid_loss"].where(~best), stopped=rows["stopped"].where(~best, "diverged"))
    assert 0.03 not in set(of(lost, "dropout").reference.settings["learning_rate"])


def judged(slug, rows):
    (judgement,) = judge([BY_SLUG[slug]], rows)
    return judgement.findings


@pytest.mark.parametrize(
    ("gain", "verdict"),
    [(0.06, Verdict.SUPPORTED), (-0.06, Verdict.CONTRADICTED), (0.0, Verdict.NO_DIFFERENCE)],
)
def test_verdicts_follow_what_was_planted_in_both_metrics(gain, verdict):
    """Error is a tenth of the loss: 0.06 nat is 0.6 points, so it is made ten times as large."""
    rows = table({"none": NONE, "dropout_rates": bowl(0.6 - gain, dose=0.7)}, fresh=48, noise=0.005)
    rows["valid_error"] *= 10
    assert [each.verdict for each in judged("D1", rows)] == [verdict, verdict]


@pytest.mark.parametrize(
    ("none", "dropout", "verdict", "costs"),
    [
        (0.7, lambda rate, dose: bowl(0.5)(rate, dose) + 0.015 * abs(dose - 0.7), Verdict.SUPPORTED, 0.003),
        (0.7, bowl(0.5, dose=0.7), Verdict.CONTRADICTED, 0.1 * 0.2 / 0.7),
        (0.4, bowl(0.5, dose=0.5), Verdict.CONTRADICTED, 0.1),  # none is better than any dose
    ],
)
def test_what_one_half_costs_is_told_beside_the_best_dose_or_none(none, dropout, verdict, costs):
    rows = table({"none": bowl(none), "dropout_rates": dropout}, noise=0.0005).query("stage == 'design'")
    variants = rows["arm"].str.removesuffix("_rates")
    found = judged("D1b", rows.assign(design="overfitting", variant=variants, valid_error=rows["valid_loss"]))
    assert [each.verdict for each in found] == [verdict, verdict]
    in_loss, in_error = (each.estimate.value for each in found)
    assert (in_loss, in_error / 100) == pytest.approx((costs, costs), abs=0.001)


def test_the_better_of_two_is_named_in_each_metric():
    rows = table({"none": NONE, "dropout_rates": bowl(0.6, dose=0.7), "l2_rates": bowl(0.5, dose=0.01)}, fresh=48)
    rows["valid_error"] = rows["valid_error"].where(rows["arm"] != "l2_rates", rows["valid_error"] + 0.1)
    assert [each.words for each in judged("R1", rows)] == ["L2 beats dropout", "dropout beats L2"]


def test_an_unrelated_arm_changes_no_gain_and_no_verdict():
    rows = table({"none": NONE, "dropout_rates": DROPOUT, "l2_rates": L2})
    less = rows[rows["arm"] != "l2_rates"].reset_index(drop=True)
    assert judged("D1", less) == judged("D1", rows)


def test_an_arm_against_itself_gains_nothing():
    (arm, *_) = at_home_in(table({"none": NONE}))
    assert effect(arm, arm).gain.value == 0


def test_a_fixed_rate_is_no_tuned_effect():
    rows = table({"none": NONE, "dropout_rates": DROPOUT}, rates=(0.03,))
    assert at_home_in(rows) == []
    assert BY_SLUG["D1"].evidence(rows).empty


def test_batch_normalised_arms_name_what_they_are_compared_with():
    rows = table({"none": NONE, "bn_none": bowl(0.7), "bn_dropout_rates": DROPOUT})
    regimes = [str(each) for each in BY_SLUG["R4b"].evidence(rows).query("metric == 'loss'")["regime"]]
    assert regimes == [
        "batch norm over none, width 12",
        "batch norm and dropout over none, width 12",
        "batch norm and dropout over batch norm alone, width 12",
    ]


def test_tables_of_one_seed_are_told(tmp_path):
    rows = table({"none": NONE, "dropout_rates": DROPOUT}, seeds=1).query("stage == 'design'")
    assert isinstance(rows, pd.DataFrame)
    assert {each.verdict for each in judged("D1", rows)} == {Verdict.INCONCLUSIVE}


def test_an_arm_that_was_not_trained_moves_no_verdict_of_the_others():
    """Holm's family is what the claim declares: L2 taken away, dropout has as many cases beside it as before."""
    rows = table({"none": NONE, "dropout_rates": bowl(0.585, dose=0.7), "l2_rates": L2}, noise=0.03)

    def judged(of):
        findings = judge([BY_SLUG["R4"]], of)[0].findings
        return {
            (str(each.estimate.regime), each.rule.metric): (each.verdict, each.seeds_needed)
            for each in findings
            if each.estimate.regime.words.startswith("dropout")
        }

    assert judged(rows) == judged(rows[rows["arm"] != "l2_rates"])
    assert BY_SLUG["R4"].family(BY_SLUG["R4"].estimate(BY_SLUG["R4"].evidence(rows))) == 8  # four kinds in two metrics


def test_none_among_the_doses_of_an_arm_is_no_setting_of_it():
    """What is the same at all its points is no dose."""
    rows = table({"none": NONE, "l2_rates": L2, "dropout_rates": DROPOUT})
    own = rows["arm"] == "l2_rates"
    weakest = rows.assign(
        l2=rows["l2"].mask(own & (rows["l2"] == 0.001), 0.0), keep_prob=rows["keep_prob"].mask(own, 0.8)
    )
    found = {each.kind: each for each in at_home_in(weakest) if each.metric == IN_LOSS}
    assert set(found) == {"none", "both", "dropout"}
    assert set(found["both"].settings["l2"]) == {0.01, 0.1}
    assert set(found["both"].settings["keep_prob"]) == {0.8}
    assert len(found["both"].tuning) == 8
    assert set(found["dropout"].settings["keep_prob"]) == {0.5, 0.7, 0.9}
    assert set(found["none"].settings["keep_prob"]) == {1.0}


def test_the_designs_of_a_study_are_each_kind_with_and_without_rates_and_batch_norm():
    """As README lists them; others are a claim's."""
    kinds = ("none", "early_stopping", "l2", "dropout", "both")
    assert {f"{norm}{kind}{rates}" for norm in ("", "bn_") for kind in kinds for rates in ("", "_rates")} == HOME
    rows = table({"none": NONE, "dropout_rates": DROPOUT})
    assert at_home_in(rows.assign(arm=rows["arm"].replace("dropout_rates", "dropout_levels")))[0].kind == "none"
    assert len(at_home_in(rows.assign(arm="B4_" + rows["arm"]))) == 0


def test_networks_without_a_value_are_counted_by_what_became_of_them():
    rows = pd.DataFrame(
        {
            "valid_loss": [np.nan, np.nan, np.nan, 0.5, 0.5],
            "valid_error": [0.1, np.nan, 0.1, 0.1, 0.1],
            "stopped": ["diverged", "crashed", "diverged", "completed", "diverged"],
        }
    )
    assert losses(rows, IN_LOSS) == "1 crashed, 2 diverged"
    assert losses(rows, IN_ERROR) == "1 crashed"
    assert losses(rows[3:], IN_LOSS) == ""


@pytest.mark.parametrize(
    ("other", "said"),
    [
        ({"width": 4}, ["width 4", "width 12"]),
        ({"train_rows": 1000}, ["width 12, 300 rows", "width 12, 1000 rows"]),
        ({"label_noise": 0.0}, ["width 12, 0% random labels", "width 12, 20% random labels"]),
        ({"data": "mnist1d"}, ["width 12 on digits", "width 12 on MNIST-1D"]),
        (
            {"data": "mnist1d", "label_noise": 0.5},
            ["width 12, 20% random labels on digits", "width 12, 50% random labels on MNIST-1D"],
        ),
    ],
)
def test_a_place_is_its_width_and_whatever_else_differs(other, said):
    rows = table({"none": NONE, "dropout_rates": DROPOUT})
    found = effects(at_home_in(pd.concat([rows, rows.assign(**other)], ignore_index=True)), "dropout", "none")
    assert [str(place) for place, _ in places(found)] == said * 2, "in loss and in error"
    assert [effect for _, effect in places(found)] == found
    assert places([]) == []


@pytest.mark.parametrize("finer", [{0.01, 0.03}, {0.01, 0.03, 0.1, 0.3}])
def test_of_two_designs_of_one_kind_at_one_place_the_one_of_more_settings_counts(finer):
    """Whichever stands first: a study that varies the rate of ``dropout`` beside ``dropout_rates`` ended Q5 in a pandas error."""
    rows = pd.concat(
        [table({"none": NONE, "dropout_rates": DROPOUT}, width=width) for width in (8, 12)], ignore_index=True
    )
    some = rows[(rows["arm"] == "dropout_rates") & rows["learning_rate"].isin(finer)]
    rates = {0.01, 0.03} if len(finer) == 4 else {0.01, 0.03, 0.1, 0.3}
    kept = rows[(rows["arm"] != "dropout_rates") | rows["learning_rate"].isin(rates)]
    both = pd.concat([kept, some.assign(arm="dropout")], ignore_index=True)
    found = [each for each in at_home_in(both) if each.kind == "dropout"]
    assert [(each.width, each.metric) for each in found] == [(8, IN_LOSS), (12, IN_LOSS), (8, IN_ERROR), (12, IN_ERROR)]
    assert {len(each.settings) for each in found} == {4 * 3}
    (judgement,) = judge([BY_SLUG["Q5"]], both)
    assert judgement.findings


def test_an_effect_and_its_row_say_the_same():
    """What is told of it first, then that none is chosen and what the smallest dose gains."""
    costly = {"none": bowl(0.5), "dropout_rates": lambda rate, dose: bowl(0.5)(rate, dose) + 0.1 * (1 - dose)}
    found = places(effects(at_home_in(table(costly, noise=0.001)), "dropout", "none"))
    rows = evidence(found)
    assert rows.columns.tolist() == list(COLUMNS)
    assert rows[["kind", "width", "metric", "panel"]].to_numpy().tolist() == [
        ["dropout", 12, "loss", "in loss"],
        ["dropout", 12, "error", "in error"],
    ]
    for (place, gained), told in zip(found, estimates(rows), strict=True):
        assert told == replace(gained.gain, regime=place, metric=gained.arm.metric.name, notes=told.notes)
        *notes, last = told.notes
        assert tuple(notes) == gained.gain.notes
        smallest, unit = gained.smallest_dose, gained.arm.metric.unit
        gain = f"{quantity(smallest.value, unit)} {interval(smallest, unit)}"
        assert (
            last == f"none is chosen before any dose; the smallest that was tried gains {gain} on the seeds that chose"
        )
