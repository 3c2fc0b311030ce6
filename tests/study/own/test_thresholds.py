"""Where a table is read one way or another: each threshold by the last number on either side of it."""

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from study.asked.over import _parts
from study.asked.study_file import _weigh_uneven
from study.own.classes import Labels, labels, listed
from study.own.columns import Column, Reader, frequent_words, rare_below
from study.own.delimited import _ordinal
from study.own.numerals import Marks, marks
from study.own.options import Options
from study.own.parts import largest_group
from study.own.preparing import _turns, by_treatment
from study.own.suspicions import suspicions


def read(*classes: object) -> Labels:
    return labels(pd.Series(classes, name="y"), Options(target="y"), "a.csv", Marks())


def each(times: int, classes: list) -> list:
    return [name for name in classes for _ in range(times)]


@pytest.mark.parametrize(
    ("read_as_classes", "refused", "told"),
    [
        (each(5, list(range(30))), each(5, list(range(31))), "looks like a number to predict, 31 different ones"),
        (each(5, list(range(10))), each(5, list(range(10)))[1:], "looks like a number to predict, 10 different ones"),
        (each(5, [k / 2 for k in range(10)]), each(5, [k / 2 for k in range(11)]), "looks like a number to predict"),
        (each(3, [f"w{k}" for k in range(100)]), each(3, [f"w{k}" for k in range(101)]), "a class is one of 2 to 100"),
        (each(15, ["a", "b"]), each(15, ["a", "b"])[1:], "has 29 rows with a class"),
        (["a"] * 3 + ["b"] * 30, ["a"] * 2 + ["b"] * 30, "a class has 3 rows at least"),
    ],
    ids=["numbers", "rows of a number", "fractions", "words", "rows", "rows of a class"],
)
def test_what_is_a_class(read_as_classes: list, refused: list, told: str) -> None:
    assert len(read(*read_as_classes).names) == len(set(read_as_classes))
    with pytest.raises(ValueError, match=told):
        read(*refused)


@pytest.mark.parametrize(("rows", "warned"), [(29, True), (30, False)])
def test_few_rows_of_a_class_are_worth_a_warning(rows: int, *, warned: bool) -> None:
    told = read(*["a"] * rows, *["b"] * 40).warnings
    assert ("few rows of a class (a 29)" in " ".join(told)) == warned


@pytest.mark.parametrize(("rows", "least"), [(10, 2), (299, 2), (300, 3), (999, 9), (1000, 10), (10**6, 10)])
def test_a_word_is_rare_below_a_hundredth_of_the_rows_and_ten(rows: int, least: int) -> None:
    assert rare_below(rows) == least


def test_the_fifty_most_frequent_words_have_inputs_of_their_own() -> None:
    often, seldom = [f"a{k:02}" for k in range(40)], [f"b{k:02}" for k in range(20)]
    cells = pd.Series([*each(3, often), *each(2, seldom), *["c", "", ""]], dtype=object)
    assert frequent_words(cells) == [*often, *seldom[:10]]


def test_of_several_columns_whose_numbers_may_be_two_the_first_is_asked_about() -> None:
    with pytest.raises(ValueError, match=r"^2\.951 may be"):
        marks([["3.169", "2.951", "950"], ["1.169", "850"]], ";")


def said(column: Column, y: np.ndarray) -> str:
    return "\n".join(suspicions([column], y, 2))


@pytest.mark.parametrize(("words", "told"), [(8, "7"), (9, "7 and 1 more"), (11, "7 and 3 more")])
def test_eight_words_are_listed_and_the_others_counted(words: int, told: str) -> None:
    assert listed([str(word) for word in range(words)]) == ", ".join("0123456") + f", {told}"


def test_a_span_of_time_is_read_as_days() -> None:
    spans = pd.Series(pd.to_timedelta(["36h", "2D", None]), name="x")
    column = Reader(Options(target="y"), Marks(), np.arange(3), "a.parquet").column(spans)
    assert column.cells.tolist() == pytest.approx([1.5, 2.0, np.nan], nan_ok=True)
    assert column.notes == ("read as days",)


HALVES = np.arange(200) % 2


@pytest.mark.parametrize(
    ("number", "said"),
    [(1, "1st"), (2, "2nd"), (3, "3rd"), (4, "4th"), (10, "10th"), (11, "11th"), (12, "12th"), (13, "13th"), (21, "21st"), (102, "102nd"), (113, "113th")],
)  # fmt: skip
def test_columns_are_counted_in_english(number: int, said: str) -> None:
    assert _ordinal(number) == said


@pytest.mark.parametrize(("numbers", "told"), [(3, True), (2, False), (1, False)])
def test_a_column_is_taken_for_words_of_which_most_are_numbers(numbers: int, *, told: bool) -> None:
    """Beside two that are none."""
    words = pd.Series([*map(str, range(numbers)), "low", "high"] * 3, name="x", dtype=object)
    column = Reader(Options(target="y"), Marks(), np.arange(len(words)), "a.csv").column(words)
    assert column.kind == "words"
    assert (column.notes == ('taken for words, there is "low" among its numbers',)) == told


