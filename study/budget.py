"""A budget of wall-clock: it ends the run, and has no say in which trials there are."""

from collections.abc import Callable, Sequence
from time import monotonic

from study.records import Record

Watch = Callable[[Sequence[Record]], None]


class BudgetSpentError(Exception):
    """Raised between two arrivals; what is in work is lost, as by a kill, and the same command resumes the study."""


def within(seconds: float | None, watch: Watch) -> Watch:
    """``watch``, and the end of the run at the first arrival after ``seconds`` from now."""
    if seconds is None:
        return watch
    end = monotonic() + seconds

    def watch_clock(records: Sequence[Record]) -> None:
        watch(records)
        if monotonic() >= end:
            raise BudgetSpentError(f"the budget of {seconds:g} s is spent")

    return watch_clock
