"""What is said of a table that was read, line by line, and which of its rows are in which part; without a file."""

import hashlib
from typing import Any

import numpy as np
import pandas as pd
import pytest

from study.own.options import Options
from study.own.parts import Sizes, check_parts, largest_group, parts, ties
from study.own.raw import with_names
from study.own.table import OwnTable, own_table

CLASSES = np.where(np.arange(120) % 3, "no", "yes")


def table(*, notes: tuple[str, ...] = (), options: dict[str, Any] | None = None, **columns: Any) -> OwnTable:
    """Of 120 rows, every third of which is yes."""
    whole = with_names("a.parquet", pd.DataFrame({**columns, "y": CLASSES}), notes=notes)
    return own_table(whole, Options(**{"target": "y", **(options or {})}))


def lines(**told: Any) -> list[str]:
    return [line.strip() for line in table(**told).described()]


WORDS = np.array(["a", "b", "c", "d"])[np.arange(120) * 7 % 4]
NUMBERS = np.arange(120) * 37 % 61


def test_a_table_is_described_by_its_rows_classes_and_inputs() -> None:
    assert lines(x=NUMBERS, word=WORDS, old=NUMBERS % 2, when=pd.Timestamp("2026-01-01") + pd.to_timedelta(NUMBERS, "D")) == [
        "a.parquet: 120 rows, 4 columns to learn from, the class is y",
        "classes no 80, yes 40",
        "inputs  1 numbers (x); 1 of two values (old); 1 words (word); 1 dates (when)",
    ]  # fmt: skip


@pytest.mark.parametrize(("columns", "told"), [(8, "x6, x7)"), (9, "x6, x7, …)")])
def test_of_a_kind_of_column_eight_are_named(columns: int, told: str) -> None:
    named = {f"x{place}": np.roll(NUMBERS, place) for place in range(columns)}
    assert next(line for line in lines(**named) if line.startswith("inputs")).endswith(told)


@pytest.mark.parametrize(("rare", "told"), [(0, None), (1, None), (2, "word: 2 rare words are joined")])
def test_two_rare_words_are_joined_and_told(rare: int, told: str | None) -> None:
    """A single one has an input of its own as it is."""
    held = WORDS.astype(object).copy()
    held[:rare] = [f"rare {row}" for row in range(rare)]
    held[50] = None
    assert [line for line in lines(x=NUMBERS, word=held) if "joined" in line] == ([told] if told else [])
    assert "gaps, filled from the training rows and marked: word 1" in lines(x=NUMBERS, word=held)


def test_what_is_left_out_is_told_as_a_warning_where_it_may_say_something() -> None:
    *said, copied = lines(
        x=NUMBERS, empty=np.nan, one=1, row=np.arange(120), word=WORDS, options={"drop": ("word",)}, notes=("read so",)
    )
    assert said == [
        "a.parquet: 120 rows, 1 columns to learn from, the class is y",
        "classes no 80, yes 40",
        "inputs  1 numbers (x)",
        "read so",
        "left out as asked: word",
        "empty is left out: it is empty",
        "one is left out: it is constant",
        "warning row is left out: it numbers the rows; --keep row keeps it",
    ]
    assert copied.startswith("warning 20 of 120 rows are copies of an earlier one")


def test_a_header_of_numbers_is_told_with_the_target_among_them_where_it_is_of_text() -> None:
    frame = pd.DataFrame({"1.5": NUMBERS, "w": WORDS, "2": CLASSES})
    options = Options(target="2")
    said = "the names 1.5, 2 in the first line are numbers: is it a row? Put names above it"
    assert said in own_table(with_names("a", frame, sep=","), options).warnings
    assert said not in own_table(with_names("a", frame), options).warnings


@pytest.mark.parametrize(
    ("columns", "told"),
    [
        ({}, "a.parquet has no column to learn from beside y: there is none$"),
        ({"one": 1, "empty": np.nan}, "beside y: one: it is constant; empty: it is empty$"),
    ],
)
def test_a_table_without_inputs_is_told_with_the_reasons(columns: dict[str, Any], told: str) -> None:
    with pytest.raises(ValueError, match=told):
        table(**columns)


