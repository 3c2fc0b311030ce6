"""What a column is taken for, and why one is left out: each kind and each threshold by hand, without a file."""

import datetime as dt
import decimal
from typing import Any

import numpy as np
import pandas as pd
import pytest

from study.own.columns import Column, LeftOut, Reader, counts_rows, in_doubles, is_mark, left_out, quoted
from study.own.numerals import Marks
from study.own.options import Options


def column(values: Any, marks: Marks | None = None, **options: Any) -> Column:
    """Row 0 stands in line 2."""
    held = values if isinstance(values, pd.Series) else pd.Series(values, dtype=object)
    reader = Reader(Options(target="y", **options), marks or Marks(), np.arange(2, len(held) + 2), "a.parquet")
    return reader.column(held.rename("x"))


def words(values: list[str]) -> Column:
    return column(pd.Series(values, dtype=object))


@pytest.mark.parametrize(
    ("values", "kind", "cells"),
    [
        ([True, None, False], "switch", [1.0, None, 0.0]),
        ([np.True_, None, np.False_], "switch", [1.0, None, 0.0]),
        ([1, 2.5, None, decimal.Decimal("0.25")], "number", [1.0, 2.5, None, 0.25]),
        ([True, 2, 3], "number", [1.0, 2.0, 3.0]),
        ([2**53, 2**53 + 1, 3], "words", [str(2**53), str(2**53 + 1), "3"]),
        ([2**53, 2**53 + 2, 3], "number", [2.0**53, 2.0**53 + 2, 3.0]),
        ([2**53, float(2**53 + 2), 2**53 + 1, 3], "number", [2.0**53, 2.0**53 + 2, 2.0**53, 3.0]),  # some are no more
        ([dt.time(1, 30), None, dt.time(0, 0, 36, 500_000)], "switch", [1.5, None, 36.5 / 3600]),
        ([dt.date(1970, 1, 3), None, dt.date(1969, 12, 31)], "date", [2.0, None, -1.0]),
        ([pd.Timestamp("1970-01-03 06:00").to_pydatetime(), None, dt.date(1969, 12, 31)], "date", [2.25, None, -1.0]),
        ([pd.Timestamp("1970-01-03"), pd.Timestamp("1970-01-02")], "date", [2.0, 1.0]),
        (["low", 1, 2.5, True, None], "words", ["low", "1", "2.5", "True", ""]),
        (["1", 2, None, "7.5"], "number", [1.0, 2.0, None, 7.5]),
        ([" a ", "b", None], "words", ["a", "b", ""]),
    ],
)
def test_things_of_python_are_what_they_mean(values: list, kind: str, cells: list) -> None:
    found = column(values)
    assert found.kind == kind
    told = [None if cell != cell else cell for cell in found.cells]  # NaN is not itself
    assert told == [pytest.approx(cell) if isinstance(cell, float) else cell for cell in cells]
    assert found.gaps == sum(value is None for value in values)


@pytest.mark.parametrize(
    ("values", "told"),
    [
        ([[1], "a"], "holds neither numbers nor words nor dates in x, but list, str: leave it out by --drop x"),
        ([dt.time(1), 2], "but int, time: "),
        ([dt.date(1970, 1, 1), "a"], "but date, str: "),
        (pd.Series([1 + 2j, 3j]), "a.parquet holds complex numbers in x: leave it out by --drop x"),
    ],
)
def test_things_that_no_network_takes_are_named(values: Any, told: str) -> None:
    with pytest.raises(ValueError, match=told):
        column(values)


@pytest.mark.parametrize(
    ("values", "kind", "dtype"),
    [
        (pd.Series([1.5, 2.5, 3.5], dtype=np.float32), "number", np.float32),  # half of the memory
        (pd.Series([1.5, 2.5, 2.5], dtype=np.float32), "switch", np.float64),
        (pd.Series([1.0, 2.0, 3.0]), "number", np.int8),
        (pd.Series([1.0, 2.0, np.nan, 3.0]), "number", np.float64),
        (pd.Series([1, 2, 300]), "number", np.int16),
        (pd.Series([1, None, 3], dtype="Int64"), "switch", np.float64),
        (pd.Series([True, False]), "switch", np.float64),
        (pd.Series([1, 2, 3], dtype="Int64"), "number", np.dtype(np.int8)),
    ],
)
def test_numbers_are_held_in_as_little_as_they_fit_into(values: pd.Series, kind: str, dtype: Any) -> None:
    found = column(values)
    assert (found.kind, found.is_signed, found.unit, found.form, found.notes) == (kind, False, "", "", ())
    assert str(found.cells.dtype).lower() == np.dtype(dtype).name
    assert found.cells.astype(float).tolist() == pytest.approx(values.astype(float).tolist(), nan_ok=True)


