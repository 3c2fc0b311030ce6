"""What ``status`` tells of a driver at work: who it is, how fast, how long still. Nothing else reads the clock's times."""

import os
import socket
import time
from datetime import timedelta

from study.kept.ledger import Ledger

WINDOW = 60.0  # seconds over which speed is measured


def note_driver(ledger: Ledger, workers: str) -> None:
    """``workers`` says who trains, in words."""
    who = {"workers": workers, "host": socket.gethostname(), "pid": os.getpid(), "since": time.time()}
    ledger.write_note("driver", who)


def pace(ledger: Ledger, left: int) -> str:
    """Speed over the last minute, the time that ``left`` networks take at it, and the driver."""
    driver = ledger.note("driver")
    if driver is None:
        return "about to begin"
    seconds = min(WINDOW, max(1.0, time.time() - driver["since"]))  # no less: a clock may be moved back
    speed = len(ledger.arrivals(time.time() - seconds)) / seconds
    if left == 0:
        rest = "the report comes"
    else:
        rest = f"{timedelta(seconds=round(left / speed))} left" if speed else "time unknown"
    where = f"{driver['workers']} on {driver['host']} (process {driver['pid']})"
    return f"{speed:{'.0f' if speed >= 10 else '.2g'}} networks/s over the last {seconds:.0f} s, {rest}, {where}"
