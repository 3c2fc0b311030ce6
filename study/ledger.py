"""The ledger: one row for each trained network, written as soon as it is finished and never changed."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

import sqlalchemy as sql

from nets.hyper import Hyper
from nets.outcome import Outcome
from study.data import Task
from study.database import engine_options, told, url_of
from study.errors import StudyError


@dataclass(frozen=True, order=True)
class Key:
    """Which network of a study: replicate ``replicate`` of trial or design point ``trial`` of an arm's search ``repeat``."""

    stage: str
    arm: str
    repeat: int
    trial: int
    replicate: int


@dataclass(frozen=True)
class Network:
    """What is trained: hyperparameters, and the task that they are to learn."""

    task: Task
    hyper: Hyper

    @property
    def settings(self) -> dict[str, Any]:
        return {**vars(self.task), **vars(self.hyper)}


@dataclass(frozen=True)
class Record:
    """A network that was trained; ``seconds`` is its share of the wall-clock of its stack."""

    key: Key
    network: Network
    outcome: Outcome
    seconds: float

    @property
    def row(self) -> dict[str, Any]:
        """Every field by its name: the row of the ledger and of the results table."""
        return {**vars(self.key), **self.network.settings, **vars(self.outcome), "seconds": self.seconds}


SQL_TYPES: dict[Any, Any] = {int: sql.BigInteger, float: sql.Double, str: sql.Text, float | None: sql.Double}
METADATA = sql.MetaData()
NETWORKS = sql.Table(
    "networks",
    METADATA,
    *(
        sql.Column(each.name, SQL_TYPES[each.type], nullable=False)
        for owner in (Key, Task, Hyper)
        for each in fields(owner)
    ),
    *(sql.Column(each.name, SQL_TYPES.get(each.type, sql.JSON)) for each in fields(Outcome)),
    sql.Column("seconds", sql.Double, nullable=False),
    sql.PrimaryKeyConstraint(*(each.name for each in fields(Key))),
)
NOTES = sql.Table(
    "notes",
    METADATA,
    sql.Column("subject", sql.Text, primary_key=True),
    sql.Column("document", sql.JSON, nullable=False),
)


class Ledger:
    """Holds every record in memory too: a study asks for all of them when it is resumed."""

    def __init__(self, path: Path) -> None:
        """Opens the ledger, or begins one. Raises ``StudyError`` if the file is another program's or cannot be used."""
        self.path = path
        self._engine = sql.create_engine(url_of(path), **engine_options)
        with told(path):
            tables = sql.inspect(self._engine).get_table_names()
            if tables and not set(tables) & set(METADATA.tables):
                raise StudyError(f"{path} is another program's database: move it away, or choose another --name")
            METADATA.create_all(self._engine)
            with self._engine.connect() as connection:
                rows = connection.execute(sql.select(NETWORKS)).mappings()
                self._records = {record.key: record for record in map(_record, rows)}

    @property
    def records(self) -> list[Record]:
        """All records, sorted by their keys."""
        return [self._records[key] for key in sorted(self._records)]

    def holds(self, key: Key, network: Network) -> bool:
        """Raises ``StudyError`` if another network is recorded under this key."""
        if key not in self._records:
            return False
        recorded = self._records[key].network.settings
        for name, value in network.settings.items():
            if recorded[name] != value:
                raise StudyError(
                    f"{self.path} holds {key.stage} {key.arm} {key.trial} with {name} {recorded[name]}, this study asks for {value}"
                    ": choose another --name"
                )
        return True

    def record(self, records: Iterable[Record]) -> None:
        """Adds records, all or none."""
        added = {record.key: record for record in records}
        with told(self.path), self._engine.begin() as connection:
            connection.execute(sql.insert(NETWORKS), [record.row for record in added.values()])
        self._records.update(added)

    def read(self, keys: Iterable[Key]) -> list[Record]:
        """Raises ``KeyError`` if one is not recorded."""
        return [self._records[key] for key in keys]

    def note(self, subject: str) -> Any:
        """What was noted about the study ("provenance", "published"); ``None`` if nothing was."""
        with told(self.path), self._engine.connect() as connection:
            return connection.execute(sql.select(NOTES.c.document).where(NOTES.c.subject == subject)).scalar()

    def write_note(self, subject: str, document: Any) -> None:
        """Replaces what was noted by ``document``, which is JSON-able."""
        with told(self.path), self._engine.begin() as connection:
            connection.execute(sql.delete(NOTES).where(NOTES.c.subject == subject))
            connection.execute(sql.insert(NOTES), [{"subject": subject, "document": document}])

    def close(self) -> None:
        self._engine.dispose()


def _record(row: Mapping[Any, Any]) -> Record:
    owners = (Key, Task, Hyper, Outcome)
    key, task, hyper, outcome = ({each.name: row[each.name] for each in fields(owner)} for owner in owners)
    outcome["curve"] = tuple((epoch, loss) for epoch, loss in outcome["curve"])
    return Record(Key(**key), Network(Task(**task), Hyper(**hyper)), Outcome(**outcome), row["seconds"])