@pytest.mark.parametrize("single", [("a",), ("a", "b"), ()])
def test_what_a_model_takes_is_in_double_precision_and_whole_numbers_stay(single: tuple[str, ...]) -> None:
    frame = pd.DataFrame({"a": [0.5, 1.5], "b": [2.5, 3.5]}).astype(dict.fromkeys(single, np.float32))
    assert in_doubles(frame).dtypes.tolist() == [np.float64, np.float64]
    assert in_doubles(frame.assign(c=np.int8(3))).dtypes.tolist() == [np.float64, np.float64, np.int8]


@pytest.mark.parametrize(
    ("categories", "kind"), [([*range(50)], "words"), ([*range(51)], "number"), (["a", "b", "c"], "words")]
)
def test_a_category_of_few_numbers_holds_words(categories: list, kind: str) -> None:
    found = column(pd.Series(pd.Categorical(categories, categories)))
    assert found.kind == kind
    assert bool(found.notes) == (kind == "words" and len(categories) == 50)


@pytest.mark.parametrize("number", [1e30, -1e30, np.float64(3)])
def test_numbers_up_to_1e30_are_numbers(number: float) -> None:
    assert column(pd.Series([number, 1.5, 2.5])).cells[0] == number


@pytest.mark.parametrize("number", [1.01e30, -1.01e30, np.inf, -np.inf])
def test_the_first_number_beyond_is_told_with_its_line(number: float) -> None:
    with pytest.raises(ValueError, match=r"in column x, line 4: numbers lie within ±1e\+30") as told:
        column(pd.Series([1.5, np.nan, number, 2.5, 2 * number]))
    assert f"holds {number:g} in" in str(told.value)
    assert f"by --na={number}," in str(told.value)


DAYS = [20260101 + day for day in range(28)]


@pytest.mark.parametrize(
    ("numbers", "kind"),
    [
        (DAYS[:21], "date"),
        (DAYS[:20], "number"),  # more than twenty days
        ([*range(19000101, 19000122)], "date"),
        ([*range(18991201, 18991222)], "number"),
        ([*range(21001201, 21001222)], "date"),
        ([*range(21010101, 21010122)], "number"),
        ([day + 0.5 for day in DAYS], "number"),
        ([20260130 + day for day in range(28)], "number"),  # few of them are days
        ([*DAYS[:25], *range(20260132, 20260138)], None),  # 25 of 31 are more than four in five
        ([*DAYS[:24], *range(20260132, 20260138)], "number"),
        ([*DAYS, *range(6)], None),  # more than four in five: the others are told
        ([*DAYS, *range(7)], "number"),
        ([day * 10_000 + 1430 for day in DAYS], "date"),
        ([day * 1_000_000 + 143_000 for day in DAYS], "date"),
        ([*DAYS, None], "date"),
    ],
)
def test_whole_numbers_of_which_most_are_days_are_dates(numbers: list, kind: str | None) -> None:
    values = pd.Series(numbers, dtype=float)
    if kind is None:
        odd = [f'"{number}" in line {place + 2}' for place, number in enumerate(numbers) if number not in DAYS]
        with pytest.raises(ValueError, match=f"x holds dates %Y%m%d and {', '.join(odd[:3])} and "):
            column(values)
    else:
        assert column(values).kind == kind


@pytest.mark.parametrize(
    ("day", "form", "note"),
    [
        ("2026-01-{:02}", "%Y-%m-%d", ()),
        ("2026-01-{:02}T14:30:00Z", "ISO8601", ()),
        ("{}.1.2026", "%d.%m.%Y", ("read as dates %d.%m.%Y",)),
        ("{} January 2026", "%d %B %Y", ("read as dates %d %B %Y",)),
    ],
)
def test_dates_that_are_written_in_a_way_of_their_own_say_it(day: str, form: str, note: tuple[str, ...]) -> None:
    found = words([*(day.format(number) for number in range(1, 29)), "NULL"])
    assert (found.kind, found.form, found.gaps) == ("date", form, 1)
    assert found.notes == (*note, '"NULL" is read as a gap')


