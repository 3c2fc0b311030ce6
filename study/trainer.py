"""Networks that are to be trained: what the ledger holds is ready, the rest goes to the executor in stacks."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Executor, Future, wait
from dataclasses import dataclass
from itertools import islice

from nets.hyper import Hyper
from nets.outcome import Outcome
from nets.train import stack_size
from study.data import Source
from study.errors import StudyError
from study.failures import FailedError, KilledError
from study.interrupts import shielded
from study.ledger import Key, Ledger, Record
from study.training import train_stack

Networks = Mapping[Key, Hyper]

ATTEMPTS = 5  # times that a stack is sent out whose process or machine somebody ends; it is in work for about a second
SECONDS_BETWEEN_CHECKS = 1.0
ADVICE = "look at the memory, lower --workers or set --memory-limit, and run again"


@dataclass(frozen=True)
class Task:
    """A stack with the executor, for the ``attempt``-th time."""

    stack: Networks
    attempt: int


class Trainer:
    """Records each stack the moment it arrives; ``watch`` is told of it. At most ``capacity`` stacks are with the executor.

    ``check`` is called while nothing arrives, and raises where nothing will.
    """

    def __init__(  # noqa: PLR0913  # each is a part that a test replaces
        self,
        *,
        ledger: Ledger,
        executor: Executor,
        source: Source,
        capacity: int,
        watch: Callable[[Sequence[Record]], None],
        check: Callable[[], None] = lambda: None,
    ) -> None:
        self._ledger, self._executor, self._source = ledger, executor, source
        self._capacity, self._watch, self._check = capacity, watch, check
        self._pending: dict[Future[tuple[list[Outcome], float]], Task] = {}

    def submit(self, networks: Networks) -> None:
        """Sends out what the ledger does not hold. Raises ``StudyError`` where it holds other hyperparameters."""
        missing = {key: hyper for key, hyper in networks.items() if not self._ledger.holds(key, hyper)}
        for stack in _stacks(missing):
            while len(self._pending) >= self._capacity:
                self._collect()
            self._send(Task(stack, attempt=1))

    def results(self, networks: Networks) -> list[Record]:
        """Waits until the ledger holds all of these, which were submitted before."""
        while not all(self._ledger.holds(key, hyper) for key, hyper in networks.items()):
            self._collect()
        return self._ledger.read(networks)

    def finish(self) -> None:
        """Waits for everything that was submitted."""
        while self._pending:
            self._collect()

    def _send(self, task: Task) -> None:
        with_test = any(key.stage == "refit" for key in task.stack)
        hypers = list(task.stack.values())
        self._pending[self._executor.submit(train_stack, hypers, self._source, with_test=with_test)] = task

    def _collect(self) -> None:
        """Records what is finished, waiting for at least one; then deals with what has failed, or raises its error."""
        finished = self._wait()
        tasks = [(future, self._pending.pop(future)) for future in finished]
        for future, task in tasks:
            if not future.exception():
                self._record(task.stack, *future.result())
        for future, task in tasks:
            error = future.exception()
            if error:
                self._deal(error, task)

    def _wait(self) -> set[Future[tuple[list[Outcome], float]]]:
        while True:
            finished, _ = wait(self._pending, SECONDS_BETWEEN_CHECKS, FIRST_COMPLETED)
            if finished:
                return finished
            self._check()

    def _record(self, stack: Networks, outcomes: Sequence[Outcome], seconds: float) -> None:
        records = [
            Record(key, hyper, outcome, seconds) for (key, hyper), outcome in zip(stack.items(), outcomes, strict=True)
        ]
        with shielded():
            self._ledger.record(records)
        self._watch(records)

    def _deal(self, error: BaseException, task: Task) -> None:
        """A stack that failed is trained again network by network, a network that failed alone is recorded; who was killed tries again."""
        if isinstance(error, FailedError) and len(task.stack) == 1:
            self._record(task.stack, [Outcome(stopped=error.reason, epochs_run=0)], 0.0)
        elif isinstance(error, FailedError):
            for key, hyper in task.stack.items():
                self._send(Task({key: hyper}, attempt=1))
        elif isinstance(error, KilledError) and task.attempt < ATTEMPTS:
            self._send(Task(task.stack, task.attempt + 1))
        elif isinstance(error, KilledError):
            raise StudyError(f"workers were killed {ATTEMPTS} times on one stack: {ADVICE}") from error
        else:
            raise error


def _stacks(networks: Networks) -> Iterator[Networks]:
    """Networks that train in one stack, no more than it carries."""
    alike: defaultdict[object, dict[Key, Hyper]] = defaultdict(dict)
    for key, hyper in networks.items():
        alike[hyper.stack_key][key] = hyper
    for group in alike.values():
        members = iter(group.items())
        size = stack_size(next(iter(group.values())).width)
        while stack := dict(islice(members, size)):
            yield stack
