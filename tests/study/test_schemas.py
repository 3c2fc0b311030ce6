"""A study in a schema of a server, which is played by hand: what it is asked, who has the lock, and how that is taken again."""

from collections.abc import Iterator
from typing import Any

import pytest
import sqlalchemy as sql
from sqlalchemy.dialects import postgresql as dialect

from study.errors import StudyError, UsageError
from study.kept import postgresql
from study.kept.postgresql import Postgresql, names_on

URL = "postgresql://me@host/base"


class Connection:
    """Holds the locks that it took until it is closed, or lost."""

    def __init__(self, server: "Server") -> None:
        self.server, self.closed, self.invalidated = server, False, False
        self.answer: object = None

    @property
    def lives(self) -> bool:
        return not (self.closed or self.invalidated)

    def execute(self, statement: Any, named: dict[str, str] | None = None) -> "Connection":
        text = str(statement.compile(dialect=dialect.dialect()))
        self.server.said.append(text)
        if named:
            holder = self.server.holders.get(named["schema"])
            self.answer = holder is None or not holder.lives
            if self.answer and "shared" not in text:
                self.server.holders[named["schema"]] = self
        return self

    def scalar(self) -> object:
        return self.answer

    def close(self) -> None:
        self.closed = True

    def begin(self) -> "Connection":
        return self

    __enter__ = begin

    def __exit__(self, *_: object) -> None:
        self.close()


class Server:
    def __init__(self) -> None:
        self.said: list[str] = []
        self.holders: dict[str, Connection] = {}
        self.opened: list[Connection] = []

    def connect(self, url: str) -> Connection:
        assert "dropstep_" in url
        self.opened.append(Connection(self))
        return self.opened[-1]


@pytest.fixture(autouse=True)
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    """At the end no connection to it is open."""
    made = Server()
    monkeypatch.setattr(postgresql, "_connect", made.connect)
    monkeypatch.setattr(postgresql.time, "sleep", lambda _: None)
    monkeypatch.setattr(postgresql, "find_spec", lambda _: True)
    yield made
    assert not [each for each in made.opened if each.lives]


def test_one_driver_has_the_lock_of_a_study_and_others_see_it(server: Server) -> None:
    first, second, other = (Postgresql(URL, name) for name in ("small", "small", "other"))
    assert not first.is_running
    with first.locked():
        assert second.is_running
        assert not other.is_running
        with pytest.raises(StudyError, match="schema dropstep_small is being written by another run"), second.locked():
            pass
        with other.locked():
            assert other.is_running
    assert not second.is_running
    with second.locked():
        assert first.is_running
    assert set(server.holders) == {"dropstep_small", "dropstep_other"}


@pytest.mark.parametrize("how", ["closed", "invalidated"])
def test_a_driver_that_lost_its_lock_takes_it_again_unless_another_has_it(server: Server, how: str) -> None:
    place, other = Postgresql(URL, "small"), Postgresql(URL, "small")
    with place.locked():
        (first,) = server.opened
        place._hold(first)
        assert len(server.opened) == 1
        assert server.said[-1] == "SELECT 1"
        setattr(first, how, True)
        place._hold(first)
        _, second = server.opened
        assert server.holders["dropstep_small"] is second
        place._hold(second)
        assert len(server.opened) == 2
        setattr(second, how, True)
        with other.locked(), pytest.raises(StudyError, match="is being written by another run"):
            place._hold(second)
        place._hold(second)


def test_before_a_transaction_the_lock_is_looked_at_where_one_has_it(monkeypatch: pytest.MonkeyPatch) -> None:
    listening: list[Any] = []
    monkeypatch.setattr(sql.event, "listen", lambda engine, name, function: listening.append((engine, name, function)))
    place, engine = Postgresql(URL, "small"), object()
    place.watch(engine)
    assert listening == []
    with place.locked():
        place.watch(engine)
    assert listening == [(engine, "begin", place._hold)]
    place.watch(engine)
    assert len(listening) == 1


def test_a_schema_is_made_where_there_is_none_and_goes_with_all_that_it_holds(server: Server) -> None:
    place = Postgresql(URL, "small")
    place.make_room(server.connect(place.url))
    place.drop()
    assert server.said == [
        "CREATE SCHEMA IF NOT EXISTS dropstep_small",
        "DROP SCHEMA IF EXISTS dropstep_small CASCADE",
    ]
    with pytest.raises(UsageError, match="is the server's to restore, with pg_restore from what pg_dump wrote"):
        place.restore()


def test_studies_on_a_server_are_the_schemas_of_our_prefix(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    schemas = ["public", "dropstep_b", "dropstep_a_1", "of_dropstep_c", "dropstep"]
    monkeypatch.setattr(
        sql, "inspect", lambda _: type("Inspector", (), {"get_schema_names": lambda self: list(schemas)})()
    )
    assert names_on(URL) == ["a_1", "b"]
    assert len(server.opened) == 1


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("sqlite:///x.db", "sqlite:///x.db"),
        ("mysql://study@x/y", "mysql://study@x/y"),
        ("postgres", "postgres"),
        ("zzz://host/y", "zzz://host/y"),
    ],
)
def test_a_storage_is_a_url_of_postgresql(url: str, shown: str) -> None:
    with pytest.raises(UsageError) as raised:
        Postgresql(url, "small")
    assert str(raised.value) == (
        f"--storage is postgresql+psycopg://user@host/database, got {shown!r}; without it a study is one sqlite file"
    )


def test_a_storage_needs_what_speaks_to_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(postgresql, "find_spec", lambda _: None)
    with pytest.raises(UsageError, match="--storage needs psycopg: pip install"):
        Postgresql(URL, "small")
