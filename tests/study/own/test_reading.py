"""A table of one's own is read as it is meant, and it is said how; what cannot be is told in one line with the remedy."""

import bz2
import gzip
import os
import re
import shlex
import sys
import zipfile
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from own_tables import CASES, people, read

from study.model.asking import Form
from study.own import counted, delimited
from study.own.delimited import records
from study.own.options import Options
from study.own.parts import Sizes, ties
from study.own.sources import raw
from study.own.spellings import alike

GOOD = read("good.csv")

SAME = ["decimal_comma.csv", "semicolon.csv", "tabs.tsv", "thousands.csv", "utf16.csv"]

REFUSED = {
    "class_of_one_row.csv": r"too few of maybe 1 \(classes: maybe 1, no 65, yes 94\).*--positive CLASS",
    "duplicate_names.csv": "2 columns called age, the 1st and 3rd",
    "five_rows.csv": r"5 rows with a class \(no 3, yes 2\): 30 at least",
    "header_one_name_short.csv": r"5 names in its header \(age, .*, city\) and 6 fields in line 2: a name is missing",
    "huge_value.csv": r"1e\+308 in column score, line 7: numbers lie within ±1e\+30",
    "odd_value.csv": r"""age holds numbers and "\?" in line 5: --na '\?' takes it for a gap, --drop age leaves""",
}

SAID = {
    "good.csv": r"classes no 66, yes 94\ninputs  3 numbers \(age, income, months\); 2 words \(plan, city\)",
    "gaps.csv": "gaps, filled from the training rows and marked: income 12, plan 7",
    "blank_numbers.csv": "gaps, filled from the training rows and marked: income",
    "identifier.csv": "warning customer is left out: .*160 different words in 160 rows.*--keep customer",
    "dates.csv": r"1 dates \(since\)",
    "thousands.csv": "income: 13,831.38 is read as 13831.38",
    "decimal_comma.csv": "fields separated by a semicolon(.|\n)*a comma as the decimal mark",
    "tabs.tsv": "fields separated by a tab",
    "utf16.csv": "read as utf-16",
    "copy_of_the_target.csv": "warning left_us gives the class away: alone it predicts 100.0 %",
    "row_numbers_of_a_sorted_table.csv": "warning Unnamed: 0 is left out: it numbers the rows",
    "every_row_four_times.csv": "warning 480 of 640 rows are copies",
    "spaces_in_the_class.csv": r'warning "yes " \(9 rows\) is read as "yes"',
    "rare_class.csv": r"warning few rows of a class \(yes 4\)",
    "country_NA.csv": 'country: "NA" is a word here, --na NA makes it a gap',
}


@pytest.mark.parametrize("name", SAME)
def test_one_table_written_in_several_ways_is_one_table(name: str) -> None:
    pd.testing.assert_frame_equal(read(name).frame, GOOD.frame)
    assert read(name).y.tolist() == GOOD.y.tolist()


@pytest.mark.parametrize("name", REFUSED)
def test_what_cannot_be_learnt_from_is_told_in_one_line(name: str) -> None:
    with pytest.raises(ValueError, match=REFUSED[name]) as refusal:
        read(name)
    assert "\n" not in str(refusal.value)


@pytest.mark.parametrize("name", SAID)
def test_what_was_read_is_said_before_anything_is_trained(name: str) -> None:
    assert re.search(SAID[name], "\n".join(read(name).described()))


def test_every_case_is_tested() -> None:
    named = {*SAME, *REFUSED, *SAID, "colon_in_a_name.csv", "target_is_a_number.csv"}
    assert named == {path.name for path in CASES.iterdir()}


def test_a_good_table_has_no_warning() -> None:
    assert not GOOD.warnings


def test_a_column_with_a_colon_can_be_the_target() -> None:
    assert read("colon_in_a_name.csv", "the target: yes/no").labels.names == ("no", "yes")


@pytest.mark.parametrize("target", ["income", "age"])
def test_a_number_to_predict_is_told(target: str) -> None:
    with pytest.raises(ValueError, match=f"{target} looks like a number to predict, .* different ones"):
        read("target_is_a_number.csv", target)


@pytest.mark.parametrize("form", ["{:,.2f}", "${:.2f}", "{:.1f}%", "1:{:02.0f}"])
def test_a_number_to_predict_is_told_however_it_is_written(tmp_path: Path, form: str) -> None:
    people().assign(churned=[form.format(value) for value in range(60)] * 2).to_csv(tmp_path / "n.csv", index=False)
    with pytest.raises(ValueError, match="churned looks like a number to predict, 60 different ones"):
        read(tmp_path / "n.csv")


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"extra": [-999, *range(59)] * 2}, "warning extra is -999 in 2 rows, far from all others.*--na=-999"),
        ({"extra": [f"{row} kg" for row in range(60)] * 2}, 'extra: read as numbers of "kg"'),
        (
            {"extra": [f"{row} {('mg', 'µg')[row % 2]}" for row in range(60)] * 2},
            'extra: taken for words, its numbers have several units, such as "mg" and "µg"',
        ),
        (
            {"extra": [*(f"{row % 70}/{row % 71}" for row in range(118)), "5/6", "5/6"]},
            "warning extra says little as it stands: 118 of 120 rows have words so rare that they are joined.*--drop extra",
        ),
        ({"extra": ["Y", "no", "TRUE", "0"] * 30}, 'extra has "0" and "no", which seem to be one: write them alike'),
        ({"churned": ["<=50K", ">50K", "<=50K.", ">50K."] * 30}, "classes '<=50K' and '<=50K.' seem to be one"),
        (
            {"extra": 7001.0 + np.random.default_rng(0).permutation(120)},
            "warning extra is left out: it numbers the rows, in another order than theirs; --keep extra keeps it",
        ),
        (
            {"extra": 2**53 + 14 * (np.arange(120) ** 2 % 1201)},
            "warning extra has whole numbers beyond 2.53, whose last digits",
        ),
        ({"": 1.5 + np.arange(120) % 7}, "column 5 has no name, it is called Unnamed: 4"),
        (
            {"1.5": np.arange(120) % 7, "2": np.arange(120) % 5},
            "warning the names 1.5, 2 in the first line are numbers",
        ),
    ],
)
def test_what_may_be_meant_otherwise_is_said(tmp_path: Path, changes: dict, said: str) -> None:
    people().assign(**changes).to_csv(tmp_path / "odd.csv", index=False)
    assert re.search(said, "\n".join(read(tmp_path / "odd.csv").described()))


