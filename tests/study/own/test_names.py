"""Which source a name means, what an address says, and which options fit a table."""

import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pandas as pd
import pytest

from study.own.address import address, is_own, parted
from study.own.functions import of_function
from study.own.options import Options, as_gap, shell
from study.own.raw import with_names
from study.own.sources import _gapped, check_there, is_file, is_meant, raw

EVERYTHING = Options(
    target="left us?",
    positive="yes & no",
    drop=("a", "b c"),
    keep=("id",),
    na=("?", ""),
    group="g=h",
    time=None,
    sep=";",
    decimal=",",
    thousands=".",
    encoding="cp1252",
    day_first=False,
    rows=500,
)


@pytest.mark.parametrize(
    "options",
    [
        Options(),
        Options(target="y"),
        EVERYTHING,
        Options(day_first=True),
        Options(na=("NA",)),
        Options(rows=40, time="t"),
    ],
)
@pytest.mark.parametrize("name", ["people.csv", "a folder/wha?t%.csv", "openml:credit-g", "package.module:function"])
def test_an_address_says_how_a_table_is_read(name: str, options: Options) -> None:
    told = address(name, options)
    assert parted(told) == (name, options) or options == Options()
    assert ("?target=" in told) == (options.target is not None)


def test_an_address_is_readable_and_is_the_name_where_nothing_is_asked_for() -> None:
    assert address("a b/churn+(1).csv", Options(target="churned", drop=("customer",))) == (
        "a b/churn+(1).csv?target=churned&drop=customer"
    )
    assert address("a?b.csv", Options()) == "a?b.csv"


@pytest.mark.parametrize(
    ("word", "name", "target"),
    [
        ("people.csv:income", "people.csv", "income"),
        ("people.CSV.GZ:income", "people.CSV.GZ", "income"),
        ("people.csv", "people.csv", None),
        ("c:people.csv", "c:people.csv", None),
        ("a:b:people.tsv:income", "a:b:people.tsv", "income"),
        ("module:function", "module:function", None),
        ("what?x=1.csv", "what?x=1.csv", None),
        ("a.csv?target=y", "a.csv", "y"),
        ("a.csv?target=", "a.csv", ""),
        ("a.csv?target=y&other=1", "a.csv?target=y&other=1", None),
    ],
)
def test_a_name_may_hold_the_target(word: str, name: str, target: str | None) -> None:
    found, options = parted(word)
    assert (found, options.target) == (name, target)


@pytest.mark.parametrize(
    ("name", "own"),
    [
        *(
            (f"module:a.{suffix}", True)
            for suffix in ("csv", "tsv", "txt", "tab", "dat", "data", "gz", "zip", "bz2", "xz")
        ),
        *((f"module:a.{suffix}", True) for suffix in ("parquet", "feather", "arrow", "CSV")),
        ("module:a.xlsx", False),
        ("A.CSV", True),
        ("folder/a", True),
        ("a.unknown", True),
        ("openml:31", True),
        ("packaged:german", True),
        ("module:function", True),
        ("package.module:function", True),
        ("c:/a.csv", True),
        ("digits", False),
        ("a:1b", False),
        ("1a:b", False),
    ],
)
def test_what_may_be_a_table_of_ones_own(name: str, *, own: bool) -> None:
    assert is_meant(name) is own
    assert is_own(name) is own


def test_a_file_is_known_by_its_look() -> None:
    assert [name for name in ("a.csv", "a.b", "a/b", "a", "x:a", "x:a.b", "x:a.csv", "x:A.CSV") if is_file(name)] == [
        "a.csv", "a.b", "a/b", "x:a.csv", "x:A.CSV",
    ]  # fmt: skip


def test_that_there_is_no_file_is_told_where_one_is_meant(tmp_path: Path) -> None:
    check_there("openml:nothing")
    check_there("nowhere:nothing")
    with pytest.raises(ValueError, match="there is no file "):
        check_there(str(tmp_path / "a.csv"))
    with pytest.raises(ValueError, match="is a folder: name the file with the table"):
        check_there(f"{tmp_path}/")


