"""The column of the class: which classes there are, what is none, and what is worth a warning; by hand."""

import numpy as np
import pandas as pd
import pytest

from study.own.classes import Labels, labels
from study.own.numerals import Marks
from study.own.options import Options


def read(*classes: object, marks: Marks | None = None, **options: str) -> Labels:
    return labels(pd.Series(classes, name="y"), Options(target="y", **options), "a.csv", marks or Marks())


def test_classes_are_numbered_in_the_order_of_their_names() -> None:
    found = read(*["yes", "no", "no"] * 20)
    assert (found.names, found.y[:3].tolist(), found.counts.tolist()) == (("no", "yes"), [1, 0, 0], [40, 20])
    assert found.told == "no 40, yes 20"


@pytest.mark.parametrize(
    ("held", "names"),
    [
        ([1.0, 2.0, np.nan], ("1", "2")),
        ([1.5, 2.0, np.nan], ("1.5", "2.0")),
        ([2.0**53, 2.0, np.nan], ("2.0", "9007199254740992.0")),
        ([2.0**53 - 1, 2.0, np.nan], ("2", "9007199254740991")),
        ([True, False, None], ("False", "True")),
    ],
)
def test_whole_numbers_are_classes_without_a_point(held: list, names: tuple[str, ...]) -> None:
    found = read(*held * 20)
    assert found.names == names
    assert found.kept.tolist() == [True, True, False] * 20


@pytest.mark.parametrize(
    ("without", "note"),
    [(0, ()), (1, ("1 row without a class is left out",)), (2, ("2 rows without a class are left out",))],
)
def test_rows_without_a_class_are_counted(without: int, note: tuple[str, ...]) -> None:
    assert read(*["a", "b"] * 30, *[None] * without).notes == note


@pytest.mark.parametrize(
    ("held", "marks", "is_gap"),
    [
        (["1", "2", "NA"], Marks(), True),
        (["1,5", "2,5", "NA"], Marks(",", "."), True),
        (["1,5", "2,5", "NA"], Marks(), False),
        (["true", "FALSE", "nan"], Marks(), True),
        (["1", "b", "NA"], Marks(), False),
        (["NA", "NULL", "n/a"], Marks(), False),  # nothing but gaps
    ],
)
def test_a_gap_among_numbers_and_truths_is_no_class(held: list[str], marks: Marks, *, is_gap: bool) -> None:
    found = read(*held * 20, marks=marks)
    assert len(found.names) == (2 if is_gap else 3)
    told = f"the class is {held[-1]} in some rows, which is read as a gap"
    assert (told in found.notes) == is_gap


@pytest.mark.parametrize(
    ("held", "told"),
    [
        ([None] * 60, "a.csv has no class in any row of y: name another --target"),
        (["a"] * 60, "a.csv has one class, y is 'a' in every row: there is nothing to learn"),
        (["a", "inf"] * 30, "a.csv has 30 rows whose y is inf: that is no class, --na=inf leaves them out"),
        (["a", "+Infinity"] * 30, "30 rows whose y is"),
        ([0.5 * row for row in range(60)], "y looks like a number to predict, 60 different ones from 0 to 29.5 in 60 rows"),
        ([*(str(row) for row in range(33)), *"abcdefgh"] * 5, "y looks like a number to predict, 33 different ones from 0 to 32"),
    ],
)  # fmt: skip
def test_what_is_no_class_is_told(held: list, told: str) -> None:
    with pytest.raises(ValueError, match=told.replace("+", r"\+")):
        read(*held)


@pytest.mark.parametrize(
    "held",
    [
        [*(str(row) for row in range(32)), *"abcdefgh"] * 5,  # more than four in five are numbers
        [0.5, 1.5] * 20,
        [0.5, 1.5] + [0.5] * 4 + [1.5] * 30,
        list(range(30)) * 5,
    ],
)
def test_what_may_be_classes_are_classes(held: list) -> None:
    assert len(read(*held).names) == len(set(held))


@pytest.mark.parametrize(
    ("held", "warnings"),
    [
        (["a", "a ", "b"], ['"a " (20 rows) is read as "a", without its blanks']),
        (["a", "A", "b"], ["classes 'A' and 'a' seem to be one: write them alike, if they are"]),
        (["a", "b", "NA"], ['"NA" is a class here: --na NA leaves its rows out']),
        (["a", "b", "?"], ["\"?\" is a class here: --na '?' leaves its rows out"]),
        (["+", "-", "?"], []),
        (["a", "b", "c"], []),
    ],
)
def test_doubtful_classes_are_asked_about(held: list[str], warnings: list[str]) -> None:
    few = "few rows of a class ("
    assert [line for line in read(*held * 20).warnings if not line.startswith(few)] == warnings


def test_one_class_against_others_keeps_the_names_of_two() -> None:
    assert read(*["a", "b", "c"] * 20, positive="b").told == "b 20, not b 40"
    assert read(*["a", "b"] * 30, positive="b").told == "a 30, b 30"
    with pytest.raises(ValueError, match=r"a\.csv has no class x \(positive\): it has a, b, c"):
        read(*["a", "b", "c"] * 20, positive="x")
    with pytest.raises(ValueError, match=r"no class yess \(positive\); did you mean yes\?"):
        read(*["yes", "no", "maybe"] * 20, positive="yess")


def test_the_class_of_fewest_rows_is_the_one_to_leave_out() -> None:
    told = r"too few of c 2, d 1 \(classes: a 20, b 20, c 2, d 1\): join it with another class, leave its rows out by --na d, or"
    with pytest.raises(ValueError, match=told):
        read(*["a", "b"] * 20, "c", "c", "d")
    with pytest.raises(ValueError, match=r"has 29 rows with a class \(a 15, b 14\): 30 at least"):
        read(*["a"] * 15, *["b"] * 14)
