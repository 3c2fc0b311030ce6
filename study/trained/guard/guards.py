"""The side that asks: one child for each thread, replaced when it has ended."""

import json
import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Mapping
from multiprocessing.connection import Connection
from tempfile import TemporaryFile
from time import monotonic
from typing import Any, ParamSpec, TypeVar

from study.data.tables import hand_over
from study.errors import StudyError
from study.trained.failures import CRASHED, OUT_OF_TIME, FailedError, KilledError
from study.trained.guard.terms import Limits, Terms

P = ParamSpec("P")
T = TypeVar("T")

# read by each BLAS as it is loaded; the last is for pyarrow's allocator, whose thread would make forking unsafe
ONE_THREAD = dict.fromkeys(("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"), "1") | {
    "JE_ARROW_MALLOC_CONF": "background_thread:false"
}
# what a process does to itself; whatever else ends it was sent, by a person, a batch system or a kernel short of memory
BY_ITSELF = {signal.SIGSEGV, signal.SIGABRT, signal.SIGFPE, signal.SIGILL, signal.SIGTRAP, signal.SIGSYS}
OVERDUE = 10.0  # seconds beyond its limit, at which the system ends a child unless somebody has paused it


class Guards:
    """Runs calls in children. A call may end its process, and nothing else."""

    def __init__(self) -> None:
        self._server: Server | None = None
        self._lock = threading.Lock()
        self._closed = False
        self._mine = threading.local()

    def run(self, terms: Terms, function: Callable[P, T], /, *arguments: P.args, **keywords: P.kwargs) -> T:
        """The value of the call, which may be pickled.

        Raises what the call raises; ``FailedError`` where it ended its process or took more than its limits;
        ``KilledError`` where somebody else ended it; ``StudyError`` where another result would come out here.
        """
        child = self._child(terms)
        try:
            return child.call(terms.limits, function, arguments, keywords)  # type: ignore[no-any-return]  # it is the call's
        except (FailedError, KilledError):
            if child.ended:
                del self._mine.child
            raise

    def open(self) -> None:
        """Takes calls again after ``close``."""
        self._closed = False

    def close(self) -> None:
        """Ends every child, whatever it is doing; the calls in flight raise ``KilledError``, and so do those that come."""
        with self._lock:
            self._closed = True
            if self._server:
                self._server.end()

    def _child(self, terms: Terms) -> "Child":
        server = self._serving(terms)
        if getattr(self._mine, "server", None) is not server or not hasattr(self._mine, "child"):
            self._mine.server, self._mine.child = server, server.fork()
        child: Child = self._mine.child
        return child

    def _serving(self, terms: Terms) -> "Server":
        """A server that lives and has the code that is asked for."""
        with self._lock:
            if self._closed:
                raise KilledError
            if self._server is None or not self._server.fits(terms):
                if self._server:
                    self._server.end()
                self._server = Server()
                _check_same(terms.numerics, self._server.numerics)
            return self._server


class Server:
    """The process that children are forked from."""

    def __init__(self) -> None:
        self._control, theirs = socket.socketpair()
        with theirs, TemporaryFile() as tables:
            hand_over(tables)
            tables.seek(0)
            self._process = subprocess.Popen(  # noqa: S603  # our own module
                [sys.executable, "-P", "-m", "study.trained.guard.server", str(theirs.fileno()), str(tables.fileno())],
                env=os.environ | ONE_THREAD | {"PYTHONPATH": os.pathsep.join(path for path in sys.path if path)},
                pass_fds=[theirs.fileno(), tables.fileno()],
                process_group=0,  # Ctrl-C is for the driver
                stdin=subprocess.DEVNULL,
            )
        with self._control.makefile() as said:
            line = said.readline()
        if not line:
            raise self._stillborn()
        self.numerics: dict[str, str] = json.loads(line)

    def _stillborn(self) -> Exception:
        self._control.close()
        if self._process.wait() < 0:
            return KilledError()
        return StudyError("the process that trains could not begin: its own words, above, say why")

    def fits(self, terms: Terms) -> bool:
        return self._process.poll() is None and self.numerics == terms.numerics

    def fork(self) -> "Child":
        """Raises ``KilledError`` if the server is no more."""
        ours, calls = socket.socketpair()
        read, epitaph = os.pipe()
        try:
            socket.send_fds(self._control, [b"+"], [calls.fileno(), epitaph])
        except OSError as error:  # it has died, or this process has ended it
            ours.close()
            os.close(read)
            raise KilledError from error
        finally:
            calls.close()
            os.close(epitaph)
        return Child(self, Connection(ours.detach()), Connection(read))

    def kill(self) -> None:
        """Its guards and their children end with it, paused ones too."""
        self._process.kill()

    def end(self) -> None:
        self.kill()
        self._process.wait()
        self._control.close()


class Child:
    """A process that answers one call after the other."""

    def __init__(self, server: Server, calls: Connection, epitaph: Connection) -> None:
        self._server, self._calls, self._epitaph = server, calls, epitaph
        self.ended = False

    def call(self, limits: Limits, *call: Any) -> Any:
        begun = monotonic()
        try:
            self._calls.send((limits, *call))
            if not self._calls.poll(None if limits.time is None else limits.time + OVERDUE):
                self._server.kill()
                self._calls.close()  # a paused child that nohup shields from SIGHUP is woken by the server's end, and would answer
            value, error = self._calls.recv()
        except (EOFError, OSError) as lost:
            self.ended = True
            is_overdue = limits.time is not None and monotonic() - begun >= limits.time
            raise self._fate(is_overdue=is_overdue) from lost
        if error:
            raise error
        return value

    def _fate(self, *, is_overdue: bool) -> Exception:
        """Why there is no answer; a guard that was killed too leaves no epitaph."""
        code = os.read(self._epitaph.fileno(), 16)
        number = -int(code) if code else signal.SIGKILL
        if number == signal.SIGALRM and is_overdue:
            return FailedError(OUT_OF_TIME)
        return FailedError(CRASHED) if number <= 0 or number in BY_ITSELF else KilledError()


def _check_same(expected: Mapping[str, str], found: Mapping[str, str]) -> None:
    """Raises ``StudyError`` with what differs."""
    others = [f"{name} {found.get(name)} for {value}" for name, value in expected.items() if found.get(name) != value]
    if others:
        raise StudyError(
            f"a worker on {socket.gethostname()} would give other bits, it has {', '.join(others)}"
            ": install the same there, or train on like machines"
        )