def test_days_as_numbers_say_their_form_and_keep_their_hours() -> None:
    found = column(pd.Series([20260102143000 + day * 1_000_000 for day in range(28)]))
    assert (found.form, found.notes) == ("%Y%m%d%H%M%S", ("read as dates %Y%m%d%H%M%S",))
    assert found.cells[0] == pytest.approx((pd.Timestamp("2026-01-02 14:30") - pd.Timestamp(0)) / pd.Timedelta("1D"))


@pytest.mark.parametrize("year", [1677, 1678, 2261, 2262])
@pytest.mark.parametrize("how", ["words", "objects", "stamps"])
def test_dates_are_of_the_years_1678_to_2261(year: int, how: str) -> None:
    days = [dt.date(year, 6, 1), *(dt.date(2026, 1, day) for day in range(1, 10))]
    held = {
        "words": lambda: pd.Series([day.isoformat() for day in days], dtype=object),
        "objects": lambda: pd.Series(days, dtype=object),
        "stamps": lambda: pd.Series(np.array(days, "datetime64[s]")),
    }[how]()
    if year in {1678, 2261}:
        assert column(held).cells[0] == (days[0] - dt.date(1970, 1, 1)).days
    else:
        with pytest.raises(ValueError, match=f'x holds dates of 1678 to 2261 and "{year}-06-01.*" in line 2: --na'):
            column(held)


@pytest.mark.parametrize(
    ("odd", "told"),
    [
        (["a"], '"a" in line 32: --na a takes it for a gap, --drop x'),
        (["a", "b"], '"a" in line 32, "b" in line 33: --na a --na b takes them for a gap'),
        (["a", "b", "c"], '"c" in line 34: --na a --na b --na c takes them'),
        (["a", "b", "c", "d"], '"c" in line 34 and 1 more words: write NA for all of them, --drop x'),
    ],
)
def test_of_odd_words_among_numbers_three_are_told(odd: list[str], told: str) -> None:
    with pytest.raises(ValueError, match=told):
        words([*(f"{number}.5" for number in range(30)), *odd])


@pytest.mark.parametrize(
    ("numbers", "odd", "is_meant"),
    [
        (21, 5, True),  # of 26 different words 0.8 are 20.8
        (21, 6, False),  # of 27 they are 21.6
        (20, 1, False),  # more than twenty numbers
    ],
)
def test_a_column_is_meant_to_hold_numbers_where_four_in_five_words_are(
    numbers: int, odd: int, *, is_meant: bool
) -> None:
    held = [*(f"{number}.5" for number in range(numbers)), *"abcdef"[:odd]]
    if is_meant:
        with pytest.raises(ValueError, match="x holds numbers and "):
            words(held)
    else:
        assert words(held).notes == ('taken for words, there is "a" among its numbers',)


@pytest.mark.parametrize(("often", "is_meant"), [(4, False), (5, True)])
def test_or_where_four_in_five_rows_are(often: int, *, is_meant: bool) -> None:
    """Of 21 numbers and 25 other words, a row for each."""
    held = [f"{number}.5" for _ in range(often) for number in range(21)] + [f"w{number}" for number in range(25)]
    if is_meant:
        with pytest.raises(ValueError, match="x holds numbers and "):
            words(held)
    else:
        assert words(held).kind == "words"


@pytest.mark.parametrize(
    ("dates", "others", "is_meant"),
    [
        (1, ["a", "b"], False),
        (4, ["soon"], False),  # more than four rows in five
        (5, ["soon"], True),
        (9, ["soon"] * 2, True),  # nine rows of eleven are
        (21, ["soon"] * 20, True),  # as are 21 different words of 22
        (20, ["soon"] * 20, False),
    ],
)
def test_a_column_is_meant_to_hold_dates_where_four_in_five_rows_or_words_are(
    dates: int, others: list[str], *, is_meant: bool
) -> None:
    held = [*(f"2026-01-{day:02}" for day in range(1, dates + 1)), *others]
    if is_meant:
        with pytest.raises(ValueError, match=f'x holds dates and "soon" in line {dates + 2}: --na soon'):
            words(held)
    else:
        assert words(held).kind == "words"


