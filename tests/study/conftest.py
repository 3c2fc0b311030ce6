"""What the tests of the engine share."""

import importlib.util
import os
import shutil
import sqlite3
import sys
from collections.abc import Iterator
from functools import cache
from itertools import count
from pathlib import Path

import optuna
import pandas as pd
import pytest
import sqlalchemy as sql
from alembic.script import ScriptDirectory
from optuna.samplers import TPESampler
from postgresql_server import Server, programs
from real_processes import begin, end_of, table_of
from small_study import STUDY, Databases, carry_out, small_study, stand_in, without_seconds

import nets
from study.command_line import main
from study.commands import pages as asked_of_reports
from study.kept.postgresql import Postgresql
from study.kept.sqlite import Sqlite
from study.searched import sampling


@pytest.fixture(scope="session", autouse=True)
def revisions_read_once() -> Iterator[None]:
    """Optuna reads its thirty files of revisions each time that it opens a database; none of them changes."""
    read = cache(lambda: ScriptDirectory(str(Path(optuna.storages.__file__).with_name("_rdb") / "alembic")))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ScriptDirectory, "from_config", lambda _: read())
        yield


@pytest.fixture(scope="session", autouse=True)
def no_power_cuts() -> Iterator[None]:
    """What a power cut leaves is for the tests that simulate one: nobody waits for the disk, which took a third of the time."""

    def unsettled(connection: object, _: object) -> None:
        if isinstance(connection, sqlite3.Connection):
            connection.execute("PRAGMA synchronous = OFF")

    sql.event.listen(sql.Engine, "connect", unsettled)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(os, "fsync", lambda _: None)
        yield
    sql.event.remove(sql.Engine, "connect", unsettled)


@pytest.fixture
def quick_networks(monkeypatch: pytest.MonkeyPatch) -> None:
    """The stand-in for training, and a TPE that follows its history from the third trial on."""
    monkeypatch.setattr(nets, "train", stand_in)
    monkeypatch.setitem(sampling.SAMPLERS, "tpe", lambda draw, search: TPESampler(seed=draw, n_startup_trials=2))


UNINTERRUPTED: list[str] = []  # made once


@pytest.fixture
def uninterrupted(quick_networks: None, tmp_path: Path) -> str:
    """The small study's table, as text without wall-clock."""
    if not UNINTERRUPTED:
        UNINTERRUPTED.append(without_seconds(carry_out(tmp_path / "uninterrupted.db", small_study())))
    return UNINTERRUPTED[0]


@pytest.fixture
def folder_of_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working directory without runs."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def dropstep(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], folder_of_runs: Path):
    """The command line in this process: exit code, stdout and stderr of a list of words."""

    def called(*words: str) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["dropstep", *words])
        code = main()
        said = capsys.readouterr()
        return code, said.out, said.err

    return called


@pytest.fixture(scope="session")
def postgresql() -> Iterator[Server]:
    """A server, started for the first test that asks for it."""
    folder = programs()
    if folder is None:
        pytest.skip("PostgreSQL is not installed: apt-get install postgresql")
    if importlib.util.find_spec("psycopg") is None:
        pytest.skip("psycopg is not installed: pip install 'dropstep[postgresql]'")
    server = Server(folder)
    yield server
    server.close()


PLACES = count()


@pytest.fixture(params=["sqlite", "postgresql"])
def databases(request: pytest.FixtureRequest, tmp_path: Path) -> Databases:
    """Makes a new database, empty, at each call."""
    if request.param == "sqlite":
        return lambda: Sqlite(tmp_path / f"{next(PLACES)}.db")
    server: Server = request.getfixturevalue("postgresql")
    return lambda: Postgresql(server.url, f"study-{next(PLACES)}.X")


@pytest.fixture
def pages(monkeypatch: pytest.MonkeyPatch) -> list[pd.DataFrame]:
    """The tables that pages were drawn from."""
    drawn: list[pd.DataFrame] = []

    def render(table: pd.DataFrame, folder: Path) -> tuple[Path, list[str]]:
        drawn.append(table)
        folder.mkdir(exist_ok=True)
        page = folder / "index.html"
        page.write_text("")
        return page, ["answer  it was drawn"]

    monkeypatch.setattr(asked_of_reports, "render", render)
    return drawn


@pytest.fixture
def run(dropstep, folder_of_runs: Path, pages: list[pd.DataFrame], quick_networks: None):
    """``dropstep run`` on the small study, in this process."""
    (folder_of_runs / "small.toml").write_text(STUDY)
    return lambda *words: dropstep("run", "small.toml", "--workers", "1", *words)


FINISHED: list[Path] = []  # made once, copied for each test


@pytest.fixture
def finished(run, tmp_path: Path, tmp_path_factory: pytest.TempPathFactory) -> str:
    """The table of the small study, which was carried out as by ``run()``, and is there with its backup."""
    if not FINISHED:
        assert run()[0] == 0
        FINISHED.append(Path(shutil.copytree(tmp_path / "runs", tmp_path_factory.mktemp("finished") / "runs")))
    shutil.copytree(FINISHED[0], tmp_path / "runs", dirs_exist_ok=True)
    return without_seconds(pd.read_parquet("runs/small/results.parquet"))


@pytest.fixture(scope="session")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the real processes' study, which ran in one process."""
    folder = tmp_path_factory.mktemp("uninterrupted")
    assert end_of(begin(folder, "--workers", "1")) == (0, "")
    return folder


@pytest.fixture(scope="session")
def in_one_process(undisturbed: Path) -> str:
    """Its table."""
    return table_of(undisturbed)
