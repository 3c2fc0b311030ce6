"""Advice is what tuned arms say: never a regulariser that is not shown to be ahead of none at its own rate."""

import json
from itertools import product
from pathlib import Path

import pytest
from advised import ADVISED
from seen import ANEW
from synthetic import results_table, where
from tuned import bowl, table

import reports
from reports.evidence.checked import plain
from reports.judging.intervals import Estimate, nothing
from reports.tuning.advice import MetricAdvice, _at_width, advise, missing
from reports.tuning.axis_advice import SearchAdvice
from reports.tuning.effects import Effect, at_home_in
from reports.tuning.tuned_arms import IN_LOSS, METRICS

NONE, DROPOUT, L2 = bowl(0.6), bowl(0.5, dose=0.7), bowl(0.55, rate=0.1, dose=0.01)
CLASSES = 10


def of(truths, **changes):
    rows = table(truths, **changes)
    rows["valid_error"] *= 10
    return rows


def said(rows, classes=CLASSES):
    (advice,) = advise(rows, classes)
    return dict(advice.lines)


def test_the_better_arm_is_advised_with_its_strength_and_its_learning_rate():
    words = said(of({"none": NONE, "dropout_rates": bowl(0.55, dose=0.7), "l2_rates": bowl(0.45, rate=0.1, dose=0.01)}))
    assert words["for the loss"].startswith("L2, learning rate 0.1, λ 0.01: +0.1")
    assert "better than none at learning rate 0.03" in words["for the loss"]


def test_metrics_may_advise_different_things():
    rows = of({"none": NONE, "dropout_rates": bowl(0.5, dose=0.7)})
    rows["valid_error"] = 0.1 + 0.001 * rows["valid_error"]
    words = said(rows)
    assert words["for the loss"].startswith("dropout, ")
    assert words["for the error"].endswith("it makes no difference that counts")


@pytest.mark.parametrize(
    ("gain", "told"), [(0.0, "it makes no difference that counts"), (-0.1, "nothing else gains what counts, 0.02 nat")]
)
def test_what_does_not_help_is_not_advised(gain, told):
    words = said(of({"none": NONE, "dropout_rates": bowl(0.6 - gain, dose=0.7)}, fresh=48))
    assert words["for the loss"].startswith(f"none, learning rate 0.03: {told}")
    assert ("beware" in words) == (gain < 0)


def test_what_is_not_shown_is_not_advised():
    words = said(of({"none": NONE, "dropout_rates": bowl(0.58, dose=0.7)}, fresh=4, noise=0.1))
    assert words["for the loss"].startswith("none, ")


def test_what_is_above_zero_but_may_not_count_is_said_and_not_advised():
    words = said(of({"none": NONE, "dropout_rates": bowl(0.579, dose=0.7)}, fresh=48, noise=0.01))["for the loss"]
    assert words.startswith("none, learning rate 0.03: ")
    assert "; dropout, learning rate 0.03, keep-prob 0.7, gains +0.0" in words
    assert words.endswith("shown to be above zero, not above what counts, 0.02 nat")


def test_of_arms_that_cannot_be_told_apart_the_simplest_comes_first():
    words = said(of({"none": NONE, "early_stopping": bowl(0.5), "dropout_rates": bowl(0.5, dose=0.7)}, noise=0.03))
    assert words["for the loss"].startswith("early stopping, ")
    assert words["for the loss"].endswith("; no difference is shown from dropout")


def test_what_is_shown_to_be_behind_the_best_is_not_beside_it_however_simple():
    words = said(of({"none": NONE, "early_stopping": bowl(0.55), "dropout_rates": bowl(0.45, dose=0.7)}, fresh=48))
    assert words["for the loss"].startswith("dropout, ")
    assert "early stopping" not in words["for the loss"]


