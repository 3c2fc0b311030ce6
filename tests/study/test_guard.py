"""Both sides of the guard by hand, in this process: how an end is told, what is waited for, what a call may take."""

import json
import os
import signal
import sys
from collections.abc import Callable, Iterator
from multiprocessing.connection import Connection
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from study.errors import StudyError
from study.trained.failures import CRASHED, OUT_OF_TIME, FailedError, KilledError
from study.trained.guard import Guards, Limits, Terms, guards, server
from study.trained.guard.guards import Child, Server

NO_LIMITS = Limits(memory=None, time=None)


class Calls:
    """The socket to a child that answers when it is asked to, or never."""

    def __init__(self, *answer: Any) -> None:
        self.sent: list[Any] = []
        self.patience: list[float | None] = []
        self._answer = answer

    def send(self, call: Any) -> None:
        self.sent.append(call)

    def poll(self, seconds: float | None) -> bool:
        self.patience.append(seconds)
        return True

    def recv(self) -> Any:
        if not self._answer:
            raise EOFError
        return self._answer


@pytest.fixture
def child() -> Iterator[Callable[..., Child]]:
    """Makes a child of this answer, whose guard wrote this epitaph."""
    opened: list[Connection] = []

    def made(calls: Calls, epitaph: str = "") -> Child:
        read, write = os.pipe()
        os.write(write, epitaph.encode())
        os.close(write)
        opened.append(Connection(read))
        return Child(SimpleNamespace(kill=lambda: None), calls, opened[-1])

    yield made
    for each in opened:
        each.close()


def test_a_call_returns_its_value_or_raises_its_error(child) -> None:
    calls = Calls(7, None)
    asked = child(calls)
    assert asked.call(NO_LIMITS, abs, (-7,), {}) == 7
    assert calls.sent == [(NO_LIMITS, abs, (-7,), {})]
    with pytest.raises(ZeroDivisionError):
        child(Calls(None, ZeroDivisionError())).call(NO_LIMITS, divmod, (1, 0), {})
    assert not asked.ended


@pytest.mark.parametrize(("limit", "seconds"), [(None, None), (2.5, 12.5), (60.0, 70.0)])
def test_a_child_is_given_ten_seconds_beyond_its_limit_and_all_time_without_one(child, limit, seconds) -> None:
    """Beyond them somebody has paused it."""
    calls = Calls(7, None)
    child(calls).call(Limits(memory=None, time=limit), abs, (-7,), {})
    assert calls.patience == [seconds]


@pytest.mark.parametrize("is_late", [False, True])
def test_who_does_not_answer_in_time_is_ended(is_late: bool) -> None:  # noqa: FBT001
    told = []
    calls = SimpleNamespace(
        send=lambda _: None, poll=lambda _: not is_late, close=lambda: told.append("closed"), recv=lambda: (7, None)
    )
    asked = Child(SimpleNamespace(kill=lambda: told.append("killed")), calls, None)
    assert asked.call(Limits(memory=None, time=1.0), abs, (-7,), {}) == 7
    assert told == (["killed", "closed"] if is_late else [])


BY_ITSELF = ("SEGV", "ABRT", "FPE", "ILL", "TRAP", "SYS")
FATES = {
    **dict.fromkeys(("0", "1", "2", "120", "255"), CRASHED),  # it left by itself, whatever it said
    **{str(-signal.Signals[f"SIG{name}"]): CRASHED for name in BY_ITSELF},
    "": None,  # its guard was killed too
    **{
        str(-number): None
        for number in signal.valid_signals()
        if number not in {signal.Signals[f"SIG{name}"] for name in BY_ITSELF}
    },
}


@pytest.mark.parametrize("epitaph", FATES)
def test_what_a_process_does_to_itself_is_its_failure_and_what_is_sent_is_not(child, epitaph: str) -> None:
    ended = child(Calls(), epitaph)
    with pytest.raises((FailedError, KilledError)) as raised:
        ended.call(NO_LIMITS, abs, (-7,), {})
    assert getattr(raised.value, "reason", None) == FATES[epitaph]
    assert ended.ended


@pytest.mark.parametrize(
    ("limit", "took", "number", "is_overdue"),
    [
        (3.0, 3.0, signal.SIGALRM, True),
        (3.0, 7.5, signal.SIGALRM, True),
        (3.0, 2.99, signal.SIGALRM, False),
        (0.5, 0.25, signal.SIGALRM, False),
        (None, 99.0, signal.SIGALRM, False),
        (3.0, 7.5, signal.SIGTERM, False),
        (3.0, 7.5, signal.SIGPIPE, False),
    ],
)
def test_an_alarm_is_the_end_of_its_time_once_that_is_over(
    child, monkeypatch: pytest.MonkeyPatch, limit, took, number, *, is_overdue: bool
) -> None:
    monkeypatch.setattr(guards, "monotonic", iter([1000.0, 1000.0 + took]).__next__)
    with pytest.raises(FailedError if is_overdue else KilledError) as raised:
        child(Calls(), str(-number)).call(Limits(memory=None, time=limit), abs, (-7,), {})
    assert getattr(raised.value, "reason", None) == (OUT_OF_TIME if is_overdue else None)