@pytest.mark.parametrize(
    ("values", "words", "gaps"),
    [
        ([1.0, -9.0, 3.0], ("-9",), [False, True, False]),
        ([1.0, -9.0, 3.0], ("x", "3.0"), [False, False, True]),
        ([1.0, np.inf, -np.inf], ("inf",), [False, True, False]),
        ([1.0, np.inf, -np.inf], ("-inf",), [False, False, True]),
        ([True, False, True], ("1",), [False, False, False]),
        ([True, False, True], ("True",), [True, False, True]),
        ([" ? ", "a", "??"], ("?",), [True, False, False]),
        ([1.0, 2.0, 3.0], ("x",), [False, False, False]),
    ],
)
def test_words_that_stand_for_gaps_are_gaps_in_typed_columns(values: list, words: tuple[str, ...], gaps: list) -> None:
    found = _gapped(pd.DataFrame({"x": values, "other": "z"}), words)
    assert found.x.isna().tolist() == gaps
    assert found.other.tolist() == ["z"] * 3


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        (b"x;y\n1.169;a\n2.951;b\n", ["1.169", "2.951"]),  # may be above a thousand
        (b"x;y\n1.169;a\n2.9512;b\n", [1.169, 2.9512]),
        (b"x;y\n1.169;a\n1000.5;b\n", [1.169, 1000.5]),
        (b"x;y\n1.169;a\n999.951;b\n", ["1.169", "999.951"]),
        (b"x;y\n1;a\n2;b\n", [1, 2]),
        (b"x;z\n1.5;1,5\n2.5;2,5\n", ["1.5", "2.5"]),  # another column has commas
        (b"x;z\n1;1.250.000\n2;950\n", ["1", "2"]),
        (b"x,y\n1.169,a\n2.951,b\n", [1.169, 2.951]),
    ],
)
def test_numbers_with_points_are_text_where_points_may_group_them(tmp_path: Path, text: bytes, numbers: list) -> None:
    (tmp_path / "a.csv").write_bytes(text)
    assert raw(str(tmp_path / "a.csv"), Options(target="y")).frame.x.tolist() == numbers
    said = raw(str(tmp_path / "a.csv"), Options(target="y", decimal=".")).frame.x.tolist()
    assert said == [float(number) for number in numbers]


@pytest.mark.parametrize(("share", "is_text"), [(4, False), (5, True)], ids=["four of five", "five of six"])
def test_a_column_has_commas_of_its_own_where_more_than_four_in_five_words_have(
    tmp_path: Path, share: int, *, is_text: bool
) -> None:
    lines = [f"0.51234;{number},5" for number in range(share)]
    (tmp_path / "a.csv").write_text("\n".join(["x;z", *lines, "0.25;none"]) + "\n")
    assert isinstance(raw(str(tmp_path / "a.csv"), Options(target="y")).frame.x[0], str) is is_text


@pytest.mark.parametrize("index", ["name", "several", "none"])
def test_an_index_with_a_name_is_a_column(tmp_path: Path, index: str) -> None:
    frame = pd.DataFrame({"x": [1, 2], "y": ["a", "b"]})
    named = {
        "name": frame.set_index(pd.Index([7, 8], name="row")),
        "several": frame.set_index(pd.MultiIndex.from_tuples([(7, 1), (8, 2)], names=["row", "part"])),
        "none": frame.set_index(pd.Index([7, 8])),
    }[index]
    named.to_parquet(tmp_path / "a.parquet")
    found = raw(str(tmp_path / "a.parquet"), Options(target="y"))
    assert list(found.frame) == {"name": ["row"], "several": ["row", "part"], "none": []}[index] + ["x", "y"]
    assert found.lines.tolist() == [1, 2]


def test_rows_and_names_are_checked_wherever_a_table_comes_from() -> None:
    assert with_names("a", pd.DataFrame({1: [3, 4]})).frame.columns.tolist() == ["1"]
    with pytest.raises(ValueError, match="a has no rows"):
        with_names("a", pd.DataFrame({"x": []}))
    with pytest.raises(ValueError, match="a has two columns called 1: rename one"):
        with_names("a", pd.DataFrame([[1, 2, 3]], columns=["x", "1", 1]))


def made(monkeypatch: pytest.MonkeyPatch, given: Any) -> Any:
    module = ModuleType("made_here")
    module.load = lambda: given
    monkeypatch.setitem(sys.modules, "made_here", module)
    return of_function("made_here:load", Options(), text=False)


