"""Numbers as they are written, word by word, and which marks a whole file has."""

import calendar
from datetime import UTC, datetime

import pytest

from study.own.columns import is_mark
from study.own.dates import DATES, date_format, is_date, may_be_date
from study.own.numerals import GAPS, Marks, common_unit, marks, share, typed, unit_of, without_unit

POINT, COMMA, GROUPING = Marks(), Marks(",", "."), Marks(".", ",")


@pytest.mark.parametrize(
    ("word", "number"),
    [
        ("5", 5),
        ("-5.25", -5.25),
        ("+.5e-1", 0.05),
        ("5.", 5),
        (".", None),
        ("5e", None),
        ("1,5", None),
        ("", None),
        ("0:00", 0),
        ("1:30", 1.5),
        ("1:00:36", 1.01),
        ("26:15", 26.25),
        ("125:00", 125),
        ("1250:00", None),
        ("1:60", None),
        ("1:5", None),
        ("12:00 am", 0),
        ("12:30 PM", 12.5),
        ("1:15 p.m.", 13.25),
        ("1:15a", None),
        ("1:15:36 AM", 1.26),
        ("(7)", -7),
        ("7-", -7),
        ("($7.50)", -7.5),
        ("$7.50-", -7.5),
        ("-$7.50", -7.5),
        ("7.50 €", 7.5),
        ("7 %", 7),
        ("%7", None),
        ("5$6", None),
    ],
)
def test_a_word_is_the_number_that_it_is_read_as(word: str, number: float | None) -> None:
    found = POINT.number(word)
    assert found == (None if number is None else pytest.approx(number, abs=1e-12))


@pytest.mark.parametrize(
    ("held", "word", "number"),
    [
        (GROUPING, "1,169", 1169),
        (GROUPING, "1,169.5", 1169.5),
        (GROUPING, "-1,169,000", -1_169_000),
        (GROUPING, "1169.5", 1169.5),
        (GROUPING, "11,69", None),
        (GROUPING, "1169,000", None),
        (GROUPING, "1,1690", None),
        (GROUPING, "1,37,485", 137_485),  # lakh
        (GROUPING, "1,37,48", None),
        (COMMA, "1,5", 1.5),
        (COMMA, "1.169,5", 1169.5),
        (COMMA, "1.169", 1169),
        (COMMA, "1.16", None),
        (COMMA, "1.37.485", None),
        (Marks(",", ""), "1,5", 1.5),
        (Marks(",", ""), "1.5", None),
        (Marks(".", " "), "1 169.5", 1169.5),
        (Marks(".", " "), "1\u00a0169", 1169),
        (Marks(".", "'"), "1’169", 1169),
    ],
)
def test_marks_group_and_break_numbers(held: Marks, word: str, number: float | None) -> None:
    assert held.number(word) == number


@pytest.mark.parametrize(
    ("held", "said"),
    [
        (POINT, "a point as the decimal mark"),
        (COMMA, "a comma as the decimal mark, a point for thousands"),
        (Marks(".", " "), "a point as the decimal mark, a space for thousands"),
        (Marks(".", "'"), "a point as the decimal mark, an apostrophe for thousands"),
        (Marks("·", "_"), "· as the decimal mark, _ for thousands"),
    ],
)
def test_marks_are_said_in_words(held: Marks, said: str) -> None:
    assert str(held) == said


@pytest.mark.parametrize(
    ("word", "unit", "bare"),
    [
        ("5 mg", "mg", "5"),
        ("5mg", "mg", "5"),
        ("36.6°C", "°C", "36.6"),
        ("54 m²", "m²", "54"),
        ("60 km/h", "km/h", "60"),
        ("(5) USD", "USD", "(5)"),
        ("EUR 5", "EUR", "5"),
        ("US$5", "US$", "5"),
        ("Rs. 5", "Rs.", "5"),
        ("kr 5", "kr", "5"),
        ("SKU 5", None, None),
        ("5", None, None),
        ("mg", None, None),
        ("5 m 3", None, None),
    ],
)
def test_a_unit_stands_behind_a_number_or_before(word: str, unit: str | None, bare: str | None) -> None:
    assert unit_of(word) == unit
    if unit is not None:
        assert without_unit(word, unit) == bare


@pytest.mark.parametrize(
    ("counts", "unit"),
    [
        ({"5 mg": 9, "low": 2}, "mg"),  # 9 of 11 rows
        ({"5 mg": 8, "low": 2}, None),  # more than four in five
        ({"5 mg": 1, "7 mg": 8, "low": 2}, "mg"),
        ({"5 mg": 9, "7 g": 9}, None),
        ({"low": 2}, None),
    ],
)
def test_a_unit_is_common_that_more_than_four_in_five_rows_have(counts: dict[str, int], unit: str | None) -> None:
    assert common_unit(counts) == unit


def test_a_share_is_of_all_words() -> None:
    assert share(["1", "2", "x", "y"], POINT.number) == 0.5
    assert share([], POINT.number) == 0


