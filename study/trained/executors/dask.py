"""By Dask, on the workers of a scheduler that runs elsewhere or of a small one in this process.

Dask deals with machines: a task whose worker is lost is run again by another one. The guards, one for each thread of
a worker, deal with what training does to its process.
"""

import logging
from collections.abc import Callable
from concurrent.futures import Future
from time import monotonic
from typing import Any, ParamSpec, TypeVar

from distributed import Client, KilledWorker, LocalCluster
from distributed.client import ClosedClientError

from study.errors import StudyError
from study.trained.executors.base import StudyExecutor
from study.trained.executors.crew import Crew
from study.trained.failures import KilledError
from study.trained.guard import Guards, Terms

P = ParamSpec("P")
T = TypeVar("T")

SECONDS_TO_CONNECT = 10
SECONDS_TO_SAY = 5  # workers that are replaced are away for moments
SECONDS_TO_WAIT = 3600  # a batch system lets its jobs queue
FEWEST_TASKS = 64  # workers may join at any time

_guards = Guards()  # of the process in which a task finds itself


def begin(crew: Crew, say: Callable[[str], None]) -> StudyExecutor:
    return Dask(f"tcp://{crew.address}" if crew.address else None, crew.workers, crew.terms, say)


class Dask(StudyExecutor):
    """``address`` is that of a scheduler; ``None`` is a scheduler in this process with ``workers`` threads. ``say`` logs a line."""

    def __init__(self, address: str | None, workers: int, terms: Terms, say: Callable[[str], None]) -> None:
        _hush()
        self._address, self._terms, self._say = address or "this process", terms, say
        self._cluster = None if address else _local_cluster(workers)
        self._client = self._connect()
        self._tasks = self._client.get_executor(pure=False)
        self._deserted: float | None = None  # since when there has been no worker
        self._said = False

    def _connect(self) -> Client:
        try:
            return Client(self._cluster or self._address, timeout=SECONDS_TO_CONNECT, set_as_default=False)
        except (OSError, ValueError) as error:
            raise StudyError(
                f"no Dask scheduler answers at {self._address}: start one, or correct --executor"
            ) from error

    @property
    def elsewhere(self) -> bool:
        return self._cluster is None

    @property
    def capacity(self) -> int:
        return max(FEWEST_TASKS, 2 * sum(self._threads().values()))

    def submit(self, fn: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        future: Future[T] = Future()
        try:
            attempt = self._tasks.submit(_run_guarded, self._terms, fn, args, kwargs)
        except ClosedClientError as error:
            raise self._lost() from error
        attempt.add_done_callback(lambda done: self._hand_on(done, future))
        return future

    def _hand_on(self, done: Future[T], future: Future[T]) -> None:
        error = self._lost() if done.cancelled() else done.exception()
        if isinstance(error, KilledWorker):
            future.set_exception(KilledError())
        elif error:
            future.set_exception(error)
        else:
            future.set_result(done.result())

    def _lost(self) -> StudyError:
        return StudyError(
            f"the Dask scheduler at {self._address} is gone: start it again and run the same command, what is trained is kept"
        )

    def _threads(self) -> dict[str, int]:
        """Of each worker. Raises ``StudyError`` where the scheduler is gone as it is asked."""
        try:
            found: dict[str, int] = self._client.nthreads()
        except OSError as error:  # Dask's own for a closed connection is one
            raise self._lost() from error
        return found

    def check(self) -> None:
        """Says once that there are no workers. Raises ``StudyError`` when there have been none for ``SECONDS_TO_WAIT``."""
        if self._threads():
            self._deserted, self._said = None, False
            return
        self._deserted = self._deserted or monotonic()
        seconds = monotonic() - self._deserted
        if seconds > SECONDS_TO_WAIT:
            raise StudyError(
                f"{self._address} has had no workers for {SECONDS_TO_WAIT} s: start some and run the same command"
            )
        if seconds > SECONDS_TO_SAY and not self._said:
            self._say(f"{self._address} has no workers: waiting for {SECONDS_TO_WAIT} s")
            self._said = True

    def end(self) -> None:
        if self._cluster:
            _guards.close()

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:  # noqa: FBT001, FBT002  # Executor's signature
        self._tasks.shutdown(wait and not cancel_futures)
        if wait:
            self.end()
            self._client.close()
            if self._cluster:
                self._cluster.close()


def _hush() -> None:
    """What goes wrong is told in one line; each part of Dask has a logger with a level of its own."""
    for name in logging.root.manager.loggerDict:
        if name.startswith("distributed"):
            logging.getLogger(name).setLevel(logging.CRITICAL)


def _local_cluster(workers: int) -> LocalCluster:
    """A scheduler and ``workers`` threads; their guards are processes of their own, so the threads need none."""
    _guards.open()
    loopback = "127.0.0.1:0"  # of the two servers that tell how scheduler and worker are
    return LocalCluster(
        n_workers=1,
        threads_per_worker=workers,
        processes=False,
        memory_limit=0,
        dashboard_address=loopback,
        worker_dashboard_address=loopback,
    )


def _run_guarded(terms: Terms, function: Callable[..., Any], arguments: Any, keywords: Any) -> Any:
    return _guards.run(terms, function, *arguments, **keywords)
