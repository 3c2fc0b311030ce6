"""Baselines of a study: trained on the refit's seeds by its executor, noted one by one, and so never trained again."""

from collections.abc import Callable, Collection, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, wait
from time import monotonic
from typing import Any, NamedTuple

from study.asked.config import Config
from study.asked.networks import baseline_seeds, baseline_tasks
from study.data.splits import Task
from study.data.tables import table
from study.interrupts import shielded
from study.kept.ledger import Ledger
from study.told.costs import PREPARED
from study.told.progress import SECONDS_BETWEEN_LINES, Watch, told_left
from study.trained.executors.base import StudyExecutor
from study.trained.failures import FailedError, KilledError

SECONDS_BETWEEN_CHECKS = 1.0
CELLS = 2**25  # of training parts at once: boosted trees hold them in single and in double precision, 0.7 GB
SEEDS_OF_LARGE = 3  # of a large table: trees of 42,000 images take minutes for each


class Asked(NamedTuple):
    """A baseline to train; ``subject`` is that of its note."""

    subject: str
    method: str
    task: Task
    seed: int


class Pace:
    """How long those take that are left, at the pace of those that have ended: until the next one ends it counts down."""

    def __init__(self, begun: float, count: int) -> None:
        self.begun, self._count = begun, count
        self._last, self._done = begun, 0.0

    def arrived(self, each: Asked, now: float) -> None:
        self._last, self._done = now, self._done + seconds(each)

    def told(self, left: Sequence[Asked], now: float) -> str:
        """How many have ended, and the time left."""
        ended = f"{self._count - len(left)} of {self._count}"
        if not self._done:
            return f"{ended}, time unknown"
        at_last = (self._last - self.begun) / self._done * sum(map(seconds, left))
        return f"{ended}, {told_left(max(at_last - (now - self._last), 0.0))}"


def train_baselines(
    config: Config, ledger: Ledger, executor: StudyExecutor, say: Callable[[str], None], watch: Watch
) -> None:
    """Those that are not noted yet, at most as many at once as the executor takes; ``watch`` may end it after any."""
    waiting = missing(config, ledger)
    if not waiting:
        return
    from study.baselines.methods import train_baseline

    say(f"baselines: {len(waiting)} to train")
    pace, pending = Pace(monotonic(), len(waiting)), dict[Any, Asked]()
    said = pace.begun
    while waiting or pending:
        while waiting and len(pending) < executor.capacity and _fits(waiting[0], pending.values()):
            each = waiting.pop(0)
            marked = table(each.task.data).fingerprint
            future = executor.submit(train_baseline, each.method, each.task, each.seed, fingerprint=marked)
            pending[future] = each
        finished, _ = wait(pending, SECONDS_BETWEEN_CHECKS, FIRST_COMPLETED)
        if not finished:
            executor.check()
        for future in finished:
            each, error = pending.pop(future), future.exception()
            pace.arrived(each, monotonic())
            if isinstance(
                error, (FailedError, KilledError)
            ):  # no network needs it: it is tried again when the study is resumed
                say(f"{each.subject} is left out: {error}")
                continue
            with shielded():
                ledger.write_note(each.subject, future.result())
        watch(())
        if monotonic() - said > SECONDS_BETWEEN_LINES:
            said = monotonic()
            say(f"baselines: {pace.told([*waiting, *pending.values()], said)}")


def _fits(each: Asked, others: Collection[Asked]) -> bool:
    """Whether it may begin beside those that have begun."""
    from study.baselines.methods import cells

    return not others or cells(each.task) + sum(cells(other.task) for other in others) <= CELLS


def missing(config: Config, ledger: Ledger) -> list[Asked]:
    """What is not noted yet."""
    return [each for each in _asked(config) if ledger.note(each.subject) is None]


def seconds(asked: Asked) -> float:
    """About how long one takes, on one core."""
    from study.baselines.methods import METHODS, is_large

    method, held, large = METHODS[asked.method], table(asked.task.data), is_large(asked.task)
    share = len(method.brief) / len(method.settings) if large else 1.0
    inputs = PREPARED * held.shape[0] * held.shape[1]  # class frequencies of 70,000 images take nothing else
    return inputs + share * method.seconds(asked.task.train_rows, held.shape[1], held.classes)


def noted_baselines(config: Config, ledger: Ledger) -> list[dict[str, Any]]:
    """What is noted so far, by method and seed; from the ledger alone, whether the tables are there or not."""
    if not config.baselines:
        return []
    scored = [record.network.task for record in ledger.records if record.key.stage == "score"]
    found = []
    for method in config.baselines.methods:
        for seed in baseline_seeds(config):
            for task in [None] if config.refit else dict.fromkeys(scored):
                noted = ledger.note(_subject(method, seed, task))
                # several tasks say of which of them they are
                of = {} if task is None else {"data": task.data, "train_rows": task.train_rows}
                found += [] if noted is None else [{**noted, **of}]
    return found


def _asked(config: Config) -> Iterator[Asked]:
    if not config.baselines:
        return
    from study.baselines.methods import is_large

    tasks = baseline_tasks(config)
    for method in config.baselines.methods:
        for place, seed in enumerate(baseline_seeds(config)):
            for task in tasks:
                if place < SEEDS_OF_LARGE or not is_large(task):
                    yield Asked(_subject(method, seed, None if config.refit else task), method, task, seed)


def _subject(method: str, seed: int, task: Task | None) -> str:
    return f"baseline {method} {seed}" + (f" {task.data} {task.train_rows}" if task else "")
