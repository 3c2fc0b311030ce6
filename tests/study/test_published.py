"""Published means these bytes: what is missing, cut or stale is written again, and at any instant each file is the old or the new one, whole."""

import os
import threading
from contextlib import closing, suppress
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from study.commands import pages as asked_of_reports
from study.errors import StudyError
from study.kept import published
from study.kept.ledger import Ledger, digest_of
from study.kept.published import (
    UNFINISHED,
    is_current,
    networks_published,
    publication,
    publishing,
    write_whole,
)
from study.kept.results import harmless, write_results
from study.kept.runs import Run

FOLDER = Path("runs/small")
FILES = ("results.parquet", "results.csv", "report/index.html")


def bytes_of(folder: Path) -> dict[str, bytes]:
    return {name: (folder / name).read_bytes() for name in FILES}


def gone(path: Path) -> None:
    path.unlink()


def emptied(path: Path) -> None:
    path.write_bytes(b"")


def cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-1])


def touched(path: Path) -> None:
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) // 2] + b"?" + whole[len(whole) // 2 + 1 :])


@pytest.fixture
def filled_pages(pages: list[pd.DataFrame], monkeypatch: pytest.MonkeyPatch) -> list[pd.DataFrame]:
    """Pages that hold something."""

    def render(table: pd.DataFrame, folder: Path) -> tuple[Path, list[str]]:
        pages.append(table)
        (folder / "index.html").write_text(f"{len(table)} networks, {table.attrs['provenance']['search']}")
        return folder / "index.html", []

    monkeypatch.setattr(asked_of_reports, "render", render)
    return pages


def test_a_csv_file_has_the_bytes_of_pandas(tmp_path) -> None:
    table = pd.DataFrame(
        {
            "number": [1e-7, np.nan, 0.1 + 0.2],
            "count": [0, -1, 10**15],
            "whether": [True, False, True],
            "text": ['a "b", c', "=1+1", "two\nlines"],
            "gap": pd.Series(["", None, "ß"], dtype="str"),
        }
    )
    table.attrs = {"baselines": [{"method": "none", "value": 0.5}, {"method": None, "value": "all"}]}
    write_results(table, tmp_path)
    for name, each in (("results", table), ("baselines", pd.DataFrame(table.attrs["baselines"]))):
        expected = harmless(each).to_csv(index=False, lineterminator="\n")
        assert (tmp_path / f"{name}.csv").read_bytes().decode() == expected


@pytest.mark.whole
def test_what_is_missing_cut_or_changed_is_written_again(run, filled_pages) -> None:
    run()
    whole = bytes_of(FOLDER)
    for name in FILES:
        for harm in (gone, emptied, cut, touched):
            harm(FOLDER / name)
            code, out, _ = run()
            assert (code, "nothing left to do" in out) == (0, False), (name, harm)
            assert bytes_of(FOLDER) == whole
    pages_before = len(filled_pages)
    assert "nothing left to do" in run()[1]
    assert len(filled_pages) == pages_before


def test_more_trials_than_patience_lets_come_are_told_of(run, filled_pages) -> None:
    """No network is new, and what the study is called to do is."""
    patient = "--set", "search.patience=2"
    run(*patient, "--trials", "30")
    assert "nothing left to do" not in run(*patient, "--trials", "40")[1]
    assert filled_pages[-1].attrs["provenance"]["search"]["trials"] == 40
    assert "nothing left to do" in run(*patient, "--trials", "40")[1]


def test_a_newer_page_is_drawn(run, pages, monkeypatch: pytest.MonkeyPatch) -> None:
    run()
    monkeypatch.setattr(published, "_code_of_reports", lambda: "another")
    assert "nothing left to do" not in run()[1]
    assert len(pages) == 2


class PowerCut(BaseException):
    """After it nothing is written."""


class Power:
    """Lasts for a number of calls."""

    def __init__(self, calls: int) -> None:
        self._left = calls

    def until_cut(self, function):
        def call(*arguments):
            if self._left == 0:
                raise PowerCut
            self._left -= 1
            return function(*arguments)

        return call