def test_na_makes_a_word_a_gap(tmp_path: Path) -> None:
    assert read("odd_value.csv", na=("?",)).columns[0].gaps == 1
    assert read("country_NA.csv", na=("NA",)).columns[-1].gaps == 58
    marked = people().assign(months=[-9, 1, 2, 3] * 30, city=pd.Categorical(["?", "Ulm", "Bonn", None] * 30))
    marked.to_parquet(tmp_path / "marked.parquet")
    gaps = {column.name: column.gaps for column in read(tmp_path / "marked.parquet", na=("?", "-9")).columns}
    assert gaps == {"age": 0, "income": 0, "plan": 0, "months": 30, "city": 60}


@pytest.mark.parametrize(
    ("time", "said"), [([5] * 120, "t is the same in every row and orders none"), (["07", "x"] * 60, "t is not")]
)
def test_a_time_that_orders_no_rows_is_told(tmp_path: Path, time, said: str) -> None:
    people().assign(t=time).to_csv(tmp_path / "t.csv", index=False)
    with pytest.raises(ValueError, match=said):
        read(tmp_path / "t.csv", time="t")


def test_times_of_four_digits_order_rows(tmp_path: Path) -> None:
    people().assign(t=[f"{9 + row // 60:02}{row % 60:02}" for row in range(120)]).to_csv(
        tmp_path / "t.csv", index=False
    )
    assert read(tmp_path / "t.csv", time="t").time[[0, 119]].tolist() == [900, 1059]


def test_a_pipe_is_told_and_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.csv")
    with pytest.raises(ValueError, match="is a pipe or a device: save its rows as a file"):
        read(tmp_path / "pipe.csv")


@pytest.mark.parametrize("word", ["inf", "-inf"])
def test_infinity_is_no_class(tmp_path: Path, word: str) -> None:
    people().assign(churned=[word, 0, 1] * 40).to_csv(tmp_path / "inf.csv", index=False)
    with pytest.raises(ValueError, match=f"40 rows whose churned is {word}: that is no class, --na={word} leaves"):
        read(tmp_path / "inf.csv")
    assert read(tmp_path / "inf.csv", na=(word,)).labels.told == "0 40, 1 40"


def test_one_class_against_all_others() -> None:
    assert read("class_of_one_row.csv", positive="yes").labels.told == "not yes 66, yes 94"


def test_columns_are_left_out_and_kept_as_asked() -> None:
    assert [column.name for column in read("good.csv", drop=("age", "city")).columns] == ["income", "months", "plan"]
    assert "customer" in read("identifier.csv", keep=("customer",)).frame


@pytest.mark.parametrize(
    ("option", "message"),
    [
        ({"target": None}, "needs the column that holds the class, --target COLUMN, one of age, income"),
        ({"target": "churn"}, r"no column churn \(target\); did you mean churned\?"),
        ({"drop": ("agee",)}, r"no column agee \(drop\); did you mean age\?"),
        ({"drop": ("churned",)}, "churned is the target of .*, and drop names it too"),
        ({"positive": "maybe"}, "no class maybe .*it has no, yes"),
        ({"time": "city"}, "time is a column of numbers or dates without gaps, city is not"),
        ({"sep": "||"}, "a separator is one sign"),
        ({"drop": ("age",), "keep": ("age",)}, "age is to be dropped and to be kept"),
        ({"target": ""}, r"no column '' \(target\): it has age, income"),
        ({"time": "months", "group": "city"}, "follow groups or time, got group city and time months: leave one out"),
        ({"encoding": "utf-99"}, "utf-99 is no encoding"),
        ({"encoding": "ascii", "name": "umlaut.csv"}, "is no text in ascii, its byte"),
    ],
)
def test_options_that_do_not_fit(tmp_path: Path, option: dict, message: str) -> None:
    people().assign(plan="für").to_csv(tmp_path / "umlaut.csv", index=False)
    named = option.pop("name", None)
    with pytest.raises(ValueError, match=message):
        read(tmp_path / named if named else "good.csv", **option)


def _zipped(path: Path, frame: pd.DataFrame) -> None:
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("people.csv", frame.to_csv(index=False))
        archive.writestr("__MACOSX/._people.csv", "as a Mac adds it")
        archive.writestr(".DS_Store", "likewise")


WRITERS: dict[str, Callable[[Path, pd.DataFrame], object]] = {
    "people.csv": lambda path, frame: frame.to_csv(path, index=False),
    "PEOPLE.CSV": lambda path, frame: frame.to_csv(path, index=False),
    "bar.txt": lambda path, frame: frame.to_csv(path, index=False, sep="|"),
    "marked.csv": lambda path, frame: frame.to_csv(path, index=False, encoding="utf-8-sig"),
    "latin.csv": lambda path, frame: frame.to_csv(path, index=False, encoding="latin-1"),
    "utf16le.csv": lambda path, frame: path.write_bytes(frame.to_csv(index=False).encode("utf-16-le")),
    "windows.csv": lambda path, frame: path.write_bytes(frame.to_csv(index=False, lineterminator="\r\n").encode()),
    "packed.csv.gz": lambda path, frame: path.write_bytes(gzip.compress(frame.to_csv(index=False).encode())),
    "packed.csv.zip": _zipped,
    "quoted.csv": lambda path, frame: frame.to_csv(path, index=False, quoting=1),
    "people.parquet": lambda path, frame: frame.to_parquet(path),
    "people.feather": lambda path, frame: frame.to_feather(path),
    "wrong_suffix.csv": lambda path, frame: frame.to_parquet(path),
    "commas.csv": lambda path, frame: frame.to_csv(path, index=False, sep=";", decimal=","),
    "wrong_mark.csv": lambda path, frame: path.write_bytes(
        b"\xef\xbb\xbf" + frame.to_csv(index=False).encode("latin-1")
    ),
    "old_mac.csv": lambda path, frame: path.write_bytes(frame.to_csv(index=False).replace("\n", "\r").encode()),
    "long_name.csv": lambda path, frame: frame.assign(**{"a\nb": 1}).to_csv(path, index=False),
    "excel.csv": lambda path, frame: path.write_text("sep=;\n" + frame.to_csv(index=False, sep=";")),
    "dos.csv": lambda path, frame: path.write_text(frame.to_csv(index=False) + "\x1a"),
    "what?name=1.csv": lambda path, frame: frame.to_csv(path, index=False),
    "spaced.csv": lambda path, frame: path.write_text(frame.to_csv(index=False).replace(",", ", ")),
}


