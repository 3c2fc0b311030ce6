"""Baselines of a study: trained on the refit's seeds by its executor, noted one by one, and so never trained again."""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, wait
from typing import Any, NamedTuple

from study.asked.config import Config
from study.asked.networks import baseline_tasks
from study.baselines.methods import train_baseline
from study.data.splits import Task
from study.data.tables import table
from study.interrupts import shielded
from study.kept.ledger import Ledger
from study.trained.executors.base import StudyExecutor
from study.trained.failures import FailedError, KilledError

SECONDS_BETWEEN_CHECKS = 1.0


class Asked(NamedTuple):
    """A baseline to train; ``subject`` is that of its note."""

    subject: str
    method: str
    task: Task
    seed: int


def train_baselines(config: Config, ledger: Ledger, executor: StudyExecutor, say: Callable[[str], None]) -> None:
    """Those that are not noted yet, at most as many at once as the executor takes."""
    missing = [each for each in _asked(config) if ledger.note(each.subject) is None]
    if missing:
        say(f"baselines: {len(missing)} to train")
    pending: dict[Any, Asked] = {}
    while missing or pending:
        while missing and len(pending) < executor.capacity:
            each = missing.pop(0)
            marked = table(each.task.data).fingerprint
            future = executor.submit(train_baseline, each.method, each.task, each.seed, fingerprint=marked)
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
            with shielded():
                ledger.write_note(each.subject, future.result())


def noted_baselines(config: Config, ledger: Ledger) -> list[dict[str, Any]]:
    """What is noted so far, by method and seed."""
    found = [(each, ledger.note(each.subject)) for each in _asked(config)]
    several = not config.refit  # and so they say of which source they are
    return [
        {**noted, **({"data": each.task.data, "train_rows": each.task.train_rows} if several else {})}
        for each, noted in found
        if noted is not None
    ]


def _asked(config: Config) -> Iterator[Asked]:
    methods: Sequence[str] = config.baselines.methods if config.baselines else ()
    for method in methods:
        for task, seed in baseline_tasks(config):
            place = "" if config.refit else f" {task.data} {task.train_rows}"
            yield Asked(f"baseline {method} {seed}{place}", method, task, seed)
