"""Ctrl-C and SIGTERM: the first ends a study between two writes, never within one; who sends another does not want to wait."""

import os
import shlex
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from threading import Timer
from types import FrameType

from study.errors import without_passwords

STOPPING = (signal.SIGINT, signal.SIGTERM)
SECONDS_TO_THE_NEXT_TRY = 0.02


class Interrupted(KeyboardInterrupt):
    """A person or the system asked the study to stop; ``exit_code`` is 128 plus the signal's number, as shells have it."""

    def __init__(self, number: int) -> None:
        self.number, self.exit_code = number, 128 + number
        trains = sys.argv[1:2] == ["run"]
        told = "what is trained is kept; to resume, run" if trains else "to begin anew, run"
        super().__init__(f"interrupted: {told} {_this_command()}")


def raise_on_signals() -> None:
    """The next signal raises ``Interrupted``; the one after it ends the process at once, as a kill would, which loses no more."""
    sys.unraisablehook = _raise_again
    _await_the_first()


def ignore_signals() -> None:
    """Everything is done and said; what Python tidies up takes moments, and it takes every handler back but this one."""
    for number in STOPPING:
        signal.signal(number, signal.SIG_IGN)


@contextmanager
def shielded() -> Iterator[None]:
    """Puts off a signal until the block has ended."""
    noted: list[int] = []
    previous = {number: signal.signal(number, lambda received, _: noted.append(received)) for number in STOPPING}
    try:
        yield
    finally:
        for number, handler in previous.items():
            signal.signal(number, handler)
    if noted:
        signal.raise_signal(signal.Signals(noted[0]))


def _await_the_first() -> None:
    for number in STOPPING:
        signal.signal(number, _interrupt)


def _raise_again(unraisable: "sys.UnraisableHookArgs") -> None:
    """A signal that meets Python in a finaliser or a weak reference's callback is lost there: it comes again, in a moment."""
    error = unraisable.exc_value
    if not isinstance(error, Interrupted):
        sys.__unraisablehook__(unraisable)
        return
    _await_the_first()
    again = Timer(SECONDS_TO_THE_NEXT_TRY, _send_again, (error.number,))
    again.daemon = True
    again.start()


def _send_again(number: int) -> None:
    if signal.getsignal(number) == _interrupt:  # else another one has been heeded since
        os.kill(os.getpid(), number)


def _interrupt(number: int, frame: FrameType | None) -> None:
    for each in STOPPING:
        signal.signal(each, _leave)
    raise Interrupted(number)


def _leave(number: int, frame: FrameType | None) -> None:
    error = Interrupted(number)
    with suppress(OSError):
        os.write(sys.stderr.fileno(), f"{error}\n".encode())  # print may be what was interrupted
    os._exit(error.exit_code)


def _this_command() -> str:
    return shlex.join(["dropstep", *map(without_passwords, sys.argv[1:])])