@pytest.mark.parametrize("name", WRITERS)
def test_however_a_table_is_written_it_is_the_same(tmp_path: Path, name: str) -> None:
    frame = people().assign(city=np.where(people().age > 50, "Köln", "Ulm, an der Donau"))
    if name == "spaced.csv":
        frame = frame.drop(columns="city")
    WRITERS[name](tmp_path / name, frame)
    found = read(tmp_path / name)
    assert [column.kind for column in found.columns][:3] == ["number", "number", "words"]
    for column in found.columns:
        assert column.cells.tolist() == frame[column.name].tolist()
    assert np.array(found.labels.names)[found.y].tolist() == frame.churned.tolist()


NO_TABLES = {
    "book.xlsx": (b"PK\x03\x04", "cannot be read, it may be cut short"),
    "old.xls": (b"\xd0\xcf\x11\xe0\xa1\xb1", "an old Excel workbook: save it as CSV"),
    "page.csv": (b"<!DOCTYPE html><html>", "HTML or XML: save the table as CSV"),
    "rows.json": (b'[{"age": 3}]', "JSON: save the table as CSV or Parquet"),
    "empty.csv": (b"", "is empty"),
    "blank.csv": (b" \n\n", "is empty"),
    "header.csv": (b"age,churned\n", "a header and no rows"),
    "binary.csv": (bytes(range(200)), "is no table, but binary"),
    "cut.csv.gz": (gzip.compress(b"age,churned\n" * 99)[:30], "cannot be read, it may be cut short"),
    "one_column.csv": (
        b"age churned\n3 yes\n4 no\n",
        "one column, its first line is 'age churned': which sign separates",
    ),
    "title.csv": (b"exported today\nage,churned\n3,yes\n", "1 name in its header .* is that a title or a comment"),
    "ragged.csv": (b"age,churned\n3,yes\n4,no,5\n", "2 names in its header .* and 3 fields in line 3: give this line"),
    "open.csv": (b'age,churned\n3,yes\n4,"no\n5,yes\n', "has a quotation mark that is not closed"),
    "cut.parquet": (b"PAR1 and then nothing", "is no whole parquet file, save or copy it again"),
    "book.json.xlsx": (b'{"age": 3}', "JSON"),
    "marked.csv": (b"\xef\xbb\xbf", "is empty"),
    "comments.arff": (b"% a table\n@RELATION x\n", "an ARFF file"),
    "pointer.csv": (b"version https://git-lfs.github.com/spec/v1\noid sha256:ab\n", "git lfs pull"),
    "huge.csv": (b"age,churned\n" + b"9" * 400 + b",yes\n5,no\n" * 20, "inf in column age, line 2: .*--drop age"),
    "cut.csv.bz2": (bz2.compress(b"age,churned\n" * 99)[:-9], "cut.csv.bz2 cannot be read, it may be cut short"),
    "nul.csv": (b"age,churned\n" + b"3,yes\n" * 900 + b"4\0,no\n", "holds a NUL byte in line 902"),
    "open_early.csv": (b'age,churned\n3,yes\n"4,no\n5,yes\n', "quotation mark that is not closed, in line 3: close it"),
    "joined.csv": (
        b"age,churned\n3,yes\n4,no\nage,churned\n5,no\n",
        "has its header again in line 4: were several files joined",
    ),
    "short.csv": (b"age,churned\n3,yes\n4\n", "and 1 field in line 3: give this line"),
    "broken.csv": ("age,churned\nüäö,yes\nüä".encode() + b"\xc3,no\n", "is UTF-8 but for a byte in line 3: correct it"),
    "colons.csv": (b"age:churned\n3:yes\n", "which sign separates.* such as --sep ':'"),
    "pickle.pkl": (b"\x80\x04\x95\x00\x00", "a pickle, which would run whatever is in it"),
}


@pytest.mark.parametrize("name", NO_TABLES)
def test_what_is_no_table_is_named(tmp_path: Path, name: str) -> None:
    data, message = NO_TABLES[name]
    (tmp_path / name).write_bytes(data)
    with pytest.raises(ValueError, match=message) as refusal:
        read(tmp_path / name)
    assert "\n" not in str(refusal.value)


def _column(tmp_path: Path, values, sep: str = ",", **options):
    frame = people().assign(extra=[values[row % len(values)] for row in range(120)])
    frame.to_csv(tmp_path / "extra.csv", index=False, sep=sep)
    return next(column for column in read(tmp_path / "extra.csv", **options).columns if column.name == "extra")


