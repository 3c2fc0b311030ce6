"""A driver that dies before or after any commit, of the ledger's or of Optuna's tables, leaves what resumes to the same end."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from study.searched.sampling import SAMPLERS

HERE = Path(__file__).parent


def crash_points(folder: Path, *words: str) -> list[list[str]]:
    """The lines of crash.py, split: each ends with the hash of what was left."""
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(HERE), *(path for path in sys.path if path)])}
    done = subprocess.run(
        [sys.executable, HERE / "crash.py", *words],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    _, whole = done.stdout.split("whole ")
    return [line.split() for line in whole.splitlines()]


def assert_all_end_alike(lines: list[list[str]], deaths: int) -> None:
    (expected,), *points, end = lines
    assert {line[2] for line in points} == {"9"}, "each died at its commit"
    assert {line[1] for line in points} == {"before", "after"}
    assert len(points) >= deaths
    assert end[2] == "0", "the last commit was passed"
    assert {line[3] for line in points} == {expected}


@pytest.mark.whole
def test_some_crashes_leave_no_trace(tmp_path: Path) -> None:
    assert_all_end_alike(crash_points(tmp_path, "tpe", "47"), deaths=3)


@pytest.mark.slow
@pytest.mark.parametrize("sampler", SAMPLERS)
def test_no_crash_leaves_a_trace(tmp_path: Path, sampler: str) -> None:
    assert_all_end_alike(crash_points(tmp_path, sampler, "1"), deaths=100)


@pytest.mark.slow
def test_no_crash_leaves_a_trace_on_a_server(tmp_path: Path, postgresql) -> None:
    assert_all_end_alike(crash_points(tmp_path, "tpe", "1", postgresql.url), deaths=100)
