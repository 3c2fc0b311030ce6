"""Over tables, by hand: what is said of evidence that is given, the effects, slopes and defaults of a few tables, and the small table of a run."""

from dataclasses import replace
from math import inf, nan

import numpy as np
import pandas as pd
import pytest
from matplotlib.collections import LineCollection
from matplotlib.figure import Figure
from scipy import stats
from test_across import POOLED

from reports.across import page, references
from reports.across import prior as told_before
from reports.across.answer import _compared, answer
from reports.across.arms import EVERYTHING, OTHERS, TUNED, UNTUNED, Default, Standing, default, scores, standings
from reports.across.evidence import Beside, Evidence, Finding, _slopes, _within, judged
from reports.across.findings import findings
from reports.across.forest import draw, said, takeaway
from reports.across.pooled import Slope, pooled, slope
from reports.across.questions import QUESTIONS, effects, sides
from reports.across.summary import COLUMNS, is_over_tables, summary
from reports.judging.findings import COLUMNS as FOUND
from reports.judging.intervals import mean

BY_SLUG = {question.slug: question for question in QUESTIONS}


def finding(slug, value, low, high, *, metric="loss", step=150, least=-0.1, most=0.2, rows=(150,)):
    each = pd.DataFrame({"table": "t", "rows": rows, "effect": value, "error": 0.01, "seeds": 4})
    found = replace(POOLED, value=value, low=low, high=high, least=least, most=most)
    return Finding(question=BY_SLUG[slug], metric=metric, step=step, effects=each, pooled=found, held=1.0)


def evidence(*found, beside=(), default=None, slopes=None):
    return Evidence(findings=found, slopes=slopes or {}, standings={}, beside=beside, default=default)


def asked(*steps, tables=3):
    rows = [{"table": f"t{table}", "step": step, "arm": "none"} for step in steps for table in range(tables)]
    one = {"table": "t0", "step": steps[0], "arm": "untuned"}
    setting = {"learning_rate": 0.01, "width": 64, "keep_prob": 0.8, "decay": 0.1}
    return pd.DataFrame([*rows, one]).assign(**setting)


L2 = finding("l2", 0.06, 0.03, 0.09, rows=(150, 120))
STOPPED = finding("early-stopping", 0.04, 0.021, 0.06)
OPEN = finding("dropout", 0.05, 0.01, 0.09)
HARM = finding("bn", -0.05, -0.09, -0.01)
FIRST = "Tune learning rate and width first. On 8 public tables with 150 training rows"


@pytest.mark.parametrize(
    ("found", "first"),
    [
        (
            [STOPPED, L2, OPEN, HARM, finding("l2", 1.5, 1.2, 1.8, metric="error")],
            (
                "Tune learning rate and width first. On 8 public tables with 120 to 150 training rows, L2 lowers the log-loss in the mean "
                "by 0.060 nat, early stopping by 0.040; L2 lowers the error in the mean by 1.5 points."
            ),
        ),
        (
            [OPEN, HARM],
            f"{FIRST}, dropout lowers the log-loss in the mean by 0.050 nat: shown to be above zero, not above what counts, 0.02 nat or 1 point.",
        ),
        (
            [OPEN, finding("l2", 0.01, 0.005, 0.015)],
            f"{FIRST}, dropout lowers the log-loss in the mean by 0.050 nat: shown to be above zero, not above what counts, 0.02 nat or 1 point.",
        ),
        ([HARM], f"{FIRST}, nothing that is added then is shown to gain enough to matter."),
        ([finding("adamw", 0.3, 0.2, 0.4)], f"{FIRST} nothing else was compared."),
    ],
)
def test_the_answer_begins_with_what_gains_the_most(found, first):
    assert answer(evidence(*found), asked(150))[0] == first


def with_most_rows(slug, low, metric="loss"):
    found = finding(slug, 0.01 + low, low, 0.9, metric=metric, step=2000, rows=(2000, 100))
    return replace(found, pooled=replace(found.pooled, tables=7))


@pytest.mark.parametrize(
    ("found", "more"),
    [
        ([with_most_rows("l2", 0.005)], "only the gain of L2 is"),
        ([with_most_rows("l2", 0.0)], "none of it is"),
        ([with_most_rows("l2", 0.005), with_most_rows("dropout", 0.01)], "only the gain of dropout and L2 is"),
        ([with_most_rows("l2", 0.005), with_most_rows("l2", 0.005, "error")], "only the gain of L2 is"),
    ],
)
def test_what_is_left_with_most_rows_is_named_once(found, more):
    told = answer(evidence(*found, L2), asked(150, 2000))
    assert told[0].startswith(
        "Tune learning rate and width first. On 8 public tables with 120 to 150 training rows, L2"
    )
    assert told[1] == f"With 100 to 2000 rows (7 tables) {more} shown to be above zero."
    assert not any("rows (" in each for each in answer(evidence(L2), asked(150, 2000)))