@pytest.mark.parametrize(
    ("values", "sep", "options", "first"),
    [
        (["1,169", "5,951", "250"], ",", {}, 1169),
        (["1,169", "2,951", "12,5"], ";", {}, 1.169),
        (["1,169", "2,951"], ";", {"thousands": ","}, 1169),
        (["1,169", "2,951"], ";", {"decimal": ","}, 1.169),
        (["1.169,5", "951,25"], ";", {}, 1169.5),
        (["12%", "5.5%"], ",", {}, 12),
        (["$1,200.50", "$15.00"], ",", {}, 1200.5),
        (["1 169", "250", "3"], ",", {"thousands": " "}, 1169),
        (["1 169", "12 250", "3"], ",", {}, 1169),
        (["1\u202f169,5", "12\u202f250", "3,25"], ";", {}, 1169.5),
        (["1'169", "250"], ",", {}, 1169),
        (["1,37,485", "12,50,000"], ",", {}, 137485),
        (["1,5e3", "2,5e3"], ";", {}, 1500),
        (["\u22125", "7"], ",", {}, -5),
        (["(5)", "($7.50)", "12"], ",", {}, -5),
        (["13:30", "7:45"], ",", {}, 13.5),
        (["1:30 PM", "07:45 AM", "12:00 am"], ",", {}, 13.5),
        (["12:30am", "12:30pm"], ",", {}, 0.5),
        (["12.34-", "7.5", "3.00-"], ",", {}, -12.34),
        (["5.1 mg", "0 mg", "12mg", ""], ",", {}, 5.1),
        (["36.6°C", "37.1°C"], ",", {}, 36.6),
        (["EUR 5.50", "EUR 12"], ",", {}, 5.5),
        (["US$5.50", "US$1.25"], ",", {}, 5.5),
        (["1.250,50-", "7,5", "3,25-"], ";", {}, -1250.5),
        (["1,200.50-", "7.50", "$3.00-"], ",", {}, -1200.5),
        (["1,200.50 USD", "950.00 USD"], ",", {}, 1200.5),
        (["1.200,50 EUR", "950,00 EUR"], ";", {}, 1200.5),
        (["CHF 1'200.50", "CHF 950.00"], ",", {}, 1200.5),
        (["1 200 kr", "950 kr"], ",", {}, 1200),
        (["₹1,200.50", "₹7.25"], ",", {}, 1200.5),
        (["(1,200.50) USD", "950.00 USD"], ",", {}, -1200.5),
        (["1,5 zł", "2,5 zł"], ";", {}, 1.5),
        (["54 m²", "61 m²"], ",", {}, 54),
    ],
)
def test_numbers_as_people_write_them(tmp_path: Path, values, sep: str, options: dict, first: float) -> None:
    column = _column(tmp_path, values, sep, **options)
    assert column.kind in {"number", "switch"}
    assert column.cells[0] == pytest.approx(first)


@pytest.mark.parametrize("values", [["01067", "10115", "80331"], ["07", "11"], ["01067", "", "10115"]])
def test_digits_with_a_0_before_them_are_codes(tmp_path: Path, values) -> None:
    column = _column(tmp_path, values)
    assert (column.kind, column.cells[0]) == ("words", values[0])
    assert f'"{values[0]}" begins with 0: taken for codes, each a word' in column.notes


@pytest.mark.parametrize("values", [["007.5", "1.5", "2"], ["0", "1", "12"], ["012", "1", "7"], ["0.5", "0"]])
def test_numbers_that_begin_with_0_are_numbers(tmp_path: Path, values) -> None:
    column = _column(tmp_path, values)
    assert (column.kind != "words", column.cells[0]) == (True, float(values[0]))


@pytest.mark.parametrize(
    ("values", "sep"),
    [(["1,169", "2,951"], ";"), (["1.169", "950"], ";"), (["1.169", "950"], "\t"), (["1.169 kg", "950 kg"], ";")],
)
def test_a_number_that_may_be_two_is_asked_for(tmp_path: Path, values: list[str], sep: str) -> None:
    sign = values[0][1]
    told = f'1.169 may be a number above a thousand or one with decimals: say --set data.thousands="{sign}" or --set'
    with pytest.raises(ValueError, match=told):
        _beside_whole_numbers(tmp_path, values, sep)


def _beside_whole_numbers(tmp_path: Path, values: list[str], sep: str, **options):
    people().assign(income=[values[row % len(values)] for row in range(120)]).to_csv(
        tmp_path / "a.csv", index=False, sep=sep
    )
    return next(column for column in read(tmp_path / "a.csv", **options).columns if column.name == "income")


@pytest.mark.parametrize(
    ("values", "sep", "options", "first"),
    [
        (["1.250.000", "950", "12.500"], ";", {}, 1_250_000),
        (["12.500", "950", "1.250.000"], ";", {}, 12_500),
        (["1.169", "950"], ";", {"thousands": "."}, 1169),
        (["1.169", "950"], ";", {"decimal": "."}, 1.169),
        (["1.169", "9.5"], ";", {}, 1.169),
        (["1.169", "2.5", "3.1415"], "\t", {}, 1.169),
        (["1.169", "950"], ",", {}, 1.169),
    ],
)
def test_points_group_thousands_where_nothing_else_can_be_meant(tmp_path, values, sep, options, first) -> None:
    assert _beside_whole_numbers(tmp_path, values, sep, **options).cells[0] == first


def test_a_column_with_decimals_says_what_points_are_in_the_others(tmp_path: Path) -> None:
    assert _column(tmp_path, ["1.169", "950"], ";").cells[0] == 1.169
    assert _column(tmp_path, ["1.169 kg", "950 kg"], ";").cells[0] == 1.169


WITH_GAPS = {  # what a program writes for a gap, however often, beside what a column holds
    "number": [f"{number}.5" for number in range(30)],
    "switch": ["0", "1"],
    "date": [f"2026-01-{day:02}" for day in range(1, 31)],
    "number with a unit": [f"{number} A" for number in range(30)],
    "dates without marks": [str(20260101 + day) for day in range(30)],
}


@pytest.mark.parametrize("kind", WITH_GAPS)
@pytest.mark.parametrize("gap", ["NA", "NULL", "\\N", ""])
def test_what_a_column_holds_does_not_hang_on_its_gaps(tmp_path: Path, kind: str, gap: str) -> None:
    values = WITH_GAPS[kind]
    column = _column(tmp_path, [*values, *[gap] * len(values)])
    whole = _column(tmp_path, values)
    assert column.kind == whole.kind
    assert (column.gaps, whole.gaps) == (sum(row % (2 * len(values)) >= len(values) for row in range(120)), 0)
    assert column.cells.dropna().unique().tolist() == whole.cells.unique().tolist()
    assert (f'"{gap}" is read as a gap' in column.notes) == bool(gap)


@pytest.mark.parametrize("truths", [["TRUE", "FALSE", ""], ["True", "False", ""]])
def test_truths_with_gaps_are_a_switch_which_a_model_knows_again(tmp_path: Path, truths: list[str]) -> None:
    column = _column(tmp_path, truths)
    assert (column.kind, column.cells[0], column.cells[1], column.gaps) == ("switch", 1, 0, 40)
    form = Form.of(read(tmp_path / "extra.csv"), Options())
    pd.testing.assert_series_equal(form.rows(str(tmp_path / "extra.csv"))[1].extra, column.cells)


