"""What is worth a warning in a table: each by hand, a column at a time."""

import numpy as np
import pandas as pd
import pytest

from study.own.columns import Column
from study.own.suspicions import alone, copies, suspicions, suspicious_names


def number(values: object, name: str = "x") -> Column:
    return Column(name, "number", pd.Series(values, dtype=float))


def words(values: object, name: str = "x") -> Column:
    return Column(name, "words", pd.Series(values, dtype=object))


def said(column: Column, y: np.ndarray | None = None, classes: int = 2) -> list[str]:
    return list(suspicions([column], np.arange(len(column.cells)) % 2 if y is None else y, classes))


def blocks(*lengths: int) -> np.ndarray:
    """Classes of rows: 0, 1, 0, …, so many of each."""
    return np.repeat(np.arange(len(lengths)) % 2, lengths)


@pytest.mark.parametrize(
    ("column", "y", "classes", "share"),
    [
        (number(range(100)), blocks(40, 60), 2, 1),
        (number(range(100)), blocks(10, 20, 30, 40), 2, 1),  # two cuts for each class
        (number(range(100)), blocks(5, 10, 15, 30, 40), 2, (55 / 60 + 1) / 2),  # the first of five blocks is left out
        (number(range(150)), np.repeat([0, 1, 2, 0, 1, 2], [10, 15, 20, 30, 35, 40]), 3, 1),
        (number([5] * 100), blocks(40, 60), 2, 0),
        (number([np.nan] * 100), blocks(40, 60), 2, 0),
        (number([*range(40), *[np.nan] * 60]), blocks(40, 60), 2, 1),  # a gap is below all numbers
        (number([-3] * 40 + [np.nan] * 60), blocks(40, 60), 2, 1),
        (number([np.inf] * 40 + [7] * 60), blocks(40, 60), 2, 1),  # and so is what has no end
        (number(np.arange(100) % 2), blocks(90, 10), 2, 0.5),  # each class counts as much
        (number([0] * 99 + [1]), blocks(99, 1), 2, 0.5),  # of one row alone nothing is learnt
        (number([0] * 98 + [1, 1]), blocks(98, 2), 2, 1),
        (number(range(100)), np.repeat([0, 1, 2], [49, 50, 1]), 3, 1),  # a row of a hundred is a slip of the pen
        (number([*range(98), 10, 60]), np.repeat([0, 1, 2], [49, 49, 2]), 3, (48 + 48 + 49) / 147),  # two are a class
        (words(list("abcdefghij") * 10), np.arange(100) % 10 % 2, 2, 1),  # a cut for each word
        (words(list("abcdefghij") * 10), np.arange(100) % 10 // 2 % 2, 2, 1),
        (words([f"w{row % 11}" for row in range(100)]), np.arange(100) % 11 % 2, 2, 0),  # a tenth of the rows at most
        (words(["a"] * 100), blocks(40, 60), 2, 0),
        (words([""] * 40 + ["a"] * 60), blocks(40, 60), 2, 1),
    ],
)
def test_how_well_a_column_predicts_alone(column: Column, y: np.ndarray, classes: int, share: float) -> None:
    """The mean over classes of the rows of each that its best cuts tell."""
    assert alone(column, y, classes) == pytest.approx(share)


def test_of_many_rows_some_are_looked_at_from_the_first_to_the_last() -> None:
    """A column that tells the class in half of the rows tells three in four."""
    y = np.arange(12_000) // 7 % 2
    half = np.where(np.arange(12_000) < 6_000, y, 0)
    assert alone(number(half), y, 2) == pytest.approx(0.75, abs=0.02)
    assert alone(number(half[::-1]), y[::-1], 2) == pytest.approx(0.75, abs=0.02)


@pytest.mark.parametrize(("wrong", "told"), [(2, "98.0"), (3, None), (0, "100.0")])
def test_a_column_that_tells_98_of_100_is_told_with_its_share(wrong: int, told: str | None) -> None:
    """Of fifty rows of one class some look as the other's."""
    y = blocks(50, 50)
    x = y.copy()
    x[50 : 50 + wrong] = 0
    begun = (
        f"x gives the class away: alone it predicts {told} % of each class; is it known before the class is? --drop x"
    )
    lines = [line for line in said(number(x), y) if "gives the class away" in line]
    assert [line.startswith(begun) for line in lines] == ([True] if told else [])


@pytest.mark.parametrize(("rare", "told"), [(60, False), (61, True)])
def test_words_of_which_more_than_half_of_the_rows_are_rare_say_little(rare: int, *, told: bool) -> None:
    held = [f"w{row}" for row in range(rare)] + ["a", "b"] * ((120 - rare) // 2) + ["a"] * (rare % 2)
    lines = [line for line in said(words(held)) if "says little" in line]
    assert [f"x says little as it stands: {rare} of 120 rows have words so rare" in line for line in lines] == [
        True
    ] * told


def test_a_column_has_one_line_of_words_that_seem_to_be_one() -> None:
    y = np.repeat([0, 1], 60)
    lines = [line for line in said(words(["a", "A", "b", "B"] * 30), y) if "seem to be one" in line]
    assert lines == ['x has "A" and "a", which seem to be one: write them alike, if they are']


@pytest.mark.parametrize(
    ("values", "told"),
    [
        ([0, 1, 2, 3], True),
        ([0, 1, 1, 3], False),
        ([3, 2, 1, 0], True),
        ([0.5, 1.5, 2.5, 3.5], False),
        ([0, 1, np.nan, 3], False),
        ([3], False),
    ],
)
def test_whole_numbers_that_rise_or_fall_may_number_the_rows(values: list, *, told: bool) -> None:
    lines = said(number(values), np.arange(len(values)) % 2)
    assert any("x rises or falls from row to row: does it number the rows? --drop x" in line for line in lines) == told


@pytest.mark.parametrize(
    ("values", "told"),
    [([2.0**53, 5, np.nan], True), ([2.0**53 - 1, 5, 5], False), ([2.0**60, 0.5, 5], False), ([np.nan] * 3, False)],
)
def test_whole_numbers_lose_digits_beyond_two_to_the_53(values: list, *, told: bool) -> None:
    assert any("whole numbers beyond 2^53" in line for line in said(number(values))) == told


@pytest.mark.parametrize(
    ("values", "gap"),
    [
        ([-999, -999, 0, 1, 2], -999),
        ([-999, 0, 1, 2, 3], None),  # once
        ([-999, -999, 5], None),  # what is one number beside
        ([-999, -999, 5, 5], -999),
        ([999, 999, 1, 501], None),  # as near as they are to each other
        ([999, 999, 1, 499], 999),
        ([99, 99, -1, -1, 0, 5], 99),
        ([99, 99, -1, -1, 2, 3], 99),
        ([-1, -1, 1, 2], -1),
        ([-1, -1, 0, 2], None),
        ([-999, -999, np.nan, 1, 2], -999),
        ([*[-999] * 2, *range(397)], -999),
        ([*[-999] * 2, *range(398)], None),  # more than five in a thousand
    ],
)
def test_a_number_far_from_all_others_may_stand_for_a_gap(values: list, gap: int | None) -> None:
    lines = [line for line in said(number(values)) if "stand for a gap" in line]
    often = values.count(gap)
    begun = f"x is {gap} in {often} rows, far from all others: does it stand for a gap? --na={gap} takes it for one"
    assert lines == ([begun] if gap is not None else [])


def test_dates_and_switches_are_not_asked_whether_they_hold_gaps_or_number_rows() -> None:
    for kind in ("date", "switch"):
        column = Column("x", kind, pd.Series([-999.0, -999, *range(4)]))
        assert not [line for line in said(column) if "gives the class away" not in line]
    assert not [line for line in said(Column("x", "date", pd.Series(range(6)))) if "rises" in line]


def test_a_copy_has_equal_cells_and_the_same_class() -> None:
    columns = [number([1, 1, 1, 2, 1]), words(["a", "a", "a", "a", "b"])]
    assert copies(columns, np.array([0, 0, 1, 0, 0])) == 1
    assert copies(columns, np.zeros(5, int)) == 2
    assert copies(columns, np.arange(5)) == 0


@pytest.mark.parametrize(
    ("names", "said"),
    [
        (["1.5", "2", "x"], "1.5, 2 in"),
        (["5.1", "3.5", "1.4", "0.2", "setosa"], "5.1, 3.5, 1.4 in"),
        (["1", "2"], None),  # years, or pixels
        (["1.5", "x.y"], None),
        (["v1.0", "v2.0"], None),
    ],
)
def test_names_that_are_numbers_may_be_a_row(names: list[str], said: str | None) -> None:
    told = list(suspicious_names(names, of_text=True))
    assert [f"the names {said} the first line are numbers" in line for line in told] == ([True] if said else [])
    assert not list(suspicious_names(names, of_text=False))