@pytest.mark.parametrize(
    ("ends", "kind"),
    [
        ("exit 0", StudyError),
        ("exit 1", StudyError),
        ("kill -HUP $$", KilledError),  # number 1
        ("kill -KILL $$", KilledError),
    ],
)
def test_a_server_that_ends_before_its_first_word_was_killed_or_could_not_begin(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, ends: str, kind: type[Exception]
) -> None:
    python = tmp_path / "python"
    python.write_text(f"#!/bin/sh\n{ends}\n")
    python.chmod(0o755)
    monkeypatch.setattr(sys, "executable", str(python))
    with pytest.raises(kind):
        Server()


def test_a_server_is_told_where_its_socket_and_its_tables_are_and_stands_apart_from_ctrl_c(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The tables are there to be read from their beginning."""
    python = tmp_path / "python"
    python.write_text(
        f"#!{sys.executable}\n"
        "import json, os, socket, sys\n"
        "told = {'words': sys.argv[1:4], 'tables': open(int(sys.argv[5]), 'rb').read().decode()}\n"
        "told |= {'leads': str(os.getpgid(0) == os.getpid()), 'stdin': os.readlink('/proc/self/fd/0')}\n"
        "told |= {name: os.environ[name] for name in ('OMP_NUM_THREADS', 'JE_ARROW_MALLOC_CONF')}\n"
        "socket.socket(fileno=int(sys.argv[4])).sendall(json.dumps(told).encode() + b'\\n')\n"
    )
    python.chmod(0o755)
    monkeypatch.setattr(guards, "hand_over", lambda file: file.write(b"all tables"))
    monkeypatch.setattr(sys, "executable", str(python))
    served = Server()
    served.end()
    assert served.numerics == {
        "words": ["-P", "-m", "study.trained.guard.server"],
        "tables": "all tables",
        "leads": "True",
        "stdin": "/dev/null",
        "OMP_NUM_THREADS": "1",
        "JE_ARROW_MALLOC_CONF": "background_thread:false",
    }


class Standing:
    """A server that forks nothing."""

    made: list["Standing"]

    def __init__(self) -> None:
        self.numerics, self.lives, self.children = {"numpy": "2", "blas": "fast"}, True, 0
        self.made.append(self)

    def fits(self, terms: Terms) -> bool:
        return self.lives and self.numerics == terms.numerics

    def fork(self) -> SimpleNamespace:
        self.children += 1
        number = f"{len(self.made)}.{self.children}"
        return SimpleNamespace(call=lambda limits, function, *_: function(number), ended=False)

    def end(self) -> None:
        self.lives = False


@pytest.fixture
def standing(monkeypatch: pytest.MonkeyPatch) -> list[Standing]:
    Standing.made = []
    monkeypatch.setattr(guards, "Server", Standing)
    return Standing.made


TERMS = Terms(NO_LIMITS, {"numpy": "2", "blas": "fast"})


def test_a_server_and_a_child_stay_as_long_as_they_live(standing: list[Standing]) -> None:
    guarded = Guards()
    assert [guarded.run(TERMS, str) for _ in range(3)] == ["1.1"] * 3
    standing[0].lives = False
    assert [guarded.run(TERMS, str) for _ in range(2)] == ["2.1"] * 2
    guarded.close()
    assert not standing[1].lives
    with pytest.raises(KilledError):
        guarded.run(TERMS, str)
    guarded.open()
    assert guarded.run(TERMS, str) == "3.1"
    Guards().close()


@pytest.mark.parametrize("has_ended", [False, True])
@pytest.mark.parametrize("error", [FailedError(CRASHED), KilledError()])
def test_a_child_that_ended_is_replaced_and_one_that_lives_is_not(
    standing: list[Standing], error: Exception, *, has_ended: bool
) -> None:
    """A lack of memory is a failure of the call alone."""
    guarded = Guards()
    assert guarded.run(TERMS, str) == "1.1"

    def fail(_: str) -> None:
        guarded._mine.child.ended = has_ended
        raise error

    with pytest.raises(type(error)):
        guarded.run(TERMS, fail)
    assert guarded.run(TERMS, str) == ("1.2" if has_ended else "1.1")


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ({"numpy": "1"}, "it has numpy 2 for 1:"),
        ({"numpy": "3"}, "it has numpy 2 for 3:"),
        ({"numpy": "2", "blas": "slow"}, "it has blas fast for slow:"),
        ({"numpy": "3", "numba": "1"}, "it has numpy 2 for 3, numba None for 1:"),
        ({"numpy": "2", "blas": "fast", "more": "1"}, "it has more None for 1:"),
    ],
)
def test_what_would_give_other_bits_is_named(standing: list[Standing], asked: dict[str, str], told: str) -> None:
    with pytest.raises(StudyError) as raised:
        Guards().run(Terms(NO_LIMITS, asked), str)
    assert told in str(raised.value)


def test_a_server_fits_while_it_runs_with_the_code_that_is_asked_for() -> None:
    made = object.__new__(Server)
    for end, numerics, fits in ((None, {"a": "1"}, True), (None, {"a": "0"}, False), (0, {"a": "1"}, False)):
        vars(made).update(_process=SimpleNamespace(poll=lambda end=end: end), numerics={"a": "1"})
        assert made.fits(Terms(NO_LIMITS, numerics)) is fits


@pytest.fixture
def space(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """Of addresses: what this process may take at most, and what it was told to take, one after the other; it has 1000 pages."""
    known: dict[str, Any] = {"before": (-1, -1), "told": []}
    monkeypatch.setattr(server, "_size", lambda: 1000)
    monkeypatch.setattr(server.resource, "getrlimit", lambda _: known["before"])
    monkeypatch.setattr(server.resource, "setrlimit", lambda kind, limits: known["told"].append(limits))
    return known


@pytest.mark.parametrize(
    ("memory", "most", "limit"),
    [(3, -1, 1000 + 3 * 2**20), (3, 2**40, 1000 + 3 * 2**20), (3, 2000, 2000), (None, -1, None)],
)
def test_a_call_may_take_so_much_beyond_what_its_process_has(space: dict[str, Any], memory, most, limit) -> None:
    """No more than the system lets it, and afterwards what it might before."""
    space["before"] = (most, most)
    with server._limited(Limits(memory=memory, time=None)):
        assert space["told"] == ([] if limit is None else [(limit, most)])
    assert space["told"][-1] == (most, most)


def test_the_clock_of_a_call_stops_at_its_end(space: dict[str, Any]) -> None:
    for limit, least in ((1000.0, 999), (None, -1)):
        with server._limited(Limits(memory=None, time=limit)):
            left, _ = signal.getitimer(signal.ITIMER_REAL)
            assert least < left <= (limit or 0)
        assert signal.getitimer(signal.ITIMER_REAL) == (0, 0)
    with pytest.raises(KeyError), server._limited(Limits(memory=None, time=1000.0)):
        raise KeyError
    assert signal.getitimer(signal.ITIMER_REAL) == (0, 0)


def test_the_size_of_a_process_is_the_first_of_its_numbers_in_pages(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(server, "SIZE", tmp_path / "statm")
    assert server._size() == 0
    (tmp_path / "statm").write_text("300 200 100 1 0 9 0\n")
    monkeypatch.setattr(server.resource, "getpagesize", lambda: 4096)
    assert server._size() == 300 * 4096


def test_an_answer_is_a_value_or_an_error_with_where_it_was_raised() -> None:
    assert server._answer(NO_LIMITS, divmod, (7, 2), {}) == ((3, 1), None)
    value, error = server._answer(NO_LIMITS, divmod, (7, 0), {})
    assert value is None
    assert isinstance(error, ZeroDivisionError)
    assert error.__notes__[0].startswith("in the process that trained:\nTraceback")


@pytest.mark.parametrize(
    ("platform", "fork", "parent", "happens"),
    [
        ("linux", 0, 70, ["signal 1 9"]),
        ("linux", 0, 1, ["signal 1 9", "left"]),  # the parent died before, and another one took the child in
        ("linux", 0, 99, ["signal 1 9", "left"]),
        ("linux", 71, 70, []),
        ("darwin", 0, 1, []),
        ("sunos5", 0, 1, []),
    ],
)
def test_a_child_asks_linux_to_end_it_with_its_parent(
    monkeypatch: pytest.MonkeyPatch, platform: str, fork: int, parent: int, happens: list[str]
) -> None:
    happened: list[str] = []
    library = SimpleNamespace(prctl=lambda option, number: happened.append(f"signal {option} {int(number)}"))
    monkeypatch.setattr(server, "sys", SimpleNamespace(platform=platform))
    monkeypatch.setattr(server, "ctypes", SimpleNamespace(CDLL=lambda _: library))
    monkeypatch.setattr(server, "_leave", lambda: happened.append("left"))
    for name, number in (("fork", fork), ("getpid", 70), ("getppid", parent)):
        monkeypatch.setattr(os, name, lambda number=number: number)
    found = server._fork()
    monkeypatch.undo()
    assert (found, happened) == (fork, happens)


def test_a_server_says_in_a_line_what_decides_bits(monkeypatch: pytest.MonkeyPatch) -> None:
    said: list[bytes] = []
    monkeypatch.setattr(server, "threadpool_limits", lambda number: said.append(str(number).encode()))
    monkeypatch.setattr(server.signal, "signal", lambda *_: None)
    monkeypatch.setattr(server, "numerics", lambda: {"numpy": "2"})
    monkeypatch.setattr(server.socket, "recv_fds", lambda *_: (b"", [], 0, None))
    server.serve(SimpleNamespace(sendall=said.append))
    threads, line = said
    assert threads == b"1"
    assert line.endswith(b"\n")
    assert json.loads(line) == {"numpy": "2"}
