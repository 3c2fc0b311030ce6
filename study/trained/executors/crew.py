"""Who trains, and on which terms; a matter of the machine, and no part of a study's identity."""

from dataclasses import dataclass

from study.kept.numerics import numerics
from study.trained.guard import Limits, Terms


@dataclass(frozen=True)
class Crew:
    """``executor`` is a key of ``EXECUTORS``, or such a key with the address of workers elsewhere: dask://host:port."""

    executor: str
    workers: int
    limits: Limits

    @property
    def kind(self) -> str:
        return self.executor.partition("://")[0]

    @property
    def address(self) -> str:
        """Of workers elsewhere; nothing where they are this machine's."""
        return self.executor.partition("://")[2]

    @property
    def hands(self) -> str:
        """Who trains, in words."""
        if self.address:
            return f"the workers of {self.executor}"
        return f"{self.workers} worker{'s' if self.workers > 1 else ''}"

    @property
    def terms(self) -> Terms:
        return Terms(self.limits, numerics())