@pytest.mark.parametrize(
    ("classes", "told"),
    [
        (["0", "1", "NA"], "0 40, 1 40"),
        (["TRUE", "FALSE", "NaN"], "FALSE 40, TRUE 40"),
        (["no", "yes", "NA"], "NA 40, no 40, yes 40"),  # warned of
    ],
)
def test_a_gap_among_numbers_is_no_class(tmp_path: Path, classes: list[str], told: str) -> None:
    people().assign(churned=classes * 40).to_csv(tmp_path / "a.csv", index=False)
    assert read(tmp_path / "a.csv").labels.told == told


@pytest.mark.parametrize("form", ["%d. März %Y", "%Y-%m-%d %H:%M:00 CET", "%Y-%m-%dT%H:%M:00+01:00[Europe/Berlin]"])
def test_dates_that_are_not_read_are_told(tmp_path: Path, form: str) -> None:
    days = pd.date_range("1950-01-05 10:00", periods=120, freq="397D").strftime(form)
    people().assign(since=days, city=[f"{row} Main St" for row in range(120)]).to_csv(tmp_path / "a.csv", index=False)
    said = [
        line for line in read(tmp_path / "a.csv").described() if "seem to be dates in a way that is not read" in line
    ]
    assert [line.split(" is left out")[0] for line in said] == ["warning since"]


@pytest.mark.parametrize("types", ["datetime64[us]", object])
def test_a_date_of_no_year_that_is_read_is_told_with_its_column(tmp_path: Path, types: Any) -> None:
    days = [date(9999, 12, 31) if row == 7 else date(2026, 1, 1 + row % 30) for row in range(120)]
    people().assign(since=pd.Series(days, dtype=types)).to_parquet(tmp_path / "a.parquet")
    with pytest.raises(
        ValueError, match=r'since holds dates of 1678 to 2261 and "9999-12-31.*" in line 8: --na'
    ) as told:
        read(tmp_path / "a.parquet")
    word = shlex.split(re.search(r"--na (.+) takes", str(told.value))[1])[0]
    assert read(tmp_path / "a.parquet", na=(word,)).columns[-1].gaps == 1


@pytest.mark.parametrize(("classes", "warned"), [(["yes", "no", "-"], True), (["+", "-"], False)])
def test_a_mark_is_no_class_unless_it_has_a_meaning(tmp_path: Path, classes: list[str], *, warned: bool) -> None:
    people().assign(churned=[classes[row % len(classes)] for row in range(120)]).to_csv(tmp_path / "a.csv", index=False)
    said = "\"-\" is a class here: --na='-' leaves its rows out"
    assert (said in read(tmp_path / "a.csv").warnings) == warned


def test_a_category_of_numbers_holds_words(tmp_path: Path) -> None:
    people().assign(grade=pd.Categorical([3, 1, 2, None] * 30)).to_feather(tmp_path / "a.feather")
    column = read(tmp_path / "a.feather").columns[-1]
    assert (column.kind, column.cells[0], column.gaps) == ("words", "3", 30)


@pytest.mark.parametrize(
    ("values", "options", "first"),
    [
        (["2026-11-26", "2025-01-01", ""], {}, "2026-11-26"),
        (["2026-11-26 14:30", "2025-01-01 00:00"], {}, "2026-11-26 14:30"),
        (["26.11.2026", "1.1.2025"], {}, "2026-11-26"),
        (["26/11/2026", "01/01/2025"], {}, "2026-11-26"),
        (["2026/11/26", "2025/1/1"], {}, "2026-11-26"),
        (["11/26/26", "01/01/25"], {}, "2026-11-26"),
        (["11/26/2026 2:30 PM", "01/01/2025 12:00 AM"], {}, "2026-11-26 14:30"),
        (["26.11.2026 14:30", "1.1.2025 0:00"], {}, "2026-11-26 14:30"),
        (["26-NOV-2026", "01-JAN-2025"], {}, "2026-11-26"),
        (["Nov 26, 2026", "Jan 1, 2025"], {}, "2026-11-26"),
        (["26 November 2026", "1 May 2025"], {}, "2026-11-26"),
        (["2026-11", "2025-01"], {}, "2026-11-01"),
        (["Nov-2026", "Jan-2025"], {}, "2026-11-01"),
        (["November 2026", "May 2025"], {}, "2026-11-01"),
        (["11/2026", "01/2025"], {}, "2026-11-01"),
        (["26-11-2026", "01-01-2025"], {}, "2026-11-26"),
        (["11-26-2026", "01-01-2025"], {}, "2026-11-26"),
        (["2026.11.26", "2025.1.1"], {}, "2026-11-26"),
        (["26NOV2026", "01JAN2025"], {}, "2026-11-26"),
        (["11/26/2026 2:30:00 PM", "01/01/2025 12:00:00 AM"], {}, "2026-11-26 14:30"),
        (["26.11.2026, 14:30", "1.1.2025, 0:00"], {}, "2026-11-26 14:30"),
        (["2026-11-26 14:30:00 UTC", "2025-01-01 00:00:00 UTC"], {}, "2026-11-26 14:30"),
        (["2026-11-26 14:30:00+00", "2025-01-01 00:00:00+00"], {}, "2026-11-26 14:30"),
        (["2026-11-26 15:30:00.000 +0100", "2025-01-01 00:00:00.000 +0100"], {}, "2026-11-26 14:30"),
        (["Thu, 26 Nov 2026 14:30:00 GMT", "Fri, 27 Nov 2026 00:00:00 GMT"], {}, "2026-11-26 14:30"),
        (["Thu Nov 26 14:30:00 2026", "Fri Nov 27 00:00:00 2026"], {}, "2026-11-26 14:30"),
        (["2026-W48-4", "2025-W01-1"], {}, "2026-11-26"),
        (["Thursday, 26 November 2026", "Friday, 27 November 2026"], {}, "2026-11-26"),
        (["Thu, 26 Nov 2026", "Fri, 27 Nov 2026"], {}, "2026-11-26"),
        ([*range(20261126, 20261131), *range(20250101, 20250126)], {}, "2026-11-26"),
        ([20261126143000, *range(20250101000000, 20250101000030)], {}, "2026-11-26 14:30"),
        (["11/26/2026", "01/01/2025"], {}, "2026-11-26"),
        (["03/04/2026", "01/01/2025"], {"day_first": True}, "2026-04-03"),
    ],
)
def test_dates_become_days(tmp_path: Path, values, options: dict, first: str) -> None:
    column = _column(tmp_path, values, **options)
    assert column.kind == "date"
    assert column.cells[0] == pytest.approx((pd.Timestamp(first) - pd.Timestamp(0)) / pd.Timedelta(days=1))
    assert column.gaps == 40 * ("" in values)