@pytest.mark.parametrize(
    ("held", "told"),
    [
        ([f"{day}. Oktober 2026" for day in range(1, 22)], True),
        ([f"{day}. Oktober 2026" for day in range(1, 21)], False),  # more than twenty
        ([f"{day}. Oktober 2026" for day in range(1, 22)] + list("abcde"), True),
        ([f"{day}. Oktober 2026" for day in range(1, 22)] + list("abcdef"), False),
    ],
)
def test_words_that_seem_to_be_dates_are_told(held: list[str], *, told: bool) -> None:
    said = 'words such as "1. Oktober 2026" seem to be dates in a way that is not read: write them as 2026-11-26'
    assert (words(held).notes == (said,)) == told


@pytest.mark.parametrize(
    ("held", "told"),
    [
        ([f"{number} {('mg', 'g')[number % 2]}" for number in range(20)], '"mg" and "g"'),
        ([f"{number} {('mg', 'g')[number % 2]}" for number in range(19)], None),  # twenty of them
        ([f"{number} {('mg', 'g')[number % 2]}" for number in range(20)] + list("abcde"), '"mg" and "g"'),
        ([f"{number} {('mg', 'g')[number % 2]}" for number in range(20)] + list("abcdef"), None),  # four in five
        ([f"{number} {('kg', 'mg', 'g', 't')[number % 4]}" for number in range(4, 24)], '"kg" and "mg" and "g"'),
    ],
)
def test_numbers_of_several_units_are_told(held: list[str], told: str | None) -> None:
    said = f"taken for words, its numbers have several units, such as {told}: in one they would be numbers"
    assert words(held).notes == ((said,) if told else ())


@pytest.mark.parametrize(
    ("held", "code"),
    [
        (["01067", "10115"], "01067"),
        (["01067", "1011"], None),  # equally many digits
        (["01067", "10115", "NA"], "01067"),
        (["01067", "1011a"], None),
        (["10115", "01067", "00001"], "01067"),
        (["0", "1"], None),
    ],
)
def test_digits_of_one_length_with_a_0_before_some_are_codes(held: list[str], code: str | None) -> None:
    told = (f'"{code}" begins with 0: taken for codes, each a word',) if code else ()
    assert words(held).notes[: len(told)] == told
    assert (words(held).kind == "words") == (code is not None or "1011a" in held)


@pytest.mark.parametrize(
    ("held", "kind", "is_signed", "note"),
    [
        (["1.5", "2.5", "3"], "number", False, None),
        (["$1.5", "2.5", "3"], "number", True, "$1.5 is read as 1.5"),
        (["12%", "2.5", "3"], "number", True, "12% is read as 12"),
        (["1,250", "2,000.5", "3"], "number", False, "1,250 is read as 1250"),
        (["1:30", "2:45", "0:15"], "number", True, "1:30 is read as 1.5"),
    ],
)
def test_numbers_that_are_more_than_digits_and_marks_are_signed(
    held: list[str], kind: str, note: str | None, *, is_signed: bool
) -> None:
    found = column(held, Marks(".", "," if "1,250" in held else ""))
    assert (found.kind, found.is_signed) == (kind, is_signed)
    assert found.notes == ((note,) if note else ())


def test_numbers_of_a_unit_name_it() -> None:
    found = words(["5 mg", "7 mg", "NA", "", "9 mg"])
    assert (found.unit, found.is_signed, found.gaps) == ("mg", True, 2)
    assert found.notes == ('"NA" is read as a gap', 'read as numbers of "mg"')
    assert found.cells.tolist() == pytest.approx([5, 7, np.nan, np.nan, 9], nan_ok=True)


def test_a_word_that_may_be_a_gap_is_asked_about() -> None:
    assert words(["a", "b", "NA", "-", "?"]).notes == tuple(
        f'"{word}" is a word here, {option} makes it a gap'
        for word, option in (("NA", "--na NA"), ("-", "--na='-'"), ("?", "--na '?'"))
    )
    assert [mark for mark in ["", "?", "--", "-a", "n/a", "_./*"] if is_mark(mark)] == ["?", "--", "_./*"]


