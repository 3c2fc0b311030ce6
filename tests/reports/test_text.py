"""Numbers as a page prints them, by hand: each unit's digits and sign, an interval's cell, and bounds."""

from math import inf, log, nan

import numpy as np
import pytest

from reports.judging.intervals import Estimate, bounded, exactly, mean, nothing
from reports.judging.regimes import EVERYWHERE
from reports.judging.text import (
    basis,
    count,
    interval,
    interval_with_n,
    joined,
    level,
    limit,
    listed,
    number,
    quantity,
    sentence,
    setting,
    spelled,
    stored,
    switched_on,
    table_name,
    valued,
)

GAP = "\N{NARROW NO-BREAK SPACE}"
FOUND = Estimate(value=-0.25, low=-0.5, high=0.125, error=0.1, seeds=8)


@pytest.mark.parametrize(
    ("value", "unit", "signed", "bare"),
    [
        (0.1234, "nat", "+0.123", "0.123"),
        (-0.1236, "nat", "−0.124", "−0.124"),
        (0.0004, "nat", "0.000", "0.000"),
        (-0.0004, "nat", "0.000", "0.000"),
        (0.0006, "nat", "+0.001", "0.001"),
        (1.26, "%", "+1.3", "1.3"),
        (1.26, "points", "+1.3", "1.3"),
        (0.1234, "share", "+0.123", "0.123"),
        (41.6, "of 100", "42", "42"),
        (2.345, "", "+2.35", "2.35"),
        (log(2), "times", "2", "2"),
        (log(1.2345), "times", "1.23", "1.23"),
        (-1.26e-15, "exact", "−1e−15", "−1e−15"),
        (nan, "nat", "–", "–"),
        (inf, "nat", "+∞", "∞"),
        (-inf, "nat", "−∞", "−∞"),
        (-inf, "times", "0", "0"),
    ],
)
def test_a_number_has_the_digits_of_its_unit(value: float, unit: str, signed: str, bare: str) -> None:
    assert (number(value, unit), number(value, unit, sign=False)) == (signed, bare)


@pytest.mark.parametrize(
    ("value", "unit", "said"),
    [
        (0.5, "nat", "+0.500 nat"),
        (0.5, "%", "+0.5%"),
        (0.5, "", "+0.50"),
        (1e-16, "exact", "1e−16"),
        (nan, "nat", "–"),
        (log(3), "times", "3 times"),
    ],
)
def test_a_quantity_has_its_unit(value: float, unit: str, said: str) -> None:
    assert quantity(value, unit) == said


@pytest.mark.parametrize(
    ("value", "unit", "held", "said"),
    [
        (0.02, "nat", 0.02, "0.02 nat"),
        (-0.02, "nat", -0.02, "−0.02 nat"),
        (1.25, "times", log(1.25), "1.25 times"),
        (1.0, "times", 0.0, "1 times"),
        (5.0, "%", 5.0, "5%"),
        (1.0, "points", 1.0, "1 point"),
        (-2.0, "points", -2.0, "−2 points"),
        (0.25, "", 0.25, "0.25"),
        (1e-10, "exact", 1e-10, "1e−10"),
    ],
)
def test_a_limit_is_said_as_it_was_given(value: float, unit: str, held: float, said: str) -> None:
    assert stored(value, unit) == pytest.approx(held)
    assert limit(stored(value, unit), unit) == said


@pytest.mark.parametrize(
    ("value", "unit", "said"),
    [(0.5, "nat", "0.500 nat"), (5.25, "points", "5.2%"), (5.25, "%", "5.2%"), (-0.5, "nat", "−0.500 nat")],
)
def test_a_level_has_no_sign_and_where_differences_are_in_points_it_is_a_percentage(
    value: float, unit: str, said: str
) -> None:
    assert level(value, unit) == said


def test_an_interval_stands_with_its_n_or_with_why_it_has_none() -> None:
    one, exact, none = mean([0.5]), exactly(2, regime=EVERYWHERE, notes=()), nothing("no control", seeds=3)
    assert interval(FOUND, "nat") == "[−0.500, +0.125]"
    assert interval(FOUND, "nat", sign=False) == "[−0.500, 0.125]"
    assert interval_with_n(FOUND, "nat") == "[−0.500, +0.125], 8 seeds"
    assert interval(one, "nat") == interval_with_n(one, "nat") == "(1 seed, no interval)"
    assert interval(exact, "nat") == interval_with_n(exact, "nat") == "(exact)"
    assert [spelled(each, "nat") for each in (FOUND, one, exact, none)] == [
        "−0.250 [−0.500, +0.125]",
        "+0.500 (1 seed, no interval)",
        "+2.000 (exact)",
        "–",
    ]
    assert spelled(exact, "nat", sign=False) == "2.000 (exact)"