def test_a_number_is_typed_as_a_typewriter_has_it() -> None:
    assert [typed(word) for word in ["\u22125", "5\u00a0€", "5\u202f€", "(12)", "12-", "$12", "+$12"]] == [
        "-5",
        "5",
        "5",
        "-12",
        "-12",
        "12",
        "+12",
    ]


OTHERS = [f"{number},5" for number in range(4)]  # that make four fifths of a column


@pytest.mark.parametrize(
    ("columns", "sep", "found"),
    [
        ([["1", "2.5"]], ",", POINT),
        ([["low", "high"]], ",", POINT),
        ([], ",", POINT),
        ([["1,5", "2,25"]], ";", COMMA),
        ([["1,5", "2,25"], ["1,169", "2,951"]], ";", COMMA),
        ([["1,169", "2,951"]], ",", GROUPING),  # it cannot be the separator too, unless quoted: no decimals are
        ([["1,169.5", "2,951"]], ";", GROUPING),
        ([["1,169,000", "2,951"]], ";", GROUPING),
        ([["1,169", "2,951"], ["1,169.5", "2"]], ";", GROUPING),
        ([["1 169", "250"]], ",", Marks(".", " ")),
        ([["1 169,5", "250"]], ";", Marks(",", " ")),
        ([["1'169", "250"], ["1,5", "2,5"]], ";", Marks(",", "'")),
        ([["1.169.000", "250"]], ";", COMMA),
        ([[*OTHERS, "x"]], ";", POINT),  # more than four in five words are numbers
        ([[*OTHERS, "4,5", "x"]], ";", COMMA),
        ([["NA", "NULL", "n/a", "1,5"]], ";", COMMA),  # gaps aside
        ([["1,5 kg", "2,5 kg"]], ";", COMMA),
        ([["1.169", "2.5"]], ";", POINT),
        ([["1.169", "2.951"], ["0.5", "2.5"]], ";", POINT),
        ([["1.169", "950"]], ",", POINT),
        ([["1.169", "2.951"]], "\t", POINT),  # all with points, and no semicolons: decimals
        ([["1.169", "0"]], "\t", POINT),
        ([["1.169", "950"], ["v.1.2", "1.5", "2.5", "3.5", "4.5", "5.5"]], "\t", POINT),
    ],
)
def test_a_file_has_one_way_of_writing_numbers(columns: list[list[str]], sep: str, found: Marks) -> None:
    assert marks(columns, sep) == found


@pytest.mark.parametrize(
    ("columns", "sep", "told"),
    [
        ([["1,169", "2,951"]], ";", r'^1,169 may be .*data\.thousands="," or --set data\.decimal=","'),
        ([["2,951", "1,169"]], "\t", r"^1,169 may be "),
        ([["120", "2.951"]], "\t", r"^2\.951 may be "),
        ([["1.169", "2.951"]], ";", r'^1\.169 may be .*data\.thousands="\." or --set data\.decimal="\."'),
        ([["1.169", "950"]], "\t", r"^1\.169 may be "),
        ([["1.169", "950"], ["v.1.2", "low", "high"]], "\t", r"^1\.169 may be "),
        ([["1.169", "950"], ["v.1.2", "1.5", "2.5", "3.5", "4.5"]], "\t", r"^1\.169 may be "),  # four in five
        ([["2,5", "1,25"], ["1,169.5", "2,951.5"]], ";", r"^commas are decimal marks in 1,25 and group thousands in 1,169\.5"),
    ],
)  # fmt: skip
def test_a_file_whose_numbers_may_be_two_things_is_asked_about(columns: list[list[str]], sep: str, told: str) -> None:
    with pytest.raises(ValueError, match=told):
        marks(columns, sep)


def test_a_column_of_numbers_with_points_says_what_they_are_elsewhere() -> None:
    assert marks([["1.169", "950"]], ";", pointed=True) == POINT


@pytest.mark.parametrize(
    ("words", "day_first", "form"),
    [
        ([], None, None),
        (["2026-11-26", "x"], None, None),
        (["13/01/2026", "12/12/2026"], None, "%d/%m/%Y"),
        (["01/13/2026", "12/12/2026"], None, "%m/%d/%Y"),
        (["12/12/2026", "13/01/2026"], None, "%d/%m/%Y"),
        (["12/11/2026"], True, "%d/%m/%Y"),
        (["12/11/2026"], False, "%m/%d/%Y"),
        (["12-31-2026"], None, "%m-%d-%Y"),
        (["31-12-2026"], None, "%d-%m-%Y"),
        (["31/12/26 9:30"], None, "%d/%m/%y %H:%M"),
        (["32/12/2026"], None, None),
        (["12/32/2026"], None, None),
        (["31/01/2026", "12/12/2026"], None, "%d/%m/%Y"),
        (["2026-01-01"] * 50 + ["2026-1-02"], None, "%Y-%m-%d"),
        (["2026-01-01"] * 50 + ["soon"], None, None),
    ],
)
def test_dates_have_one_form(words: list[str], form: str | None, *, day_first: bool | None) -> None:
    assert date_format(words, day_first=day_first) == form


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["12/12/2026", "11/12/2026"], "dates such as 12/12/2026 have day or month first"),
        (["13/12/2026", "12/13/2026"], "some dates have the day first, others the month"),
        (["2026-01-01"] * 50 + ["1.2.2026"], r"dates are written in 2 ways, such as 2026-01-01, 1\.2\.2026"),
    ],
)
def test_dates_of_which_it_is_open_what_they_mean_are_told(words: list[str], told: str) -> None:
    with pytest.raises(ValueError, match=told):
        date_format(words, day_first=None)


