"""In this process: nothing to start, and nothing between training and the study."""

from collections.abc import Callable
from concurrent.futures import Future
from typing import ParamSpec, TypeVar

from study.trained.executors.base import StudyExecutor
from study.trained.executors.crew import Crew
from study.trained.failures import FailedError

P = ParamSpec("P")
T = TypeVar("T")


def begin(crew: Crew, say: Callable[[str], None]) -> StudyExecutor:
    return Serial()


class Serial(StudyExecutor):
    """Trains while the task is submitted."""

    @property
    def capacity(self) -> int:
        return 1

    def submit(self, fn: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        future: Future[T] = Future()
        try:
            future.set_result(fn(*args, **kwargs))
        except FailedError as error:
            future.set_exception(error)
        return future
