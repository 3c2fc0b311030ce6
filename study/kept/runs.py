"""The folder of a run: what lies where, and that one driver at a time writes there."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from study.errors import UsageError, did_you_mean

if TYPE_CHECKING:  # SQLAlchemy takes a second to import, and a name that does not exist is told without it
    from study.kept.database import Database
    from study.kept.sqlite import Sqlite

ROOT = Path("runs")
NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")


@dataclass(frozen=True)
class Run:
    """Raises ``UsageError`` for a name that would lead out of the folder of runs.

    ``storage`` is the URL of the PostgreSQL server that has the study; without one it is an sqlite file in the folder.
    """

    name: str
    storage: str | None = None

    def __post_init__(self) -> None:
        if not NAME.fullmatch(self.name):
            raise UsageError(
                f"a run's name is made of letters, digits, '.', '_' and '-', at most 64, got {self.name!r}: pass --name"
            )

    @property
    def folder(self) -> Path:
        return ROOT / self.name

    @cached_property
    def database(self) -> "Database":
        if self.storage is None:
            return self.file
        from study.kept.postgresql import Postgresql

        return Postgresql(self.storage, self.name)

    @property
    def file(self) -> "Sqlite":
        from study.kept.sqlite import Sqlite

        return Sqlite(self.folder / "study.db")

    @property
    def log(self) -> Path:
        return self.folder / "log"

    @property
    def page(self) -> Path:
        return self.folder / "report" / "index.html"

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Raises ``StudyError`` if another driver has the study, or another study the folder."""
        if self.storage is not None and self.file.path.exists():
            raise UsageError(
                f"{self.folder} is the folder of a study in sqlite: leave --storage out, or choose another --name"
            )
        database = self.database  # a URL that is none is told before there is a folder
        self.folder.mkdir(parents=True, exist_ok=True)
        with database.locked():
            yield


def run_name(data: str) -> str:
    """What a run on a table of one's own is called by default: the file's stem, OpenML's name, the function's."""
    from study.own.sources import is_file, is_meant

    coded = is_meant(data) and not is_file(data)
    stem = data.replace(":", "-") if coded else Path(data).name.partition(".")[0]
    return re.sub(r"[^A-Za-z0-9._-]+", "_", stem).strip("_.-")[:64] or "table"


def existing_runs(storage: str | None = None) -> list[Run]:
    """Those on a server, or in the folder of runs: other names, which no run can have made, are passed over."""
    files = [path for kind in ("study.db", "study.backup.db") for path in ROOT.glob(f"*/{kind}")]
    names = {path.parent.name for path in files} if storage is None else _names_on(storage)
    return [Run(name, storage) for name in sorted(names) if NAME.fullmatch(name)]


def file_or_run(word: str, storage: str | None = None) -> Path | Run:
    """The file of this name, or else the run. Raises ``UsageError`` if there is neither."""
    if Path(word).is_file():
        return Path(word)
    runs = {run.name: run for run in existing_runs(storage)}
    if word in runs:
        return runs[word]
    there_are = (
        f"runs are {', '.join(runs)}{did_you_mean(word, runs)}"
        if runs
        else "there is no run yet: begin one with dropstep run"
    )
    raise UsageError(f"there is no file {word} and no run of that name: {there_are}")


def _names_on(storage: str) -> set[str]:
    from study.kept.postgresql import names_on

    return set(names_on(storage))


def chosen(name: str | None, storage: str | None = None) -> Run:
    """The run of this name, or the only one. Raises ``UsageError`` if there is none such."""
    runs = {run.name: run for run in existing_runs(storage)}
    if name is None and len(runs) == 1:
        return next(iter(runs.values()))
    if name in runs:
        return runs[name]
    if not runs:
        place = f"{ROOT.resolve().name}/" if storage is None else "the database"
        raise UsageError(f"there is no run in {place} yet: begin one with dropstep run")
    asked = "several runs are there" if name is None else f"there is no run {name!r}"
    raise UsageError(f"{asked}: pass --name, one of {', '.join(runs)}{did_you_mean(name or '', runs)}")