def test_the_fewest_rows_are_those_that_something_was_found_at():
    """Where the tables with fewer were not scored yet."""
    told = answer(evidence(with_most_rows("l2", 0.03)), asked(150, 2000))
    assert told[0].startswith(
        "Tune learning rate and width first. On 7 public tables with 100 to 2000 training rows, L2"
    )


@pytest.mark.parametrize(
    ("least", "said"),
    [
        (0.01, "On a new table L2 is expected to gain, +0.010 to +0.200 nat."),
        (0.0, "On a new table any of them may gain or lose, L2 0.000 to +0.200 nat, so try it there beside none."),
        (-0.1, "On a new table any of them may gain or lose, L2 −0.100 to +0.200 nat, so try it there beside none."),
    ],
)
def test_on_a_new_table_the_best_in_loss_is_what_is_expected(least, said):
    best = finding("l2", 0.06, 0.03, 0.09, least=least)
    told = answer(evidence(STOPPED, best, finding("dropout", 2, 1.5, 3, metric="error")), asked(150))
    assert said in told
    assert not any("new table" in each for each in answer(evidence(finding("adamw", 1, 1, 1)), asked(150)))


COSTS = {"loss": mean([0.04, 0.06]), "error": mean([1.0, 3.0])}
UNTUNED_COSTS = (
    "Where there is no time to tune, one fixed setting (AdamW, rate 0.01, 64 units, keep-prob 0.8, weight decay 0.1, "
    "the best checkpoint) costs 0.050 nat against tuning all 15 arms."
)
CHOSEN = Default(arm="l2", regret={"loss": mean([0.1, 0.3]), "error": mean([1.0, 2.0])}, untuned=COSTS, alike=1.0)


def test_what_it_costs_to_tune_nothing_is_told_where_it_was_tried():
    assert answer(evidence(L2, default=CHOSEN), asked(150))[-1] == UNTUNED_COSTS
    assert "no time" not in answer(evidence(L2), asked(150))[-1]
    tried = asked(150)
    assert "no time" not in answer(evidence(L2, default=CHOSEN), tried[tried["arm"] != "untuned"])[-1]


def test_fewer_than_six_tables_are_too_few():
    assert answer(evidence(default=CHOSEN), asked(150)) == [
        "3 tables are too few to tell what is to be expected on a new one: it takes 6 at least.",
        UNTUNED_COSTS,
    ]
    assert answer(evidence(), asked(150, tables=1)) == [
        "1 table is too few to tell what is to be expected on a new one: it takes 6 at least."
    ]


def test_trees_stand_beside_at_the_fewest_rows_and_at_the_most():
    known = [
        Beside(method=method, metric=metric, step=step, pooled=replace(POOLED, value=value, low=value - 1, high=value + 1))
        for method, metric, step, value in (
            ("trees", "error", 150, 2.0),
            ("trees", "error", 500, 9.0),
            ("trees", "error", 2000, -3.0),
            ("trees", "loss", 150, 8.0),
            ("mlp", "error", 150, 7.0),
        )
    ]  # fmt: skip
    found = [L2, *(finding("l2", 0.06, 0.03, 0.09, step=step, rows=(step,)) for step in (500, 2000))]
    assert answer(evidence(*found, beside=known), asked(500, 150, 2000))[-1] == (
        "Beside boosted trees tuned on a small grid, networks’ error is 2.0 points lower with 120 to 150 rows; 3.0 points higher with 2000 rows."
    )
    once = answer(evidence(L2, beside=known), asked(500, 150, 2000))[-1]
    assert once.endswith("networks’ error is 2.0 points lower with 120 to 150 rows.")
    assert "trees" not in answer(evidence(*found, beside=known[3:]), asked(150))[-1]


@pytest.mark.parametrize(("low", "high"), [(0.0, 0.5), (-0.5, 0.0)])
def test_an_interval_that_ends_at_zero_shows_no_difference(low, high):
    assert _compared(replace(POOLED, value=0.2, low=low, high=high)) == "not shown to differ"


@pytest.mark.parametrize(("low", "high"), [(0.02, 0.05), (-0.05, -0.02), (-0.02, 0.01), (-0.01, 0.02)])
def test_an_interval_that_touches_what_counts_is_open(low, high):
    assert judged(low, high, 0.02) == "inconclusive"


@pytest.mark.parametrize(("rows", "step"), [(None, 150), (150, 150), (400, 150), (1500, 2000), (9000, 2000)])
def test_advice_on_an_unknown_table_is_that_of_the_nearest_number_of_rows(rows, step, monkeypatch):
    large = finding("l2", 0.01, 0.005, 0.02, step=2000, rows=(2000,))
    known = evidence(L2, finding("l2", 1.5, 1.2, 1.8, metric="error", least=-2, most=5), large)
    monkeypatch.setattr(told_before, "_known", lambda: (known, [150, 2000], ["Tune."]))
    first, *gains, last = told_before.prior(rows)
    trained = {150: "120 to 150", 2000: "2000"}[step]
    assert first.startswith(
        f"on 8 public tables with {trained} training rows, learning rate and width tuned in each arm,"
    )
    assert last == "Tune."
    assert (
        gains[1]
        == {
            150: "  L2                       loss +0.060 nat [+0.030, +0.090], on a new table −0.100 to +0.200; "
            "error +1.5 points [+1.2, +1.8], on a new table −2.0 to +5.0",
            2000: "  L2                       loss +0.010 nat [+0.005, +0.020], on a new table −0.100 to +0.200",
        }[step]
    )
    assert [line[:27].strip() for line in gains] == ["early stopping", "L2", "dropout", "dropout with L2", "batch norm"]