@pytest.mark.whole
def test_a_power_cut_at_any_write_leaves_old_or_new_files_and_the_next_run_mends(
    run, filled_pages, monkeypatch
) -> None:
    run()
    old = bytes_of(FOLDER)
    run("--trials", "6", "--name", "whole")
    new = bytes_of(Path("runs/whole"))
    networks = [len(pd.read_parquet(f"runs/{name}/results.parquet")) for name in ("small", "whole")]
    steps = 0
    while True:
        with monkeypatch.context() as patched, suppress(PowerCut):
            power = Power(steps)
            patched.setattr(published.os, "fsync", power.until_cut(os.fsync))
            patched.setattr(Path, "replace", power.until_cut(Path.replace))
            run("--trials", "6")
            break
        assert len(pd.read_parquet(FOLDER / "results.parquet")) in networks
        assert len(pd.read_csv(FOLDER / "results.csv")) in networks
        assert (FOLDER / "report/index.html").read_bytes() in (old[FILES[-1]], new[FILES[-1]])
        steps += 1
    assert steps >= 8  # three files, two folders, and the backup
    assert not list(FOLDER.rglob(f"{UNFINISHED}*"))
    assert bytes_of(FOLDER)["report/index.html"] == new["report/index.html"]
    with closing(Ledger(Run("small").database)) as ledger:
        assert is_current(ledger, FOLDER)


def test_a_file_is_on_the_disk_before_it_has_its_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settled: set[int] = set()
    fsync, replace = os.fsync, Path.replace

    def noted(descriptor: int) -> None:
        settled.add(os.fstat(descriptor).st_ino)
        fsync(descriptor)

    def checked(path: Path, target: Path) -> Path:
        assert path.stat().st_ino in settled
        return replace(path, target)

    def write(folder: Path) -> list[Path]:
        (folder / "a").write_text("1")
        (folder / "b").write_text("2")
        return [folder / "a", folder / "b"]

    monkeypatch.setattr(published.os, "fsync", noted)
    monkeypatch.setattr(Path, "replace", checked)
    assert write_whole(tmp_path, write) == [tmp_path / "a", tmp_path / "b"]
    assert tmp_path.stat().st_ino in settled
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a", "b"]


def test_a_second_publisher_waits_or_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    order: list[str] = []

    def second() -> None:
        with publishing(tmp_path):
            order.append("second")

    with publishing(tmp_path):
        other = threading.Thread(target=second)
        other.start()
        other.join(0.3)
        order.append("first")
    other.join()
    assert order == ["first", "second"]
    monkeypatch.setattr(published, "PATIENCE", 0.0)
    with (
        publishing(tmp_path),
        pytest.raises(StudyError, match="another command has been writing"),
        publishing(tmp_path),
    ):
        pass


