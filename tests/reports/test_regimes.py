"""Where a finding holds, in few words."""

import pytest

from reports import CLAIMS
from reports.judging.places import named, places
from reports.judging.regimes import Regime, numbered

ALL = [Regime(words, table) for table in ("digits", "wine", "MNIST") for words in ("tanh, gain 1", "relu, gain 1")]
WIDTHS = [numbered("width", number) for number in (8, 12, 32)]


@pytest.mark.parametrize(
    ("regimes", "among", "said"),
    [
        (WIDTHS[:2], WIDTHS, "at widths 8 and 12"),
        (ALL[:4], ALL, "on digits and wine"),
        ([ALL[0], *ALL[2:]], ALL, "on wine and MNIST, and at (tanh, gain 1) on digits"),
        (ALL[::2], ALL, "at (tanh, gain 1) on every table"),
        ([ALL[0], ALL[2]], ALL, "at (tanh, gain 1) on digits and wine"),
    ],
)
def test_tables_where_it_holds_throughout_are_named_alone(regimes, among, said):
    assert places(regimes, among) == said


@pytest.mark.parametrize(
    ("regimes", "said"),
    [
        (WIDTHS[:1], "width 8"),
        (WIDTHS, "widths 8, 12 and 32"),
        ([Regime("a"), Regime("b")], "a and b"),
        ([Regime("the mean"), *WIDTHS[:2]], "the mean and widths 8 and 12"),
        ([Regime("relu, gain 1"), numbered("depth", 0), Regime("tanh")], "(relu, gain 1), depth 0 and tanh"),
        ([Regime("width 8"), Regime("width 12")], "width 8 and width 12"),  # words alone are not taken apart
    ],
)
def test_regimes_are_listed_as_one_says_them(regimes, said):
    assert named(regimes) == said


def test_words_that_name_a_table_are_no_table():
    """“noise on inputs” is a regime like any other."""
    noise = [Regime("noise on inputs"), Regime("noise on hidden units")]
    assert places(noise[:1], noise) == "at noise on inputs"
    assert str(noise[0].on("wine")) == "noise on inputs on wine"
    assert noise[0].on("wine").on("") == noise[0]


@pytest.mark.parametrize("claim", CLAIMS, ids=lambda claim: claim.slug)
def test_rules_of_claims_on_one_table_alone_speak_of_no_others(claim):
    assert bool(claim.tables) == ("Where a run has further tables" in claim.rule.text)


def test_a_condition_is_named_before_the_regime_that_it_holds_in():
    assert Regime("width 8", "wine").under("early") == Regime("early, width 8", "wine")
    assert Regime("", "wine").under("early") == Regime("early", "wine")
    assert numbered("width", 8) == Regime("width 8", noun="width", number="8")
    assert str(Regime("width 8")) == "width 8"
