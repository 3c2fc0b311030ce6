"""Dask across processes: a scheduler and workers that come and go leave no trace in the table."""

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from real_processes import alive, begin, descendants, end_of, table_of, wait_for_end, wait_until

from study.errors import StudyError
from study.trained.executors import Crew, open_executor
from study.trained.guard import Limits

pytest.importorskip("distributed", reason="the extra dask is not installed")
from study.trained.executors import dask

NO_LIMITS = Limits(memory=None, time=None)


@contextmanager
def command(*words: str) -> Iterator[subprocess.Popen]:
    """``dask …`` in a process of its own."""
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}
    with subprocess.Popen(
        [sys.executable, "-m", "dask", *words], env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as process:
        try:
            yield process
        finally:
            process.kill()


def scheduler(port: int):
    return command(
        "scheduler", "--host", "127.0.0.1", "--port", str(port), "--no-dashboard", "--dashboard-address", ":0"
    )


def worker(port: int, *words: str):
    address = f"tcp://127.0.0.1:{port}"
    return command("worker", address, "--nthreads", "1", "--no-dashboard", "--memory-limit", "0", *words)


@pytest.fixture
def port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


def wait_for_training(process: subprocess.Popen) -> None:
    """Until it has a server, a guard and a child."""
    wait_until(lambda: len(alive(descendants(process.pid))) >= 3)


@pytest.mark.slow
def test_workers_that_are_lost_and_come_back_leave_no_trace(tmp_path: Path, port: int, in_one_process: str) -> None:
    with scheduler(port):
        driver = begin(tmp_path, "--executor", f"dask://127.0.0.1:{port}")
        with worker(port, "--no-nanny") as first:
            wait_for_training(first)
            offspring = descendants(first.pid)
            first.kill()
            wait_for_end(offspring)
        with worker(port, "--nanny") as second, worker(port, "--no-nanny") as third:
            wait_for_training(third)
            for number in (signal.SIGSTOP, signal.SIGCONT):
                os.kill(third.pid, number)
            wait_until(lambda: descendants(second.pid))
            for child in sorted(descendants(second.pid))[-1:]:  # its nanny begins another
                os.kill(child, signal.SIGKILL)
            assert end_of(driver) == (0, "")
            second.terminate()
            second.wait()
    assert table_of(tmp_path) == in_one_process


def test_a_scheduler_that_is_lost_ends_the_study_in_one_line_and_it_resumes(
    tmp_path: Path, port: int, in_one_process: str
) -> None:
    with scheduler(port) as lost, worker(port, "--no-nanny") as alone:
        driver = begin(tmp_path, "--executor", f"dask://127.0.0.1:{port}")
        wait_for_training(alone)
        lost.kill()
        code, err = end_of(driver)
    assert code == 1
    assert err.startswith(f"error: the Dask scheduler at tcp://127.0.0.1:{port} is gone: start it again")
    assert err.count("\n") == 1
    assert end_of(begin(tmp_path, "--workers", "1")) == (0, "")
    assert table_of(tmp_path) == in_one_process


def test_an_address_where_nobody_answers_is_told(port: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dask, "SECONDS_TO_CONNECT", 0.5)
    with pytest.raises(StudyError, match=f"no Dask scheduler answers at tcp://127.0.0.1:{port}: start one"):
        open_executor(Crew(f"dask://127.0.0.1:{port}", 1, NO_LIMITS), print)


def test_no_workers_for_a_while_is_said_once_and_given_up_at_last(monkeypatch: pytest.MonkeyPatch) -> None:
    """On a clock that goes by the minute."""
    clock = iter(range(0, 60 * 1000, 60))
    said: list[str] = []
    with open_executor(Crew("dask", 1, NO_LIMITS), said.append) as executor:
        executor.check()
        assert not said
        monkeypatch.setattr(executor._client, "nthreads", dict)
        monkeypatch.setattr(dask, "monotonic", lambda: next(clock))

        def wait() -> None:
            while True:
                executor.check()

        with pytest.raises(StudyError, match="has had no workers for 3600 s: start some"):
            wait()
    assert said == ["this process has no workers: waiting for 3600 s"]


@pytest.mark.parametrize("ask", [lambda executor: executor.capacity, lambda executor: executor.check()])
def test_a_scheduler_that_is_lost_as_it_is_asked_is_told(monkeypatch: pytest.MonkeyPatch, ask) -> None:
    class Lost:
        def nthreads(self) -> dict[str, int]:
            raise OSError("in <TCP (closed) ConnectionPool.ncores>: Stream is closed")

    monkeypatch.setattr(dask.Dask, "__init__", lambda self: vars(self).update(_client=Lost(), _address="tcp://host:1"))
    with pytest.raises(StudyError, match=r"^the Dask scheduler at tcp://host:1 is gone: start it again"):
        ask(dask.Dask())