def test_who_publishes_looks_twenty_times_a_second_and_gives_up_after_a_minute(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    now, naps = [1000.0], []

    def sleep(seconds: float) -> None:
        naps.append(seconds)
        now[0] += seconds

    monkeypatch.setattr(published, "time", SimpleNamespace(monotonic=lambda: now[0], sleep=sleep))
    with publishing(tmp_path):
        assert naps == []
        with (
            pytest.raises(
                StudyError, match=f"another command has been writing the results of {tmp_path} for 60 s: wait"
            ),
            publishing(tmp_path),
        ):
            pass
    assert set(naps) == {0.05}
    assert 60 <= sum(naps) < 60.05 + 1e-6


def test_a_publisher_that_has_no_patience_left_has_looked_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(published, "PATIENCE", 0.0)
    monkeypatch.setattr(
        published, "time", SimpleNamespace(monotonic=lambda: 1000.0, sleep=lambda _: pytest.fail("it slept"))
    )
    with publishing(tmp_path), pytest.raises(StudyError, match="another command"), publishing(tmp_path):
        pass


def test_what_a_killed_publisher_left_goes_wherever_it_lies(tmp_path: Path) -> None:
    left = [tmp_path / "new" / f"{UNFINISHED}abc", tmp_path / "new/report" / f"{UNFINISHED}def"]
    for folder in left:
        folder.mkdir(parents=True)
        (folder / "results.csv").write_text("1")
    other = tmp_path / "new" / f"{UNFINISHED}that is a file"
    other.touch()
    with publishing(tmp_path / "new"):
        assert not any(folder.exists() for folder in left)
    with publishing(tmp_path / "another" / "new"):
        assert (tmp_path / "another" / "new").is_dir()


def test_a_failure_while_one_writes_is_what_is_told_and_nothing_is_left(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("old")

    def write(folder: Path) -> list[Path]:
        (folder / "a").write_text("new")
        raise OSError("no space left")

    def write_elsewhere(folder: Path) -> list[Path]:
        folder.rmdir()
        raise OSError("no space left")

    for failing in (write, write_elsewhere):
        with pytest.raises(OSError, match="no space left"):
            write_whole(tmp_path, failing)
    assert [path.name for path in tmp_path.iterdir()] == ["a"]
    assert (tmp_path / "a").read_text() == "old"


def held(size: int, notes: dict[str, object]) -> SimpleNamespace:
    """A ledger of so many networks with these notes."""
    return SimpleNamespace(size=size, note=notes.get)


def test_what_is_published_is_told_by_the_bytes_of_its_files_and_what_they_were_made_of(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A file by the first sixteen digits of its SHA-256."""
    monkeypatch.setattr(published, "_code_of_reports", lambda: "code")
    (tmp_path / "report").mkdir()
    files = [tmp_path / "results.csv", tmp_path / "report/index.html"]
    for file in files:
        file.write_bytes(b"abc")
    ledger = held(3, {"provenance": {"seed": 1}})
    noted = publication(ledger, tmp_path, files)
    assert noted == {
        "networks": 3,
        "provenance": digest_of({"seed": 1}),
        "reports": "code",
        "files": dict.fromkeys(("results.csv", "report/index.html"), "ba7816bf8f01cfea"),
    }
    for size, note, others in (
        (3, noted, {}),
        (4, noted, None),
        (3, {**noted, "reports": "another"}, None),
        (3, {**noted, "provenance": "another"}, None),
        (3, {**noted, "files": {**noted["files"], "results.csv": "another"}}, None),
        (3, {**noted, "files": {**noted["files"], "gone.csv": "another"}}, None),
        (3, 3, None),
        (3, None, None),
    ):
        found = is_current(held(size, {"provenance": {"seed": 1}, "published": note}), tmp_path)
        assert found is (others is not None)


@pytest.mark.parametrize(("noted", "networks"), [(None, None), (7, 7), ({"networks": 9, "files": {}}, 9)])
def test_how_many_networks_were_published_was_all_that_older_versions_noted(noted, networks) -> None:
    assert networks_published(held(20, {"published": noted})) == networks


def test_the_code_of_the_reports_is_all_that_lies_there_but_bytecode(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    package = tmp_path / "reports"
    (package / "page").mkdir(parents=True)
    for name in ("__init__.py", "page/head.py", "page/look.css"):
        (package / name).write_text(f"of {name}")
    place = SimpleNamespace(origin=str(package / "__init__.py"), submodule_search_locations=[str(package)])
    monkeypatch.setattr(published, "find_spec", {"reports": place}.get)
    whole = published._code_of_reports()
    assert len(whole) == 16
    (package / "page/__pycache__").mkdir()
    (package / "page/__pycache__/head.pyc").write_text("bytecode")
    (tmp_path / "beside.py").write_text("no part of it")
    assert published._code_of_reports() == whole
    found = {whole}
    (package / "page/look.css").write_text("another look")
    found.add(published._code_of_reports())
    (package / "page/look.css").rename(package / "page/more.css")
    found.add(published._code_of_reports())
    place.submodule_search_locations = None
    found.add(published._code_of_reports())
    assert len(found) == 4
    (package / "page/more.css").write_text("no part of a module that is a file")
    assert published._code_of_reports() in found
