"""Baselines of a study: trained on the refit's seeds by its executor, noted one by one, and so never trained again."""

from collections import defaultdict
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
SECONDS = (
    360.0  # of one core, for all seeds of a method, as they are costed: of a large table fewer seeds are asked for
)
FEWEST_SEEDS = 4


class Asked(NamedTuple):
    """A baseline to train; ``subject`` is that of its note."""

    subject: str
    method: str
    task: Task
    seed: int


class Pace:
    """How long those take that are left, each method at its own pace as soon as one of it has ended; in between it counts down."""

    def __init__(self, begun: float, count: int) -> None:
        self.begun, self._count = begun, count
        self._last = begun
        self._took = defaultdict[str, list[float]](
            lambda: [0.0, 0.0]
        )  # by method: what was measured, and as it is costed

    def arrived(self, each: Asked, took: float, now: float) -> None:
        """After ``took`` seconds on its worker."""
        measured = self._took[each.method]
        self._last, measured[0], measured[1] = now, measured[0] + took, measured[1] + seconds(each)

    def told(self, left: Sequence[Asked], now: float) -> str:
        """How many have ended, and the time left."""
        ended = f"{self._count - len(left)} of {self._count}"
        worked = sum(took for took, _ in self._took.values())
        if not worked:
            return f"{ended}, time unknown"
        at_once = worked / (self._last - self.begun)  # workers, their beginning and waits for memory counted in
        at_last = sum(map(self._expected, left)) / at_once
        waited = now - self._last
        if left and waited >= at_last:
            return f"{ended}, slower than those before"
        return f"{ended}, {told_left(at_last - waited)}"

    def _expected(self, each: Asked) -> float:
        """Of a method of which none has ended as it is costed."""
        took, costed = self._took.get(each.method, (1.0, 1.0))
        return seconds(each) * took / costed


def train_baselines(
    config: Config, ledger: Ledger, executor: StudyExecutor, say: Callable[[str], None], watch: Watch
) -> None:
    """Those that are not noted yet, at most as many at once as the executor takes; ``watch`` may end it after any."""
    waiting = missing(config, ledger)
    if not waiting:
        return
    from study.baselines.methods import timed_baseline

    say(f"baselines: {len(waiting)} to train")
    pace, pending = Pace(monotonic(), len(waiting)), dict[Any, Asked]()
    said = pace.begun
    while waiting or pending:
        while waiting and len(pending) < executor.capacity and _fits(waiting[0], pending.values()):
            each = waiting.pop(0)
            marked = table(each.task.data).fingerprint
            future = executor.submit(timed_baseline, each.method, each.task, each.seed, fingerprint=marked)
            pending[future] = each
        finished, _ = wait(pending, SECONDS_BETWEEN_CHECKS, FIRST_COMPLETED)
        if not finished:
            executor.check()
        for future in finished:
            each, error = pending.pop(future), future.exception()
            if isinstance(
                error, (FailedError, KilledError)
            ):  # no network needs it: it is tried again when the study is resumed
                say(f"{each.subject} is left out: {error}")
                continue
            told, took = future.result()
            pace.arrived(each, took, monotonic())
            with shielded():
                ledger.write_note(each.subject, told)
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
    from study.baselines.methods import allowed

    rows, inputs = table(asked.task.data).shape
    # class frequencies of 70,000 images take nothing but their preparation
    return PREPARED * rows * inputs + allowed(asked.method, asked.task).seconds


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
    # seed by seed: the first ones say how long each method takes, and a budget that ends leaves all methods on the same seeds
    tasks = baseline_tasks(config)
    for place, seed in enumerate(baseline_seeds(config)):
        for method in config.baselines.methods:
            for task in tasks:
                if place < _most_seeds(method, task):
                    yield Asked(_subject(method, seed, None if config.refit else task), method, task, seed)


def _most_seeds(method: str, task: Task) -> int:
    """On which a method is trained."""
    from study.baselines.methods import allowed

    return max(FEWEST_SEEDS, int(SECONDS / allowed(method, task).seconds))


def _subject(method: str, seed: int, task: Task | None) -> str:
    return f"baseline {method} {seed}" + (f" {task.data} {task.train_rows}" if task else "")
