"""Networks that are to be trained: what the ledger holds is ready, the rest goes to the executor in stacks."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Executor, Future, wait
from dataclasses import dataclass, replace
from itertools import islice

from nets.outcome import Outcome
from nets.train import stack_size
from study.errors import StudyError
from study.interrupts import shielded
from study.kept.ledger import Ledger
from study.records import Key, Network, Networks, Record
from study.trained.failures import FailedError, KilledError
from study.trained.training import train_stack

ATTEMPTS = 5  # times that a stack is sent out whose process or machine somebody ends; it is in work for about a second
SECONDS_BETWEEN_CHECKS = 1.0
ADVICE = "look at the memory, lower --workers or set --memory-limit, and run again"


@dataclass(frozen=True)
class Job:
    """A stack with the executor, for the ``attempt``-th time."""

    stack: Networks
    thresholds: tuple[float, ...] = ()
    attempt: int = 1


class Submissions:
    """Records stacks the moment they arrive; ``watch`` is told of it. At most ``capacity`` stacks are with the executor.

    ``check`` is called while nothing arrives, and raises where nothing will.
    """

    def __init__(
        self,
        *,
        ledger: Ledger,
        executor: Executor,
        capacity: int,
        watch: Callable[[Sequence[Record]], None],
        check: Callable[[], None] = lambda: None,
    ) -> None:
        self._ledger, self._executor = ledger, executor
        self._capacity, self._watch, self._check = capacity, watch, check
        self._pending: dict[Future[tuple[list[Outcome], float]], Job] = {}

    def submit(self, networks: Networks, *, thresholds: Sequence[float] = ()) -> None:
        """Sends out what the ledger does not hold. Raises ``StudyError`` where it holds other networks.

        A stack ends early where its mean validation loss is above one of ``thresholds``; the mean over what is left of
        a stack that failed is no reason to.
        """
        for stack in _stacks(networks):
            missing = {key: network for key, network in stack.items() if not self._ledger.holds(key, network)}
            while missing and len(self._pending) >= self._capacity:
                self.wait()
            if missing:
                self._send(Job(missing, tuple(thresholds) if len(missing) == len(stack) else ()))

    def holds(self, networks: Networks) -> bool:
        """Whether all of these are trained and recorded."""
        return all(self._ledger.holds(key, network) for key, network in networks.items())

    def agrees(self, networks: Networks) -> bool:
        """Whether these are recorded, all of them."""
        return all(self._ledger.agrees(key, network) for key, network in networks.items())

    def results(self, networks: Networks) -> list[Record]:
        """Raises ``KeyError`` unless all of these are recorded."""
        return self._ledger.read(networks)

    def finish(self) -> None:
        """Waits for everything that was submitted."""
        while self._pending:
            self.wait()

    def wait(self) -> None:
        """Records what is finished, waiting for at least one; then deals with what has failed, or raises its error."""
        finished = self._finished()
        jobs = [(future, self._pending.pop(future)) for future in finished]
        arrived = [_records(job.stack, *future.result()) for future, job in jobs if not future.exception()]
        self._record([record for stack in arrived for record in stack])
        for future, job in jobs:
            error = future.exception()
            if error:
                self._deal(error, job)

    def _send(self, job: Job) -> None:
        task, hypers = next(iter(job.stack.values())).task, [network.hyper for network in job.stack.values()]
        with_test = any(key.stage == "refit" for key in job.stack)
        self._pending[
            self._executor.submit(train_stack, hypers, task, with_test=with_test, thresholds=job.thresholds)
        ] = job

    def _finished(self) -> set[Future[tuple[list[Outcome], float]]]:
        while True:
            finished, _ = wait(self._pending, SECONDS_BETWEEN_CHECKS, FIRST_COMPLETED)
            if finished:
                return finished
            self._check()

    def _record(self, records: Sequence[Record]) -> None:
        """Together: half of a record's time is the disk's, once for each transaction."""
        if records:
            with shielded():
                self._ledger.record(records)
            self._watch(records)

    def _deal(self, error: BaseException, job: Job) -> None:
        """A stack that failed is trained again network by network, a network that failed again and alone is recorded; who was killed tries again."""
        if isinstance(error, FailedError) and len(job.stack) == 1 and job.attempt > 1:
            self._record(_records(job.stack, [Outcome(stopped=error.reason, epochs_run=0)], 0.0))
        elif isinstance(error, FailedError):
            for key, network in job.stack.items():
                self._send(Job({key: network}, attempt=job.attempt + 1))
        elif isinstance(error, KilledError) and job.attempt < ATTEMPTS:
            self._send(replace(job, attempt=job.attempt + 1))
        elif isinstance(error, KilledError):
            raise StudyError(f"workers were killed {ATTEMPTS} times on one stack: {ADVICE}") from error
        else:
            raise error


def _records(stack: Networks, outcomes: Sequence[Outcome], seconds: float) -> list[Record]:
    return [
        Record(key, network, outcome, seconds) for (key, network), outcome in zip(stack.items(), outcomes, strict=True)
    ]


def _stacks(networks: Networks) -> Iterator[Networks]:
    """Networks that train in one stack, no more than it carries."""
    alike: defaultdict[object, dict[Key, Network]] = defaultdict(dict)
    for key, network in networks.items():
        alike[network.task, network.hyper.stack_key][key] = network
    for group in alike.values():
        members = iter(group.items())
        size = stack_size(next(iter(group.values())).hyper.width)
        while stack := dict(islice(members, size)):
            yield stack
