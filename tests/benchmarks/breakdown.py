"""Where the time of a training step goes, beside the products that cannot be spared."""

from collections import defaultdict
from collections.abc import Callable
from functools import partial
from time import process_time
from typing import Any

import pandas as pd

from nets.layers.dense import Dense
from nets.train import StackTraining
from tests.benchmarks.ours import LockStep
from tests.benchmarks.timing import cpu_seconds
from tests.benchmarks.workloads import VARIANTS, WORKLOADS, Case, task_of

CASES = [("W1", 32, "plain"), ("W1", 32, "+all"), ("W3", 32, "plain"), ("W3", 32, "+all")]
CASES += [("W2", 32, "plain"), ("W2", 32, "+all"), ("W4", 1, "plain"), ("W4", 1, "+all")]
PRODUCTS = "products"
ORDER = "order of the rows"
REST = "calls and views"


class Clock:
    """CPU seconds by part; two readings cost a call of a stack about one hundredth of its time."""

    def __init__(self) -> None:
        self.seconds: defaultdict[str, float] = defaultdict(float)

    def time(self, owner: Any, name: str, part: str) -> None:
        """From now on the method ``name`` of ``owner`` counts to ``part``."""
        method: Callable[..., Any] = getattr(owner, name)

        def timed(*arguments: Any, **named: Any) -> Any:
            start = process_time()
            result = method(*arguments, **named)
            self.seconds[part] += process_time() - start
            return result

        setattr(owner, name, timed)


def watch(trainer: StackTraining, batch: int, clock: Clock) -> None:
    """Every part of a step of ``batch`` rows counts to its own name."""
    each = trainer.passes[batch]
    clock.time(trainer.rows["train"], "load_places", "gathering rows")
    for name in ("forward", "differentiate"):
        clock.time(each.first, name, PRODUCTS)
    for layer in each.others:
        for name in ("forward", "backward"):
            clock.time(layer, name, PRODUCTS if isinstance(layer, Dense) else type(layer).__name__)
    clock.time(each.loss, "gradient", "softmax and its loss")
    clock.time(trainer.optimiser, "step", "optimiser and penalties")
    clock.time(trainer.optimiser, "flush", "optimiser and penalties")


def measure(*, epochs: int, say: Callable[[str], None]) -> pd.DataFrame:
    """Columns workload, variant, networks, part and microseconds (CPU time per network-step), Adam; medians over epochs."""
    rows = []
    for workload, networks, variant in CASES:
        say(f"breakdown: {workload} {variant}")
        seconds = _seconds(Case(WORKLOADS[workload], VARIANTS[variant], "adam"), networks, epochs)
        microseconds = 1e6 * seconds.median() / (WORKLOADS[workload].steps * networks)
        rows += [(workload, variant, networks, part, value) for part, value in microseconds.items()]
    return pd.DataFrame(rows, columns=["workload", "variant", "networks", "part", "microseconds"])


def _seconds(case: Case, networks: int, epochs: int) -> pd.DataFrame:
    """A row for each epoch, after one that is not counted; a column for each part."""
    training = LockStep(case, task_of(case.workload), networks)
    training.epoch()
    clock = Clock()
    watch(training.trainer, case.workload.batch, clock)
    rows = []
    for _ in range(epochs):
        clock.seconds.clear()
        order = cpu_seconds(partial(next, training.trainer.orders))
        whole = cpu_seconds(training.epoch)
        rows.append({**clock.seconds, ORDER: order, REST: whole - order - sum(clock.seconds.values())})
    return pd.DataFrame(rows)