def test_a_bound_is_printed_as_one() -> None:
    assert valued(FOUND, "nat") == "−0.250 nat"
    assert valued(bounded(FOUND, 1), "nat") == f"≥{GAP}−0.250 nat"
    assert valued(bounded(FOUND, -1), "nat") == f"≤{GAP}−0.250 nat"


@pytest.mark.parametrize(
    ("value", "said"),
    [(12, "12"), (-3, "−3"), (0.123456, "0.1235"), (1e-5, "1e−05"), (nan, "–"), (inf, "–"), ("relu", "relu")],
)
def test_a_setting_has_four_digits_at_most(value: object, said: str) -> None:
    assert setting(value) == said


def test_what_an_estimate_rests_on() -> None:
    assert basis(FOUND) == "8 seeds"
    assert basis(mean([1.0])) == "1 seed"
    assert basis(exactly(1, regime=EVERYWHERE, notes=())) == "by definition"
    assert count(0, "seed") == "0 seeds"
    assert count(12_345, "network") == f"12{GAP}345 networks"


def test_lists_of_words() -> None:
    assert joined(["a"]) == "a"
    assert joined(["a", "b"]) == "a and b"
    assert joined(["a", "b", "c"]) == "a, b and c"
    assert listed(["a, b", "c"]) == "(a, b) and c"


def test_names_of_tables_are_those_that_sentences_use() -> None:
    assert [table_name(name) for name in ("mnist", "mnist1d", "breast_cancer")] == [
        "MNIST",
        "MNIST-1D",
        "breast cancer",
    ]


def test_a_sentence_begins_with_one_capital() -> None:
    assert sentence("aB, c") == "AB, c"


@pytest.mark.parametrize(
    ("kinds", "batch_norm", "said"),
    [
        ([], False, ""),
        ([], True, "batch norm"),
        (["L2"], False, "L2"),
        (["dropout"], True, "batch norm and dropout"),
        (["dropout", "L2"], False, "dropout with L2"),
        (["dropout", "L2", "early stopping"], True, "batch norm and dropout with L2 and early stopping"),
    ],
)
def test_what_is_switched_on_is_said_as_one_thing(kinds: list[str], said: str, *, batch_norm: bool) -> None:
    assert switched_on(kinds, batch_norm=batch_norm) == said


def test_what_could_not_be_estimated_from_any_seed_says_so() -> None:
    none = nothing("no control")
    assert interval(none, "nat") == interval_with_n(none, "nat") == "(no interval)"
    assert basis(none) == "–"
    assert not none.exact
    assert valued(none, "nat") == "–"


@pytest.mark.parametrize(
    ("value", "unit", "said"),
    [
        (0.5, "%", "0.5%"),
        (5.0, "", "5.00"),
        (-0.125, "share", "−0.125 share"),
        (inf, "nat", "∞ nat"),
        (log(1.5), "times", "1.5 times"),
        (42.0, "of 100", "42 of 100"),
    ],
)
def test_a_quantity_may_go_without_a_sign(value: float, unit: str, said: str) -> None:
    assert quantity(value, unit, sign=False) == said
    assert valued(Estimate(value=value, low=value, high=value, error=0.0, seeds=3), unit, sign=False).endswith(said)


def test_bounds_of_intervals_and_numbers_of_numpy() -> None:
    assert interval(bounded(FOUND, 1), "nat") == "[−0.500, +∞]"
    assert interval_with_n(bounded(FOUND, -1), "times") == "[0, 1.13], 8 seeds"
    assert (setting(np.int64(-3)), setting(np.float32(0.5)), setting(True)) == ("−3", "0.5", "1")
    assert limit(0.25, "share") == "0.25 share"
    assert limit(50, "of 100") == "50 of 100"
    assert limit(-1, "points") == "−1 points"
    assert sentence("γ is") == "γ is"
    assert sentence("") == ""
    assert table_name("wine_quality_red") == "wine quality red"
    assert count(1, "seed") == "1 seed"
    assert listed(["a, b"]) == "(a, b)"
