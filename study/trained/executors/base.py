"""What the loop asks of an executor beyond ``concurrent.futures``."""

from abc import abstractmethod
from concurrent.futures import Executor
from typing import Self


class StudyExecutor(Executor):
    """The futures end with a value, or with what ``study.trained.guard.Guards.run`` raises."""

    @property
    @abstractmethod
    def capacity(self) -> int:
        """Tasks that it is well to have submitted: those in work, and one waiting for each worker."""

    @property
    def elsewhere(self) -> bool:
        """Whether tasks may run on other machines, which read and prepare tables by themselves."""
        return False

    def check(self) -> None:
        """Called now and then while nothing arrives. Raises ``StudyError`` where nothing will."""

    def end(self) -> None:
        """Ends the tasks in work."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        """After an error nobody waits for the tasks in work."""
        if kind:
            self.shutdown(wait=False, cancel_futures=True)
            self.end()
        self.shutdown(wait=True)