def test_without_a_study_over_tables_nothing_is_told_of_it(monkeypatch, tmp_path):
    monkeypatch.setattr(told_before, "TABLE", tmp_path / "none.parquet")
    assert told_before._known.__wrapped__() is None
    monkeypatch.setattr(told_before, "_known", lambda: None)
    assert told_before.prior() == []


def test_findings_over_tables_have_a_row_for_all_that_the_page_says():
    small = finding("dropout", 0.05, 0.03, 0.07, least=0.01, most=0.015)
    slopes = {("dropout", "loss", "classes"): Slope(value=0.01, low=0.005, high=0.015, tables=8), ("dropout", "error", "rows"): Slope(value=0.1, low=0.0, high=0.2, tables=7)}  # fmt: skip
    beside = [Beside(method="trees", metric="error", step=150, pooled=replace(POOLED, value=-2.0, low=-3.0, high=-1.5, least=-5.0, most=1.0))]  # fmt: skip
    found = findings(evidence(small, beside=beside, default=CHOSEN, slopes=slopes))
    assert list(found) == list(FOUND)
    reach = 0.01 * 3.18244630528  # Student's t of three degrees of freedom
    mean_of, new = "mean over tables, 150 training rows", "a new table, 150 training rows"
    rows = [
        ("over-dropout", "ours", mean_of, "", "loss", 0.05, "nat", 0.03, 0.07, 8, "supported", f"Dropout over none, {mean_of}: supported"),
        ("over-dropout", "ours", new, "", "loss", 0.05, "nat", 0.01, 0.015, 8, "no difference", f"Dropout over none, {new}: no difference"),
        ("over-dropout", "ours", "150 training rows", "t", "loss", 0.05, "nat", pytest.approx(0.05 - reach), pytest.approx(0.05 + reach), 4, "", "Dropout over none on t"),
        ("over-dropout", "ours", "each doubling of the classes", "", "loss", 0.01, "nat", 0.005, 0.015, 8, "", "The gain changes with each doubling of the classes: shown"),
        ("over-dropout", "ours", "each doubling of the training rows, within tables", "", "error", 0.1, "points", 0.0, 0.2, 7, "", "The gain changes with each doubling of the training rows, within tables: not shown"),
        ("over-trees", "ours", mean_of, "", "error", -2.0, "points", -3.0, -1.5, 8, "contradicted", "Networks tuned over everything over boosted trees, mean over tables: contradicted"),
        ("over-trees", "ours", new, "", "error", -2.0, "points", -5.0, 1.0, 8, "inconclusive", "Networks tuned over everything over boosted trees, a new table: inconclusive"),
        *(
            ("over-default", "ours", "mean over tables", "", metric, each.value, unit, each.low, each.high, 2, "", "Tuning L2 alone, against tuning everything")
            for unit, (metric, each) in zip(("nat", "points"), CHOSEN.regret.items(), strict=True)
        ),
    ]  # fmt: skip
    assert [tuple(row) for row in found.itertuples(index=False)] == rows


def test_a_forest_is_said_in_the_mean_and_on_a_new_table():
    assert said(L2) == "loss at 150 rows +0.060 nat in the mean, −0.100 to +0.200 on a new table"
    assert L2.seen == "+0.060 to +0.060"


@pytest.mark.parametrize("slug", BY_SLUG)
def test_a_question_compares_the_arms_that_its_words_name(slug):
    """What both sides have stands at the end of the words, and first in the names of the arms."""
    question = BY_SLUG[slug]
    if slug in ("odds", "adamw"):
        return
    words, _, both = question.words.partition(", both ")
    common = {"": "", "with batch norm": "batch norm", "by AdamW": "AdamW"}[both]
    for side, arm in zip(words.split(" over "), (question.arm, question.reference), strict=True):
        assert TUNED[arm] == (", ".join(filter(None, [common, side.replace("none", "")])) or "none")
    assert question.led == (not both)


def test_an_effect_is_the_mean_over_paired_seeds_of_what_the_reference_loses_more():
    """Of a table with two such seeds alone nothing is known; an error has a tenth of what counts at least."""
    told = {"a": [0.1, 0.2, 0.3, 0.6], "b": [0.1, 0.1, 0.1], "c": [0.1, 0.2]}
    rows = [
        {"table": table, "rows": 150, "step": 150, "arm": arm, "metric": "loss", "seed": seed, "score": score}
        for table, gains in told.items()
        for seed, gain in enumerate(gains)
        for arm, score in (("none", 1.0), ("dropout", 1.0 - gain))
    ]
    lonely = {**rows[0], "seed": 9}  # without its pair
    other = [{**row, "step": 2000} for row in rows]
    by_seed = sides(pd.DataFrame([*rows, lonely, *other]), "loss")
    found = effects(by_seed, BY_SLUG["dropout"], "loss", 150)
    assert found[["table", "rows", "seeds"]].to_numpy().tolist() == [["a", 150, 4], ["b", 150, 3]]
    assert found["effect"].tolist() == pytest.approx([0.3, 0.1])
    assert found["error"].tolist() == pytest.approx([np.std(told["a"], ddof=1) / 2, 0.002])
    assert effects(by_seed, BY_SLUG["dropout"], "loss", 2000)["seeds"].tolist() == [4, 3]
    assert effects(by_seed, BY_SLUG["l2"], "loss", 150).empty


