"""Real processes: the same table from any number of workers, whatever is killed and when; and nothing survives its driver."""

import fcntl
import os
import random
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

import pandas as pd
import pytest

STUDY = """
seed = 1
data = { name = "iris", train = 60, valid = 40, label_noise = 0.2 }
hyper = { steps = 3000, batch_size = 20 }
refit = { replicates = 2 }

[design]
replicates = 2
arms.dropout = { width = [3, 5], keep_prob = { low = 0.5, high = 1.0, per_level = 2 } }

[search]
trials = 14
replicates = 2
window = 3
sampler = "tpe"

[search.arms.joint]
batch_norm = "before"
width = { low = 3, high = 6 }
keep_prob = { low = 0.5, high = 1.0 }
learning_rate = { low = 0.001, high = 1.0, log = true }
"""
PAGE = """
CLAIMS = ()
def render(claims, results, folder):
    folder.mkdir(exist_ok=True)
    (folder / "index.html").write_text("")
    return folder / "index.html"
"""


def begin(folder: Path, *words: str) -> subprocess.Popen:
    """``dropstep run`` in a folder of its own, where a stand-in for ``reports`` draws the page."""
    folder.mkdir(exist_ok=True)
    (folder / "tiny.toml").write_text(STUDY)
    (folder / "reports.py").write_text(PAGE)
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}
    return subprocess.Popen(
        [sys.executable, "-m", "study", "run", "tiny.toml", *words],
        cwd=folder, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True,
    )  # fmt: skip


def table_of(folder: Path) -> str:
    return pd.read_csv(folder / "runs/tiny/results.csv", dtype=str).drop(columns="seconds").to_csv()


@pytest.fixture(scope="module")
def uninterrupted(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The table of the study in one process."""
    folder = tmp_path_factory.mktemp("uninterrupted")
    assert end_of(begin(folder, "--workers", "1")) == (0, "")
    return table_of(folder)


def descendants(pid: int) -> set[int]:
    children: set[int] = set()
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        with suppress(FileNotFoundError, ProcessLookupError):
            children |= {int(child) for child in task.read_text().split()}
    return children.union(*(descendants(child) for child in children))


def wait_until(condition) -> None:
    end = time.monotonic() + 30
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
    """Until two trainers are there, beside their guards and the server of both, or the study has ended."""
    wait_until(lambda: len(alive(descendants(driver.pid))) >= 5 or driver.poll() is not None)


def end_of(driver: subprocess.Popen) -> tuple[int, str]:
    """Exit code and stderr."""
    _, err = driver.communicate(timeout=60)
    return driver.returncode, err


def wait_for_end(pids: set[int]) -> None:
    wait_until(lambda: not alive(pids))


def test_kills_of_drivers_and_workers_leave_no_process_and_no_trace(tmp_path: Path, uninterrupted: str) -> None:
    dice = random.Random(5)
    for _ in range(2):
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
            os.kill(worker, signal.SIGKILL)
            wait_for_end({worker})
            killed += 1
    assert killed, "the study ended before a worker could be killed: make it longer"
    assert end_of(driver) == (0, "")
    assert table_of(tmp_path) == uninterrupted


def test_interrupts_end_a_study_in_order(tmp_path: Path, uninterrupted: str) -> None:
    for number, code, workers in ((signal.SIGINT, 130, "2"), (signal.SIGTERM, 143, "1")):
        driver = begin(tmp_path, "--workers", workers)
        wait_until(lambda: is_driven(tmp_path / "runs/tiny/lock"))
        time.sleep(0.4)
        offspring = descendants(driver.pid)
        os.killpg(driver.pid, number)
        again = f"python -m study run tiny.toml --workers {workers}"
        assert end_of(driver) == (code, f"interrupted: what is trained is kept; to resume, run {again}\n")
        wait_for_end(offspring)
    assert end_of(begin(tmp_path, "--workers", "2")) == (0, "")
    assert table_of(tmp_path) == uninterrupted
