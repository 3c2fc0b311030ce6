"""The server, ``python -m study.trained.guard.server``: one thread that forks, so that a new child costs milliseconds and no memory.

Every process here ends with the one that began it: the server when its socket closes, guard and child by a signal
that Linux sends (elsewhere they finish their stack first).
"""

import ctypes
import json
import os
import resource
import signal
import socket
import sys
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, NoReturn

from threadpoolctl import threadpool_limits

import study.trained.training  # noqa: F401  # imported once, for all children
from study.data.tables import take_over
from study.kept.numerics import numerics
from study.trained.guard.terms import MIB, Limits

SET_PARENT_DEATH_SIGNAL = 1  # <sys/prctl.h>
SIZE = Path("/proc/self/statm")


def serve(control: socket.socket) -> None:
    """Says what decides bits here; then each pair of sockets that arrives, for calls and for an epitaph, gets a guard."""
    threadpool_limits(1)
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits for the guards
    signal.signal(signal.SIGINT, signal.SIG_DFL)  # without Python's last words
    with suppress(ConnectionError):  # who asked is gone already, and the next read says so
        control.sendall(json.dumps(numerics()).encode() + b"\n")
    while True:
        _, received, *_ = socket.recv_fds(control, 1, 2)
        if not received:
            return
        calls, epitaph = received
        if not _fork():
            control.close()
            _guard(calls, epitaph)
        os.close(calls)
        os.close(epitaph)


def _guard(calls: int, epitaph: int) -> NoReturn:
    """Forks the child, waits, and writes how it ended: minus the signal's number, or its exit code."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    child = _fork()
    if not child:
        os.close(epitaph)
        _train(Connection(calls))
    os.close(calls)
    _, status = os.waitpid(child, 0)
    with suppress(BrokenPipeError):  # nobody asks any more
        os.write(epitaph, str(os.waitstatus_to_exitcode(status)).encode())
    _leave()


def _train(calls: Connection) -> NoReturn:
    """Answers calls with their value or their exception, until nobody is there to ask."""
    with suppress(EOFError, ConnectionError):
        while True:
            limits, function, arguments, keywords = calls.recv()
            calls.send(_answer(limits, function, arguments, keywords))
    _leave()


def _answer(
    limits: Limits, function: Callable[..., Any], arguments: Any, keywords: Any
) -> tuple[Any, Exception | None]:
    try:
        with _limited(limits):
            return function(*arguments, **keywords), None
    except Exception as error:  # noqa: BLE001  # the thread that asked raises it
        error.add_note(f"in the process that trained:\n{traceback.format_exc()}")
        return None, error


@contextmanager
def _limited(limits: Limits) -> Iterator[None]:
    """Beyond the memory an allocation fails; when the time is over the system ends the process, whatever it does."""
    if limits.time is not None:
        signal.setitimer(signal.ITIMER_REAL, limits.time)
    before, most = resource.getrlimit(resource.RLIMIT_AS)
    if limits.memory is not None:
        limit = _size() + limits.memory * MIB
        resource.setrlimit(resource.RLIMIT_AS, (limit if most == resource.RLIM_INFINITY else min(limit, most), most))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_AS, (before, most))
        signal.setitimer(signal.ITIMER_REAL, 0)


def _size() -> int:
    """Bytes of address space that this process has; 0 where the system does not tell."""
    return int(SIZE.read_text().split()[0]) * resource.getpagesize() if SIZE.exists() else 0


def _fork() -> int:
    """``os.fork``, and the child ends with its parent."""
    parent = os.getpid()
    child = os.fork()
    if not child and sys.platform == "linux":
        ctypes.CDLL(None).prctl(SET_PARENT_DEATH_SIGNAL, signal.SIGKILL)
        if os.getppid() != parent:
            _leave()
    return child


def _leave() -> NoReturn:
    """Without what a process does at its end, which is the server's to do."""
    os._exit(0)


if __name__ == "__main__":
    with open(int(sys.argv[2]), "rb") as tables:  # noqa: PTH123  # it has no path
        take_over(tables)
    serve(socket.socket(fileno=int(sys.argv[1])))
