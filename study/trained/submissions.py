"""Networks that are to be trained: what the ledger holds is ready, the rest goes to the executor in stacks."""

from collections.abc import Callable, Sequence
from concurrent.futures import FIRST_COMPLETED, Executor, Future, wait

from nets.outcome import Outcome
from study.data.splits import prepared_as
from study.data.tables import table
from study.interrupts import shielded
from study.kept.ledger import Ledger
from study.records import Networks, Record
from study.trained.recovery import Job, ended
from study.trained.stacks import Waiting, stacks
from study.trained.training import train_stack

SECONDS_BETWEEN_CHECKS = 1.0


class Submissions:
    """Records stacks the moment they arrive; ``watch`` is told of it. At most ``capacity`` stacks are with the executor.

    ``check`` is called while nothing arrives, and raises where nothing will. Rows that are prepared ``elsewhere`` are
    compared with those that this process prepares.
    """

    def __init__(  # noqa: PLR0913  # what a run is made of
        self,
        *,
        ledger: Ledger,
        executor: Executor,
        capacity: int,
        kernels: str,
        watch: Callable[[Sequence[Record]], None],
        elsewhere: bool = False,
        check: Callable[[], None] = lambda: None,
    ) -> None:
        self._ledger, self._executor = ledger, executor
        self._capacity, self._kernels, self._watch, self._check = capacity, kernels, watch, check
        self._elsewhere = elsewhere
        self._waiting = Waiting()
        self._pending: dict[Future[tuple[list[Outcome], float]], Job] = {}

    def submit(self, networks: Networks, *, thresholds: Sequence[float] = ()) -> None:
        """Takes in what the ledger does not hold. Raises ``StudyError`` where it holds other networks.

        A stack ends early where its mean validation loss is above one of ``thresholds``; the mean over what is left of
        a stack that failed is no reason to.
        """
        for stack in stacks(networks):
            missing = {key: network for key, network in stack.items() if not self._ledger.holds(key, network)}
            if missing:
                self._waiting.add(missing, tuple(thresholds) if len(missing) == len(stack) else ())

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
        while self._waiting or self._pending:
            self.wait()

    def wait(self) -> None:
        """Sends out what waits and records what is finished, at least one; then deals with what has failed, or raises its error."""
        while self._waiting and len(self._pending) < self._capacity:
            parcel = self._waiting.take(self._capacity - len(self._pending))
            self._send(Job(parcel.networks, parcel.thresholds))
        jobs = [(future, self._pending.pop(future)) for future in self._finished()]
        arrived = [
            record
            for future, job in jobs
            if not future.exception()
            for record in self._told(job, _records(job.stack, *future.result()))
        ]
        self._record(arrived)
        for future, job in jobs:
            error = future.exception()
            if error:
                self._deal(error, job)

    def _send(self, job: Job) -> None:
        task, hypers = next(iter(job.stack.values())).task, [network.hyper for network in job.stack.values()]
        with_test = any(key.is_tested for key in job.stack)
        prepared = {hyper.seed: prepared_as(task, hyper.seed) for hyper in hypers} if self._elsewhere else None
        future = self._executor.submit(
            train_stack,
            hypers,
            task,
            fingerprint=table(task.data).fingerprint,
            kernels=self._kernels,
            with_test=with_test,
            thresholds=job.thresholds,
            prepared=prepared,
        )
        self._pending[future] = job

    def _finished(self) -> set[Future[tuple[list[Outcome], float]]]:
        while True:
            finished, _ = wait(self._pending, SECONDS_BETWEEN_CHECKS, FIRST_COMPLETED)
            if finished:
                return finished
            self._check()

    def _told(self, job: Job, records: list[Record]) -> list[Record]:
        """What may be recorded of it now."""
        if job.apart is None:
            return records
        complete, again = ended(job.apart, records)
        for each in again:
            self._send(each)
        return complete

    def _record(self, records: Sequence[Record]) -> None:
        """Together: half of a record's time is the disk's, once for each transaction."""
        if records:
            with shielded():
                self._ledger.record(records)
            self._watch(records)

    def _deal(self, error: BaseException, job: Job) -> None:
        found = job.after(error)
        if isinstance(found, Outcome):
            self._record(self._told(job, _records(job.stack, [found], 0.0)))
        else:
            for each in found:
                self._send(each)


def _records(stack: Networks, outcomes: Sequence[Outcome], seconds: float) -> list[Record]:
    return [
        Record(key, network, outcome, seconds) for (key, network), outcome in zip(stack.items(), outcomes, strict=True)
    ]
