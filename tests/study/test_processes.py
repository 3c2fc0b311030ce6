"""Real processes: the same table from any number of workers, whatever is killed and when; and nothing survives its driver."""

import os
import random
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import closing, suppress
from pathlib import Path

import pandas as pd
import pytest
from real_processes import (
    begin,
    descendants,
    end_of,
    is_driven,
    states_of,
    table_of,
    wait_for_end,
    wait_for_workers,
    wait_until,
)

# what people, batch systems and kernels send; Python ends in order on the two that the driver is asked to stop with
FROM_OUTSIDE = [signal.Signals[f"SIG{name}"] for name in ("KILL", "USR1", "USR2", "HUP", "QUIT", "BUS", "XCPU")]
MOST_KILLS = 100


@pytest.mark.whole
def test_kills_of_drivers_and_workers_leave_no_process_and_no_trace(
    tmp_path: Path, in_one_process: str, undisturbed: Path
) -> None:
    dice = random.Random(5)
    driver = begin(tmp_path, "--workers", "2")
    wait_for_workers(driver)
    time.sleep(dice.uniform(0, 0.6))
    offspring = descendants(driver.pid)
    driver.kill()
    driver.communicate()
    wait_for_end(offspring)
    driver = begin(tmp_path, "--workers", "2")
    killed = 0
    while killed < 2 and driver.poll() is None:
        wait_for_workers(driver)
        for worker in sorted(descendants(driver.pid))[-1:]:
            os.kill(worker, (signal.SIGUSR1, signal.SIGKILL)[killed])
            wait_for_end({worker})
            killed += 1
    assert killed, "the study ended before a worker could be killed: make it longer"
    assert end_of(driver) == (0, "")
    assert table_of(tmp_path) == in_one_process
    assert states_of(tmp_path) == states_of(undisturbed)


@pytest.mark.slow
@pytest.mark.parametrize("words", [("--workers", "2"), ("--executor", "dask")])
def test_a_storm_of_a_hundred_kills_leaves_no_trace(
    tmp_path: Path, in_one_process: str, undisturbed: Path, words: tuple[str, ...]
) -> None:
    """Any process of the study dies at any time, of any signal; a driver that is gone is begun again, and so is a study that is finished."""
    dice, kills, studies = random.Random(7), 0, 0
    while kills < MOST_KILLS or not studies:
        studies += 1
        folder = tmp_path / str(studies)
        driver = begin(folder, *words)
        while driver.poll() != 0:
            time.sleep(dice.uniform(0, 1.5))
            victims = sorted({driver.pid, *descendants(driver.pid)})
            if driver.poll() is None and kills < MOST_KILLS:
                with suppress(ProcessLookupError):
                    os.kill(dice.choice(victims), dice.choice(FROM_OUTSIDE))
                kills += 1
            elif driver.poll() is not None and driver.poll() != 0:
                _, err = end_of(driver)
                assert -driver.returncode in FROM_OUTSIDE or "workers were killed 5 times" in err
                driver = begin(folder, *words)
        assert end_of(driver) == (0, "")
        assert table_of(folder) == in_one_process
        assert states_of(folder) == states_of(undisturbed)


@pytest.mark.whole
def test_interrupts_end_a_study_in_order(tmp_path: Path, in_one_process: str) -> None:
    """Each signal on another executor; the second Ctrl-C of one who does not wait is no other end."""
    check_interrupts(tmp_path, "--workers 2", signal.SIGTERM, times=1)
    check_interrupts(tmp_path, "--workers 1", signal.SIGINT, times=3)
    assert end_of(begin(tmp_path, "--workers", "1")) == (0, "")
    assert table_of(tmp_path) == in_one_process


@pytest.mark.slow
@pytest.mark.parametrize("words", ["--workers 1", "--workers 2", "--executor dask"])
def test_every_signal_ends_a_study_on_every_executor(tmp_path: Path, in_one_process: str, words: str) -> None:
    if "dask" in words:
        pytest.importorskip("distributed", reason="the extra dask is not installed")
    for number in signal.SIGTERM, signal.SIGINT:
        for times in 1, 2:
            check_interrupts(tmp_path, words, number, times=times)
    assert end_of(begin(tmp_path, "--workers", "2")) == (0, "")
    assert table_of(tmp_path) == in_one_process


def check_interrupts(folder: Path, words: str, number: int, *, times: int) -> None:
    driver = begin(folder, *words.split())
    wait_until(lambda: is_driven(folder / "runs/tiny/lock"))
    time.sleep(0.4)
    offspring = descendants(driver.pid)
    for _ in range(times):
        os.killpg(driver.pid, number)
    assert end_of(driver) == (128 + number, interrupted(words))
    wait_for_end(offspring)