def test_one_table_is_not_pooled_and_three_give_no_interval_for_a_new_one():
    values, errors = np.array([0.1, -0.1, 0.0, 0.3]), np.full(4, 0.02)
    with pytest.raises(ValueError, match="got 1"):
        pooled(values[:1], errors[:1])
    assert pooled(values[:2], errors[:2]).tables == 2
    assert (pooled(values[:3], errors[:3]).least, pooled(values[:3], errors[:3]).most) == (-inf, inf)
    found = pooled(values, errors)
    assert np.isfinite([found.least, found.most]).all()
    assert (found.positive, found.negative) == (2, 1), "zero is neither"
    assert found.sign_p == pytest.approx(1.0)  # one or two heads of three, or none, or all
    assert replace(found, positive=2, negative=2).sign_p == 1


@pytest.mark.parametrize(("squares", "tau"), [(0.25, 0.0), (0.49, 0.0), (0.75, 0.5), (2.0, 3.0)])
def test_two_tables_spread_by_what_their_errors_do_not_explain(squares, tau):
    """Effects of ±d with errors e: τ² = 2 d² − e² where that is above 0; here by e²."""
    found = pooled(0.03 * np.sqrt(squares) * np.array([1.0, -1.0]), np.full(2, 0.03))
    assert found.tau**2 == pytest.approx(tau * 0.03**2, abs=1e-9)


def test_a_slope_of_equally_sure_tables_that_differ_by_no_more_than_their_errors_is_that_of_least_squares():
    moderator = np.array([1.0, 2, 3, 5, 8, 9])
    values = 0.02 * moderator + np.array([0.01, -0.02, 0.015, 0.0, -0.01, 0.005])
    found, known = slope(values, np.full(6, 0.05), moderator), stats.linregress(moderator, values)
    reach = known.stderr * 2.7764451052  # Student's t of four degrees of freedom
    assert (found.value, found.low, found.high) == pytest.approx(
        (known.slope, known.slope - reach, known.slope + reach)
    )
    assert found.tables == 6


def scored(told, *, steps=(150,), arms=TUNED):
    """A row for each table, step and arm: 1 nat, but for what is ``told`` by table and arm; the validation rows say the same."""
    every = [*arms, *UNTUNED]
    rows = [
        {"table": table, "rows": step, "step": step, "arm": arm, "metric": metric, "seed": seed, "score": known.get(arm, 1.0)}
        for table, known in told.items()
        for step in steps
        for arm in every
        for metric in ("loss", "error")
        for seed in range(2)
    ]  # fmt: skip
    return pd.DataFrame(rows).assign(tuned=lambda table: table["score"])


FOUR = {
    "a": {"dropout": 0.0, "l2": 0.02},
    "b": {"dropout": 0.0, "l2": 0.03},
    "c": {"dropout": 0.0, "l2": 0.02},
    "d": {"dropout": 0.5, "l2": 0.0},
}


def test_an_arm_stands_by_where_it_is_best_near_the_best_and_by_what_it_costs():
    """Two hundredths of a nat from the best are near it."""
    found = {each.arm: each for each in standings(scored(FOUR), "loss", 150)}
    assert list(found)[:2] == ["l2", "dropout"], "the least regret first"
    shares = {arm: (found[arm].best, found[arm].near, found[arm].tables) for arm in ("l2", "dropout", "bn_l2")}
    assert shares == {"l2": (0.25, 0.75, 4), "dropout": (0.75, 0.75, 4), "bn_l2": (0.0, 0.0, 4)}
    assert found["l2"].regret == mean(np.array([0.02, 0.03, 0.02, 0.0]))
    assert found["dropout"].regret == mean(np.array([0.0, 0.0, 0.0, 0.5]))


def test_tables_that_lack_an_arm_do_not_stand_and_other_numbers_of_rows_stand_apart():
    rows = scored(FOUR)
    lacking = rows[(rows["table"] != "d") | (rows["arm"] != "bn_l2")]
    assert standings(lacking, "loss", 150)[0].arm == "dropout"
    assert standings(lacking, "loss", 150)[0].tables == 3
    assert standings(rows, "loss", 2000)[0].tables == 0


