"""Whatever befalls the file of a study: it is told in one line, nothing is made worse, and what is left resumes to the same end."""

import gc
import shutil
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pandas as pd
import pytest
from levels import one_in
from small_study import optuna_study, optuna_trials, without_seconds

from study.kept import database
from study.kept.sqlite import Sqlite

FILE = Path("runs/small/study.db")


def with_sql(*statements: str) -> Callable[[], None]:
    def spoil() -> None:
        with closing(sqlite3.connect(FILE)) as connection, connection:
            for statement in statements:
                connection.execute(statement)

    return spoil


def overwritten(content: bytes, place: float = 0.0) -> Callable[[], None]:
    """Bytes written over those from a share of the file's length on."""

    def spoil() -> None:
        with FILE.open("r+b") as file:
            file.seek(int(place * FILE.stat().st_size))
            file.write(content)

    return spoil


def replaced(content: bytes) -> Callable[[], object]:
    return lambda: FILE.write_bytes(content)


def cut() -> None:
    content = FILE.read_bytes()
    FILE.write_bytes(content[: len(content) // 2])


def made_foreign() -> None:
    FILE.unlink()
    with_sql("CREATE TABLE songs (title TEXT)")()


def made_a_namesake() -> None:
    FILE.unlink()
    with_sql("CREATE TABLE networks (ssid TEXT, channel INTEGER)")()


DAMAGES = {
    "text": (replaced(b"no database at all, but long enough to be looked at " * 99), "file is not a database"),
    "empty": (replaced(b""), "study.db is empty"),
    "gone": (FILE.unlink, "study.db is gone"),
    "truncated": (cut, "malformed"),
    "junk inside": (overwritten(b"junk" * 1024, 0.5), "study.db"),
    "another program's": (made_foreign, "is another program's database"),
    "another program's networks": (made_a_namesake, "is another program's database, its table lacks stage, arm"),
    "altered loss": (
        with_sql("UPDATE networks SET valid_loss = valid_loss + 1e-9 WHERE arm = 'joint' AND trial = 1"),
        "network search joint 0 1 0 is not as it was recorded",
    ),
    "a network less": (with_sql("DELETE FROM networks WHERE stage = 'search' AND trial = 1"), "of 14 recorded networks"),
    "no networks": (with_sql("DROP TABLE networks"), "it holds 0 of 14 recorded networks"),
    "altered setting": (with_sql("UPDATE networks SET width = 99"), "is not as it was recorded"),
    "curve of another type": (with_sql("UPDATE networks SET curve = '5'"), "is not as it was recorded"),
    "loss of another type": (with_sql("UPDATE networks SET valid_loss = 'small'"), "is not as it was recorded"),
    "curve that is no JSON": (with_sql("UPDATE networks SET curve = '[1,'"), "damaged, Expecting value"),
    "note that is no JSON": (with_sql("UPDATE notes SET document = 'xx'"), "damaged, Expecting value"),
    "note of another type": (with_sql("UPDATE notes SET document = '[]'"), "is not as it was recorded"),
    "lost notes": (with_sql("DELETE FROM notes"), "does not say how many networks it recorded"),
}  # fmt: skip


def table() -> str:
    return without_seconds(pd.read_parquet("runs/small/results.parquet"))


def content() -> bytes | None:
    return FILE.read_bytes() if FILE.exists() else None


@pytest.mark.parametrize("damage", one_in(4, DAMAGES))
def test_damage_is_told_left_alone_and_undone_by_restore(run, dropstep, finished: str, damage: str) -> None:
    spoil, told = DAMAGES[damage]
    spoil()
    before = content()
    code, out, err = run("--trials", "5")
    assert (code, out, err.count("\n")) == (1, "", 1)
    assert told in err
    assert "dropstep restore --name small" in err
    assert content() == before
    code, out, _ = dropstep("restore")
    assert code == 0
    assert "search  8/8 networks" in out
    if before is not None:
        assert Path("runs/small/study.damaged-1.db").read_bytes() == before
        assert "is kept as runs/small/study.damaged-1.db" in out
    assert run()[0] == 0
    assert table() == finished


def test_without_a_backup_another_name_is_advised(run, finished: str) -> None:
    FILE.with_name("study.backup.db").unlink()
    FILE.write_bytes(b"damaged")
    before = content()
    code, _, err = run()
    assert (code, err.count("\n"), content()) == (1, 1, before)
    assert "move it away, or choose another --name" in err


def test_an_empty_file_without_a_backup_is_a_study_that_has_not_begun(run, dropstep) -> None:
    FILE.parent.mkdir(parents=True)
    FILE.touch()
    assert "holds nothing yet" in dropstep("status")[2]
    assert run()[0] == 0


@pytest.mark.parametrize(
    "dropped", one_in(3, ["trials", "trial_values", "trial_params", "trial_user_attributes", "studies"])
)
def test_tables_of_optuna_that_are_gone_are_written_anew(run, finished: str, dropped: str) -> None:
    before = trials()
    with_sql(f"DROP TABLE {dropped}")()
    assert run()[0] == 0
    assert trials() == before
    assert table() == finished


def trials() -> list:
    return [(each.number, each.state, each.value, each.params, each.user_attrs) for each in optuna_trials(Sqlite(FILE))]


def changed(before: list) -> bool:
    """Whether Optuna finds other trials, or none at all."""
    try:
        with optuna_study(Sqlite(FILE)) as study:
            return study.direction.name != "MINIMIZE" or trials() != before
    except (LookupError, RuntimeError, ValueError):
        return True


@pytest.mark.whole
def test_a_trial_that_optuna_holds_twice_or_altered_is_put_right(run, finished: str) -> None:
    before = trials()
    for statement in (
        "INSERT INTO trials SELECT 99, number, study_id, state, datetime_start, datetime_complete FROM trials WHERE number = 1",
        "UPDATE trial_values SET value = 7",
        "UPDATE trials SET state = 'RUNNING'",
        "DELETE FROM trials",
        "DELETE FROM trial_params",
        "UPDATE trial_params SET param_value = param_value * 1.01",
        "UPDATE trial_params SET param_value = 'abc'",
        "UPDATE trial_user_attributes SET value_json = '7'",
        "UPDATE study_directions SET direction = 'MAXIMIZE'",
        "UPDATE study_directions SET direction = 'X'",
        "UPDATE alembic_version SET version_num = 'v0'",
    ):
        with_sql(statement)()
        assert changed(before), statement
        assert run()[::2] == (0, ""), statement
        assert trials() == before


def test_the_backup_follows_the_study_and_nothing_else(run, finished: str) -> None:
    backup = FILE.with_name("study.backup.db")
    first = backup.stat().st_mtime_ns
    run()
    assert backup.stat().st_mtime_ns == first, "nothing was added"
    run("--trials", "5")
    assert backup.stat().st_mtime_ns > first
    with closing(sqlite3.connect(backup)) as connection:
        assert connection.execute("SELECT count(*) FROM networks").fetchone() == (2 * 2 + 5 * 2 + 2 * 2,)


BACKUP_DAMAGES = {
    "gone": lambda path: path.unlink(),
    "emptied": lambda path: path.write_bytes(b""),
    "no database": lambda path: path.write_bytes(b"no database" * 999),
    "cut": lambda path: path.write_bytes(path.read_bytes()[: path.stat().st_size // 2]),
    "a page of junk": lambda path: path.write_bytes(path.read_bytes()[:-4096] + b"x" * 4096),
    "a row that differs": lambda path: with_sql_in(path, "UPDATE networks SET valid_loss = 0.5 WHERE stage = 'refit'"),
    "a row too few": lambda path: with_sql_in(path, "DELETE FROM networks WHERE stage = 'refit'"),
    "no provenance": lambda path: with_sql_in(path, "DELETE FROM notes WHERE subject = 'provenance'"),
}


def with_sql_in(path: Path, statement: str) -> None:
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute(statement)


@pytest.mark.parametrize("damage", one_in(4, BACKUP_DAMAGES))
def test_a_damaged_backup_is_made_anew_before_it_is_needed(run, dropstep, finished: str, damage: str) -> None:
    BACKUP_DAMAGES[damage](FILE.with_name("study.backup.db"))
    assert run()[0] == 0
    FILE.write_bytes(b"no database" * 999)
    assert dropstep("restore")[0] == 0
    run()
    assert table() == finished


def test_a_trial_that_somebody_began_with_optuna_goes(run, finished: str) -> None:
    before = trials()
    with optuna_study(Sqlite(FILE)) as study:
        study.ask()
    assert len(trials()) == len(before) + 1
    assert run()[0] == 0
    assert trials() == before


def test_a_study_is_backed_up_before_it_is_resumed(run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("study.reported.publish", lambda *_: sys.exit(3))
    with pytest.raises(SystemExit):
        run()
    assert not FILE.with_name("study.backup.db").exists()
    with pytest.raises(SystemExit):
        run()
    assert FILE.with_name("study.backup.db").exists()


def test_restore_without_a_backup_is_refused(run, dropstep, finished: str) -> None:
    FILE.with_name("study.backup.db").unlink()
    FILE.write_bytes(b"damaged")
    before = content()
    code, _, err = dropstep("restore")
    assert (code, err.count("\n"), content()) == (2, 1, before)
    assert "has no backup" in err


def test_a_backup_that_is_damaged_too_is_not_put_back(run, dropstep, finished: str) -> None:
    FILE.with_name("study.backup.db").write_bytes(b"no database" * 999)
    FILE.write_bytes(b"damaged")
    before = content()
    code, _, err = dropstep("restore")
    assert (code, err.count("\n"), content()) == (1, 1, before)
    assert "study.backup.db: file is not a database" in err


def test_what_is_sound_is_not_restored(run, dropstep, finished: str) -> None:
    before = content()
    code, _, err = dropstep("restore")
    assert (code, err, content()) == (2, "error: runs/small/study.db is sound: nothing to restore\n", before)


def test_a_second_restore_keeps_both_damaged_files(run, dropstep, finished: str) -> None:
    for damaged in (b"first", b"second"):
        FILE.write_bytes(damaged)
        assert dropstep("restore")[0] == 0
    assert FILE.with_name("study.damaged-1.db").read_bytes() == b"first"
    assert FILE.with_name("study.damaged-2.db").read_bytes() == b"second"


def test_restore_does_not_roll_a_damaged_files_journal_into_the_backup(run, dropstep, finished: str) -> None:
    journal = FILE.with_name("study.db-journal")
    journal.write_bytes(b"a journal of what is no more")
    FILE.write_bytes(b"damaged")
    dropstep("restore")
    assert not journal.exists()


def test_a_folder_in_the_files_place_is_told(run) -> None:
    FILE.mkdir(parents=True)
    code, _, err = run()
    assert (code, err.count("\n")) == (1, 1)
    assert "unable to open database file" in err


@pytest.fixture
def holder(finished: str) -> Iterator[sqlite3.Connection]:
    """Another program that holds the finished study's file."""
    with closing(sqlite3.connect(FILE, isolation_level=None, check_same_thread=False)) as connection:
        connection.execute("BEGIN EXCLUSIVE")
        yield connection


def test_a_file_that_another_program_holds_is_waited_for(run, holder, finished: str, monkeypatch) -> None:
    """Until it lets go, which here it does as soon as it is said that it is waited for."""
    monkeypatch.setattr(Sqlite, "connect_args", {"timeout": 0.1})
    monkeypatch.setattr(database, "sleep", lambda _: holder.in_transaction and holder.execute("ROLLBACK"))
    code, out, err = run()
    assert (code, err) == (0, "")
    assert out.count("study.db: database is locked; waiting, 60 s at most") == 1
    assert "waiting" in Path("runs/small/log").read_text()


def test_a_file_that_another_program_keeps_is_given_up(run, holder, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Sqlite, "connect_args", {"timeout": 0.1})
    monkeypatch.setattr(database, "PATIENCE", 0.3)
    code, _, err = run()
    assert (code, err.count("\n")) == (1, 1)
    assert "database is locked; another program holds it" in err


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 400 kB at runs/."""
    folder = tmp_path / "runs"
    folder.mkdir()
    mounted = shutil.which("mount") and subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=800k", "tmpfs", folder], capture_output=True, check=False
    )
    if not mounted or mounted.returncode:
        pytest.skip("needs the right to mount a tmpfs")
    yield folder
    subprocess.run(["umount", "--lazy", folder], check=True)


@pytest.mark.filterwarnings("ignore:unclosed database:ResourceWarning")
def test_a_full_disk_is_told_and_a_freed_one_resumed(run, small_disk: Path) -> None:
    words = "--name", "large", "--trials", "4"
    assert run(*words)[0] == 0
    expected = without_seconds(pd.read_parquet("runs/large/results.parquet"))
    shutil.rmtree(small_disk / "large")
    ballast, left = small_disk / "ballast", shutil.disk_usage(small_disk).free
    codes = []
    for room in range(8_000, left, 24_000):
        ballast.write_bytes(bytes(shutil.disk_usage(small_disk).free + _size(ballast) - room))
        code, _, err = run(*words)
        codes.append(code)
        if code == 0:
            break
        assert (code, err.count("\n")) == (1, 1)
        assert "full" in err or "No space left" in err or "disk I/O error" in err
    assert codes.count(1) > 2, "the disk was full at several places"
    assert codes[-1] == 0
    assert without_seconds(pd.read_parquet("runs/large/results.parquet")) == expected
    gc.collect()  # where Optuna cannot begin its tables it leaves a connection open


def _size(path: Path) -> int:
    return path.stat().st_size if path.exists() else 0


def test_a_file_that_is_read_only_is_read_and_not_written(run, dropstep, finished: str, tmp_path: Path) -> None:
    mounted = shutil.which("mount") and subprocess.run(
        ["mount", "--bind", "-o", "ro", tmp_path / "runs", tmp_path / "runs"], capture_output=True, check=False
    )
    if not mounted or mounted.returncode:
        pytest.skip("needs the right to mount read-only")
    try:
        code, _, err = run("--trials", "5")
        assert (code, err.count("\n")) == (1, 1)
        assert "Read-only file system" in err
        assert dropstep("status")[0] == 0
    finally:
        subprocess.run(["umount", "--lazy", tmp_path / "runs"], check=True)


@pytest.mark.parametrize("leap", one_in(3, [-1e9, 1e9, 0.0]))
def test_a_clock_that_leaps_decides_nothing(run, dropstep, monkeypatch: pytest.MonkeyPatch, leap: float) -> None:
    assert run("--name", "steady")[0] == 0
    times = iter(range(10**6))
    monkeypatch.setattr(time, "time", lambda: 1.7e9 + leap * next(times))
    assert run("--name", "leaping")[0] == 0
    tables = [without_seconds(pd.read_parquet(f"runs/{name}/results.parquet")) for name in ("steady", "leaping")]
    assert tables[0] == tables[1]
    assert dropstep("status", "--name", "leaping")[0] == 0
