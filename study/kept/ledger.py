"""The ledger: one row for each trained network, written as soon as it is finished and never changed."""

import hashlib
import json
import time
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import fields
from datetime import UTC, datetime
from enum import Enum
from itertools import count
from operator import attrgetter, itemgetter
from typing import Any, TypeVar

import sqlalchemy as sql

from nets.hyper import Hyper
from nets.outcome import Outcome
from study.data.splits import Task
from study.errors import DamagedError, StudyError
from study.kept.columns import OWNERS, UNRECORDED, completed, missing, unknown
from study.kept.database import Database
from study.records import Key, Network, Record

Owner = TypeVar("Owner")

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
    sql.Column("digest", sql.Text, nullable=False),
    sql.Column("recorded_at", sql.Double, nullable=False),  # seconds since 1970 by the driver's clock: for status alone
    sql.PrimaryKeyConstraint(*(each.name for each in fields(Key))),
)
ENDED = ("stopped", "valid_loss", "valid_error", "test_error")  # fields of Outcome that say how a network ended
UNREAD = {each.name: None for each in NETWORKS.columns if isinstance(each.type, sql.JSON)}  # in an outline
NAMES: dict[type, tuple[str, ...]] = {owner: tuple(each.name for each in fields(owner)) for owner in OWNERS}
VALUES = {owner: itemgetter(*names) for owner, names in NAMES.items()}
VALUES_OF_KEY = attrgetter(*NAMES[Key])  # in whose order keys are: compared themselves, 42,000 take half a second
ENCODER = json.JSONEncoder(sort_keys=True, check_circular=False)  # what came from JSON, or goes there, has no circles
COUNT = "networks"  # subject of the note that says how many there are
NOTES = sql.Table(
    "notes",
    METADATA,
    sql.Column("subject", sql.Text, primary_key=True),
    sql.Column("document", sql.JSON, nullable=False),
    sql.Column("digest", sql.Text, nullable=False),
)
CHANGE = sql.update(NOTES).where(NOTES.c.subject == sql.bindparam("this"))


class Depth(Enum):
    """How much is read of each network: all, as its digest vouches for; its numbers and words alone, unchecked, in a fifth of the time; how it
    ended, ``ENDED``, in a twentieth; or nothing.
    """

    WHOLE, OUTLINE, END, NOTHING = range(4)


