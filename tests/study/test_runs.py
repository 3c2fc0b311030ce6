"""Runs by their names: which there are, which one is meant, what a table's is called, and what lies where."""

from pathlib import Path

import pytest

from study.errors import UsageError
from study.kept import runs
from study.kept.runs import Run, chosen, existing_runs, file_or_run, run_name

pytestmark = pytest.mark.usefixtures("folder_of_runs")


def begin(*names: str, file: str = "study.db") -> None:
    for name in names:
        Path("runs", name).mkdir(parents=True, exist_ok=True)
        Path("runs", name, file).touch()


def test_all_of_a_run_lies_in_its_folder() -> None:
    run = Run("small")
    assert [str(path) for path in (run.folder, run.log, run.page, run.file.path, run.database.path)] == [
        "runs/small",
        "runs/small/log",
        "runs/small/report/index.html",
        "runs/small/study.db",
        "runs/small/study.db",
    ]
    assert run.database is run.database


@pytest.mark.parametrize("name", ["a", "9", "A-b_c.d", "n" * 64])
def test_a_name_is_of_letters_digits_and_three_signs(name: str) -> None:
    assert Run(name).name == name


@pytest.mark.parametrize("name", ["", ".", "..", "-a", "_a", ".a", "a/b", "a b", "ä", "n" * 65, "a\n"])
def test_a_name_that_leads_elsewhere_is_refused(name: str) -> None:
    with pytest.raises(UsageError, match=r"is made of letters, digits, '\.', '_' and '-', at most 64, got"):
        Run(name)


@pytest.mark.parametrize(
    ("data", "name"),
    [
        ("n" * 64 + ".csv", "n" * 64),
        ("n" * 65 + ".csv", "n" * 64),
        ("of/the/ä+people.2.parquet", "people"),
        ("???.csv", "table"),
        ("-_.csv", "table"),
        ("my:people.csv", "my_people"),
        ("packaged:german", "packaged-german"),
    ],
)
def test_what_a_table_s_run_is_called_is_the_name_of_a_run(data: str, name: str) -> None:
    assert run_name(data) == name
    assert Run(name).name == name


def test_runs_are_those_with_a_database_or_its_backup_and_a_name_that_a_run_can_have() -> None:
    assert existing_runs() == []
    begin("b", "a", "-odd", "what else")
    begin("c", "a", file="study.backup.db")
    begin("d", file="results.parquet")
    assert existing_runs() == [Run("a"), Run("b"), Run("c")]


@pytest.fixture
def on_a_server(monkeypatch: pytest.MonkeyPatch) -> None:
    """Which has two studies, while the folder has others."""
    begin("here")
    monkeypatch.setattr(runs, "_names_on", {"url": {"z", "y", "-odd"}, "empty": set()}.__getitem__)


@pytest.mark.usefixtures("on_a_server")
def test_of_a_server_runs_are_its_studies() -> None:
    assert existing_runs("url") == [Run("y", "url"), Run("z", "url")]
    assert chosen("z", "url") == Run("z", "url")
    with pytest.raises(UsageError, match="there is no run in the database yet: begin one with dropstep run"):
        chosen(None, "empty")
    with pytest.raises(UsageError, match="there is no run 'here': pass --name, one of y, z"):
        chosen("here", "url")


def test_the_run_that_is_meant_is_named_or_the_only_one() -> None:
    for name in (None, "a"):
        with pytest.raises(UsageError, match="there is no run in runs/ yet: begin one with dropstep run"):
            chosen(name)
    begin("apple")
    assert chosen(None) == chosen("apple") == Run("apple")
    with pytest.raises(UsageError, match="there is no run 'appel': pass --name, one of apple; did you mean apple"):
        chosen("appel")
    begin("pear")
    assert chosen("pear") == Run("pear")
    with pytest.raises(UsageError) as raised:
        chosen(None)
    assert str(raised.value) == "several runs are there: pass --name, one of apple, pear"


def test_a_word_is_a_file_or_a_run() -> None:
    with pytest.raises(UsageError, match="no file apple and no run of that name: there is no run yet: begin one with"):
        file_or_run("apple")
    begin("apple")
    assert file_or_run("apple") == Run("apple")
    with pytest.raises(UsageError, match="no file appel and no run of that name: runs are apple; did you mean apple"):
        file_or_run("appel")
    Path("apple").write_text("")
    assert file_or_run("apple") == Path("apple")


def test_a_folder_is_made_for_who_takes_its_lock() -> None:
    for _ in range(2):
        with Run("deep").locked():
            assert Run("deep").database.is_running
        assert not Run("deep").database.is_running


def test_a_study_in_a_file_keeps_its_folder_from_one_on_a_server(monkeypatch: pytest.MonkeyPatch) -> None:
    begin("small")
    with pytest.raises(UsageError, match="runs/small is the folder of a study in sqlite"), Run("small", "url").locked():
        pass
    with Run("small").locked():
        pass
    with pytest.raises(UsageError, match="--storage is postgresql"), Run("other", "url").locked():
        pass
    assert not Path("runs/other").exists()
