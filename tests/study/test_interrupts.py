"""Signals in this process: the first raises, the next ends at once, none comes in between two halves of a write, none is lost."""

import os
import signal
import sys
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest

from study import __main__ as program
from study import command_line, interrupts
from study.errors import StudyError, UsageError
from study.interrupts import Interrupted, ignore_signals, raise_on_signals, shielded

STOPPING = (signal.SIGINT, signal.SIGTERM)


@pytest.fixture(autouse=True)
def handlers() -> Iterator[None]:
    """As they were, whatever a test does."""
    kept, hook = {number: signal.getsignal(number) for number in STOPPING}, sys.unraisablehook
    yield
    sys.unraisablehook = hook
    for number, handler in kept.items():
        signal.signal(number, handler)


@pytest.mark.parametrize("first", STOPPING)
@pytest.mark.parametrize("second", STOPPING)
def test_the_first_signal_raises_and_the_second_ends_the_process_at_once(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, first: signal.Signals, second: signal.Signals
) -> None:
    ended: list[int] = []
    monkeypatch.setattr(os, "_exit", ended.append)
    monkeypatch.setattr(sys, "argv", ["dropstep", "run", "quick"])
    raise_on_signals()
    with pytest.raises(Interrupted) as raised:
        signal.raise_signal(first)
    assert (raised.value.number, raised.value.exit_code) == (first, 128 + first)
    assert ended == []
    with (tmp_path / "stderr").open("w") as stderr:
        monkeypatch.setattr(sys, "stderr", stderr)
        signal.raise_signal(second)
    assert ended == [128 + second]
    assert (tmp_path / "stderr").read_text() == (
        "interrupted: what is trained is kept; to resume, run dropstep run quick\n"
    )


@pytest.mark.parametrize("number", STOPPING)
def test_a_signal_waits_for_the_end_of_a_write(number: signal.Signals) -> None:
    raise_on_signals()
    written = []
    with pytest.raises(Interrupted) as raised, shielded():  # noqa: PT012  what it ends with is the subject
        signal.raise_signal(number)
        for other in STOPPING:
            signal.raise_signal(other)
        written.append(1)
    assert written == [1]
    assert raised.value.number == number, "the first of several"
    raise_on_signals()
    before = [signal.getsignal(each) for each in STOPPING]
    with pytest.raises(OSError, match="full"), shielded():
        raise OSError("full")
    with shielded():
        assert [signal.getsignal(each) for each in STOPPING] != before
    assert [signal.getsignal(each) for each in STOPPING] == before


def test_a_signal_that_python_loses_comes_again_in_a_moment(monkeypatch: pytest.MonkeyPatch) -> None:
    """In a finaliser, where an error goes nowhere; another error there is told as ever."""
    timers: list[SimpleNamespace] = []
    told: list[object] = []
    sent: list[tuple[int, int]] = []

    def timer(seconds: float, function, arguments: tuple) -> SimpleNamespace:
        made = SimpleNamespace(seconds=seconds, run=lambda: function(*arguments), daemon=False, started=False)
        made.start = lambda: setattr(made, "started", True)
        timers.append(made)
        return made

    monkeypatch.setattr(interrupts, "Timer", timer)
    monkeypatch.setattr(os, "kill", lambda *to: sent.append(to))
    monkeypatch.setattr(sys, "__unraisablehook__", told.append)
    raise_on_signals()
    other = SimpleNamespace(exc_value=ValueError("x"))
    sys.unraisablehook(other)
    assert (told, timers) == ([other], [])
    with pytest.raises(Interrupted) as lost:
        signal.raise_signal(signal.SIGTERM)
    sys.unraisablehook(SimpleNamespace(exc_value=lost.value))
    (again,) = timers
    assert (len(told), again.daemon, again.started) == (1, True, True)
    assert 0 < again.seconds <= 0.1
    again.run()
    assert sent == [(os.getpid(), signal.SIGTERM)]
    with pytest.raises(Interrupted):
        signal.raise_signal(signal.SIGTERM)
    again.run()
    assert len(sent) == 1, "another one has been heeded since"


