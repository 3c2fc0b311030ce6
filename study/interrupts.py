"""Ctrl-C and SIGTERM: they end a study between two writes, never within one."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

STOPPING = (signal.SIGINT, signal.SIGTERM)


class Interrupted(KeyboardInterrupt):
    """A person or the system asked the study to stop; ``exit_code`` is 128 plus the signal's number, as shells have it."""

    def __init__(self, number: int) -> None:
        self.exit_code = 128 + number
        super().__init__(signal.Signals(number).name)


@contextmanager
def interruptible() -> Iterator[None]:
    """Raises ``Interrupted`` on Ctrl-C and on SIGTERM."""
    previous = {number: signal.signal(number, _interrupt) for number in STOPPING}
    try:
        yield
    finally:
        for number, handler in previous.items():
            signal.signal(number, handler)


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


def _interrupt(number: int, frame: FrameType | None) -> None:
    raise Interrupted(number)
