"""A PostgreSQL server of the tests' own: on loopback, from the packages of the system, gone with its folder."""

import os
import shutil
import socket
import subprocess
import tempfile
from pathlib import Path


def programs() -> Path | None:
    """Where initdb and pg_ctl are."""
    found = shutil.which("initdb")
    folders = [Path(found).parent] if found else sorted(Path("/usr/lib/postgresql").glob("*/bin"))
    return folders[-1] if folders else None


class Server:
    """Raises ``CalledProcessError`` where it cannot be started. The server refuses root: root lends it another user."""

    def __init__(self, programs: Path) -> None:
        self._programs = programs
        self._user = "postgres" if os.geteuid() == 0 else None
        self._folder = Path(tempfile.mkdtemp(prefix="dropstep-postgresql-"))
        if self._user:
            shutil.chown(self._folder, self._user)
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self._port = free.getsockname()[1]
        self.url = f"postgresql+psycopg://study@127.0.0.1:{self._port}/postgres"
        self._call("initdb", "--auth=trust", "--username=study", "--encoding=UTF8", "--no-sync", "--pgdata=data")
        self.start()

    def start(self) -> None:
        options = (
            f"-c listen_addresses=127.0.0.1 -c unix_socket_directories={self._folder} -c fsync=off -p {self._port}"
        )
        self._call("pg_ctl", "start", "--wait", "--pgdata=data", "--log=log", f"--options={options}")

    def stop(self) -> None:
        """At once, as if the machine had gone down: every connection is cut."""
        self._call("pg_ctl", "stop", "--wait", "--mode=immediate", "--pgdata=data")

    def close(self) -> None:
        if (self._folder / "data/postmaster.pid").exists():
            self.stop()
        shutil.rmtree(self._folder)

    def _call(self, program: str, *words: str) -> None:
        subprocess.run(
            [self._programs / program, *words],
            cwd=self._folder, user=self._user, check=True, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
            env={**os.environ, "LC_ALL": "C.UTF-8"},
        )  # fmt: skip
