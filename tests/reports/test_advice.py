"""Advice is what tuned arms say: never a regulariser that is not shown to be ahead of none at its own rate."""

import pytest
from synthetic import results_table, where
from tuned import bowl, table

import reports
from reports.evidence.checked import plain
from reports.tuning.advice import advise, missing

NONE = bowl(0.6)
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
        "60 validation rows of a seed are too few to tell 1.0 points apart",
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
