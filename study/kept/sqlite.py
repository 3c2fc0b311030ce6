"""A study in an sqlite file of its own, and the backup beside it."""

import fcntl
import os
import shutil
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from itertools import count
from pathlib import Path
from types import MappingProxyType
from typing import TextIO

import sqlalchemy as sql
from sqlalchemy.exc import DBAPIError

from study.errors import DamagedError, StudyError, UsageError
from study.kept.database import Database

SMALLEST = 512  # bytes of an sqlite file that holds anything
NOT_BACKED_UP = (
    "SELECT * FROM networks EXCEPT SELECT * FROM backup.networks",
    "SELECT * FROM notes WHERE subject = 'provenance' EXCEPT SELECT * FROM backup.notes",
)
GLANCES = 5  # a status that looks whether the study is locked locks it for a moment


ADVICE = {
    "locked": "another program holds it: close that program and run again",
    "full": "free some space and run again, nothing recorded is lost",
    "I/O error": "look at the disk and its space, and run again",
    "UNIQUE constraint": "another run of this study has written it: end one of them and run again, nothing recorded is lost",
    "readonly": "make the file and its folder writable; if it was deleted while it was in use, run again",
    "unable to open": "look at the folder and its permissions",
}


class Sqlite(Database):
    """A file; its lock and its backup lie in the same folder."""

    connect_args = MappingProxyType({"timeout": 5.0})  # seconds until it is said that another program is waited for
    advice = MappingProxyType(ADVICE)

    def __init__(self, path: Path) -> None:
        self.path = path
        self.backup = path.with_suffix(".backup.db")
        self.label = str(path)
        self.url = f"sqlite:///{path}"

    @property
    def remedy(self) -> str:
        if self.backup.exists():
            return f"put its backup back with dropstep restore --name {self.path.parent.name}, or choose another --name"
        return "move it away, or choose another --name"

    def passes(self, error: BaseException) -> bool:
        return isinstance(error, DBAPIError) and "locked" in str(error.orig)

    def watch(self, engine: sql.Engine) -> None:
        """Nothing to do: the lock is a file's, which stays as long as its holder."""

    def make_room(self, engine: sql.Engine) -> None:
        """Nothing to do: the first statement makes the file."""

    def check(self, engine: sql.Engine) -> None:
        """Raises ``DamagedError`` too where a file is gone or empty that has a backup: it held something."""
        size = self.path.stat().st_size if self.path.exists() else 0
        if size < SMALLEST and (size or self.backup.exists()):
            raise DamagedError(f"{self.path} is {'empty' if self.path.exists() else 'gone'}: {self.remedy}")
        with engine.connect() as connection:
            found = str(connection.execute(sql.text("PRAGMA quick_check(1)")).scalar())
        if found != "ok":
            raise DamagedError(f"{self.path} is damaged, {' '.join(found.split())}: {self.remedy}")

    def check_alone(self) -> None:
        """Raises ``DamagedError`` if the file is damaged."""
        engine = self.engine()
        try:
            with self.told():
                self.check(engine)
        finally:
            engine.dispose()

    @contextmanager
    def locked(self) -> Iterator[None]:
        with (self.path.parent / "lock").open("w") as file:
            if not any(_lock(file, fcntl.LOCK_EX) for _ in range(GLANCES)):
                raise StudyError(
                    f"{self.path.parent} is being written by another run: wait for it, or choose another --name"
                )
            yield

    @property
    def is_running(self) -> bool:
        lock = self.path.parent / "lock"
        if not lock.exists():
            return False
        with lock.open() as file:
            return not _lock(file, fcntl.LOCK_SH)

    def back_up(self, networks: int) -> None:
        """Leaves a backup alone that is sound and holds what the file does."""
        if not networks or self._is_backed_up():
            return
        unfinished = self.backup.with_suffix(".unfinished")
        unfinished.unlink(missing_ok=True)
        engine = self.engine()
        try:
            with self.told(), engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
                connection.execute(sql.text("VACUUM INTO :path"), {"path": str(unfinished)})
            _settle(unfinished)
            Sqlite(unfinished).check_alone()
            unfinished.replace(self.backup)
        finally:
            engine.dispose()
            unfinished.unlink(missing_ok=True)

    def _is_backed_up(self) -> bool:
        """Whether the backup is sound, and every network of the file is in it as it is here."""
        with (
            suppress(sqlite3.DatabaseError),
            closing(sqlite3.connect(self.path.resolve().as_uri(), uri=True)) as connection,
        ):
            connection.execute("ATTACH ? AS backup", (f"{self.backup.resolve().as_uri()}?mode=ro",))
            if connection.execute("PRAGMA backup.integrity_check(1)").fetchone() == ("ok",):
                return not any(connection.execute(query).fetchone() for query in NOT_BACKED_UP)
        return False

    def restore(self) -> Path | None:
        """A kill halfway leaves no file, and the backup for the next attempt."""
        if not self.backup.exists():
            raise UsageError(f"{self.path.parent} has no backup: a study has one from its first resume or its end on")
        Sqlite(self.backup).check_alone()
        aside = self._set_aside()
        unfinished = self.path.with_suffix(".unfinished")
        shutil.copyfile(self.backup, unfinished)
        _settle(unfinished)
        unfinished.replace(self.path)
        return aside

    def drop(self) -> None:
        """The files go with their folder."""

    def _set_aside(self) -> Path | None:
        """Renames the file, and the journal that sqlite would else roll back into the backup."""
        names = (self.path.with_suffix(f".damaged-{number}.db") for number in count(1))
        aside = next(path for path in names if not path.exists())
        for kind in ("", "-journal", "-wal", "-shm"):
            with suppress(FileNotFoundError):
                Path(f"{self.path}{kind}").replace(f"{aside}{kind}")
        return aside if aside.exists() else None


def _lock(file: TextIO, kind: int) -> bool:
    """Whether the lock was free: asked for a moment."""
    try:
        fcntl.flock(file, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        time.sleep(0.05)
        return False
    return True


def _settle(path: Path) -> None:
    """Waits until the file is on the disk."""
    with path.open("rb") as file:
        os.fsync(file.fileno())
