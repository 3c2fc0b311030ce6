"""The engine: trials a second beside Optuna's own loop, and what a task costs each executor."""

import multiprocessing
from collections.abc import Callable, Sequence
from concurrent.futures import Executor, Future
from contextlib import closing
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import Any

import optuna
import pandas as pd
from optuna.samplers import BaseSampler, RandomSampler, TPESampler

from nets import Hyper, Outcome
from study.asked.config import Config, read_config
from study.kept.ledger import Ledger
from study.kept.optuna_tables import OptunaTables
from study.kept.sqlite import Sqlite
from study.loop import run
from study.trained.executors import Crew, open_executor
from study.trained.guard import Limits
from study.trained.submissions import Submissions

WORKERS = 2
SECONDS = 0.01  # that a trial computes
PEER = "study.optimize"
NO_OP = "no-op"
EXECUTORS = ("serial", "pool", "dask")
SAMPLERS: dict[str, Callable[[], BaseSampler]] = {"random": RandomSampler, "tpe": TPESampler}
OPEN = {"keep_prob": (0.2, 1.0), "l2": (0.0, 1.0), "bn_momentum": (0.01, 1.0), "learning_rate": (0.01, 1.0)}


def measure(*, rounds: int, trials: int, tasks: int, say: Callable[[str], None]) -> pd.DataFrame:
    """A row for each round, ``loop`` and ``work`` (``NO_OP``, or the name of a sampler): ``rate``, tasks or trials a second of wall time."""
    names = [name for name in EXECUTORS if name != "dask" or find_spec("distributed")]
    rows: list[dict[str, Any]] = []
    for number in range(1, rounds + 1):
        say(f"engine: round {number} of {rounds}")
        for sampler in SAMPLERS:
            row = {"round": number, "work": sampler}
            rows.append({**row, "loop": PEER, "rate": _rate_of_optuna(sampler, trials)})
            rows += [{**row, "loop": name, "rate": _rate_of_ours(name, sampler, trials)} for name in names]
        rows += [{"round": number, "work": NO_OP, "loop": name, "rate": _rate_of_tasks(name, tasks)} for name in names]
    return pd.DataFrame(rows)


def compute(arguments: Sequence[float]) -> float:
    """A loss, after ten milliseconds."""
    end = perf_counter() + SECONDS
    while perf_counter() < end:
        pass
    return sum(arguments)


def _opened(name: str) -> Any:
    executor = open_executor(Crew(name, 1 if name == "serial" else WORKERS, Limits(memory=None, time=None)), print)
    for task in [executor.submit(compute, [0.0]) for _ in range(4 * WORKERS)]:
        task.result()  # every worker has begun
    return executor


def _rate_of_tasks(name: str, tasks: int) -> float:
    with _opened(name) as executor:
        start = perf_counter()
        for task in [executor.submit(abs, number) for number in range(tasks)]:
            task.result()
        return tasks / (perf_counter() - start)


class Computing(Executor):
    """``compute`` in the place of training."""

    def __init__(self, executor: Executor) -> None:
        self._executor = executor

    def submit(self, fn: Any, /, hypers: Sequence[Hyper], *args: Any, **kwargs: Any) -> Future[Any]:
        return self._executor.submit(_outcomes, hypers)


def _outcomes(hypers: Sequence[Hyper]) -> tuple[list[Outcome], float]:
    losses = [compute([getattr(hyper, name) for name in OPEN]) for hyper in hypers]
    return [Outcome(stopped="completed", epochs_run=1, valid_loss=loss) for loss in losses], SECONDS


def _rate_of_ours(name: str, sampler: str, trials: int) -> float:
    config = _study(sampler, trials)
    with TemporaryDirectory() as folder, _opened(name) as executor:
        path = Path(folder, "study.db")
        with (
            closing(Ledger(Sqlite(path))) as ledger,
            closing(OptunaTables(Sqlite(path), name="bench", searches=["joint"], provenance={})) as tables,
        ):
            submissions = Submissions(
                ledger=ledger,
                executor=Computing(executor),
                capacity=2 * WORKERS,
                kernels="numpy",
                watch=lambda records: None,
            )
            start = perf_counter()
            run(config, submissions, tables)
            return trials / (perf_counter() - start)


def _study(sampler: str, trials: int) -> Config:
    opened = {name: {"low": low, "high": high} for name, (low, high) in OPEN.items()}
    search = {"trials": trials, "replicates": 1, "window": 2 * WORKERS, "sampler": sampler, "arms": {"joint": opened}}
    return read_config(
        {
            "seed": 0,
            "data": {"name": "iris", "train": 60, "valid": 40, "label_noise": 0.0},
            "hyper": {},
            "design": {"replicates": 1, "arms": {}},
            "search": search,
            "refit": {"replicates": 1},
        }
    )


def _rate_of_optuna(sampler: str, trials: int) -> float:
    """As its documentation says: one process for each worker, and sqlite between them."""
    with TemporaryDirectory() as folder:
        storage = f"sqlite:///{folder}/study.db"
        optuna.logging.set_verbosity(optuna.logging.WARNING)
        optuna.create_study(storage=storage, study_name="bench")
        context = multiprocessing.get_context("spawn")
        barrier = context.Barrier(WORKERS + 1)
        worker = partial(_optimise, storage, sampler, trials // WORKERS, barrier)
        workers = [context.Process(target=worker) for _ in range(WORKERS)]
        for process in workers:
            process.start()
        barrier.wait()
        start = perf_counter()
        for process in workers:
            process.join()
        return trials / (perf_counter() - start)


def _optimise(storage: str, sampler: str, trials: int, barrier: Any) -> None:
    optuna.logging.set_verbosity(optuna.logging.WARNING)
    study = optuna.load_study(storage=storage, study_name="bench", sampler=SAMPLERS[sampler]())
    barrier.wait()
    study.optimize(_objective, n_trials=trials)


def _objective(trial: optuna.Trial) -> float:
    return compute([trial.suggest_float(name, *bounds) for name, bounds in OPEN.items()])
