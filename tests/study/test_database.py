"""How a database's troubles are told, waited for and given up, on a clock of its own; and what is asked of each kind of it."""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sql
from optuna.exceptions import StorageInternalError
from sqlalchemy.exc import DBAPIError, OperationalError

from study.errors import DamagedError, StudyError, UsageError
from study.kept import database, postgresql, sqlite
from study.kept.database import UnavailableError
from study.kept.postgresql import Postgresql
from study.kept.sqlite import Sqlite

SERVER = "postgresql://me:secret@host/base"


class Clock:
    """Stands still but for who sleeps."""

    def __init__(self) -> None:
        self.now = 1000.0
        self.naps: list[float] = []

    def sleep(self, seconds: float) -> None:
        self.naps.append(seconds)
        self.now += seconds

    def monotonic(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    made = Clock()
    monkeypatch.setattr(database, "sleep", made.sleep)
    monkeypatch.setattr(database, "monotonic", made.monotonic)
    return made


@pytest.fixture(autouse=True)
def psycopg_or_not(monkeypatch: pytest.MonkeyPatch) -> None:
    """No server is asked for anything here."""
    monkeypatch.setattr(postgresql, "find_spec", lambda _: True)


def failure(said: str, **attributes: Any) -> OperationalError:
    """SQLAlchemy's, of what a driver said."""
    cause = sqlite3.OperationalError(said)
    vars(cause).update(attributes)
    return OperationalError("SELECT 1", {}, cause)


def failing(times: int, error: Exception) -> Callable[[], str]:
    left = iter(range(10**6))

    def act() -> str:
        if next(left) < times:
            raise error
        return "done"

    return act


def test_what_passes_is_waited_for_and_said_once(
    clock: Clock, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    found = Sqlite(tmp_path / "study.db").patiently(failing(3, failure("database is locked")))
    assert (found, clock.naps) == ("done", [0.5] * 3)
    assert [record.getMessage() for record in caplog.records] == [
        f"{tmp_path}/study.db: database is locked; waiting, 60 s at most"
    ]


def test_what_does_not_pass_is_given_up_after_a_minute(clock: Clock, tmp_path: Path) -> None:
    """It is tried twice a second, and a last time when the minute is over."""
    place = Sqlite(tmp_path / "study.db")
    with pytest.raises(UnavailableError, match="another program holds it: close that program and run again"):
        place.patiently(failing(10**6, failure("database is locked")))
    assert sum(clock.naps) == 60
    clock.naps.clear()
    assert place.patiently(failing(120, failure("database is locked"))) == "done"
    with pytest.raises(UnavailableError):
        place.patiently(failing(122, failure("database is locked")))


def test_what_only_a_person_can_put_right_is_not_waited_for(clock: Clock, tmp_path: Path) -> None:
    with pytest.raises(StudyError, match="disk is full; free some space"):
        Sqlite(tmp_path / "study.db").patiently(failing(1, failure("disk is full")))
    assert clock.naps == []


def behind(error: BaseException, cause: BaseException) -> BaseException:
    error.__cause__ = cause
    return error


@pytest.mark.parametrize(
    ("error", "kind", "told"),
    [
        (failure("disk is full"), StudyError, "disk is full; free some space and run again, nothing recorded is lost"),
        (failure("no such table: x"), DamagedError, "no such table: x; move it away, or choose another --name"),
        (failure("strange\nand more\nof it"), DamagedError, "strange; move it away, or choose another --name"),
        (
            behind(StorageInternalError("in Optuna"), failure("database is locked")),
            UnavailableError,
            "database is locked; another program holds it: close that program and run again",
        ),
        (StorageInternalError("its own"), DamagedError, "its own; move it away, or choose another --name"),
        (
            behind(failure("no such table: x"), ValueError("what came before it")),
            DamagedError,
            "no such table: x; move it away, or choose another --name",
        ),
        (
            RuntimeError("tables of\n  another  version"),
            StudyError,
            "tables of another version; or choose another --name",
        ),
    ],
)
def test_a_failure_is_told_with_its_reason_and_what_to_do(
    tmp_path: Path, error: Exception, kind: type[Exception], told: str
) -> None:
    with pytest.raises(StudyError) as raised, Sqlite(tmp_path / "study.db").told():
        raise error
    assert type(raised.value) is kind
    assert str(raised.value) == f"{tmp_path}/study.db: {told}"


def test_a_server_that_restarts_is_waited_for_in_words_of_its_own() -> None:
    with pytest.raises(UnavailableError) as raised, Postgresql(SERVER, "small").told():
        raise failure("terminating connection", sqlstate="57P01")
    assert str(raised.value).endswith(": terminating connection; run again when it is back")


@pytest.mark.parametrize(
    ("error", "passes"),
    [
        (failure("terminating connection", sqlstate="57P01"), True),
        (failure("connection failure", sqlstate="08006"), True),
        (failure("connection refused", sqlstate=None), True),
        (failure("no such column", sqlstate="42703"), False),
        (OperationalError("SELECT 1", {}, failure("gone", sqlstate="42703").orig, connection_invalidated=True), True),
        (failure('FATAL: role "me" does not exist', sqlstate=None), False),
        (failure("password authentication failed", sqlstate="57P01"), False),
        (ValueError("terminating connection"), False),
    ],
)
def test_of_a_server_passes_what_is_lost_and_comes_back(error: DBAPIError, *, passes: bool) -> None:
    assert Postgresql(SERVER, "small").passes(error) is passes


def test_of_a_file_passes_a_lock() -> None:
    place = Sqlite(Path("study.db"))
    assert place.passes(failure("database is locked"))
    assert not place.passes(failure("disk is full"))
    assert not place.passes(ValueError("database is locked"))


def test_the_longest_name_on_a_server_fits_with_its_prefix_into_63_bytes() -> None:
    """PostgreSQL cuts a longer one off."""
    place = Postgresql(SERVER, "n" * 54)
    assert len(f"dropstep_{'n' * 54}") == 63
    assert place.label.endswith(f"schema dropstep_{'n' * 54}")
    with pytest.raises(UsageError, match="at most 54 characters on PostgreSQL"):
        Postgresql(SERVER, "n" * 55)


def test_a_password_is_for_the_server_alone() -> None:
    place = Postgresql(SERVER, "small")
    assert "me:secret@host" in place.url
    assert "secret" not in place.label


def test_a_server_whose_machine_is_gone_is_given_up_after_a_minute_and_one_that_does_not_answer_in_ten_seconds() -> (
    None
):
    asked = Postgresql.connect_args
    assert asked["keepalives_idle"] + asked["keepalives_interval"] * asked["keepalives_count"] == 60
    assert (asked["connect_timeout"], asked["keepalives_interval"], asked["keepalives_count"]) == (10, 10, 3)


def test_a_lock_on_a_server_is_asked_for_during_a_second(monkeypatch: pytest.MonkeyPatch) -> None:
    """It notices after a moment that a driver died; one that looks holds it for as long."""
    clock, answers = Clock(), iter([False] * 3 + [True] + [False] * 100)

    class Connection:
        def execute(self, *_: object) -> "Connection":
            return self

        def scalar(self) -> bool:
            return next(answers)

    monkeypatch.setattr(postgresql.time, "sleep", clock.sleep)
    place = Postgresql(SERVER, "small")
    assert place._try(Connection(), "pg_try_advisory_lock")
    assert sum(clock.naps) == pytest.approx(0.15)
    clock.naps.clear()
    assert not place._try(Connection(), "pg_try_advisory_lock")
    assert sum(clock.naps) == pytest.approx(1)


def test_a_lock_on_a_file_is_asked_for_during_a_quarter_of_a_second(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = Clock()
    monkeypatch.setattr(sqlite.time, "sleep", clock.sleep)
    first, second = (Sqlite(tmp_path / "study.db") for _ in range(2))
    assert not first.is_running
    with first.locked():
        assert second.is_running
        clock.naps.clear()
        with pytest.raises(StudyError, match="being written by another run"), second.locked():
            pass
        assert sum(clock.naps) == pytest.approx(0.25)
    assert not second.is_running
    with second.locked():
        pass


def test_a_file_that_another_program_holds_is_waited_for_five_seconds_before_that_is_said(tmp_path: Path) -> None:
    engine = Sqlite(tmp_path / "study.db").engine()
    with engine.connect() as connection:
        assert connection.execute(sql.text("PRAGMA busy_timeout")).scalar() == 5000
    engine.dispose()


SMALLEST = 512  # bytes of an sqlite file: a page


@pytest.mark.parametrize("backed_up", [False, True])
@pytest.mark.parametrize(
    ("size", "told"),
    [(None, "gone"), (0, "empty"), (1, "empty"), (SMALLEST - 1, "empty"), (SMALLEST, "file is not a database")],
)
def test_a_file_too_small_for_a_page_is_empty_and_nothing_is_wrong_with_one_that_has_not_begun(
    tmp_path: Path, size: int | None, told: str, *, backed_up: bool
) -> None:
    place = Sqlite(tmp_path / "study.db")
    if size is not None:
        place.path.write_bytes(b"x" * size)
    if backed_up:
        place.backup.touch()
    if not (size or backed_up):
        place.check_alone()
        return
    remedy = f"put its backup back with dropstep restore --name {tmp_path.name}, " if backed_up else "move it away, "
    with pytest.raises(DamagedError, match=told) as raised:
        place.check_alone()
    assert str(raised.value).endswith(f"{remedy}or choose another --name")


def test_a_file_of_a_single_page_is_a_database(tmp_path: Path) -> None:
    place = Sqlite(tmp_path / "study.db")
    with closing(sqlite3.connect(place.path)) as connection, connection:
        connection.execute(f"PRAGMA page_size = {SMALLEST}")
        connection.execute("PRAGMA user_version = 1")
    assert place.path.stat().st_size == SMALLEST
    place.check_alone()


def test_nothing_is_backed_up_of_a_study_that_holds_nothing(tmp_path: Path) -> None:
    place = Sqlite(tmp_path / "study.db")
    place.back_up(0)
    assert not place.backup.exists()
    place.back_up(1)
    assert place.backup.exists()


def edit(path: Path, *statements: str) -> None:
    """What is wrong may be told to sqlite only of a schema that it does not check."""
    for statement in statements:
        with closing(sqlite3.connect(path)) as connection, connection:
            connection.execute("PRAGMA writable_schema = ON")
            connection.execute(statement)


WITH_AN_INDEX = (
    "CREATE TABLE networks (a)",
    "CREATE TABLE notes (subject)",
    "CREATE INDEX sorted ON notes (subject)",
    "INSERT INTO notes VALUES ('provenance'), ('driver'), (NULL)",
)
UNSOUND = {  # what is wrong then, as sqlite says it
    "NULL value in notes.subject": ("UPDATE sqlite_master SET sql = 'CREATE TABLE notes (subject NOT NULL)' WHERE name = 'notes'",),
    "wrong # of entries in index sorted": (
        "CREATE TABLE kept AS SELECT * FROM sqlite_master WHERE name = 'sorted'",
        "DELETE FROM sqlite_master WHERE name = 'sorted'",
        "DELETE FROM notes WHERE subject = 'driver'",
        "INSERT INTO sqlite_master SELECT * FROM kept",
    ),
}  # fmt: skip


@pytest.mark.parametrize("trouble", UNSOUND)
def test_a_backup_that_is_not_sound_is_none_though_it_holds_the_same(tmp_path: Path, trouble: str) -> None:
    place = Sqlite(tmp_path / "study.db")
    edit(place.path, *WITH_AN_INDEX)
    assert not place._is_backed_up()
    place.back_up(1)
    assert place._is_backed_up()
    edit(place.backup, *UNSOUND[trouble])
    with closing(sqlite3.connect(place.backup)) as connection:
        assert connection.execute("PRAGMA integrity_check(1)").fetchone() == (trouble,)
    assert not place._is_backed_up()
    place.back_up(1)
    assert place._is_backed_up()


def test_a_file_that_contradicts_its_schema_is_damaged(tmp_path: Path) -> None:
    place = Sqlite(tmp_path / "study.db")
    edit(place.path, *WITH_AN_INDEX)
    place.check_alone()
    edit(place.path, *UNSOUND["NULL value in notes.subject"])
    with pytest.raises(DamagedError, match=r"study\.db is damaged, NULL value in notes\.subject: move it away"):
        place.check_alone()