@pytest.mark.parametrize(
    ("values", "message"),
    [
        (["03/04/2026", "01/01/2025"], "extra: dates such as 03/04/2026 have day or month first"),
        (
            ["2026-02-30", "2025-01-01"],
            'extra holds dates .*"2026-02-30" in line 2: --na 2026-02-30 takes it for a gap',
        ),
        (["9999-12-31", "2025-01-01"], 'extra holds dates of 1678 to 2261 and "9999-12-31" in line 2: --na'),
        (["2026-02-03", "3.2.2026"], "dates are written in 2 ways, such as 2026-02-03, 3.2.2026: .*--drop extra"),
        (["13/01/2026", "01/13/2026"], "some dates have the day first, others the month"),
        (
            [*range(20260101, 20260129), *range(20250101, 20250129), 0],
            'extra holds dates %Y%m%d and "0" in line 58: --na 0 takes it for a gap',
        ),
        (["03-04-2026", "01-01-2025"], "extra: dates such as 03-04-2026 have day or month first"),
        (
            [*(f"2026-01-{day:02}" for day in range(1, 31)), *["unknown"] * 20],
            'extra holds dates and "unknown" in line 32: --na unknown takes it for a gap',
        ),
        (
            [*(f"{row}.5" for row in range(40)), *["unknown"] * 20],
            'extra holds numbers and "unknown" in line 42: --na unknown takes it for a gap',
        ),
        (
            ["2026-02-03", "2025-01-01"] * 5 + ["unknown"],
            'extra holds dates and "unknown" in line 12: --na unknown takes it',
        ),
    ],
)
def test_what_dates_cannot_be(tmp_path: Path, values, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        _column(tmp_path, values)


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        (["x"], "it is constant"),
        ([""], "it is empty"),
        ([7], "it is constant"),
        (list(range(120)), "it numbers the rows"),
        ([f"person {row}" for row in range(120)], "an identifier or a text"),
    ],
)
def test_a_column_without_use_is_left_out_and_named(tmp_path: Path, values, reason: str) -> None:
    people().assign(extra=[values[row % len(values)] for row in range(120)]).to_csv(tmp_path / "extra.csv", index=False)
    found = read(tmp_path / "extra.csv")
    assert [(out.name, reason in out.reason) for out in found.out] == [("extra", True)]
    assert "extra" not in found.frame


def test_small_numbers_are_no_zeros(tmp_path: Path) -> None:
    """Downcast to whole numbers pandas takes whatever is nearer to one than 1e-8 for it."""
    draw = np.random.default_rng(0)
    small = {"nano": draw.random(120) * 1e-9, "near": 5 + draw.random(120) * 1e-10, "whole": draw.integers(0, 9, 120)}
    people().assign(**small).to_csv(tmp_path / "small.csv", index=False)
    found = read(tmp_path / "small.csv").frame
    for name, values in small.items():
        np.testing.assert_array_equal(found[name], values)
    assert found.whole.dtype == np.int8


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (["a", "A", "b"], [["A", "a"]]),
        (["no", "no.", "yes"], [["no", "no."]]),
        (["<=50K", ">50K", "-1", "1"], []),
        (["y", "Yes", "1", "0", "N"], [["0", "N"], ["1", "Yes", "y"]]),
        (["y", "n"], []),
        (["t", "n", "y", "x"], []),
        ([".", "?", "..."], []),
    ],
)
def test_words_that_seem_to_be_one(words: list[str], expected: list[list[str]]) -> None:
    assert alike(words) == expected


def test_an_index_that_is_called_as_a_column_is_told(tmp_path: Path) -> None:
    frame = people()
    frame.set_index(pd.Index(range(120), name="age")).to_parquet(tmp_path / "twice.parquet")
    with pytest.raises(ValueError, match="has two columns called age: rename one"):
        read(tmp_path / "twice.parquet")


def test_types_of_parquet(tmp_path: Path) -> None:
    frame = people().assign(
        whole=pd.array([1, None, 3] * 40, "Int64"),
        flag=pd.array([True, False, None] * 40, "boolean"),
        grade=pd.Categorical(["low", "high", None] * 40, ["low", "high"], ordered=True),
        since=pd.Timestamp("2026-11-26", tz="Europe/Berlin") + pd.to_timedelta(range(120), "D"),
        lasted=pd.to_timedelta(np.arange(120) % 7, "h"),
        small=np.arange(120, dtype=np.uint8) % 5,
    )
    frame.to_parquet(tmp_path / "types.parquet")
    kinds = {column.name: (column.kind, column.gaps) for column in read(tmp_path / "types.parquet").columns}
    expected = {"whole": ("switch", 40), "flag": ("switch", 40), "grade": ("words", 40), "since": ("date", 0)}
    assert kinds == {
        "age": ("number", 0), "income": ("number", 0), "plan": ("words", 0),
        **expected, "lasted": ("number", 0), "small": ("number", 0),
    }  # fmt: skip
    frame.assign(lists=[[1, 2]] * 120).to_parquet(tmp_path / "lists.parquet")
    with pytest.raises(ValueError, match=r"neither numbers nor words nor dates in lists.*--drop"):
        read(tmp_path / "lists.parquet")


def test_rows_without_a_class_are_left_out_and_counted(tmp_path: Path) -> None:
    frame = people()
    frame.loc[[3, 4], "churned"] = None
    frame.to_csv(tmp_path / "some.csv", index=False)
    found = read(tmp_path / "some.csv")
    assert len(found.y) == len(found.frame) == 118
    assert found.frame.age.tolist() == frame.drop(index=[3, 4]).age.tolist()
    assert "2 rows without a class are left out" in "\n".join(found.described())