class Ledger:
    """Holds every record in memory too: a study asks for all of them when it is resumed."""

    def __init__(self, database: Database, *, begin: bool = True, depth: Depth = Depth.WHOLE) -> None:
        """Opens the ledger; where there is none, ``begin`` makes it, else it is empty. What is written to is read whole.

        Raises ``DamagedError`` if what is there is damaged or another program's, ``StudyError`` if a newer version
        recorded it or it cannot be used.
        """
        self._database, self._begin, self._depth = database, begin, depth
        self.columns: list[str] = []  # of the stored networks, as they were in its version
        self._engine = database.engine()
        try:
            self._records = database.patiently(self._open)
        except BaseException:  # Ctrl-C too: what is raised on leaves no connection open
            self.close()
            raise

    def _open(self) -> dict[Key, Record]:
        if self._begin:
            self._database.make_room(self._engine)
        self._database.check(self._engine)
        self._check_tables()
        noted = self._noted_count()
        if self._begin:
            METADATA.create_all(self._engine)
            self._has_notes = True
        self.columns = self._stored(NETWORKS)
        if not self.columns or self._depth is Depth.NOTHING:
            return {}
        records = self._read_networks()
        if records and not noted:
            raise self._damaged("it does not say how many networks it recorded")
        if len(records) < noted:  # a driver at work may have added some since
            raise self._damaged(f"it holds {len(records)} of {noted} recorded networks")
        return records

    def _read_networks(self) -> dict[Key, Record]:
        read, made = self._reading()
        with self._engine.connect() as connection:
            rows = connection.execute(sql.select(*(NETWORKS.c[name] for name in read)))
            return {record.key: record for record in map(made, rows)}

    def _reading(self) -> tuple[Sequence[str], Callable[[Sequence[Any]], Record]]:
        """Which columns, and what is made of a row of them."""
        if self._depth is Depth.END:
            known = [name for name in ENDED if name in self.columns]
            return [*NAMES[Key], *known], lambda row: _ended(row, known)
        is_whole = self._depth is Depth.WHOLE
        read, made = (self.columns, self._record) if is_whole else (_flat(self.columns), _outline)
        return read, lambda row: made(dict(zip(read, row, strict=True)))

    def _noted_count(self) -> int:
        """Raises ``DamagedError`` where there should be networks, and not even their table is there."""
        noted = int(self.note(COUNT) or 0)
        if noted and not self._stored(NETWORKS):
            raise self._damaged(f"it holds 0 of {noted} recorded networks")
        return noted

    def _damaged(self, how: str) -> StudyError:
        return DamagedError(f"{self._database.label} is damaged, {how}: {self._database.remedy}")

    def _stored(self, table: sql.Table) -> list[str]:
        """The columns of a table; none where there is no such table."""
        inspector = sql.inspect(self._engine)
        return [each["name"] for each in inspector.get_columns(table.name)] if inspector.has_table(table.name) else []

    def _check_tables(self) -> None:
        """The columns of both tables may be older than today's, and not younger."""
        present = sql.inspect(self._engine).get_table_names()
        networks, notes = self._stored(NETWORKS), self._stored(NOTES)
        self._has_notes = bool(notes)
        lacks = missing(networks) if networks else []
        if notes:
            lacks += [each.name for each in NOTES.columns if each.name not in notes]
        if (present and not (networks or notes)) or lacks:
            what = f", its table lacks {', '.join(lacks)}" if lacks else ""
            raise DamagedError(f"{self._database.label} is another program's database{what}: {self._database.remedy}")
        if networks and unknown(networks):
            raise StudyError(
                f"{self._database.label} was recorded by a newer version of dropstep, whose networks have"
                f" {', '.join(unknown(networks))}: {self._newer()}"
            )

    def _newer(self) -> str:
        """Which one, where the study says so."""
        provenance = self.note("provenance") or {}
        version = provenance.get("versions", {}).get("dropstep")
        return f"read it with dropstep {version}" if version else "read it with that version"

    def _record(self, row: Mapping[Any, Any]) -> Record:
        """Raises ``DamagedError`` unless the row is as it was recorded, whatever columns there were then."""
        recorded = dict(row)
        for name in UNRECORDED:
            recorded.pop(name, None)
        whole = completed(recorded)
        key = _as_recorded(Key, whole)
        self._check_digest(row["digest"], recorded, "network", *vars(key).values())
        whole["curve"] = tuple((epoch, loss) for epoch, loss in whole["curve"])
        return _made(key, whole)

    @property
    def size(self) -> int:
        """How many networks are recorded."""
        if self._depth is not Depth.NOTHING or not self.columns:
            return len(self._records)
        ((size,),) = self._rows(sql.select(sql.func.count()).select_from(NETWORKS))
        return int(size)

    @property
    def records(self) -> list[Record]:
        """All records, sorted by their keys."""
        return [self._records[key] for key in sorted(self._records, key=VALUES_OF_KEY)]

    def holds(self, key: Key, network: Network) -> bool:
        """Raises ``StudyError`` if another network is recorded under this key."""
        other = self._difference(key, network)
        if other:
            recorded = self._records[key].network.settings[other]
            raise StudyError(
                f"{self._database.label} holds {key.stage} {key.arm} {key.trial} with {other} {recorded}"
                f", this study asks for {network.settings[other]}: choose another --name"
            )
        return key in self._records

    def agrees(self, key: Key, network: Network) -> bool:
        """Whether this network is recorded under this key."""
        return key in self._records and self._difference(key, network) is None

    def _difference(self, key: Key, network: Network) -> str | None:
        """The first setting in which the network under this key is another."""
        if key not in self._records or self._records[key].network == network:
            return None
        recorded = self._records[key].network.settings
        return next(name for name, value in network.settings.items() if recorded[name] != value)

    def record(self, records: Iterable[Record]) -> None:
        """Adds records, all or none."""
        added = {record.key: record for record in records}
        rows = {tuple(vars(key).values()): _stored(record) for key, record in added.items()}
        attempts = count()

        def add() -> None:
            """Leaves out what an attempt has added whose answer was lost."""
            with self._engine.begin() as connection:
                held = _held(connection, rows) if next(attempts) else set()
                missing = [row for key, row in rows.items() if key not in held]
                if missing:
                    connection.execute(sql.insert(NETWORKS), missing)
                    _replace(connection, COUNT, len(self._records) + sum(key not in self._records for key in added))

        self._database.patiently(add)
        self._records.update(added)

    def read(self, keys: Iterable[Key]) -> list[Record]:
        """Raises ``KeyError`` if one is not recorded."""
        return [self._records[key] for key in keys]

    def arrivals(self, since: float) -> list[Key]:
        """What was recorded from ``since`` on, in seconds since 1970."""
        keys = (NETWORKS.c[each.name] for each in fields(Key))
        return [Key(*row) for row in self._rows(sql.select(*keys).where(NETWORKS.c.recorded_at >= since))]

    @property
    def begun(self) -> str:
        """The day on which the first network was recorded, in UTC; empty where there is none."""
        ((first,),) = self._rows(sql.select(sql.func.min(NETWORKS.c.recorded_at)))
        return "" if first is None else datetime.fromtimestamp(first, UTC).date().isoformat()

    def note(self, subject: str) -> Any:
        """What was noted about the study ("provenance", "published", "driver"); ``None`` if nothing was."""
        if not self._has_notes:
            return None
        for document, digest in self._rows(
            sql.select(NOTES.c.document, NOTES.c.digest).where(NOTES.c.subject == subject)
        ):
            self._check_digest(digest, document, "note", subject)
            return document
        return None

    def _rows(self, query: sql.Select[Any]) -> list[tuple[Any, ...]]:
        def read() -> list[tuple[Any, ...]]:
            with self._engine.connect() as connection:
                return [tuple(row) for row in connection.execute(query)]

        return self._database.patiently(read)

    def write_note(self, subject: str, document: Any) -> None:
        """Replaces what was noted by ``document``, which is JSON-able."""

        def write() -> None:
            with self._engine.begin() as connection:
                _replace(connection, subject, document)

        self._database.patiently(write)

    def _check_digest(self, digest: str, content: Any, *what: object) -> None:
        if digest != digest_of(content):
            raise self._damaged(f"its {' '.join(map(str, what))} is not as it was recorded")

    def close(self) -> None:
        self._engine.dispose()