@pytest.mark.parametrize(("number", "told"), [(2**53 - 1, False), (2**53, True), (-(2**53), True)])
def test_a_whole_number_beyond_double_precision_is_told_however_few_there_are(number: int, *, told: bool) -> None:
    cells = pd.Series([np.nan] * 199 + [float(number)])
    assert ("whose last digits are lost" in said(Column("x", "number", cells), HALVES)) == told


@pytest.mark.parametrize(("wrong", "told"), [(1, True), (3, False)])
def test_a_column_gives_the_class_away_where_it_tells_98_of_100(wrong: int, *, told: bool) -> None:
    """A hundred rows of each class, of one of them ``wrong`` in fifty."""
    words = np.where(HALVES == 1, "late", "early").astype(object)
    words[np.flatnonzero(HALVES)[: 2 * wrong]] = "early"
    assert ("gives the class away" in said(Column("when", "words", pd.Series(words)), HALVES)) == told


@pytest.mark.parametrize(("copied", "told"), [(4, False), (5, True)])
def test_copies_are_told_above_two_in_a_hundred(copied: int, *, told: bool) -> None:
    cells = np.random.default_rng(0).random(200)
    cells[2 : 2 + 2 * copied : 2] = cells[0]
    assert (f"{copied} of 200 rows are copies" in said(Column("x", "number", pd.Series(cells)), HALVES)) == told


@pytest.mark.parametrize("gap", [-1, -9, -99, -999, -9999, -99999, 99, 999, 9999, 99999, 999999])
def test_a_number_that_programs_write_for_a_gap_is_asked_about_where_it_is_often_there(gap: int) -> None:
    """More than five in a thousand rows, and further from the others than they are from each other."""
    y = np.arange(1000) % 2
    for often, told in ((5, False), (6, True)):
        cells = 0.1 + 0.1 * np.random.default_rng(0).random(1000)
        cells[:often] = gap
        assert (
            f"x is {gap} in {often} rows, far from all others" in said(Column("x", "number", pd.Series(cells)), y)
        ) == told
    near = np.where(np.arange(1000) < 6, gap, gap + np.linspace(1, 3, 1000))
    assert "far from all others" not in said(Column("x", "number", pd.Series(near)), y)


@pytest.mark.parametrize(("rows", "fits"), [(20, True), (21, False)])
def test_a_group_is_a_fifth_of_the_rows_at_most(rows: int, *, fits: bool) -> None:
    table = SimpleNamespace(group=np.array([0] * rows + list(range(1, 101 - rows))), y=np.zeros(100))
    if fits:
        assert largest_group(table) == rows
    else:
        with pytest.raises(ValueError, match="the largest group has 21 of 100 rows"):
            largest_group(table)


@pytest.mark.parametrize(
    ("columns", "highest", "kind"),
    [
        (100, 255, "pixel"),
        (99, 255, "number"),
        (100, 256, "number"),
        (100, 254.5, "number"),
        (100, np.nan, "number"),
        (100, -1, "number"),
    ],
)
def test_a_hundred_columns_of_bytes_are_an_image(columns: int, highest: float, kind: str) -> None:
    held = [Column(f"x{k}", "number", pd.Series([0, k, highest])) for k in range(columns)]
    kinds = {name: len(found) for name, found in by_treatment(held).items() if found}
    assert kinds == {kind: columns}


@pytest.mark.parametrize(("rare", "weighed"), [(24, True), (25, False)])
def test_rare_classes_are_weighed_below_half_of_an_even_share(rare: int, *, weighed: bool) -> None:
    document: dict = {"search": {"arms": {"l2": {"l2": {"low": 1e-5, "high": 1.0}}}}}
    _weigh_uneven(document, np.repeat([0, 1], [rare, 100 - rare]))
    assert ("l2_weighted" in document["search"]["arms"]) == weighed
    assert not weighed or document["search"]["arms"]["l2_weighted"]["class_weights"] == "balanced"


@pytest.mark.parametrize(("rows", "parts"), [(100, (20, 25)), (4999, (999, 1249)), (10_000, (1000, 2000))])
def test_of_a_listed_table_a_fifth_validates_and_a_quarter_tests_up_to_thousands(
    rows: int, parts: tuple[int, int]
) -> None:
    assert _parts(SimpleNamespace(rows=rows)) == parts


@pytest.mark.parametrize(
    ("cycle", "days", "turns"),
    [
        ("year", [0.0, 182.0], False),  # half of it is 182.6 days
        ("year", [0.0, 183.0], True),
        ("week", [0.25, 7.5, 14.0], False),
        ("week", [0.25, 8.5], True),
        ("day", [0.5, 3.5], False),
        ("day", [0.5, 3.25], True),
    ],
)
def test_a_date_has_the_cycles_that_it_goes_through(cycle: str, days: list[float], *, turns: bool) -> None:
    assert _turns(np.array(days), cycle) is turns


@pytest.mark.parametrize(
    ("cells", "told"),
    [(np.arange(200), True), (-3 * np.arange(200), True), (np.arange(200) // 2, False), (np.arange(200) / 2, False)],
)
def test_whole_numbers_that_go_one_way_are_asked_about(cells: np.ndarray, *, told: bool) -> None:
    assert ("does it number the rows?" in said(Column("x", "number", pd.Series(cells, dtype=float)), HALVES)) == told