def test_all_is_told_beside_the_plain_network_where_a_normalised_one_is_there():
    words = said(of({"none": NONE, "bn_none": bowl(0.3, rate=0.1), "dropout_rates": bowl(0.5, dose=0.7)}, fresh=48))
    assert "better than none at learning rate 0.03" in words["for the loss"]
    assert words["for the loss"].startswith("batch norm, learning rate 0.1: +0.")


def test_a_gain_at_one_rate_is_not_advised():
    """Dropout is far ahead at the rate 0.3 alone, where none is bad."""
    words = said(
        of({"none": NONE, "dropout_rates": lambda rate, dose: 0.62 if rate > 0.1 else 0.9}, fresh=48, noise=0.001)
    )
    assert words["for the loss"].startswith("none, ")


def test_it_warns_of_an_optimum_at_the_end_and_of_guessing_and_of_few_rows():
    rows = of({"none": bowl(2.5), "dropout_rates": bowl(2.4, rate=0.3, dose=0.7)})
    (advice,) = advise(rows.assign(valid_rows=60), CLASSES)
    assert [words.split(":")[0].split(" for ")[0] for words in advice.warnings] == [
        "the best learning_rate of dropout",
        "the best learning_rate of dropout",
        "none does worse than guessing every class alike",
        "60 validation rows of a seed are too few to tell 1 point apart",
    ]


def test_searches_and_basis_are_told_in_the_terminal():
    results = results_table(seeds=6)
    lines = reports.spoken(results)
    assert lines[0] == "width 8"
    assert any("dropout on keep_prob" in line for line in lines)
    assert lines[-1].endswith("chosen on 6 seeds, each scored on those left out")


@pytest.mark.parametrize(
    ("kept", "lacking"),
    [
        ("arm not in ('none_rates', 'bn_none_rates')", "the design none"),
        ("learning_rate == 0.02", "the design none and"),
    ],
)
def test_a_run_that_holds_too_little_says_what_it_lacks(kept, lacking):
    results = results_table()
    few = where(results, results.eval(kept) & (results["stage"] == "design"))
    assert lacking in missing(plain(few))
    with pytest.raises(ValueError, match=rf"^no advice without [^\n]*{lacking}[^\n]*$"):
        reports.spoken(few)


REGISTERED = json.loads((Path(__file__).parent / "registered_advice.json").read_text(encoding="utf-8"))[""]


@pytest.mark.parametrize("name", ADVISED)
def test_what_is_advised_of_tables_that_never_change_is_what_was_written_down(name):
    assert ADVISED[name]() == REGISTERED[name], ANEW


def gains_of(*ends):
    """An advice in loss by the ends of the intervals of dropout, of L2 and so on; None: it cannot be judged."""
    arms = {each.kind: each for each in at_home_in(table({"none": NONE, "dropout_rates": NONE, "l2_rates": NONE}))}
    found = [
        nothing("nothing varies")
        if end is None
        else Estimate(value=sum(end) / 2, low=end[0], high=end[1], error=0.01, seeds=8)
        for end in ends
    ]
    kinds = [arms["dropout"], arms["L2"]]
    gains = tuple(Effect(arm=arm, reference=arms["none"], gain=gain) for arm, gain in zip(kinds, found, strict=False))
    return MetricAdvice(metric=IN_LOSS, none=arms["none"], gains=gains, shortlist=())


@pytest.mark.parametrize(
    ("ends", "said", "worse"),
    [
        ([(-0.01, 0.019)], "it makes no difference that counts", 0),
        ([(-0.01, 0.02)], "nothing else is shown to gain what counts, 0.02 nat", 0),
        ([(0.0, 0.03)], "nothing else is shown to gain what counts, 0.02 nat", 0),
        ([(-0.05, -0.02)], "it makes no difference that counts", 0),
        ([(-0.05, -0.021)], "nothing else gains what counts, 0.02 nat", 1),
        ([(-0.01, 0.01), (-0.05, -0.021)], "nothing else gains what counts, 0.02 nat", 1),
        ([None, (-0.01, 0.01)], "it makes no difference that counts", 0),
        ([None], "it makes no difference that counts", 0),
        ([(-0.01, 0.01), (-0.01, 0.03)], "nothing else is shown to gain what counts, 0.02 nat", 0),
    ],
)
def test_where_nothing_is_shown_to_count_it_is_told_what_is_known_of_the_others(ends, said, worse):
    """By intervals at what counts and at zero themselves."""
    found = gains_of(*ends)
    assert str(found) == f"none, {found.none.chosen}: {said}"
    assert len(found.worse) == worse