def _flat(columns: Sequence[str]) -> list[str]:
    """Those that hold a number or a word."""
    return [name for name in columns if name not in UNREAD]


def _outline(row: dict[str, Any]) -> Record:
    """Whatever the row says; ``None`` where what is nested was not read."""
    found = completed(UNREAD | row)
    return _made(_as_recorded(Key, found), found)


def _ended(row: Sequence[Any], known: Sequence[str]) -> Record:
    """Of a key and what is ``known`` of ``ENDED``: what the network was, and else came of it, is not there to be asked for."""
    found, key, outcome = object.__new__(Record), object.__new__(Key), object.__new__(Outcome)
    vars(key).update(zip(NAMES[Key], row, strict=False))
    vars(outcome).update(zip(known, row[len(NAMES[Key]) :], strict=True))
    vars(found).update(key=key, outcome=outcome)
    return found


def _made(key: Key, row: Mapping[str, Any]) -> Record:
    network = Network(_as_recorded(Task, row), _as_recorded(Hyper, row))
    return Record(key, network, _as_recorded(Outcome, row), row["seconds"])


def _as_recorded(owner: type[Owner], row: Mapping[str, Any]) -> Owner:
    """``owner`` with its fields of a row, which its digest vouches for: checked anew, all fields take a quarter of the time of reading."""
    made = object.__new__(owner)
    vars(made).update(zip(NAMES[owner], VALUES[owner](row), strict=True))
    return made


def _held(connection: sql.Connection, rows: Collection[tuple[Any, ...]]) -> set[tuple[Any, ...]]:
    """Those of the keys under which the ledger holds something."""
    keys = NETWORKS.primary_key.columns
    return {tuple(row) for row in connection.execute(sql.select(*keys).where(sql.tuple_(*keys).in_(rows)))}


def _replace(connection: sql.Connection, subject: str, document: Any) -> None:
    row = {"document": document, "digest": digest_of(document)}
    if not connection.execute(CHANGE, {"this": subject, **row}).rowcount:
        connection.execute(sql.insert(NOTES), [{"subject": subject, **row}])


def _stored(record: Record) -> dict[str, Any]:
    """A row of ``NETWORKS``, every number in its column's type."""
    row = {
        name: float(value) if isinstance(value, int) and isinstance(NETWORKS.c[name].type, sql.Double) else value
        for name, value in record.row.items()
    }
    return {**row, "digest": digest_of(row), "recorded_at": time.time()}


def digest_of(content: Any) -> str:
    """Equal for equal JSON, and so for what was written and what is read."""
    return hashlib.blake2b(ENCODER.encode(content).encode(), digest_size=8).hexdigest()