def test_inputs_and_classes_of_a_function_are_columns(monkeypatch: pytest.MonkeyPatch) -> None:
    x, y = [[1, 2], [3, 4]], ["a", "b"]
    found = made(monkeypatch, (x, y))
    assert (list(found.frame), found.target) == (["x0", "x1", "target"], "target")
    assert found.frame.to_numpy().tolist() == [[1, 2, "a"], [3, 4, "b"]]
    named = made(monkeypatch, (pd.DataFrame(x, [5, 6], ["p", "q"]), pd.Series(y, [7, 8], name="kind")))
    assert (list(named.frame), named.target) == (["p", "q", "kind"], "kind")
    assert named.frame.to_numpy().tolist() == [[1, 2, "a"], [3, 4, "b"]]
    whole = made(monkeypatch, pd.DataFrame({"p": [1, 3]}))
    assert (list(whole.frame), whole.target) == (["p"], None)


@pytest.mark.parametrize(
    ("given", "told"),
    [
        (([[1, 2]], [[3]]), r"got \(1, 2\) and \(1, 1\)"),
        (([1, 2], [3, 4]), r"got \(2,\) and \(2,\)"),
        (([[1], [2]], [3]), r"got \(2, 1\) and \(1,\)"),
        (([[1], [2]], [3, 4], [5]), r"got \(2, 1\) and \(2,\) and \(1,\)"),
        (([[1], [2]], 3), r"got \(2, 1\) and int"),
        ((), "got tuple"),
        ([[1], [2]], "got list"),
    ],
)
def test_what_is_no_table_of_a_function_is_told(monkeypatch: pytest.MonkeyPatch, given: Any, told: str) -> None:
    with pytest.raises(ValueError, match=rf"made_here:load\(\) gives a data frame, or inputs .*, {told}$"):
        made(monkeypatch, given)


COLUMNS = [f"x{place}" for place in range(12)]


@pytest.mark.parametrize(
    ("names", "options", "told"),
    [
        (["a", "b"], {}, "t needs the column that holds the class, --target COLUMN, one of a, b$"),
        (COLUMNS, {"target": "y"}, r"no column y \(target\): it has x0, .*, x11$"),
        ([*COLUMNS, "z", "u"], {"target": "y"}, r"\(target\): it has x0, .*, x11 and 2 more$"),
        (["1", "2", "c"], {"target": "y"}, r"it has 1, 2, c \(is the first line its names\?\)$"),
        (["1", "b", "c"], {"target": "y"}, r"it has 1, b, c$"),
        (["a", "y"], {"target": "y", "group": "zzz"}, r"no column zzz \(group\)"),
        (["a", "y"], {"target": "y", "keep": ("a", "zzz")}, r"no column zzz \(keep\)"),
        (["a", "y"], {"target": "y", "drop": ("y",)}, "y is the target of t, and drop names it too"),
        (["a", "y"], {"target": "y", "time": "y"}, "y is the target of t, and time names it too"),
        (["a", "b", "y"], {"target": "y", "drop": ("b", "a"), "keep": ("a", "b")}, "^a is to be dropped and to be kept"),
        (["a", "b", "y"], {"target": "y", "group": "a", "time": "b"}, "got group a and time b: leave one out"),
    ],
)  # fmt: skip
def test_an_option_names_columns_of_the_table(names: list[str], options: dict[str, Any], told: str) -> None:
    with pytest.raises(ValueError, match=told):
        Options(**options).check_columns(names, "t")


def test_options_that_fit_are_taken() -> None:
    Options(target="y", group="a", drop=("b",), keep=("c",)).check_columns(["a", "b", "c", "y"], "t")
    Options(target="y", time="a").check_columns(["a", "y"], "t")


@pytest.mark.parametrize(
    ("word", "told", "gap"),
    [
        ("age", "age", "--na age"),
        ("a_b-c.d", "a_b-c.d", "--na a_b-c.d"),
        ("-9", "-9", "--na=-9"),
        ("a b", "'a b'", "--na 'a b'"),
        ("it's", "'it'\\''s'", "--na 'it'\\''s'"),
        ("", "''", "--na ''"),
        ("-", "'-'", "--na='-'"),
    ],
)
def test_a_word_is_told_as_a_shell_takes_it(word: str, told: str, gap: str) -> None:
    assert (shell(word), as_gap(word)) == (told, gap)
