"""What becomes of a stack that came to nothing: the same again, then its networks one by one, told as the stack would have been."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import inf

import numpy as np

from nets.outcome import Outcome
from study.errors import StudyError
from study.records import Key, Networks, Record
from study.trained.failures import FailedError, KilledError

KILLS = 5  # times that somebody may end the process or machine of a stack; it is in work for about a second
FAILURES = 2  # times that a stack may fail by its own doing before it is split, and a network before that is recorded
ADVICE = "look at the memory, lower --workers or set --memory-limit, and run again"


class Apart:
    """The networks of a stack that are trained one by one, and told when all of them have an end.

    So what a trial becomes is a function of its networks: nothing of it is recorded before it is known whether the stack
    would have been pruned, and where.
    """

    def __init__(self, stack: Networks, thresholds: Sequence[float]) -> None:
        self.stack, self._thresholds = stack, tuple(thresholds)
        self._ends: dict[Key, Record] = {}

    def end(self, records: Sequence[Record]) -> list[Record]:
        """All records, once they are all there."""
        self._ends |= {record.key: record for record in records}
        return [self._ends[key] for key in self.stack] if len(self._ends) == len(self.stack) else []

    @property
    def pruned_at(self) -> int | None:
        """The checkpoint, from 1, at which the mean loss of the stack is above its threshold; none where a network has no losses."""
        if any(record.outcome.stopped != "completed" for record in self._ends.values()):
            return None
        curves = [[loss for _, loss in self._ends[key].outcome.curve[:-1]] for key in self.stack]
        means = [float(np.mean(losses)) for losses in zip(*curves, strict=True)]
        above = (at for at, (mean, most) in enumerate(zip(means, self._thresholds, strict=False), 1) if mean > most)
        return next(above, None)


@dataclass(frozen=True)
class Job:
    """A stack with the executor: how often it has failed by its own doing, and how often somebody else has ended it."""

    stack: Networks
    thresholds: tuple[float, ...] = ()
    failures: int = 0
    kills: int = 0
    apart: Apart | None = None

    def after(self, error: BaseException) -> "list[Job] | Outcome":
        """What to send next, or the end of its only network. Raises what tells nothing of the networks."""
        if isinstance(error, KilledError):
            if self.kills + 1 == KILLS:
                raise StudyError(f"workers were killed {KILLS} times on one stack: {ADVICE}") from error
            return [replace(self, kills=self.kills + 1)]
        if not isinstance(error, FailedError):
            raise error
        if self.failures + 1 < FAILURES:
            return [replace(self, failures=self.failures + 1)]
        if len(self.stack) > 1:
            return one_by_one(Apart(self.stack, self.thresholds))
        return Outcome(stopped=error.reason, epochs_run=0)


def one_by_one(apart: Apart, thresholds: tuple[float, ...] = ()) -> list[Job]:
    return [Job({key: network}, thresholds, apart=apart) for key, network in apart.stack.items()]


def ended(apart: Apart, records: Sequence[Record]) -> tuple[list[Record], list[Job]]:
    """What may be recorded, and what is to be sent: the same networks once more where their stack ends earlier."""
    complete = apart.end(records)
    if complete and (checkpoint := apart.pruned_at):
        stopping = (*(inf,) * (checkpoint - 1), -inf)
        return [], one_by_one(Apart(apart.stack, ()), stopping)
    return complete, []
