"""A whole trial: build, train for 30 epochs, evaluate; each time with a width that was not seen before."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import partial

import pandas as pd

from tests.benchmarks import ours
from tests.benchmarks.competitor import Competitor
from tests.benchmarks.timing import cpu_seconds, train
from tests.benchmarks.workloads import VARIANTS, WORKLOADS, Case, Task, task_of

EPOCHS = 30
NETWORKS = 16  # of a stack
FIRST_WIDTH, STRIDE = 24, 4


@dataclass(frozen=True)
class Contender:
    """``run`` trains ``networks`` networks from scratch and returns their training accuracy."""

    networks: int
    run: Callable[[Case, Task], float]


def contenders(competitors: Mapping[str, Competitor]) -> dict[str, Contender]:
    """Ours, and every peer that does not take longer to compile than all others to train."""
    found = {
        f"{name} K = {NETWORKS}": Contender(
            NETWORKS, partial(ours.trial, networks=NETWORKS, epochs=EPOCHS, kernels=kind.kernels)
        )
        for name, kind in ours.KINDS.items()
    }
    for name in ("scikit-learn", "PyTorch eager", "JAX jit"):
        if name in competitors:
            found[name] = Contender(1, partial(_by_epochs, competitors[name], 1))
    if "JAX jit" in competitors:
        stacked = partial(_by_epochs, competitors["JAX jit"], NETWORKS)
        found[f"JAX vmap K = {NETWORKS}"] = Contender(NETWORKS, stacked)
    return found


def _by_epochs(competitor: Competitor, networks: int, case: Case, task: Task) -> float:
    training = competitor.start(case, task, networks)
    train(training, EPOCHS)
    return training.accuracy()


def measure(competitors: Mapping[str, Competitor], *, rounds: int, say: Callable[[str], None]) -> pd.DataFrame:
    """A row for each round and contender: CPU ``seconds`` a network, ``accuracy``; contenders take turns."""
    rows = []
    for number in range(rounds):
        width = FIRST_WIDTH + STRIDE * number
        say(f"trial: width {width} ({number + 1} of {rounds})")
        case = Case(replace(WORKLOADS["W1"], width=width), VARIANTS["plain"], "adam")
        task = task_of(case.workload)
        for name, contender in contenders(competitors).items():
            accuracies: list[float] = []
            seconds = cpu_seconds(lambda run=contender.run: accuracies.append(run(case, task)))  # noqa: B023
            rows.append(
                {
                    "competitor": name,
                    "width": width,
                    "seconds": seconds / contender.networks,
                    "accuracy": accuracies[0],
                }
            )
    return pd.DataFrame(rows)
