"""The process of ``dropstep``: what ends it, from its first moment to its last."""

import gc
import sys
from typing import NoReturn

from study.interrupts import Interrupted, ignore_signals, raise_on_signals
from study.outlets import open_outlets

# what is slow to import is imported where a signal already ends in one line

OBJECTS = 100_000  # that are new before garbage is looked for: at Python's 700, a third of reading a large study was spent on that


def program() -> NoReturn:
    """Exits with 0 done, 1 failed, 2 bad usage, 130 and 143 ended by Ctrl-C and SIGTERM."""
    if sys.platform == "win32":  # locks, forks and limits are POSIX's
        sys.stderr.write("error: dropstep needs Linux or macOS: on Windows, install and run it in WSL\n")
        sys.exit(1)
    gc.set_threshold(OBJECTS, *gc.get_threshold()[1:])
    open_outlets()
    raise_on_signals()
    try:
        from study.command_line import main  # noqa: PLC0415

        code = main()
    except Interrupted as error:
        code = error.exit_code
        sys.stderr.write(f"{error}\n")
    ignore_signals()
    gc.freeze()  # all goes with the process: to look through what a large study left for garbage was a tenth of its time
    sys.exit(code)


if __name__ == "__main__":
    program()