@pytest.mark.parametrize(
    ("word", "is_one"),
    [
        ("3. Oktober 2026", True),
        ("2026 okt. 3", True),
        ("3 2026", True),
        ("2026", False),
        ("3. Oktober", False),
        ("Oktober 2026 am Rhein 3", False),
        ("3. Oktober 2026".ljust(40, " "), True),
        ("3. Oktober 2026".ljust(41, " "), False),
    ],
)
def test_what_seems_to_be_a_date_has_a_year_and_another_number(word: str, *, is_one: bool) -> None:
    assert may_be_date(word) is is_one


FORMS = sorted(set(DATES.values()) - {"ISO8601"})


@pytest.mark.parametrize("form", FORMS)
def test_what_is_written_in_a_form_is_read_in_it(form: str) -> None:
    """On every day of a month and in every month, which have every name."""
    days = [datetime(2026, month, day, 14, 30, 5, tzinfo=UTC) for month in range(1, 13) for day in (1, 7, 13, 19, 28)]
    words = [day.strftime(form) for day in days]
    assert date_format(words, day_first=True) == form
    assert all(map(is_date, words))


@pytest.mark.parametrize("day", range(7))
def test_every_day_of_the_week_has_its_name(day: int) -> None:
    for form in ("%A, %d %B %Y", "%a, %d %b %Y"):
        words = [
            datetime(2026, 6, 1 + day, tzinfo=UTC).strftime(form),
            datetime(2026, 6, 8 + day, tzinfo=UTC).strftime(form),
        ]
        assert words[0].startswith(calendar.day_abbr[day])
        assert date_format(words, day_first=None) == form


@pytest.mark.parametrize(
    "word",
    [
        "2026-11-26T14:30",
        "2026-11-26 14:30:05.25",
        "2026-11-26T14:30:05Z",
        "2026-11-26 14:30 +0100",
        "2026-1-2 4:30+01:00",
    ],
)
def test_the_standard_s_own_way_is_known_with_and_without_a_zone(word: str) -> None:
    assert date_format([word, word], day_first=None) == "ISO8601"


@pytest.mark.parametrize(
    "word",
    [
        "2026-11-26 14",
        "2026-11-26 14:3",
        "2026-11-26 14:30:5",
        "2026-13",
        "1850-11",
        "26.11.",
        "13/2026",
        "2026-W48-8",
        "Octember 2026",
    ],
)
def test_what_only_looks_like_a_date_is_none(word: str) -> None:
    assert date_format([word], day_first=True) is None
    assert not is_date(word)


@pytest.mark.parametrize(
    "word",
    [
        *("NA", "N/A", "n/a", "#N/A", "NaN", "nan", "-nan", "NaT", "NULL", "null", "(null)", "\\N", "None", "<NA>"),
        *("#DIV/0!", "#VALUE!", "#NUM!", "#REF!", "#NAME?"),
    ],
)
def test_what_r_pandas_databases_and_spreadsheets_write_for_a_gap_is_known(word: str) -> None:
    assert word in GAPS
    assert not is_mark(word)


@pytest.mark.parametrize("word", ["na", "none", "missing", "0", "-", "?", ""])
def test_what_may_mean_something_is_no_gap(word: str) -> None:
    assert word not in GAPS


@pytest.mark.parametrize(
    "code",
    [
        "AUD",
        "BRL",
        "CAD",
        "CHF",
        "CNY",
        "CZK",
        "DKK",
        "EUR",
        "GBP",
        "HUF",
        "INR",
        "JPY",
        "KRW",
        "MXN",
        "NOK",
        "NZD",
        "PLN",
        "RUB",
        "SEK",
        "SGD",
        "TRY",
        "USD",
        "ZAR",
        "US$",
        "A$",
        "Rs",
        "Rs.",
        "kr",
        "kr.",
    ],
)
def test_currencies_stand_before_amounts_and_behind(code: str) -> None:
    assert (unit_of(f"{code} 1,250.50"), unit_of(f"{code}5")) == (code, code)
    if code.isalpha():
        assert unit_of(f"1,250.50 {code}") == code


@pytest.mark.parametrize("sign", "$¢£¥฿€₹₽₩")
def test_signs_of_currencies_are_no_part_of_a_number(sign: str) -> None:
    assert [POINT.number(word) for word in (f"{sign}5.5", f"5.5 {sign}", f"-{sign} 5.5", f"({sign}5.5)")] == [
        5.5,
        5.5,
        -5.5,
        -5.5,
    ]
