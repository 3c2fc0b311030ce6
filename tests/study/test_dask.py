"""Dask across processes: a scheduler and workers that come and go leave no trace in the table."""

import logging
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace

import pytest
from real_processes import alive, begin, descendants, end_of, table_of, wait_for_end, wait_until

from study.errors import StudyError
from study.trained.executors import Crew, open_executor
from study.trained.failures import KilledError
from study.trained.guard import Limits

distributed = pytest.importorskip("distributed", reason="the extra dask is not installed")
from study.trained.executors import dask  # noqa: E402

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
    """Looked at each second: after more than five, which who is replaced may take, and more than an hour."""
    now = [1000.0]
    said: list[tuple[float, str]] = []
    monkeypatch.setattr(dask, "monotonic", lambda: now[0])
    executor = stand_in(lambda line: said.append((now[0], line)))
    words = "tcp://host:1 has no workers: waiting for 3600 s"

    def wait(seconds: int) -> None:
        for _ in range(seconds):
            executor.check()
            now[0] += 1

    wait(6)
    executor._client.threads = {"tcp://worker:1": 1}
    wait(100)
    assert said == [], "one that is replaced"
    executor._client.threads = {}
    wait(10)
    executor._client.threads = {"tcp://worker:1": 1}
    wait(1)
    executor._client.threads = {}
    wait(3601)
    assert said == [(1000 + 106 + 6, words), (1000 + 106 + 11 + 6, words)]
    with pytest.raises(StudyError, match="tcp://host:1 has had no workers for 3600 s: start some and run the same"):
        executor.check()
    assert now[0] == 1000 + 106 + 11 + 3601


def test_a_scheduler_elsewhere_is_asked_by_its_address_and_one_here_by_none() -> None:
    told: list[tuple[object, ...]] = []
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(dask, "Dask", lambda *words: told.append(words))
        for name in ("dask", "dask://host:1"):
            dask.begin(Crew(name, 3, NO_LIMITS), print)
    assert [words[:2] for words in told] == [(None, 3), ("tcp://host:1", 3)]
    assert stand_in(print).elsewhere
    vars(here := stand_in(print)).update(_cluster="of this process")
    assert not here.elsewhere


@pytest.mark.parametrize(("threads", "capacity"), [({}, 64), ({"a": 20, "b": 12}, 64), ({"a": 20, "b": 13}, 66)])
def test_workers_elsewhere_have_two_tasks_for_each_thread_and_those_that_may_join(threads, capacity: int) -> None:
    executor = stand_in(print)
    executor._client.threads = threads
    assert executor.capacity == capacity


def test_a_scheduler_has_ten_seconds_to_answer_and_is_no_default_of_others(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[tuple[object, dict[str, object]]] = []

    def connect(address: object, **options: object) -> None:
        asked.append((address, options))
        raise OSError

    monkeypatch.setattr(dask, "Client", connect)
    with pytest.raises(StudyError):
        open_executor(Crew("dask://host:1", 1, NO_LIMITS), print)
    assert asked == [("tcp://host:1", {"timeout": 10, "set_as_default": False})]


def test_a_scheduler_here_has_one_worker_with_all_threads_and_ends_with_its_executor() -> None:
    with open_executor(Crew("dask", 3, NO_LIMITS), print) as executor:
        (worker,) = executor._client.scheduler_info()["workers"].values()
        assert (worker["nthreads"], worker["memory_limit"], worker["nanny"]) == (3, 0, None)
        assert list(executor._threads().values()) == [3]
        with pytest.raises(ValueError, match="No clients found"):
            distributed.default_client()
        client, cluster = executor._client, executor._cluster
    assert (client.status, cluster.status.name) == ("closed", "closed")


def test_each_part_of_dask_is_silent_and_nobody_else() -> None:
    loggers = [logging.getLogger(name) for name in ("distributed.of_a_test", "undistributed.of_a_test")]
    for logger in loggers:
        logger.setLevel(logging.INFO)
    dask._hush()
    assert [logger.level for logger in loggers] == [logging.CRITICAL, logging.INFO]


@pytest.mark.parametrize(
    ("options", "waits", "ends"),
    [
        ({}, True, True),
        ({"wait": False}, False, False),
        ({"cancel_futures": True}, False, True),
        ({"wait": False, "cancel_futures": True}, False, False),
    ],
)
def test_tasks_that_are_cancelled_are_not_waited_for(options: dict[str, bool], *, waits: bool, ends: bool) -> None:
    executor, told = stand_in(print), []
    vars(executor).update(_tasks=SimpleNamespace(shutdown=told.append))
    executor._client.close = lambda: told.append("closed")
    executor.shutdown(**options)
    assert told == [waits, *(["closed"] if ends else [])]


@pytest.mark.parametrize("is_here", [False, True])
def test_who_ends_a_scheduler_here_ends_the_tasks_in_work_and_nobody_elses(
    monkeypatch: pytest.MonkeyPatch, *, is_here: bool
) -> None:
    told: list[str] = []
    monkeypatch.setattr(dask, "_guards", SimpleNamespace(close=lambda: told.append("tasks")))
    executor = stand_in(print)
    cluster = SimpleNamespace(close=lambda: told.append("cluster")) if is_here else None
    vars(executor).update(_cluster=cluster, _tasks=SimpleNamespace(shutdown=lambda _: None))
    executor._client.close = lambda: told.append("client")
    executor.end()
    executor.shutdown()
    assert told == (["tasks", "tasks", "client", "cluster"] if is_here else ["client"])


def test_what_became_of_a_task_is_handed_on() -> None:
    executor, lost = stand_in(print), KeyError("its own")
    for is_cancelled, error, expected in (
        (False, None, None),
        (False, lost, lost),
        (False, distributed.KilledWorker("task", None, 3), KilledError),
        (True, None, StudyError),
    ):
        future: Future[int] = Future()
        done = SimpleNamespace(
            cancelled=lambda is_cancelled=is_cancelled: is_cancelled,
            exception=lambda error=error: error,
            result=lambda: 7,
        )
        executor._hand_on(done, future)
        if expected is None:
            assert future.result() == 7
        else:
            found = future.exception()
            assert found is expected or type(found) is expected


class Client:
    """Of a scheduler elsewhere."""

    def __init__(self) -> None:
        self.threads: dict[str, int] = {}

    def nthreads(self) -> dict[str, int]:
        return self.threads


def stand_in(say) -> dask.Dask:
    """An executor at tcp://host:1 without a scheduler there."""
    made = object.__new__(dask.Dask)
    vars(made).update(_client=Client(), _address="tcp://host:1", _say=say, _cluster=None, _deserted=None, _said=False)
    return made


@pytest.mark.parametrize("ask", [lambda executor: executor.capacity, lambda executor: executor.check()])
def test_a_scheduler_that_is_lost_as_it_is_asked_is_told(monkeypatch: pytest.MonkeyPatch, ask) -> None:
    class Lost:
        def nthreads(self) -> dict[str, int]:
            raise OSError("in <TCP (closed) ConnectionPool.ncores>: Stream is closed")

    monkeypatch.setattr(dask.Dask, "__init__", lambda self: vars(self).update(_client=Lost(), _address="tcp://host:1"))
    with pytest.raises(StudyError, match=r"^the Dask scheduler at tcp://host:1 is gone: start it again"):
        ask(dask.Dask())