def test_scores_have_every_arm_then_other_methods_then_what_is_known_besides():
    rows = scored({"a": {"dropout": 0.2}}, arms=[*TUNED, "linear"])
    known = rows.assign(tuned=rows["tuned"].where(rows["arm"] == "l2"))
    wide = scores(known, "loss")
    assert list(wide) == [*TUNED, *UNTUNED, *OTHERS, "linear", EVERYTHING]
    assert wide[EVERYTHING].tolist() == [1.0], "what has no score on validation rows is not chosen"
    assert wide["trees"].isna().all()


@pytest.mark.parametrize(("steady", "bold"), [("l2", "dropout"), ("dropout", "l2")])
def test_the_default_is_charged_on_a_table_as_the_others_choose_it(steady, bold):
    """By hand: over all tables the one costs 0.1, 0.1 and 0, the other 0, 0 and 0.5; without the last the other costs less."""
    told = {"a": {bold: 0.0, steady: 0.1}, "b": {bold: 0.0, steady: 0.1}, "c": {bold: 0.5, steady: 0.0}}
    found = default(scored(told))
    assert found.arm == steady
    assert found.alike == pytest.approx(2 / 3)
    assert found.regret["loss"].value == pytest.approx((0.1 + 0.1 + 0.5) / 3)
    assert found.untuned["loss"].value == pytest.approx(1.0)
    alone = default(scored({"c": told["c"]}))
    assert (alone.arm, alone.alike, alone.regret["loss"].value) == (steady, 1.0, 0.0)
    assert default(scored(told, arms=["none"])) is None


def test_a_table_counts_once_however_many_numbers_of_rows_it_has():
    few = scored({"a": {"dropout": 0.0, "l2": 0.3}, "b": {"dropout": 0.0, "l2": 0.3}})
    more = scored({"b": {"dropout": 0.7, "l2": 0.0}}, steps=(500, 1000, 2000))
    # dropout costs 0 and 0.525, L2 0.3 and 0.075; by number of rows dropout would cost 0.42 and L2 0.12
    found = default(pd.concat([few, more]))
    assert found.arm == "l2"
    assert found.regret["loss"].value == pytest.approx((0.3 + 0.525) / 2), "each as the other chooses"


def test_a_change_within_tables_is_counted_by_the_doublings_from_their_fewest_rows_to_their_most():
    tables = [f"t{place}" for place in range(6)]
    changes = 0.01 * np.array([1, 2, 3, 4, 5, 7])
    first = pd.DataFrame({"table": [*tables, "alone"], "rows": 100, "effect": 0.1, "error": 0.03})
    between = pd.DataFrame({"table": tables, "rows": 200, "effect": 9.0, "error": 9.0})
    doublings = np.array([0.5, 2, 2, 2, 2, 2])
    last = pd.DataFrame(
        {"table": tables, "rows": 100 * 2**doublings, "effect": 0.1 + doublings * changes, "error": 0.04}
    )
    between = between[between["table"] != "t0"]
    found, known = _within([last, first, between]), pooled(changes, 0.05 / doublings)
    assert (found.value, found.low, found.high) == pytest.approx((known.value, known.low, known.high))
    assert found.tables == 6
    assert _within([first, last.iloc[1:]]) is None


@pytest.mark.parametrize("metric", ["loss", "error"])
def test_slopes_are_those_of_the_fewest_rows_over_tables_that_differ(metric):
    """0.05 for each doubling of classes or of widths; of words that no table has, and of noise that five tables have, nothing."""
    tables = [f"t{place}" for place in range(8)]
    classes = np.log2(2 + np.arange(8))
    few = pd.DataFrame({"table": tables, "rows": 150, "effect": 0.01 + 0.05 * classes, "error": 0.01, "seeds": 4})
    many = few.assign(rows=600, effect=0.5 - 0.07 * classes)
    noise = np.where(np.arange(8) < 5, classes, nan)
    known = pd.DataFrame({"words": 0.0, "classes": classes, "inputs": -classes, "noise": noise}, index=tables)
    widths = pd.DataFrame(
        [
            {"table": table, "arm": arm, "metric": of, "step": step, "width": width}
            for table, far in zip(tables, classes, strict=True)
            for of in ("loss", "error")
            for step in (150, 600)
            for arm, times in (("dropout", 1.5), ("none", 0.5), ("l2", 9.0))
            for width in (2.0 ** (times * far) if (of, step) == (metric, 150) else 7.0,)
        ]
    )
    question = BY_SLUG["dropout"]
    measured = {(question, metric, 150): few, (question, metric, 600): many, (BY_SLUG["l2"], metric, 150): few}
    found = _slopes(
        widths,
        measured,
        [
            replace(finding("dropout", 0, 0, 0, metric=metric, step=step), effects=rows)
            for step, rows in ((150, few), (600, many))
        ],
        known,
    )
    values = {name: each.value for (_, _, name), each in found.items()}
    within = (0.49 - 0.12 * classes).mean() / 2
    assert set(found) == {("dropout", metric, name) for name in ("classes", "inputs", "width", "rows")}
    assert values == pytest.approx({"classes": 0.05, "inputs": -0.05, "width": 0.05, "rows": within}, abs=1e-9)


