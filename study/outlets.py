"""Standard output and error are outlets and no more: what cannot be written there ends nothing and changes no exit code."""

import io
import os
import sys
from contextlib import suppress
from typing import TextIO


class Outlet(io.TextIOBase):
    """Passes text on: letters that the stream has none for as "?", and nothing any more once it has failed."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def write(self, text: str) -> int:
        try:
            self._stream.write(text.encode(self.encoding, "replace").decode(self.encoding))
        except (OSError, ValueError):  # a closed pipe, a full disk; a stream that was closed
            self._drain()
        return len(text)

    def flush(self) -> None:
        try:
            self._stream.flush()
        except (OSError, ValueError):
            self._drain()

    def _drain(self) -> None:
        """Leads the stream to nowhere, with what it still holds: Python flushes it once more at its end."""
        with suppress(OSError, ValueError):
            nowhere = os.open(os.devnull, os.O_WRONLY)
            os.dup2(nowhere, self._stream.fileno())
            os.close(nowhere)

    @property
    def encoding(self) -> str:  # type: ignore[override]  # a constant there
        return self._stream.encoding or "ascii"

    def isatty(self) -> bool:
        with suppress(ValueError):
            return self._stream.isatty()
        return False

    def fileno(self) -> int:
        return self._stream.fileno()

    def writable(self) -> bool:
        return True


def open_outlets() -> None:
    """Puts outlets in the place of stdout and stderr; a descriptor that was closed is opened, or the study's file would take its number."""
    for number in range(3):
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, os.O_RDWR)  # takes the lowest number that is free
    sys.stdout, sys.stderr = (Outlet(each or open(os.devnull, "w")) for each in (sys.stdout, sys.stderr))  # noqa: SIM115, PTH123
