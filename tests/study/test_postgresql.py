"""A study on a server is the study in a file: the same table, one driver at a time, and a restart leaves no trace."""

import os
import random
import signal
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import pandas as pd
import pytest
from postgresql_server import Server
from small_study import carry_out, optuna_trials, small_study, stand_in, without_seconds
from sqlalchemy.engine.default import DefaultDialect
from test_processes import begin, end_of, table_of, wait_for_workers

import nets
from study.errors import StudyError
from study.kept import database
from study.kept.ledger import Ledger
from study.kept.postgresql import Postgresql, names_on
from study.kept.runs import Run


def test_the_commands_know_a_study_on_a_server(run, dropstep, postgresql: Server, monkeypatch) -> None:
    assert run()[0] == 0
    monkeypatch.setenv("DROPSTEP_STORAGE", postgresql.url)
    here = "--name", "commanded"
    assert run(*here)[0] == 0
    assert "nothing left to do" in run(*here)[1]
    assert not Path("runs/commanded/study.db").exists()
    _, out, _ = dropstep("status", *here)
    assert out.startswith("commanded: finished\n")
    assert "search  8/8 networks" in out
    assert dropstep("export", *here, "--to", "elsewhere")[0] == 0
    on_file, on_server = (
        without_seconds(pd.read_parquet(f"{folder}/results.parquet")) for folder in ("runs/small", "elsewhere")
    )
    assert on_file == on_server
    with Postgresql(postgresql.url, "commanded").locked():
        assert dropstep("status", *here)[1].startswith("commanded: running\n")
        assert "being written by another run" in run(*here)[2]
    code, _, err = dropstep("restore", *here)
    assert (code, err.count("\n")) == (2, 1)
    assert "pg_restore" in err
    assert "there is no run 'typo'" in dropstep("status", "--name", "typo")[2]


def test_a_reader_makes_nothing_on_a_server(postgresql: Server, dropstep, monkeypatch: pytest.MonkeyPatch) -> None:
    """Not even where a study goes between the look at the names and the reading."""
    schemas = names_on(postgresql.url)
    place = Run("gone", postgresql.url)
    monkeypatch.setattr("study.kept.runs.existing_runs", lambda storage: [place])
    for command in ("status", "report", "advise", "best", "export", "list"):
        code, _, err = dropstep(command, "--storage", postgresql.url)
        assert (code, err.count("\n")) == ((0, 0) if command == "list" else (1, 1)), err
    assert names_on(postgresql.url) == schemas


def test_two_names_in_one_database_do_not_meet(postgresql: Server, quick_networks: None) -> None:
    first, second = (Postgresql(postgresql.url, name) for name in ("twin", "twin.2"))
    tables = [carry_out(place, small_study(seed=seed)) for place, seed in ((first, 1), (second, 2), (first, 1))]
    assert without_seconds(tables[0]) == without_seconds(tables[2]) != without_seconds(tables[1])
    assert {"twin", "twin.2"} <= set(names_on(postgresql.url))


def test_a_server_that_restarts_in_the_middle_is_waited_for(
    postgresql: Server, uninterrupted: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """Down at every third stack, up again as soon as it is said that it is waited for."""
    place = Postgresql(postgresql.url, "restarted")
    stacks = iter(range(10**6))
    down: list[int] = []

    def trained(hypers, data, **options):
        if next(stacks) % 3 == 0 and not down:
            postgresql.stop()
            down.append(1)
        return stand_in(hypers, data)

    def restarted(_: float) -> None:
        if "waiting" in caplog.text and down:
            postgresql.start()
            down.clear()

    monkeypatch.setattr(nets, "train", trained)
    monkeypatch.setattr(database, "sleep", restarted)
    with place.locked():
        table = carry_out(place, small_study())
    assert next(stacks) >= 9
    assert caplog.text.count("waiting, 60 s at most") >= 2
    assert without_seconds(table) == uninterrupted
    assert [trial.number for trial in optuna_trials(place)] == [*range(6)]


def test_an_answer_that_is_lost_doubles_nothing(postgresql: Server, uninterrupted: str) -> None:
    """Every thirteenth commit is made, and the connection lost before the server could say so."""
    place = Postgresql(postgresql.url, "lost-answers")
    commit = DefaultDialect.do_commit
    number = iter(range(10**6))

    def cut(dialect, connection) -> None:
        commit(dialect, connection)
        if next(number) % 13 == 12:
            connection.driver_connection.close()
            raise pytest.importorskip("psycopg").OperationalError("the connection was lost")

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(DefaultDialect, "do_commit", cut)
        patched.setattr(database, "sleep", lambda _: None)
        table = carry_out(place, small_study())
    assert without_seconds(table) == uninterrupted
    assert [trial.number for trial in optuna_trials(place)] == [*range(6)]
    assert next(number) > 26, "two answers were lost at least"


def test_a_second_driver_is_refused_and_a_dead_one_is_not_waited_for(postgresql: Server, tmp_path) -> None:
    script = f"""
import sys, time
from study.kept.postgresql import Postgresql
with Postgresql({postgresql.url!r}, "driven").locked():
    print("locked", flush=True)
    time.sleep(60)
"""
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}
    with subprocess.Popen([sys.executable, "-c", script], env=environment, stdout=subprocess.PIPE, text=True) as driver:
        assert driver.stdout.readline() == "locked\n"
        place = Postgresql(postgresql.url, "driven")
        assert place.is_running
        with pytest.raises(StudyError, match="being written by another run"), place.locked():
            pass
        with Postgresql(postgresql.url, "not-driven").locked():
            pass
        driver.send_signal(signal.SIGKILL)
    with place.locked():
        assert Postgresql(postgresql.url, "driven").is_running
    assert not place.is_running