def run_over_tables():
    """Two tables, of the second the largest number of rows was not scored yet, and one that is not listed. Loss: 0.1 for each trial, 0.01 for each seed, 1 on fresh ones."""
    asked = [("d1", 100), ("d1", 500), ("d2", 80), ("d2", 500), ("d3", 100)]
    rows = [
        {"stage": stage, "data": data, "train_rows": count, "arm": arm, "trial": trial, "seed": seed, "chosen_by": by}
        for data, count in asked
        for arm, trial in (("l2", 1), ("dropout", 2))
        for stage, by, seeds in (
            ("design", "", (0, 1)),
            ("score", "valid_loss+valid_error" if trial == 1 else "valid_error", (100, 101)),
        )
        for seed in seeds
        if not (stage == "score" and (data, count) in {("d2", 500), ("d3", 100)})
    ]
    rows.append({**rows[0], "stage": "search", "data": "d2", "train_rows": 500, "chosen_by": "valid_loss+valid_error"})
    rows.append({**rows[0], "stage": "refit", "data": "d2", "train_rows": 500, "chosen_by": "valid_loss+valid_error"})  # fmt: skip
    table = pd.DataFrame(rows)
    loss = 0.1 * table["trial"] + 0.01 * (table["seed"] % 100) + (table["stage"] == "score")
    table = table.assign(
        valid_loss=loss, valid_error=loss / 2, test_loss=loss + 1, test_error=loss / 4,
        width=32 * table["trial"], learning_rate=0.1, keep_prob=0.5, l2=0.01, weight_decay=0.2,
    )  # fmt: skip
    other = {"data": "d1", "train_rows": 100, "method": "trees", "seed": 100, "valid_loss": 0.3, "valid_error": 0.2, "test_loss": 0.4, "test_error": 0.25}  # fmt: skip
    table.attrs = {
        "tables": {"d1": {"name": "One"}, "d2": {"name": "Two"}},
        "baselines": [other],
        "provenance": {
            "command": "dropstep study",
            "config": {"design": {"draws": 6, "replicates": 2}, "hyper": {"steps": 9}},
        },
    }
    return table


def test_the_small_table_holds_what_was_scored_by_the_metric_that_chose_it():
    small = summary(run_over_tables())
    assert list(small) == list(COLUMNS)
    assert list(small.index) == list(range(len(small)))
    networks = small[small["network"]]
    assert {metric: sorted(set(rows["arm"])) for metric, rows in networks.groupby("metric")} == {
        "loss": ["l2"],
        "error": ["dropout", "l2"],
    }
    place = (networks["table"] == "One") & (networks["rows"] == 500) & (networks["seed"] == 101)
    loss, error = (
        networks[place & (networks["metric"] == each) & (networks["arm"] == "l2")].iloc[0] for each in ("loss", "error")
    )
    assert (loss["score"], loss["tuned"]) == pytest.approx((2.11, 0.105))
    assert (error["score"], error["tuned"]) == pytest.approx((100 * 1.11 / 4, 5.25))
    assert loss[["width", "learning_rate", "keep_prob", "decay"]].tolist() == pytest.approx([32, 0.1, 0.5, 0.21])
    known = networks[["table", "rows", "step"]].drop_duplicates().to_numpy().tolist()
    assert sorted(known) == [["One", 100, 100], ["One", 500, 500], ["Two", 80, 100]]


def test_the_small_table_holds_other_methods_and_what_the_run_was():
    small = summary(run_over_tables())
    trees = small[~small["network"]].set_index("metric")
    assert trees.loc["loss", ["table", "arm", "rows", "step", "seed", "score", "tuned", "width"]].tolist() == [
        "One",
        "trees",
        100,
        100,
        100,
        0.4,
        0.3,
        0,
    ]
    assert trees.loc["error", ["score", "tuned"]].tolist() == pytest.approx([25, 20])
    assert trees[["learning_rate", "keep_prob", "decay"]].isna().all(axis=None)
    assert small.attrs["tables"] == {"One": {"name": "One"}, "Two": {"name": "Two"}}
    assert small.attrs["run"] == {"command": "dropstep study", "draws": 6, "tuning_seeds": 2, "networks": 3 * 8, "hyper": {"steps": 9}}  # fmt: skip
    order = ["metric", "step", "table", "arm", "seed"]
    assert small[order].equals(small[order].sort_values(order))


def test_a_run_without_other_methods_has_networks_alone():
    results = run_over_tables()
    results.attrs["baselines"] = None
    assert summary(results)["network"].all()
    assert is_over_tables(results)
    assert not is_over_tables(pd.DataFrame())


def published(rows, folder, monkeypatch):
    told = pd.DataFrame(rows, columns=["what", "table", "cell", "setting", "whose", "value", "error"])
    told.to_csv(folder / "hpobench.csv", index=False)
    monkeypatch.setattr(references, "HPOBENCH", folder / "hpobench.csv")


