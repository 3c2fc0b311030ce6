"""The folder of a run: what lies where, and that one driver at a time writes there."""

import fcntl
import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

from study.errors import StudyError, UsageError, did_you_mean

ROOT = Path("runs")
NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
GLANCES = 5  # a status that looks whether the run is locked locks it for a moment


@dataclass(frozen=True)
class Run:
    """Raises ``UsageError`` for a name that would lead out of the folder of runs."""

    name: str

    def __post_init__(self) -> None:
        if not NAME.fullmatch(self.name):
            raise UsageError(
                f"a run's name is made of letters, digits, '.', '_' and '-', at most 64, got {self.name!r}: pass --name"
            )

    @property
    def folder(self) -> Path:
        return ROOT / self.name

    @property
    def database(self) -> Path:
        return self.folder / "study.db"

    @property
    def log(self) -> Path:
        return self.folder / "log"

    @property
    def page(self) -> Path:
        return self.folder / "report" / "index.html"

    @property
    def has_results(self) -> bool:
        """Whether tables and page are there, of whatever age."""
        return all(path.exists() for path in (self.folder / "results.parquet", self.folder / "results.csv", self.page))

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Raises ``StudyError`` if another driver has the run. The system takes the lock away when its holder dies, however it dies."""
        self.folder.mkdir(parents=True, exist_ok=True)
        with (self.folder / "lock").open("w") as file:
            if not any(_lock(file, fcntl.LOCK_EX) for _ in range(GLANCES)):
                raise StudyError(
                    f"{self.folder} is being written by another run: wait for it, or choose another --name"
                )
            yield

    @property
    def is_running(self) -> bool:
        lock = self.folder / "lock"
        if not lock.exists():
            return False
        with lock.open() as file:
            return not _lock(file, fcntl.LOCK_SH)


def _lock(file: TextIO, kind: int) -> bool:
    """Whether the lock was free: asked for a moment."""
    try:
        fcntl.flock(file, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        time.sleep(0.05)
        return False
    return True


def existing_runs() -> list[Run]:
    """Folders of other names, which no run can have made, are passed over."""
    names = [path.parent.name for path in sorted(ROOT.glob("*/study.db"))]
    return [Run(name) for name in names if NAME.fullmatch(name)]


def chosen(name: str | None) -> Run:
    """The run of this name, or the only one. Raises ``UsageError`` if there is none such."""
    names = [run.name for run in existing_runs()]
    if name is None and len(names) == 1:
        return Run(names[0])
    if name in names:
        return Run(name)
    if not names:
        raise UsageError(f"there is no run in {ROOT.resolve().name}/ yet: begin one with dropstep run")
    asked = "several runs are there" if name is None else f"there is no run {name!r}"
    raise UsageError(f"{asked}: pass --name, one of {', '.join(names)}{did_you_mean(name or '', names)}")