def test_a_function_of_python_gives_a_table(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(tmp_path)
    (tmp_path / "own_loader.py").write_text(
        "from own_tables import people\n"
        "def load(): return people()\n"
        "def pair():\n    frame = people()\n    return frame[['age', 'income']].to_numpy(), frame.churned\n"
        "def wrong(): return 3\n"
        "def ragged(): return [[1, 2], [3]], [0, 1]\n"
        "def shorter(): return [[1], [2]], [0]\n"
        "def mixed(): return people().assign(z=1j)\n"
        "def fails(): raise RuntimeError('two\\nlines')\n"
        "def leaves(): raise SystemExit(3)\n"
        "def twice(): return people()[['age']], people().age\n"
    )
    assert Path(sys.modules["own_tables"].__file__).exists()
    from study.own.options import Options  # noqa: PLC0415
    from study.own.sources import raw  # noqa: PLC0415
    from study.own.table import own_table  # noqa: PLC0415

    options = Options(target="churned")
    assert own_table(raw("own_loader:load", options), options).frame.shape == (120, 3)
    assert own_table(raw("own_loader:pair", options), options).frame.shape == (120, 2)
    for name, got in {
        "wrong": "int",
        "ragged": r"list and \(2,\)",
        "shorter": r"\(2, 1\) and \(1,\)",
        "mixed": "complex",
    }.items():
        with pytest.raises(ValueError, match=got) as refusal:
            own_table(raw(f"own_loader:{name}", options), options)
        assert "own_loader" in str(refusal.value)
    for name, told in {
        "fails": "RuntimeError: two$",
        "leaves": "SystemExit: 3$",
        "twice": "two columns called age",
    }.items():
        with pytest.raises(ValueError, match=told):
            raw(f"own_loader:{name}", options)
    with pytest.raises(ValueError, match="there is no function own_loader:missing"):
        raw("own_loader:missing", options)


def test_more_rows_than_asked_for_are_left_out_and_each_class_keeps_its_share() -> None:
    few = read("good.csv", rows=80)
    assert few.labels.told == "no 33, yes 47"
    assert len(few.frame) == 80
    assert "80 of 160 rows are used, each class in its share: --set data.rows=160 takes all" in few.notes
    pd.testing.assert_frame_equal(read("good.csv", rows=160).frame, GOOD.frame)


@pytest.mark.parametrize(
    ("stray", "kinds", "warned"),
    [
        ([], 2, True),  # a reason stands in the rows that left, and in no other
        (["no "], 2, True),
        (["YES"], 3, True),  # three rows of a third class, which nothing predicts, hide no leak
        (["late"] * 20, 3, False),  # a class of its own: the reason is missing there too
    ],
)
def test_what_gives_the_class_away_does_so_beside_a_slip_of_the_pen(
    tmp_path: Path, stray: list[str], kinds: int, *, warned: bool
) -> None:
    draw = np.random.default_rng(0)
    left = np.repeat(["no", "yes"], 100)
    frame = pd.DataFrame(
        {"age": draw.integers(18, 80, 200), "reason": np.where(left == "yes", draw.choice(["moved", "price"], 200), "")}
    )
    frame["churned"] = left
    more = pd.DataFrame(
        {"age": 40, "reason": "price" if "YES" in stray else "", "churned": stray * (1 if len(stray) > 1 else 3)}
    )
    pd.concat([frame, more]).sample(frac=1, random_state=0).to_csv(tmp_path / "a.csv", index=False)
    table = read(tmp_path / "a.csv")
    assert len(table.labels.names) == kinds
    assert any("reason gives the class away" in line for line in table.warnings) == warned


def test_words_of_a_column_that_differ_in_capitals_are_told(tmp_path: Path) -> None:
    draw = np.random.default_rng(0)
    words = {"plan": draw.choice(["Basic", "basic", "Pro"], 200), "churned": draw.choice(["a", "b"], 200)}
    pd.DataFrame(words).to_csv(tmp_path / "a.csv", index=False)
    said = '"Basic" and "basic", which seem to be one: write them alike, if they are'
    assert [line for line in read(tmp_path / "a.csv").warnings if said in line]


@pytest.mark.parametrize("block", [1, 7, 2**24])
@pytest.mark.parametrize(
    "data",
    [
        b"a,b\n1,2\n3,4\n",
        b"a,b\r\n1,2\r\n\r\n3,4",
        b"\n\na,b\n\n1,2\n\n",
        b"a,b\n1,2\n3,4,5\n",
        b"a,b\n1,2\n3\n",
        b'a,b\n1,"2\n3"\n4,5\n',
        b"a,b\r1,2\r3,4\r",
        b"sep=,\na,b\n1,2\n",
        b"a,b\n",
        b"",
        "ä,b\n1,é\n".encode(),
    ],
)
def test_lines_that_are_counted_are_those_that_are_parsed(monkeypatch, data: bytes, block: int) -> None:
    monkeypatch.setattr(counted, "BLOCK", block)
    numbers, fields = zip(*list(records(data, ","))[1:], strict=True) if len(list(records(data, ","))) > 1 else ((), ())
    found = counted.counted_lines(data, ",", 2)
    needs_a_parser = b'"' in data or data.startswith(b"sep=") or b"\r1" in data or not numbers
    assert (found is None) == (needs_a_parser or any(len(each) != 2 for each in fields))
    assert found is None or found.tolist() == list(numbers)


@pytest.mark.parametrize("last", ["7", "7.5", "seven", ""])
def test_a_large_file_is_read_in_pieces_as_if_at_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, last: str
) -> None:
    """What a column holds is told from all of it, wherever its only word stands."""
    rows = 40_000  # pandas' pieces have a quarter of a megabyte
    lines = [f"{row},{row / 7:.6f},{'yn'[row % 2]}" for row in range(rows)]
    (tmp_path / "large.csv").write_text("\n".join(["x,z,churned", *lines, f"{last},1,y"]) + "\n")
    path, options = str(tmp_path / "large.csv"), Options(target="churned")
    at_once = raw(path, options)
    monkeypatch.setattr(delimited, "LARGE", 1)
    in_pieces = raw(path, options)
    pd.testing.assert_frame_equal(in_pieces.frame, at_once.frame)
    np.testing.assert_array_equal(in_pieces.lines, np.arange(2, rows + 3))


