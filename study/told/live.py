"""What ``status`` tells of a driver at work: who it is, how fast, how long still. Nothing else reads the clock's times."""

import os
import socket
import time

from study.kept.ledger import Ledger
from study.told.progress import told_left
from study.told.work import Work

WINDOW = 60.0  # seconds over which speed is measured


def note_driver(ledger: Ledger, workers: str) -> None:
    """``workers`` says who trains, in words."""
    who = {"workers": workers, "host": socket.gethostname(), "pid": os.getpid(), "since": time.time()}
    ledger.write_note("driver", who)


def pace(ledger: Ledger, work: Work) -> str:
    """Speed over the last minute, the time that what is left takes at it, and the driver."""
    driver = ledger.note("driver")
    if driver is None:
        return "about to begin"
    seconds = min(WINDOW, max(1.0, time.time() - driver["since"]))  # no less: a clock may be moved back
    arrived = set(ledger.arrivals(time.time() - seconds))
    speed, left = len(arrived) / seconds, sum(work.left.values())
    if left:
        done = sum(work.weight(record) for record in ledger.records if record.key in arrived)
        rest = told_left(seconds / done * left) if done else "time unknown"
    else:
        rest = "the report comes"
    where = f"{driver['workers']} on {driver['host']} (process {driver['pid']})"
    return f"{speed:{'.0f' if speed >= 10 else '.2g'}} networks/s over the last {seconds:.0f} s, {rest}, {where}"
