"""Studies on a PostgreSQL server: a schema of its own for each, and a lock that the server takes back from the dead."""

import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from importlib.util import find_spec
from pathlib import Path
from types import MappingProxyType

import sqlalchemy as sql
from sqlalchemy.exc import ArgumentError, DBAPIError
from sqlalchemy.pool import NullPool

from study.errors import StudyError, UsageError, without_passwords
from study.kept.database import Database

PREFIX = "dropstep_"
LONGEST = 63 - len(PREFIX)  # bytes; PostgreSQL cuts longer names off without an error
GLANCES = 20  # the server takes a moment to notice that a driver died
PASSING = ("08", "57P")  # classes of SQLSTATE: connection lost, server going down or coming up
LASTING = (
    "could not translate host name",
    "authentication failed",
    "no password supplied",
    'role "',
    'database "',
    "pg_hba",
)
ADVICE = {
    "onnection refused": "is the server running, and are host and port right?",
    "could not translate host name": "is the host right?",
    "authentication failed": "is the user right? the password is read from PGPASSWORD or ~/.pgpass",
    "no password supplied": "set PGPASSWORD or write ~/.pgpass",
    'role "': "create it with createuser, or name another user in the URL",
    'database "': "create it with createdb, or name another one in the URL",
    "permission denied": "the user needs the right to create schemas: GRANT CREATE ON DATABASE",
    "read-only": "make the database writable",
    "No space left": "free some space on the server and run again, nothing recorded is lost",
}


class Postgresql(Database):
    """The schema ``dropstep_<name>``. Raises ``UsageError`` if ``url`` is no PostgreSQL server's, or the name too long."""

    # seconds; a server whose machine is gone is given up after a minute, not after hours
    connect_args = MappingProxyType(
        {"connect_timeout": 10, "keepalives_idle": 30, "keepalives_interval": 10, "keepalives_count": 3}
    )
    advice = MappingProxyType(ADVICE)
    remedy = "choose another --name, or drop its schema"

    def __init__(self, url: str, name: str) -> None:
        if len(name) > LONGEST:
            raise UsageError(f"a run's name has at most {LONGEST} characters on PostgreSQL, got {name!r}: pass --name")
        server = _server(url)
        self._schema = f"{PREFIX}{name}"
        self._lock: sql.Connection | None = None
        self.label = f"{without_passwords(str(server))} schema {self._schema}"
        self.url = server.update_query_dict({"options": f'-csearch_path="{self._schema}"'}).render_as_string(
            hide_password=False
        )

    def passes(self, error: BaseException) -> bool:
        """A connection that could not be made has no SQLSTATE; what only a person can put right is not waited for."""
        if not isinstance(error, DBAPIError) or any(part in str(error.orig) for part in LASTING):
            return False
        state = getattr(error.orig, "sqlstate", None)
        return error.connection_invalidated or state is None or state.startswith(PASSING)

    def check(self, engine: sql.Engine) -> None:
        """Nothing to do: what is on its disk is the server's business."""

    def make_room(self, engine: sql.Engine) -> None:
        """The schema, where there is none."""
        with engine.begin() as connection:
            connection.execute(sql.schema.CreateSchema(self._schema, if_not_exists=True))

    def watch(self, engine: sql.Engine) -> None:
        """A driver that lost the server, and so its lock, takes it again before anything else."""
        if self._lock is not None:
            sql.event.listen(engine, "begin", self._hold)

    def back_up(self, networks: int) -> None:
        """Nothing to do: a server has its own backups."""

    def drop(self) -> None:
        def drop() -> None:
            with closing(_connect(self.url)) as connection:
                connection.execute(sql.schema.DropSchema(self._schema, cascade=True, if_exists=True))

        self.patiently(drop)

    def restore(self) -> Path | None:
        raise UsageError(f"{self.label} is the server's to restore, with pg_restore from what pg_dump wrote")

    @contextmanager
    def locked(self) -> Iterator[None]:
        self._lock = self.patiently(self._take)
        try:
            yield
        finally:
            self._lock.close()
            self._lock = None

    @property
    def is_running(self) -> bool:
        def look() -> bool:
            with closing(_connect(self.url)) as connection:
                return not self._try(connection, "pg_try_advisory_lock_shared")

        return self.patiently(look)

    def _hold(self, _: sql.Connection) -> None:
        """Raises ``StudyError`` if the lock was lost, and another driver has it."""
        assert self._lock is not None
        if self._lock.closed or self._lock.invalidated:
            self._lock = self._take()
        self._lock.execute(sql.text("SELECT 1"))

    def _take(self) -> sql.Connection:
        connection = _connect(self.url)
        if not self._try(connection, "pg_try_advisory_lock"):
            connection.close()
            raise StudyError(f"{self.label} is being written by another run: wait for it, or choose another --name")
        return connection

    def _try(self, connection: sql.Connection, function: str) -> bool:
        """Whether the lock was free, which another one that looks may hold for a moment."""
        for _ in range(GLANCES):
            if connection.execute(sql.text(f"SELECT {function}(hashtext(:schema))"), {"schema": self._schema}).scalar():
                return True
            time.sleep(0.05)
        return False


def names_on(url: str) -> list[str]:
    """The studies on a server. Raises ``StudyError`` if it cannot be reached."""
    server = Postgresql(url, "")
    server.label = without_passwords(str(_server(url)))

    def look() -> list[str]:
        with closing(_connect(server.url)) as connection:
            return sql.inspect(connection).get_schema_names()

    schemas = server.patiently(look)
    return sorted(schema.removeprefix(PREFIX) for schema in schemas if schema.startswith(PREFIX))


def _connect(url: str) -> sql.Connection:
    """A connection of its own, outside of any transaction."""
    engine = sql.create_engine(
        url, connect_args=dict(Postgresql.connect_args), poolclass=NullPool, isolation_level="AUTOCOMMIT"
    )
    return engine.connect()


def _server(url: str) -> sql.URL:
    try:
        server = sql.make_url(url)
    except ArgumentError:
        server = None
    if server is None or server.get_backend_name() != "postgresql":
        raise UsageError(
            f"--storage is postgresql+psycopg://user@host/database, got {url!r}; without it a study is one sqlite file"
        )
    if find_spec("psycopg") is None:
        raise UsageError("--storage needs psycopg: pip install 'dropstep[postgresql]'")
    return server.set(drivername="postgresql+psycopg")