@pytest.mark.parametrize(
    ("values", "as_words"),
    [
        ([10**20 + row % 7 for row in range(120)], True),
        ([2**53 + 1, 2**53, ""], True),
        ([2**60, -(2**60) - 1, 2**60 + 1], True),
        ([2**53 + 2 * row for row in range(30)], False),  # all of them are numbers as they are
        ([10**17, 3 * 10**18, 5], False),
        (["0.1234567890123456789", "1.1234567890123456"], False),
    ],
)
def test_whole_numbers_that_would_run_together_are_codes(tmp_path: Path, values: list, *, as_words: bool) -> None:
    """From text, gaps among them or not, and from Parquet where it holds them."""
    column = _column(tmp_path, values)
    assert (column.kind == "words") == as_words
    if as_words:
        assert column.cells.nunique() == len(set(map(str, values)))
        assert any("differ in digits beyond the 16th: taken for codes" in note for note in column.notes)
    if all(isinstance(value, int) and abs(value) < 2**63 for value in values):
        whole = people().assign(extra=pd.array([values[row % len(values)] for row in range(120)], "Int64"))
        whole.to_parquet(tmp_path / "whole.parquet")
        found = next(column for column in read(tmp_path / "whole.parquet").columns if column.name == "extra")
        assert (found.kind == "words") == as_words


@pytest.mark.parametrize("encoding", ["cp1251", "cp1250", "shift_jis", "latin-1"])
def test_a_guessed_encoding_is_said_with_a_word_and_another_can_be_named(tmp_path: Path, encoding: str) -> None:
    word = {"cp1251": "план", "cp1250": "łódź", "shift_jis": "日本", "latin-1": "größer"}[encoding]
    people().assign(plan=np.where(people().age > 50, word, "pro")).to_csv(
        tmp_path / "a.csv", index=False, encoding=encoding
    )
    said = "\n".join(read(tmp_path / "a.csv").described())
    assert re.search(
        r'read as (cp1252|latin-1), such as ".+": if that is wrong, name another by --set data.encoding=…', said
    )
    assert (word in said) == (encoding == "latin-1")
    named = read(tmp_path / "a.csv", encoding=encoding)
    assert set(named.columns[2].cells) == {word, "pro"}
    assert "read as" not in "\n".join(named.described())


def test_marks_of_byte_order_amid_joined_files_are_no_part_of_a_cell(tmp_path: Path) -> None:
    first, *lines = people().to_csv(index=False).splitlines()
    (tmp_path / "a.csv").write_text("\n".join([first, *lines[:50], "\ufeff" + lines[50], *lines[51:]]), "utf-8")
    found = read(tmp_path / "a.csv")
    pd.testing.assert_series_equal(found.frame.age, people().age, check_dtype=False)
    assert "marks of byte order amid the text, 1 of them, are left out" in "\n".join(found.described())


def test_rows_of_one_time_in_two_parts_are_told(tmp_path: Path) -> None:
    frame = people().assign(t=np.repeat(np.arange(4), 30), day=np.arange(120))
    frame.to_csv(tmp_path / "t.csv", index=False)
    said = list(ties(read(tmp_path / "t.csv", time="t"), Sizes(70, 20, 30)))
    assert [re.findall(r"(\d+) of them in the (\w+) part", line) for line in said] == [[("10", "training")]]
    assert "and 20 in the validation part" in said[0]
    assert not list(ties(read(tmp_path / "t.csv", time="day"), Sizes(70, 20, 30)))
    assert not list(ties(read(tmp_path / "t.csv", group="t"), Sizes(70, 20, 30)))


@pytest.mark.parametrize(
    "values", [["SKU 123", "SKU 7"], ["12 a", "5 b", "7 c"], ["5 kg", "5 kg", "6", "7", "8"], ["Q1", "Q2"]]
)
def test_names_with_numbers_in_them_are_words(tmp_path: Path, values: list[str]) -> None:
    assert _column(tmp_path, values).kind == "words"


@pytest.mark.parametrize("word", ["inf", "-inf", "1e400", "1e31"])
@pytest.mark.parametrize("suffix", ["csv", "parquet"])
def test_a_number_without_end_is_a_gap_where_that_is_asked_for_as_told(tmp_path: Path, word: str, suffix: str) -> None:
    frame = people().assign(extra=[word if row == 7 else f"{row}.5" for row in range(120)])
    path = tmp_path / f"a.{suffix}"
    if suffix == "csv":
        frame.to_csv(path, index=False)
    else:
        frame.assign(extra=frame.extra.astype(float)).to_parquet(path)
    with pytest.raises(ValueError, match=r"numbers lie within .* or take it for a gap by --na=") as refusal:
        read(path)
    told = re.search(r"--na=(\S+),", str(refusal.value))[1]
    assert [column.gaps for column in read(path, na=(told,)).columns if column.name == "extra"] == [1]


def test_many_odd_words_among_numbers_have_a_remedy_that_works(tmp_path: Path) -> None:
    people().assign(extra=[f"<{row}" if row < 9 else f"{row}.5" for row in range(120)]).to_csv(
        tmp_path / "a.csv", index=False
    )
    with pytest.raises(
        ValueError, match=r'"<0" in line 2.* and 6 more words: write NA for all of them, --drop extra leaves'
    ):
        read(tmp_path / "a.csv")
    assert "extra" not in read(tmp_path / "a.csv", drop=("extra",)).frame
    (tmp_path / "a.csv").write_text(re.sub(r"<\d", "NA", (tmp_path / "a.csv").read_text()))
    assert read(tmp_path / "a.csv").columns[-1].gaps == 9


def test_a_class_of_few_rows_is_left_out_as_told() -> None:
    with pytest.raises(ValueError, match="leave its rows out by --na maybe, or"):
        read("class_of_one_row.csv")
    assert read("class_of_one_row.csv", na=("maybe",)).labels.told == "no 65, yes 94"


def test_times_of_day_of_parquet_are_hours(tmp_path: Path) -> None:
    people().assign(at=[pd.Timestamp(2026, 1, 1, row % 24, 30).time() for row in range(120)]).to_parquet(
        tmp_path / "a.parquet"
    )
    column = read(tmp_path / "a.parquet").columns[-1]
    assert (column.kind, column.cells[3], column.notes) == ("number", 3.5, ("read as hours",))
