"""Where stacks are trained: in this process, or in a pool that ends with it and outlives the death of a worker."""

import multiprocessing
import os
import signal
import threading
import time
from collections.abc import Callable
from concurrent.futures import Executor, Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from multiprocessing import connection, forkserver, resource_tracker
from typing import ParamSpec, Self, TypeVar

from threadpoolctl import threadpool_limits

from study.errors import StudyError
from study.interrupts import shielded

P = ParamSpec("P")
T = TypeVar("T")

Send = Callable[[ProcessPoolExecutor], Future[T]]

ADVICE = "look at the memory, lower --workers and run again"
ATTEMPTS = 5  # pools that a task may see break; it is in flight for about a second
ONE_THREAD = dict.fromkeys(("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"), "1")


def make_executor(workers: int) -> Executor:
    return Serial() if workers == 1 else Pool(workers)


def available_cores() -> int:
    """Those that this process may use, where the system tells."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


class Serial(Executor):
    """Trains while the task is submitted."""

    def submit(self, fn: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        future: Future[T] = Future()
        future.set_result(fn(*args, **kwargs))
        return future


class Pool(Executor):
    """A process pool that begins with its first task and is built anew when a worker dies."""

    def __init__(self, workers: int) -> None:
        self._workers = workers
        self._pool: ProcessPoolExecutor | None = None
        self._lock = threading.Lock()
        self._closed = False

    def submit(self, fn: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        future: Future[T] = Future()
        with shielded():  # a worker that is interrupted while it starts complains
            self._attempt(future, lambda pool: pool.submit(fn, *args, **kwargs), ATTEMPTS)
        return future

    def _attempt(self, future: Future[T], send: Send[T], left: int) -> None:
        """Sends the task to the pool; a pool that cannot be started counts as one that broke."""
        attempt: Future[T] = Future()
        with self._lock:
            if self._closed:
                attempt.cancel()
            else:
                try:
                    self._pool = self._pool or _start_pool(self._workers)
                    attempt = send(self._pool)
                except (BrokenProcessPool, EOFError, ConnectionError) as error:  # the last two: its server was killed
                    attempt.set_exception(BrokenProcessPool(str(error)))
            pool = self._pool
        attempt.add_done_callback(lambda done: self._settle(future, send, left, done, pool))

    def _settle(
        self, future: Future[T], send: Send[T], left: int, attempt: Future[T], pool: ProcessPoolExecutor | None
    ) -> None:
        """Hands the attempt's end on; after a death of workers the next attempt goes to a new pool."""
        error = None if attempt.cancelled() else attempt.exception()
        if attempt.cancelled():
            future.cancel()
        elif isinstance(error, BrokenProcessPool) and left > 1:
            self._discard(pool)
            self._attempt(future, send, left - 1)
        elif isinstance(error, BrokenProcessPool):
            self._discard(pool)
            future.set_exception(StudyError(f"workers died {ATTEMPTS} times on one task: {ADVICE}"))
        elif error:
            future.set_exception(error)
        else:
            future.set_result(attempt.result())

    def _discard(self, pool: ProcessPoolExecutor | None) -> None:
        time.sleep(0.1)  # a server that was killed still answers for a moment
        with self._lock:
            if self._pool is pool:
                self._pool = None

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:  # noqa: FBT001, FBT002  # Executor's signature
        with self._lock:
            self._closed = True
        if self._pool:
            self._pool.shutdown(wait, cancel_futures=cancel_futures)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        """After an error nobody waits for the tasks in flight."""
        self._closed = True
        for worker in multiprocessing.active_children() if kind else ():
            worker.terminate()
        self.shutdown(cancel_futures=True)


def _start_pool(workers: int) -> ProcessPoolExecutor:
    os.environ.update(ONE_THREAD)  # read by each BLAS as it is loaded
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["study.training"])
    resource_tracker.ensure_running()  # beforehand, since it unblocks SIGINT as it starts
    # the server and its workers inherit the mask: Ctrl-C reaches the driver alone
    mask = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        forkserver.ensure_running()
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, mask)
    return ProcessPoolExecutor(workers, mp_context=context, initializer=_begin_worker)


def _begin_worker() -> None:
    threadpool_limits(1)
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent:
        connection.wait([parent.sentinel])
        os._exit(1)