def interrupted(words: str) -> str:
    return f"interrupted: what is trained is kept; to resume, run dropstep run tiny.toml {words}\n"


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupt_at_the_very_beginning_is_one_line(tmp_path: Path, number: int) -> None:
    """A stand-in for the first package that is loaded sends it."""
    loaded_first = tmp_path / "stand_in/cyclopts.py"  # what lies in the working folder itself is ignored
    loaded_first.parent.mkdir()
    loaded_first.write_text(f"import os\nos.kill(os.getpid(), {int(number)})\n")
    assert end_of(begin(tmp_path, "--workers", "2")) == (128 + number, interrupted("--workers 2"))


LOST = """
import os, signal, sys, time, weakref
from study.interrupts import Interrupted, raise_on_signals

def interrupt(*_):
    os.kill(os.getpid(), {number:d})
    sum(range(100))

class Finalised:
    __del__ = interrupt

raise_on_signals()
thing = Finalised()
if {weak}:
    Finalised.__del__ = lambda self: None
    reference = weakref.ref(thing, interrupt)
try:
    del thing
    time.sleep(20)
    print("the signal was lost")
except Interrupted as error:
    print(error.exit_code)
"""


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.parametrize("weak", [False, True])
def test_an_interrupt_is_not_lost_where_python_ignores_exceptions(number: int, *, weak: bool) -> None:
    done = subprocess.run(
        [sys.executable, "-c", LOST.format(number=number, weak=weak)], capture_output=True, text=True, check=False
    )
    assert (done.stdout, done.stderr) == (f"{128 + number}\n", "")


@pytest.mark.whole
def test_an_interrupt_at_the_very_end_comes_too_late(tmp_path: Path) -> None:
    driver = begin(tmp_path, "--workers", "1", "--set", "hyper.steps=9")
    page = tmp_path / "stand_in/reports.py"
    page.write_text(f"import atexit, os\natexit.register(lambda: os.kill(os.getpid(), 2))\n{page.read_text()}")
    assert end_of(driver) == (0, "")


FAULTS = """
import os, signal, time
import nets

train = nets.train

def faulty(hypers, data, **options):
    for hyper in hypers:
        if hyper.width == 5 and hyper.seed % 1000 == 1:
            signal.raise_signal(signal.SIGSEGV)
        if hyper.width == 4:
            bytearray(2**31)
        if hyper.width == 3 and hyper.keep_prob > 0.99:
            time.sleep(600)
    return train(hypers, data)

nets.train = faulty
"""


@pytest.mark.whole
def test_networks_that_crash_or_take_too_much_are_recorded_and_the_study_goes_on(tmp_path: Path) -> None:
    """``sitecustomize`` is imported by the driver, which does not train, and by the children's server, which has its path."""
    (tmp_path / "stand_in").mkdir()
    (tmp_path / "stand_in/sitecustomize.py").write_text(FAULTS)
    words = ["--set", "hyper.steps=300", "--set", "search.arms.joint.width={low=4,high=8}"]
    words += ["--set", "design.arms.dropout.keep_prob=[0.5,1.0]"]
    limits = ["--memory-limit", "500", "--time-limit", "5"]
    assert end_of(begin(tmp_path, *words, *limits, "--workers", "2")) == (0, "")
    table = pd.read_csv(tmp_path / "runs/tiny/results.csv")
    assert set(table[(table.width == 5) & (table.seed % 1000 == 1)].stopped) == {"crashed"}
    assert set(table[table.width == 4].stopped) == {"out of memory"}
    hung = (table.width == 3) & (table.keep_prob == 1)
    assert set(table[hung].stopped) == {"out of time"}
    lost = table.stopped.isin(["crashed", "out of memory", "out of time"])
    assert lost.sum() == (((table.width == 5) & (table.seed % 1000 == 1)) | (table.width == 4) | hung).sum()
    assert table[lost].valid_loss.isna().all()
    with closing(sqlite3.connect(tmp_path / "runs/tiny/study.db")) as database:
        failed = {number for (number,) in database.execute("SELECT number FROM trials WHERE state = 'FAIL'")}
    assert failed == set(table[lost & (table.stage == "search")].trial)
    before = table_of(tmp_path)
    assert end_of(begin(tmp_path, *words, "--workers", "1")) == (0, "")
    assert table_of(tmp_path) == before
