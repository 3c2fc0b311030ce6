"""Networks that are to be trained: what the ledger holds is ready, the rest goes to the executor in stacks."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Executor, Future, wait
from itertools import islice

from nets.outcome import Outcome
from nets.train import stack_size
from study.interrupts import shielded
from study.ledger import Key, Ledger, Network, Record
from study.training import train_stack

Networks = Mapping[Key, Network]


class Trainer:
    """Records each stack the moment it arrives; ``watch`` is told of it. At most ``capacity`` stacks are with the executor."""

    def __init__(
        self,
        *,
        ledger: Ledger,
        executor: Executor,
        capacity: int,
        watch: Callable[[Sequence[Record]], None],
    ) -> None:
        self._ledger, self._executor = ledger, executor
        self._capacity, self._watch = capacity, watch
        self._pending: dict[Future[tuple[list[Outcome], float]], Networks] = {}

    def submit(self, networks: Networks, *, thresholds: Sequence[float] = ()) -> None:
        """Sends out what the ledger does not hold. Raises ``StudyError`` where it holds other hyperparameters.

        A stack ends early where its mean validation loss is above one of ``thresholds``.
        """
        missing = {key: network for key, network in networks.items() if not self._ledger.holds(key, network)}
        for stack in _stacks(missing):
            while len(self._pending) >= self._capacity:
                self.wait()
            with_test = any(key.stage == "refit" for key in stack)
            task, hypers = next(iter(stack.values())).task, [network.hyper for network in stack.values()]
            future = self._executor.submit(train_stack, hypers, task, with_test=with_test, thresholds=thresholds)
            self._pending[future] = stack

    def holds(self, networks: Networks) -> bool:
        """Whether all of these are trained and recorded."""
        return all(self._ledger.holds(key, network) for key, network in networks.items())

    def results(self, networks: Networks) -> list[Record]:
        """Raises ``KeyError`` unless all of these are recorded."""
        return self._ledger.read(networks)

    def finish(self) -> None:
        """Waits for everything that was submitted."""
        while self._pending:
            self.wait()

    def wait(self) -> None:
        """Records what is finished, waiting for at least one; then raises what a stack may have raised."""
        finished, _ = wait(self._pending, return_when=FIRST_COMPLETED)
        sound = [future for future in finished if not future.exception()]
        for future in sound:
            outcomes, seconds = future.result()
            records = [
                Record(key, network, outcome, seconds)
                for (key, network), outcome in zip(self._pending.pop(future).items(), outcomes, strict=True)
            ]
            with shielded():
                self._ledger.record(records)
            self._watch(records)
        for failed in finished.difference(sound):
            failed.result()


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
