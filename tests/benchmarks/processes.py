"""Two processes on two cores against one: network-steps in a window of wall time."""

from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from functools import cache
from multiprocessing import get_context
from time import perf_counter, process_time

import pandas as pd
from threadpoolctl import threadpool_limits

from tests.benchmarks.ours import LockStep
from tests.benchmarks.workloads import VARIANTS, WORKLOADS, Case, task_of

NETWORKS = 32
CASE = Case(WORKLOADS["W1"], VARIANTS["plain"], "adam")


def measure(*, rounds: int, window: float, say: Callable[[str], None]) -> pd.DataFrame:
    """A row for each round, number of ``processes`` and process: ``throughput`` in network-steps a second of wall time.

    ``share`` is the CPU time that it was given, by wall time: below 1 the machine had other work.
    """
    rows = []
    with ProcessPoolExecutor(2, get_context("spawn"), initializer=_one_thread) as pool:
        list(pool.map(_train_for, [window / 10] * 2))  # both processes import and build
        for number in range(1, rounds + 1):
            say(f"processes: round {number} of {rounds}")
            for processes in (1, 2):
                for throughput, share in pool.map(_train_for, [window] * processes):
                    row = {"round": number, "processes": processes}
                    rows.append({**row, "throughput": throughput, "share": share})
    return pd.DataFrame(rows)


def _one_thread() -> None:
    threadpool_limits(1)


def _train_for(window: float) -> tuple[float, float]:
    """Network-steps and CPU seconds, both a second of wall time."""
    training = _training()
    start, cpu, epochs = perf_counter(), process_time(), 0
    while (elapsed := perf_counter() - start) < window:
        training.epoch()
        epochs += 1
    return epochs * CASE.workload.steps * NETWORKS / elapsed, (process_time() - cpu) / elapsed


@cache
def _training() -> LockStep:
    return LockStep(CASE, task_of(CASE.workload), NETWORKS)