@pytest.mark.parametrize(("apart", "agrees"), [(1.16, True), (-1.16, True), (1.18, False), (-1.18, False)])
def test_a_cell_agrees_within_welchs_interval_of_five_seeds_on_either_side(apart, agrees, tmp_path, monkeypatch):
    """Errors of 0.3 and 0.4 make 0.5, with 7.42 degrees of freedom: 2.338 times that."""
    theirs, fresh, mixed = references.WHOSE
    values = {theirs: (90.0, 0.3), fresh: (90.0 + apart, 0.4), mixed: (90.0, 0.4)}
    rows = [("accuracy", "german", "01", "a", whose, *each) for whose, each in values.items()]
    published([*rows, ("gain of L2", "german", "", "", theirs, 0.5, 0.1)], tmp_path, monkeypatch)
    (cell,) = (row for _, row in references.cells().iterrows())
    assert (bool(cell["agrees", fresh]), bool(cell["agrees", mixed])) == (agrees, True)
    assert cell["cell", ""] == "01"
    assert cell["value", fresh] == 90.0 + apart


def test_a_published_gain_has_the_interval_of_five_seeds(tmp_path, monkeypatch):
    rows = [
        ("gain of L2", "german", "01", "", "theirs", 0.5, 0.1),
        ("accuracy", "german", "01", "", "theirs", 70.0, 0.2),
    ]
    published(rows, tmp_path, monkeypatch)
    (gain,) = references.gains_of_l2().to_dict("records")
    reach = 0.1 * 2.7764451052  # Student's t of four degrees of freedom
    assert gain == {
        "table": "german",
        "value": 0.5,
        "low": pytest.approx(0.5 - reach),
        "high": pytest.approx(0.5 + reach),
    }


def test_tables_whose_rows_were_learnt_agree_where_ours_are_mixed_and_never_where_they_are_fresh(tmp_path, monkeypatch):
    """Two cells of each table, by whether fresh rows agree, and whether mixed ones do."""
    agreeing = {
        "learnt": ((False, True), (False, True)),
        "both once": ((False, True), (True, True)),
        "not all": ((False, True), (False, False)),
        "fresh": ((True, False), (True, False)),
        "too fresh": ((True, False), (True, False)),
    }
    theirs, fresh, mixed = references.WHOSE
    rows = [
        ("accuracy", table, f"0{place}", "a", whose, 90.0 if agrees else 80.0, 0.3)
        for table, cells in agreeing.items()
        for place, of in enumerate(cells)
        for whose, agrees in zip((theirs, fresh, mixed), (True, *of), strict=True)
    ]
    published([*rows, ("gain of L2", "learnt", "", "", theirs, 0.5, 0.1)], tmp_path, monkeypatch)
    told = page._published(evidence(L2))
    assert told["cells"] == {"count": 10, "fresh": 5, "mixed": 5, "learnt": ["learnt"], "open": ["not all"]}
    first = page._cell_row(references.cells().iloc[7])
    assert first == {"table": "not all", "setting": "a", theirs: "90.0 ± 0.3", fresh: "80.0 ± 0.3 (differs)", mixed: "80.0 ± 0.3 (differs)"}  # fmt: skip


def test_how_often_tables_left_out_were_held_is_told_over_all_tables_alike():
    many, one = replace(L2, held=0.5), replace(STOPPED, held=1.0)
    many = replace(many, effects=pd.concat([L2.effects] * 3))  # of six tables
    assert page._held([many, one]) == "57.1%"
    assert page._held([one]) == "100.0%"
    assert page._held([]) == "0.0%"


def test_a_page_counts_tables_of_networks_and_tells_on_how_many_rows_each_was_trained():
    rows = [
        ("a", 150, 150, True),
        ("b", 120, 150, True),
        ("b", 500, 500, True),
        ("c", 500, 500, False),
        ("b", 900, 500, False),
        ("d", 700, 700, True),
    ]
    small = pd.DataFrame(rows, columns=["table", "rows", "step", "network"])
    assert page._steps(small) == ["2 tables at 150", "1 table at 500", "1 table at 700"]
    facts = {
        "name": "b",
        "family": "made",
        "rows": 4000,
        "classes": 3,
        "numbers": 4,
        "switches": 1,
        "words": 2,
        "package": "none",
    }
    assert page._table_row(facts, small) == {
        "table": "b", "source": "made", "rows": "4000", "classes": "3", "numbers": "4", "of two values": "1", "words": "2",
        "trained on": "120, 500", "package": "none",
    }  # fmt: skip


def test_arms_stand_in_per_cent_of_tables_and_slopes_are_told_of_questions_that_lead():
    standing = Standing(arm="l2", best=0.25, near=0.755, regret=mean([0.1, 0.3]), tables=4)
    rule = {("dropout", "loss", "rows"): 0.01, ("bn-dropout", "loss", "rows"): 0.3}
    slopes = {key: Slope(value=value, low=-0.005, high=0.025, tables=7) for key, value in rule.items()}
    known = replace(evidence(L2, slopes=slopes, default=CHOSEN), standings={("loss", 150): [standing]})
    assert page._standing_rows(known, "loss", 150) == [
        {
            "arm": "L2",
            "is best on": "25.0%",
            "is within what is of interest of the best on": "75.5%",
            "costs against tuning everything": "+0.200 nat [−1.071, +1.471]",
            "tables": "4",
        }
    ]
    assert page._slope_rows(known) == [
        {
            "gain of": "dropout over none",
            "metric": "loss",
            "with": "each doubling of the training rows, within tables",
            "it changes by": "+0.010 nat [−0.005, +0.025]",
            "tables": "7",
        }
    ]
    one, nothing = page._default_rows(CHOSEN)
    assert one == {
        "what is done": "one arm tuned, chosen on the other tables",
        "costs in loss": "+0.200 nat [−1.071, +1.471]",
        "costs in error": "+1.5 points [−4.9, +7.9]",
    }
    assert nothing["costs in loss"].startswith("+0.050 nat")
    assert page._default_rows(None) == []