def test_of_what_is_above_zero_the_one_that_gains_most_is_named():
    found = gains_of((0.001, 0.03), (0.002, 0.05))
    assert "; L2, " in str(found)
    assert ", gains +0.026 nat [+0.002, +0.050]" in str(found)
    assert "; dropout, " in str(gains_of((0.001, 0.03), (0.002, 0.019)))


@pytest.mark.parametrize(
    ("kind", "told"), [("dropout", ["dropout"]), ("L2", ["L2"]), ("both", ["dropout", "L2"]), ("none", [])]
)
def test_of_what_is_advised_it_is_told_how_to_search_it(kind, told):
    """Of each strength that it has, at this width."""
    field = {"dropout": {"keep_prob": 0.7}, "L2": {"keep_prob": 1.0, "l2": 0.01}, "both": {"l2": 0.01}}.get(kind, {})
    rows = of({"none": NONE, "dropout_rates": bowl(0.6 if kind == "none" else 0.4, dose=0.7)}, fresh=48, noise=0.001)
    rows.loc[rows["arm"] == "dropout_rates", list(field)] = list(field.values())
    best = Estimate(value=90, low=80, high=100, error=1, seeds=8)
    searches = {
        (w, name): SearchAdvice(f"{name} at {w}", "", 5, best) for w, name in product((8, 12), ("L2", "dropout"))
    }
    advice = _at_width(12, at_home_in(rows), searches, lambda metrics: [f"{len(metrics)} metrics"])
    assert [each.kind for each in advice.searches] == [f"{name} at 12" for name in told]
    assert advice.warnings == ("2 metrics",)
    assert not _at_width(12, at_home_in(rows), {}, lambda metrics: []).searches


def test_every_arm_but_none_is_compared_with_it_the_simplest_first():
    truths = {"dropout_rates": DROPOUT, "bn_none": NONE, "l2_rates": L2, "none": NONE, "early_stopping": NONE}
    (advice,) = advise(of({**truths, "bn_l2_rates": L2, "bn_dropout_rates": DROPOUT}), CLASSES)
    assert [each.metric for each in advice.metrics] == list(METRICS)
    for each in advice.metrics:
        assert [gain.arm.name for gain in each.gains] == [
            "early stopping",
            "L2",
            "dropout",
            "batch norm",
            "batch norm and L2",
            "batch norm and dropout",
        ]
        assert {gain.reference.name for gain in each.gains} == {"none"}


def test_an_arm_that_is_as_good_as_the_best_in_every_number_stands_beside_it():
    rows = of({"none": NONE, "early_stopping": bowl(0.5), "dropout_rates": bowl(0.5, dose=0.7)}, fresh=48, noise=0.0)
    assert "early stopping, " in said(rows)["for the loss"]
    assert said(rows)["for the loss"].endswith("; no difference is shown from dropout")


@pytest.mark.parametrize(
    ("loss", "classes", "warned"), [(0.0, 1, False), (0.001, 1, True), (2.302, 10, False), (2.303, 10, True)]
)
def test_none_is_to_be_better_than_guessing_every_class_alike(loss, classes, warned):
    """Of ten classes that is log 10."""
    rows = of({"none": NONE, "dropout_rates": NONE}, noise=0.01)
    rows["valid_loss"] = rows["valid_loss"].mask(rows["arm"] == "none", loss)
    (advice,) = advise(rows, classes)
    assert any(each.startswith("none does worse than guessing") for each in advice.warnings) == warned
