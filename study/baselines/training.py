"""Baselines of a study: trained on the refit's seeds by its executor, noted one by one, and so never trained again."""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, wait
from typing import Any

from study.asked.config import Config
from study.asked.networks import refit_seeds
from study.baselines.methods import train_baseline
from study.data.tables import table
from study.interrupts import shielded
from study.kept.ledger import Ledger
from study.trained.executors.base import StudyExecutor
from study.trained.failures import FailedError, KilledError

SECONDS_BETWEEN_CHECKS = 1.0


def train_baselines(config: Config, ledger: Ledger, executor: StudyExecutor, say: Callable[[str], None]) -> None:
    """Those that are not noted yet, at most as many at once as the executor takes."""
    missing = [(subject, ask) for subject, ask in _asked(config) if ledger.note(subject) is None]
    if missing:
        say(f"baselines: {len(missing)} to train")
    pending: dict[Any, str] = {}
    while missing or pending:
        while missing and len(pending) < executor.capacity:
            subject, (method, seed) = missing.pop(0)
            task = config.data.task
            future = executor.submit(train_baseline, method, task, seed, fingerprint=table(task.data).fingerprint)
            pending[future] = subject
        finished, _ = wait(pending, SECONDS_BETWEEN_CHECKS, FIRST_COMPLETED)
        if not finished:
            executor.check()
        for future in finished:
            subject, error = pending.pop(future), future.exception()
            if isinstance(
                error, (FailedError, KilledError)
            ):  # no network needs it: it is tried again when the study is resumed
                say(f"{subject} is left out: {error}")
                continue
            with shielded():
                ledger.write_note(subject, future.result())


def noted_baselines(config: Config, ledger: Ledger) -> list[dict[str, Any]]:
    """What is noted so far, by method and seed."""
    found = [ledger.note(subject) for subject, _ in _asked(config)]
    return [each for each in found if each is not None]


def _asked(config: Config) -> Iterator[tuple[str, tuple[str, int]]]:
    """The subject of each one's note, with method and seed."""
    methods: Sequence[str] = config.baselines.methods if config.baselines else ()
    for method in methods:
        for seed in refit_seeds(config):
            yield f"baseline {method} {seed}", (method, seed)
