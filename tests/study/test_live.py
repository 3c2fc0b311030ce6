"""What ``status`` tells of a study at work: how fast, how long still, who is at it, and what failed why."""

import os
import socket
import time
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import ClassVar

import pytest
from small_study import Databases, small_study

from nets import Hyper, Outcome
from study.kept.ledger import Ledger
from study.kept.sqlite import Sqlite
from study.records import Key, Network, Record
from study.told.live import note_driver, pace
from study.told.tally import Tally


def record(number: int, stopped: str = "completed") -> Record:
    network = Network(small_study().data.task, Hyper(seed=number))
    return Record(Key("search", "joint", 0, number, 0), network, Outcome(stopped=stopped, epochs_run=1), 0.5)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch):
    """Sets the time that the ledger and ``status`` see."""
    return lambda now: monkeypatch.setattr(time, "time", lambda: float(now))


class FourTimesAsDear:
    """Work of which forty seconds are left, each network a fourth of one."""

    left: ClassVar = {"design": 30.0, "search": 10.0}

    def weight(self, record: Record) -> float:
        return 0.25


def test_speed_is_that_of_the_last_minute(databases: Databases, clock) -> None:
    work = FourTimesAsDear()
    with closing(Ledger(databases())) as ledger:
        assert pace(ledger, work) == "about to begin"
        clock(1000)
        note_driver(ledger, "2 workers")
        assert pace(ledger, work).startswith("0 networks/s over the last 1 s, time unknown, 2 workers on ")
        for second in range(1001, 1021):
            clock(second)
            ledger.record([record(second)])
        assert pace(ledger, work).startswith("1 networks/s over the last 20 s, 0:02:40 left, 2 workers on ")
        clock(1070)
        assert pace(ledger, work).startswith("0.18 networks/s over the last 60 s, 0:14:33 left")
        clock(5000)
        assert "time unknown" in pace(ledger, work), "what came an hour ago says nothing"
        clock(10)
        assert "over the last 1 s" in pace(ledger, work), "a clock that was moved back"


@pytest.mark.parametrize(("arrived", "said"), [(188, "9.4"), (248, "12"), (2480, "124"), (1, "0.05")])
def test_speed_has_two_digits_below_ten_and_is_whole_above(tmp_path: Path, clock, arrived: int, said: str) -> None:
    with closing(Ledger(Sqlite(tmp_path / "study.db"))) as ledger:
        clock(1000)
        note_driver(ledger, "2 workers")
        clock(1020)
        ledger.record([record(number) for number in range(arrived)])
        assert pace(ledger, FourTimesAsDear()).startswith(f"{said} networks/s over the last 20 s, ")


def test_where_all_is_trained_the_report_is_what_is_waited_for(tmp_path: Path, clock) -> None:
    """And who trains is said: where, and as which process."""
    with closing(Ledger(Sqlite(tmp_path / "study.db"))) as ledger:
        clock(1000)
        note_driver(ledger, "1 worker")
        clock(1030)
        ledger.record([record(1)])
        work = SimpleNamespace(left={"design": 0.0}, weight=lambda record: 1.0)
        assert pace(ledger, work) == (
            "0.033 networks/s over the last 30 s, the report comes, "
            f"1 worker on {socket.gethostname()} (process {os.getpid()})"
        )


def test_failures_are_told_by_their_reason() -> None:
    reasons = ["completed", "diverged", "diverged", "out of memory"]
    tally = Tally(small_study(), [record(number, reason) for number, reason in enumerate(reasons)])
    assert tally.stages[1] == "search  4/12 networks, 2 diverged, 1 out of memory"


def test_another_terminal_sees_a_study_at_work(run, dropstep, monkeypatch: pytest.MonkeyPatch) -> None:
    seen = []
    monkeypatch.setattr("study.reported.publish", lambda *_: ([], [seen.append(dropstep("status")[1])]))
    run()
    lines = seen[0].splitlines()
    assert "small: running" in lines
    assert any(line.startswith("  pace    ") and "1 worker on " in line for line in lines)
    assert any("valid   loss best " in line and "±" in line for line in lines)
    assert "pace" not in dropstep("status")[1]


def test_nothing_of_the_clock_is_in_the_results(run, clock) -> None:
    clock(1.5e9)
    run()
    assert b"15000000" not in Path("runs/small/results.csv").read_bytes()


def test_a_record_is_the_same_whenever_it_was_recorded(databases: Databases, clock) -> None:
    places = [databases(), databases()]
    for now, place in enumerate(places):
        clock(now * 1e9)
        with closing(Ledger(place)) as ledger:
            ledger.record([replace(record(1), seconds=0)])
    loaded = []
    for place in places:
        with closing(Ledger(place)) as ledger:
            loaded += ledger.records
    assert loaded[0] == loaded[1]
