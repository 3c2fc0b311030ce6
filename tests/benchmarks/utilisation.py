"""How busy the workers are, against the window: pretend workers and a clock of their own under the real loop."""

import heapq
import math
import tempfile
from collections.abc import Callable, Iterable
from concurrent.futures import Executor, Future
from contextlib import closing
from pathlib import Path
from unittest import mock

import numpy as np
import pandas as pd

from nets.outcome import Outcome
from nets.streams import stream
from study.asked.config import read_config
from study.kept.ledger import Ledger
from study.kept.results import results_table
from study.kept.sqlite import Sqlite
from study.loop import run
from study.trained import submissions as sent

SPREADS = {"even": 0.0, "uneven (σ = 0.5)": 0.5, "heavy tails (σ = 1.5)": 1.5}  # σ of the log of a trial's duration


class Pretend(Executor):
    """As many workers as there may be, on a clock that stands still but for ``wait``: a trial's duration is log-normal."""

    def __init__(self, workers: int, spread: float, seed: int) -> None:
        self.workers, self.now, self.busy = workers, 0.0, 0.0
        self._spread, self._draws = spread, stream(seed, "durations")
        self._free = [0.0] * workers  # when each worker has done what it was given
        self._ends: list[tuple[float, int, Future]] = []
        self._results: dict[int, object] = {}

    def submit(self, fn, hypers, *arguments, **keywords) -> Future:
        """Goes to the worker that is free first."""
        future, number = Future(), len(self._results)
        duration = float(np.exp(self._draws.normal(0, self._spread)))
        end = max(self.now, heapq.heappop(self._free)) + duration
        self.busy += duration
        heapq.heappush(self._free, end)
        heapq.heappush(self._ends, (end, number, future))
        self._results[number] = [outcome_of(hyper) for hyper in hypers], duration
        return future

    def wait(self, pending: Iterable[Future], *arguments, **keywords) -> tuple[set[Future], set[Future]]:
        """In the place of ``concurrent.futures.wait``: the clock goes on to the next end of a trial."""
        self.now, number, future = heapq.heappop(self._ends)
        future.set_result(self._results[number])
        return {future}, set(pending) - {future}


class NoTables:
    """In the place of Optuna's tables, which take most of a trial's time and decide nothing."""

    def proposals(self, search, space) -> dict:
        return {}

    def add(self, search, trial, records) -> None:
        """Keeps nothing."""

    def keep_up(self) -> None: ...

    def write(self) -> None: ...

    def end(self) -> None: ...


def outcome_of(hyper) -> Outcome:
    loss = math.log10(hyper.learning_rate) ** 2 + hyper.keep_prob
    return Outcome(stopped="completed", epochs_run=1, valid_loss=loss, valid_error=0.5)


def simulate(
    *, workers: int, window: int, searches: int, trials: int, spread: float, seed: int, sampler: str
) -> tuple[float, str]:
    """The share of the workers' time in which they trained, and the table without wall-clock."""
    arm = {
        "learning_rate": {"low": 0.001, "high": 1.0, "log": True},
        "keep_prob": {"low": 0.2, "high": 0.99, "axis": "odds"},
    }
    search = {"trials": trials, "window": window, "repeats": searches, "replicates": 1, "sampler": sampler}
    config = read_config(
        {
            "seed": 0,
            "data": {"name": "iris", "train": 60, "valid": 40, "label_noise": 0.0},
            "hyper": {"steps": 5},
            "search": {**search, "arms": {"joint": arm}},
        }
    )
    executor = Pretend(workers, spread, seed)
    with (
        tempfile.TemporaryDirectory() as folder,
        closing(Ledger(Sqlite(Path(folder) / "study.db"))) as ledger,
        mock.patch.object(sent, "wait", executor.wait),
    ):
        submissions = sent.Submissions(
            ledger=ledger, executor=executor, capacity=workers, kernels="numpy", watch=lambda _: None
        )
        run(config, submissions, NoTables())
        table = results_table(config, ledger.records, {})
    return executor.busy / (workers * executor.now), table.drop(columns="seconds").to_csv(index=False)


def measure(*, workers: int, rounds: int, say: Callable[[str], None]) -> pd.DataFrame:
    """Utilisation by window and number of searches, where each worker trains ``rounds`` trials."""
    rows = []
    for searches in (1, 10):
        for factor in (0.5, 1, 2, 4):
            window = round(factor * workers / searches)
            row = {"searches": searches, "windows together, times workers": factor}
            for name, spread in SPREADS.items():
                share, _ = simulate(
                    workers=workers, window=window, searches=searches, trials=rounds * workers // searches,
                    spread=spread, seed=0, sampler="random",
                )  # fmt: skip
                row[name] = f"{share:.1%}"
            say(f"utilisation {row}")
            rows.append(row)
    return pd.DataFrame(rows)