def test_at_the_end_signals_are_ignored() -> None:
    raise_on_signals()
    ignore_signals()
    assert {signal.getsignal(number) for number in STOPPING} == {signal.SIG_IGN}


@pytest.fixture
def begun(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What the program does to its process, which is this one."""
    done: list[str] = []
    for name in ("open_outlets", "raise_on_signals", "ignore_signals"):
        monkeypatch.setattr(program, name, lambda name=name: done.append(name))
    garbage = SimpleNamespace(
        get_threshold=lambda: (700, 10, 7),
        set_threshold=lambda *to: done.append(f"threshold {to[0] >= 10_000} {to[1:]}"),
        freeze=lambda: done.append("freeze"),
    )
    monkeypatch.setattr(program, "gc", garbage)
    return done


@pytest.mark.parametrize("code", [0, 1, 2])
def test_the_program_ends_with_the_code_of_its_command(monkeypatch, begun: list[str], code: int) -> None:
    monkeypatch.setattr(command_line, "main", lambda: begun.append("main") or code)
    with pytest.raises(SystemExit) as ended:
        program.program()
    assert ended.value.code == code
    assert begun == ["threshold True (10, 7)", "open_outlets", "raise_on_signals", "main", "ignore_signals", "freeze"]


def test_an_interrupted_program_says_how_to_go_on(monkeypatch, capsys, begun: list[str]) -> None:
    def interrupted() -> int:
        raise Interrupted(15)

    monkeypatch.setattr(sys, "argv", ["dropstep", "run", "quick"])
    monkeypatch.setattr(command_line, "main", interrupted)
    with pytest.raises(SystemExit) as ended:
        program.program()
    assert ended.value.code == 143
    assert capsys.readouterr().err == "interrupted: what is trained is kept; to resume, run dropstep run quick\n"
    assert begun[-2:] == ["ignore_signals", "freeze"]


def test_on_windows_it_says_where_it_runs(monkeypatch, capsys, begun: list[str]) -> None:
    monkeypatch.setattr(sys, "platform", "win32")
    with pytest.raises(SystemExit) as ended:
        program.program()
    assert (ended.value.code, begun) == (1, [])
    assert "dropstep needs Linux or macOS: on Windows, install and run it in WSL" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("raised", "code", "told"),
    [
        (StudyError("a\n b", details="x\n  y"), 1, "error: a b\nx\n  y\n"),
        (UsageError("at postgresql://me:SECRET@host"), 2, "error: at postgresql://me:***@host\n"),
        (MemoryError("3 GB"), 1, "error: out of memory: 3 GB; make width, depth or batch_size smaller\n"),
        (OSError(28, "No space left on device", "runs/x"), 1, "error: runs/x: No space left on device\n"),
        (OSError("odd"), 1, "error: odd\n"),
        (ImportError("numba is missing"), 2, "error: numba is missing\n"),
    ],
)
def test_an_error_that_a_person_can_mend_is_a_line_and_a_code(
    monkeypatch, capsys, raised: Exception, code: int, told: str
) -> None:
    def fails(*_: object, **__: object) -> int:
        raise raised

    monkeypatch.setattr(command_line, "_app", lambda: fails)
    assert command_line.main() == code
    assert capsys.readouterr() == ("", told)


@pytest.mark.parametrize(("returned", "code"), [(None, 0), (0, 0), (1, 1)])
def test_a_command_that_returns_nothing_is_done(monkeypatch, returned: int | None, code: int) -> None:
    monkeypatch.setattr(command_line, "_app", lambda: lambda *_, **__: returned)
    assert command_line.main() == code


def test_an_interrupt_passes_through_the_command_line(monkeypatch, dropstep) -> None:
    def interrupted(*_: object, **__: object) -> int:
        raise Interrupted(2)

    monkeypatch.setattr("study.kept.runs.existing_runs", interrupted)
    with pytest.raises(Interrupted):
        dropstep("list")