@pytest.mark.parametrize(("letters", "told"), [(40, '"' + "a" * 40 + '"'), (41, '"' + "a" * 40 + '…"')])
def test_of_a_long_word_forty_letters_are_quoted(letters: int, told: str) -> None:
    assert quoted("a" * letters) == told


SCATTERED = [3 * row**2 for row in range(60)]
SHUFFLED = [1, 0, *range(2, 60)]


@pytest.mark.parametrize(
    ("name", "values", "reason"),
    [
        ("x", [np.nan] * 60, LeftOut("x", "it is empty")),
        ("x", [5] * 60, LeftOut("x", "it is constant")),
        ("x", [5] * 59 + [np.nan], None),  # whether it is there may tell something
        ("x", [*range(7, 67)], LeftOut("x", "it numbers the rows", is_key=True)),
        ("x", [*range(67, 7, -1)], LeftOut("x", "it numbers the rows", is_key=True)),
        ("x", [*range(0, 120, 2)], None),
        ("x", SHUFFLED, LeftOut("x", "it numbers the rows, in another order than theirs", is_key=True)),
        ("x", [60, *SHUFFLED[1:]], None),
        ("x", SCATTERED, None),
        ("customer_id", SCATTERED, LeftOut("customer_id", "it is an identifier, another number in each row", is_key=True)),
        ("customer_id", [number / 2 for number in SCATTERED], None),
        ("customer_id", [*SCATTERED[:59], 0], None),
        ("x", [*SCATTERED[:59], 0], None),
    ],
)  # fmt: skip
def test_a_column_of_numbers_that_can_be_no_input_is_left_out(name: str, values: list, reason: LeftOut | None) -> None:
    held = Column(name, "number", pd.Series(values))
    assert left_out(held, Options(target="y")) == reason
    assert left_out(held, Options(target="y", keep=(name,))) is None


@pytest.mark.parametrize(
    ("name", "is_key"),
    [
        *((name, True) for name in ("ID", "id", "row id", "customer_id", "Key", "order no", "no. of order", "Index")),
        *((name, True) for name in ("customerId", "customerID", "UUID", "patient-nr", "Unnamed: 0", "number", "rowid")),
        *((name, False) for name in ("idea", "paid", "acid", "middle id there", "keys", "__", "x", "userid")),
    ],
)
def test_a_key_is_known_by_its_first_or_last_word(name: str, *, is_key: bool) -> None:
    found = left_out(Column(name, "number", pd.Series(SCATTERED)), Options(target="y"))
    assert (found is not None) == is_key


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        ([""] * 200, LeftOut("x", "it is empty")),
        (["a"] * 200, LeftOut("x", "it is constant")),
        (["a"] * 199 + [""], None),
        ([f"w{row}" for row in range(50)], None),
        ([f"w{row}" for row in range(51)], LeftOut("x", "it is an identifier or a text, 51 different words in 51 rows", is_key=True)),
        ([f"w{row}" for row in range(51)] * 2, None),  # none is rare
        ([f"w{row % 250}" for row in range(500)], LeftOut("x", "it is too many words, each of them rare, 250 different words in 500 rows", is_key=True)),
        ([f"w{row % 251}" for row in range(500)], LeftOut("x", "it is an identifier or a text, 251 different words in 500 rows", is_key=True)),
        ([f"w{row % 51}" if row < 102 else "" for row in range(600)], LeftOut("x", "it is too many words, each of them rare, 51 different words in 600 rows", is_key=True)),
        ([f"w{row % 50}" if row < 102 else "" for row in range(600)], None),
    ],
)  # fmt: skip
def test_a_column_of_words_that_can_be_no_input_is_left_out(values: list[str], reason: LeftOut | None) -> None:
    assert left_out(Column("x", "words", pd.Series(values, dtype=object)), Options(target="y")) == reason


@pytest.mark.parametrize(
    ("values", "counts"),
    [([3, 4, 5], True), ([5, 4, 3], True), ([3, 5, 7], False), ([3, 4, 4], False), ([3], False), ([0.5, 1.5], False)],
)
def test_numbers_that_go_by_one_count_rows(values: list, *, counts: bool) -> None:
    assert counts_rows(pd.Series(values)) == counts
