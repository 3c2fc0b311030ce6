"""In guarded children of this process, one for each worker."""

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import ParamSpec, TypeVar

from study.trained.executors.base import StudyExecutor
from study.trained.executors.crew import Crew
from study.trained.guard import Guards, Terms

P = ParamSpec("P")
T = TypeVar("T")


def begin(crew: Crew, say: Callable[[str], None]) -> StudyExecutor:
    return Pool(crew.workers, crew.terms)


class Pool(StudyExecutor):
    """Threads that do nothing but wait for their children."""

    def __init__(self, workers: int, terms: Terms) -> None:
        self._workers, self._terms, self._guards = workers, terms, Guards()
        self._threads = ThreadPoolExecutor(workers)

    @property
    def capacity(self) -> int:
        return 2 * self._workers

    def submit(self, fn: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        return self._threads.submit(self._guards.run, self._terms, fn, *args, **kwargs)

    def end(self) -> None:
        self._guards.close()

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:  # noqa: FBT001, FBT002  # Executor's signature
        self._threads.shutdown(wait, cancel_futures=cancel_futures)
        if wait:
            self.end()