def test_networks_stand_over_a_method_by_its_words():
    beside = Beside(method="trees", metric="loss", step=150, pooled=POOLED)
    row = page._beside_row(beside)
    assert (row["networks over"], row["rows"], row["metric"]) == ("boosted trees", "150", "loss")
    assert row["tables where they are better"] == "6 of 8"
    assert row["mean over tables"] == "+0.100 nat [+0.050, +0.150]"
    assert row["expected on a new table"] == "−0.200 to +0.400"


@pytest.mark.usefixtures("undrawn")
def test_forests_are_drawn_of_questions_that_lead_and_were_answered():
    found = [
        finding(slug, 0.06, 0.03, 0.09, metric=of) for of in ("loss", "error") for slug in ("l2", "bn-l2", "dropout")
    ]
    plates = page.forests(evidence(*found))
    assert [(plate.name, len(plate.panels)) for plate in plates] == [("over-dropout", 2), ("over-l2", 2)]
    assert plates[0].takeaway == takeaway([found[2], found[5]])


def test_a_forest_has_a_row_for_each_table_the_best_first_then_the_mean_and_a_new_one():
    """Intervals are Student's t of three degrees of freedom; an axis ends 15 % beyond the farthest, and zero is in its middle."""
    tables = pd.DataFrame({"table": ["b", "wine_red", "a"], "rows": 150, "effect": [-0.3, 0.1, -0.3], "error": [0.01, 0.02, 0.01], "seeds": 4})  # fmt: skip
    told = replace(L2, effects=tables)
    ax = draw(told, Figure().subplots())
    assert [label.get_text() for label in ax.get_yticklabels()] == ["wine red", "b", "a", "mean", "a new table"]
    assert ax.get_yticks().tolist() == [0, 1, 2, 3, 4]
    dots, mean_of = (line for line in ax.get_lines() if line.get_marker() in ("o", "D"))
    assert (list(dots.get_xdata()), list(dots.get_ydata())) == ([0.1, -0.3, -0.3], [0, 1, 2])
    assert (list(mean_of.get_xdata()), list(mean_of.get_ydata())) == ([0.06], [3])
    spans = [
        segment for lines in ax.collections if isinstance(lines, LineCollection) for segment in lines.get_segments()
    ]
    reach = 3.18244630528
    assert [segment[:, 0].tolist() for segment in spans] == [
        pytest.approx([0.1 - 0.02 * reach, 0.1 + 0.02 * reach]),
        *[pytest.approx([-0.3 - 0.01 * reach, -0.3 + 0.01 * reach])] * 2,
        [0.03, 0.09],
        [-0.1, 0.2],
    ]
    assert [segment[0, 1] for segment in spans] == [0, 1, 2, 3, 4]
    assert ax.get_xlim() == pytest.approx((-1.15 * 0.3, 1.15 * 0.3))
    assert ax.get_ylim() == (4.6, -0.6)
    assert ax.get_xlabel() == "gain [nat]"
    for far, wide in (({"least": -0.5}, 0.5), ({"most": 0.7}, 0.7)):
        wider = draw(replace(told, pooled=replace(L2.pooled, **far)), Figure().subplots())
        assert wider.get_xlim()[1] == pytest.approx(1.15 * wide)
    near = replace(told, effects=tables.assign(effect=0.001), pooled=replace(L2.pooled, least=-0.001, most=0.001))
    assert draw(near, Figure().subplots()).get_xlim()[1] == pytest.approx(1.15 * 0.02), "what counts is seen"


@pytest.mark.parametrize(
    ("verdicts", "said"),
    [
        (((0.03, 0.05), (-0.05, -0.03)), "in the mean a gain that counts in loss at 150 rows and a loss that counts in error at 150 rows;"),
        (((-0.01, 0.01), (-0.01, 0.01)), "in the mean none is large enough to count;"),
        (((-0.01, 0.01), (-0.01, 9.0)), "in the mean none is shown to be large enough to count;"),
    ],
)  # fmt: skip
def test_a_takeaway_names_what_counts_or_says_that_nothing_is_shown_to(verdicts, said):
    scales = {"loss": 1, "error": 50}
    found = [
        finding("l2", 0.0, low * scales[metric], high * scales[metric], metric=metric)
        for metric, (low, high) in zip(scales, verdicts, strict=True)
    ]
    assert f"Gain of L2 over none: {said}" in takeaway(found)