def test_a_driver_that_lost_its_lock_to_another_stops(postgresql: Server, quick_networks: None, monkeypatch) -> None:
    """The server restarts, and another driver is faster."""
    first, second = (Postgresql(postgresql.url, "taken-over") for _ in range(2))
    with first.locked(), closing(Ledger(first)) as ledger:
        postgresql.stop()
        postgresql.start()
        with second.locked(), pytest.raises(StudyError, match="being written by another run"):
            ledger.write_note("driver", {})
        assert ledger.note("driver") is None


@pytest.mark.parametrize(
    ("url", "code", "told"),
    [
        ("sqlite:///x.db", 2, "--storage is postgresql+psycopg://user@host/database, got 'sqlite:///x.db'"),
        ("mysql://study:secret@x/y", 2, "got 'mysql://study:***@x/y'"),
        ("nonsense", 2, "--storage is postgresql+psycopg://"),
        ("postgresql://study:secret@127.0.0.1:1/x", 1, "is the server running"),
        ("{server}-that-is-not", 1, "does not exist; create it with createdb"),
    ],
)
def test_a_storage_that_is_none_is_told(
    run, postgresql: Server, monkeypatch: pytest.MonkeyPatch, url: str, code: int, told: str
) -> None:
    monkeypatch.setattr("study.kept.database.PATIENCE", 0.0)
    ended, out, err = run("--storage", url.format(server=postgresql.url))
    assert (ended, out, err.count("\n")) == (code, "", 1)
    assert told in err
    assert "secret" not in err


def test_a_missing_driver_is_told(run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("study.kept.postgresql.find_spec", lambda name: None)
    code, _, err = run("--storage", "postgresql://server/database")
    assert (code, err) == (2, "error: --storage needs psycopg: pip install 'dropstep[postgresql]'\n")


def test_a_name_is_not_cut_off(run, postgresql: Server) -> None:
    code, _, err = run("--storage", postgresql.url, "--name", "n" * 55)
    assert (code, err.count("\n")) == (2, 1)
    assert "at most 54 characters" in err


def test_a_folder_of_a_study_in_a_file_is_not_another_ones(run, postgresql: Server) -> None:
    run()
    code, _, err = run("--storage", postgresql.url)
    assert (code, err.count("\n")) == (2, 1)
    assert "leave --storage out, or choose another --name" in err


@pytest.mark.slow
def test_kills_of_drivers_and_servers_leave_no_trace(postgresql: Server, tmp_path: Path) -> None:
    """Real drivers with two workers each; every second one sees its server go down and come back before it is killed."""
    assert end_of(begin(tmp_path / "file", "--workers", "1")) == (0, "")
    dice = random.Random(7)
    words = "--workers", "2", "--storage", postgresql.url
    for attempt in range(6):
        driver = begin(tmp_path / "server", *words)
        wait_for_workers(driver)
        time.sleep(dice.uniform(0, 0.6))
        if attempt % 2:
            postgresql.stop()
            postgresql.start()
            time.sleep(1.5)
        driver.kill()
        driver.communicate()
    assert end_of(begin(tmp_path / "server", *words)) == (0, "")
    assert table_of(tmp_path / "server") == table_of(tmp_path / "file")
    assert [trial.number for trial in optuna_trials(Postgresql(postgresql.url, "tiny"), "tiny-joint")] == [*range(14)]