def test_the_parts_follow_a_column_that_is_told() -> None:
    when = {"x": NUMBERS, "t": np.arange(120) // 2}
    assert lines(**when, options={"time": "t"})[3].startswith(
        "split by t: the earliest rows train, later ones validate"
    )
    assert lines(**when, options={"group": "t"})[3] == "split by t: rows of one value stay in one part, 60 values"
    assert not any("split" in line for line in lines(**when))


@pytest.mark.parametrize(
    ("limit", "rows", "told"),
    [
        (None, 120, None),
        (120, 120, None),
        (117, 117, "117 of 120 rows are used, each class in its share: --set data.rows=120 takes all"),
        (60, 60, "60 of 120 rows are used, each class in its share: --set data.rows=120 takes all"),
    ],
)
def test_of_more_rows_than_asked_for_some_are_used(limit: int | None, rows: int, told: str | None) -> None:
    found = table(x=NUMBERS, options={"rows": limit})
    assert len(found.y) == len(found.frame) == rows
    assert found.notes == ((told,) if told else ())
    assert np.bincount(found.y).tolist() == [rows - rows // 3, rows // 3]


def test_rows_that_are_left_out_leave_every_other_column_in_step() -> None:
    found = table(x=np.arange(120) ** 2, t=np.arange(120), g=np.arange(120) // 2, options={"rows": 60, "time": "t"})
    rows = found.time.astype(int)
    assert found.frame.x.tolist() == (rows**2).tolist()
    assert [found.labels.names[label] for label in found.y] == CLASSES[rows].tolist()
    grouped = table(x=np.arange(120) ** 2, g=np.arange(120) // 2, options={"rows": 60, "group": "g"})
    assert (np.diff(grouped.group) == np.diff(np.sqrt(grouped.frame.x) // 2).astype(bool)).all()


def test_a_gap_is_a_group_of_its_own_and_blanks_are_none() -> None:
    found = table(x=NUMBERS, g=["a", " a", "b", None, "", "c"] * 20, options={"group": "g"})
    assert np.bincount(found.group).tolist() == [40, 20, 20, *[1] * 40]
    assert largest_group(table(x=NUMBERS)) == 0


@pytest.mark.parametrize(
    ("values", "told"),
    [
        ([5] * 120, "a.parquet: t is the same in every row and orders none"),
        ([*range(119), None], "without gaps, t is not"),
    ],
)
def test_a_time_orders_all_rows(values: list, told: str) -> None:
    with pytest.raises(ValueError, match=f"{told}.*: name another --time"):
        table(x=NUMBERS, t=values, options={"time": "t"})


@pytest.mark.parametrize(
    ("options", "reading"),
    [
        ({}, ".: None"),
        ({"decimal": ","}, ",: "),
        ({"thousands": "."}, ",: ."),
        ({"thousands": ","}, ".: ,"),
        ({"thousands": " "}, ".:  "),
        ({"decimal": ",", "thousands": "'"}, ",: '"),
    ],
)
def test_marks_that_are_asked_for_are_taken(options: dict[str, str], reading: str) -> None:
    """Commas for thousands leave the point to decimals, points leave it to the comma."""
    held = table(x=NUMBERS, options=options).marks
    assert f"{held.decimal}: {held.thousands}" == reading.replace("None", "")


def test_a_part_without_a_class_is_told_and_where_its_rows_come_from() -> None:
    sizes = Sizes(60, 40, 20)
    check_parts(table(x=NUMBERS), sizes)
    order = {"x": NUMBERS, "t": np.argsort(np.argsort(CLASSES, kind="stable"))}
    with pytest.raises(
        ValueError, match=r"^the training part of a\.parquet has no row of class yes: join it with another class, or"
    ):
        check_parts(table(**order, options={"time": "t"}), sizes)


@pytest.mark.parametrize(("options", "hint"), [({}, ""), ({"group": "t"}, ", or split by another column")])
def test_another_column_to_split_by_is_advised_where_there_is_one(options: dict[str, str], hint: str) -> None:
    found = table(x=NUMBERS, t=np.arange(120), options=options)
    with pytest.raises(
        ValueError,
        match=rf"^the training part of a\.parquet has no row of class \w+: join it with another class{hint}$",
    ):
        check_parts(found, Sizes(1, 24, 24))


def test_rows_of_one_time_in_two_parts_are_counted_on_either_side() -> None:
    times = np.r_[np.arange(57), [57] * 4, np.arange(58, 95), [95] * 5, np.arange(96, 113)]
    found = table(x=NUMBERS, t=times, options={"time": "t"})
    assert [line.partition(", as")[0] for line in ties(found, Sizes(60, 40, 20))] == [
        "rows of one t stand in two parts, 3 of them in the training part and 1 in the validation part",
        "rows of one t stand in two parts, 2 of them in the validation part and 3 in the test part",
    ]
    assert not list(ties(table(x=NUMBERS), Sizes(60, 40, 20)))


DRAWN = {  # of rows of all three parts of seeds 0 and 1, in their order: studies of one version are resumed by the next
    "plain": "03f4515a79e4",
    "rows left": "acd04af4df11",
    "groups": "88eae8591d8e",
    "groups, rows left": "3a3e8dd4487c",
    "equal groups": "f29d3ddb19f8",
    "time": "353e9df78175",
    "limited": "733463c893ca",
}
ASKED: dict[str, tuple[dict[str, Any], Sizes]] = {
    "plain": ({}, Sizes(72, 24, 24)),
    "rows left": ({}, Sizes(40, 24, 24)),
    "groups": ({"group": "g"}, Sizes(64, 24, 24)),
    "groups, rows left": ({"group": "g"}, Sizes(30, 24, 24)),
    "equal groups": ({"group": "e"}, Sizes(72, 24, 24)),
    "time": ({"time": "t"}, Sizes(40, 24, 24)),
    "limited": ({"rows": 90}, Sizes(54, 18, 18)),
}


@pytest.mark.parametrize("name", ASKED)
def test_the_rows_that_a_seed_draws_are_those_of_every_version(name: str) -> None:
    options, sizes = ASKED[name]
    found = table(x=NUMBERS, g=np.arange(120) * 11 % 31, e=np.arange(120) // 6, t=NUMBERS * 2, options=options)
    drawn = [part for seed in (0, 1) for part in parts(found, sizes, seed)]
    digest = hashlib.sha256(b"".join(found.frame.x.to_numpy("<i8")[part].tobytes() for part in drawn))
    assert digest.hexdigest()[:12] == DRAWN[name]


@pytest.mark.parametrize(("gone", "told"), [({"c"}, "c"), ({"b", "c"}, "b")])
def test_of_several_classes_that_a_part_lacks_the_first_is_told(gone: set[str], told: str) -> None:
    names = np.array(["a", "b", "c"])[np.arange(120) % 3]
    order = np.argsort(np.argsort([name in gone for name in names], kind="stable"))
    whole = with_names("a.parquet", pd.DataFrame({"x": NUMBERS, "t": order, "y": names}))
    with pytest.raises(
        ValueError, match=f"the training part .* has no row of class {told}: join it with another class, or split"
    ):
        check_parts(own_table(whole, Options(target="y", time="t")), Sizes(30, 60, 30))
