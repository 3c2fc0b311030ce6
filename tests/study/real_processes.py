"""A small study in real processes, for the tests that kill them."""

import fcntl
import os
import sqlite3
import subprocess
import sys
import time
from contextlib import closing, suppress
from pathlib import Path
from typing import Any

import pandas as pd

STUDY = """
seed = 1
data = { name = "iris", train = 60, valid = 40, label_noise = 0.2 }
hyper = { steps = 1200, batch_size = 20 }
refit = { replicates = 2 }

[design]
replicates = 2
arms.dropout = { width = [3, 5], keep_prob = { low = 0.5, high = 1.0, per_level = 2 } }

[search]
trials = 10
replicates = 2
window = 3
sampler = "tpe"
pruning = "median"

[search.arms.joint]
batch_norm = "before"
width = { low = 3, high = 6 }
keep_prob = { low = 0.5, high = 1.0 }
learning_rate = { low = 0.001, high = 1.0, log = true }
"""
DROPSTEP = Path(sys.executable).with_name("dropstep")
PAGE = """
CLAIMS = ()
def render(claims, results, folder):
    folder.mkdir(exist_ok=True)
    (folder / "index.html").write_text("")
    return folder / "index.html", []
"""


def begin(folder: Path, *words: str, stdout: int = subprocess.PIPE) -> subprocess.Popen:
    """``dropstep run`` in a folder of its own, whose files named as our packages are none of its business; a stand-in draws the page."""
    (folder / "stand_in").mkdir(parents=True, exist_ok=True)
    (folder / "tiny.toml").write_text(STUDY)
    (folder / "stand_in/reports.py").write_text(PAGE)
    for package in ("nets", "study", "reports"):
        (folder / f"{package}.py").write_text(
            "raise SystemExit('a file of the working folder was taken for a package')"
        )
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(folder / "stand_in"), *filter(None, sys.path)])}
    return subprocess.Popen(
        [DROPSTEP, "run", "tiny.toml", *words],
        cwd=folder, env=environment, stdout=stdout, stderr=subprocess.PIPE, text=True, start_new_session=True,
    )  # fmt: skip


def table_of(folder: Path) -> str:
    return pd.read_csv(folder / "runs/tiny/results.csv", dtype=str).drop(columns="seconds").to_csv()


def states_of(folder: Path) -> list[tuple[Any, ...]]:
    """What Optuna's tables hold of each trial, in order."""
    rows = "SELECT number, state, value, count(step), max(intermediate_value) FROM trials LEFT JOIN trial_values USING (trial_id)"
    curves = "LEFT JOIN trial_intermediate_values USING (trial_id) GROUP BY trial_id ORDER BY number"
    with closing(sqlite3.connect(folder / "runs/tiny/study.db")) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        return connection.execute(f"{rows} {curves}").fetchall()


def descendants(pid: int) -> set[int]:
    children: set[int] = set()
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        with suppress(FileNotFoundError, ProcessLookupError):
            children |= {int(child) for child in task.read_text().split()}
    return children.union(*(descendants(child) for child in children))


def wait_until(condition) -> None:
    end = time.monotonic() + 600  # where ten others compute, a driver was seen to begin after two minutes
    while not condition():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.02)


def alive(pids: set[int]) -> set[int]:
    return {pid for pid in pids if state_of(pid) not in {"gone", "Z"}}


def state_of(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return "gone"


def is_driven(lock: Path) -> bool:
    if not lock.exists():
        return False
    with lock.open() as file:
        try:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
    return False


def wait_for_workers(driver: subprocess.Popen) -> None:
    """Until two children are there, beside their guards and the server of both, or the study has ended."""
    wait_until(lambda: len(alive(descendants(driver.pid))) >= 5 or driver.poll() is not None)


def end_of(driver: subprocess.Popen) -> tuple[int, str]:
    """Exit code and stderr."""
    _, err = driver.communicate(timeout=300)
    return driver.returncode, err


def wait_for_end(pids: set[int]) -> None:
    wait_until(lambda: not alive(pids))
