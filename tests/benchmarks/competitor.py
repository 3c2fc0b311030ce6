"""What every competitor offers: a training that goes on by epochs, and the accuracy that it has reached."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from tests.benchmarks.workloads import Case, Task


class Training(Protocol):
    """One or more networks on their way."""

    def epoch(self) -> None:
        """Trains every network through all rows once, in an order of its own."""

    def accuracy(self) -> float:
        """Share of the training rows that are classified rightly, in evaluation, mean over the networks."""


def offers_everything(case: Case) -> str:
    return ""


@dataclass(frozen=True)
class Competitor:
    """``start`` makes a training of ``networks`` networks; ``lacks`` says why a case is left out, "" where it is not."""

    networks: int
    start: Callable[[Case, Task, int], Training]
    lacks: Callable[[Case], str] = offers_everything
