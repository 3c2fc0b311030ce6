"""The time of a training step: every competitor on every case, with what it has learned."""

from collections.abc import Callable, Iterable, Mapping, Sequence

import numpy as np
import pandas as pd

from tests.benchmarks.competitor import Competitor
from tests.benchmarks.timing import interleaved
from tests.benchmarks.workloads import VARIANTS, WORKLOADS, Case, task_of

LEARNED = 0.8  # training accuracy; guessing has 0.1, and a peer with wrong gradients was seen to reach 0.6

Choice = tuple[str, str, str]  # workload, optimiser, variant


def measure(
    choices: Sequence[Choice], competitors: Mapping[str, Competitor], *, rounds: int, say: Callable[[str], None]
) -> pd.DataFrame:
    """A row for each case and competitor: ``microseconds`` of CPU time per network-step (median over rounds) and ``accuracy``.

    Where a competitor lacks a case, both are NaN and ``lacks`` says why.
    """
    rows: list[dict[str, object]] = []
    for number, choice in enumerate(choices, start=1):
        say(f"steps: {' '.join(choice)} ({number} of {len(choices)})")
        workload, optimiser, variant = choice
        case = Case(WORKLOADS[workload], VARIANTS[variant], optimiser)
        keys = {"workload": workload, "optimiser": optimiser, "variant": variant}
        rows += [{**keys, **row} for row in _case(case, competitors, rounds=rounds)]
    return pd.DataFrame(rows)


def _case(case: Case, competitors: Mapping[str, Competitor], *, rounds: int) -> Iterable[dict[str, object]]:
    taking_part = {name: competitor for name, competitor in competitors.items() if not competitor.lacks(case)}
    task, epochs = task_of(case.workload), case.workload.epochs
    trainings = {name: each.start(case, task, each.networks) for name, each in taking_part.items()}
    seconds = interleaved(trainings, rounds=rounds, epochs=epochs)
    for name, competitor in competitors.items():
        row = {"competitor": name, "networks": competitor.networks, "lacks": competitor.lacks(case)}
        if name in trainings:
            per_step = np.median(seconds[name]) / (epochs * case.workload.steps * competitor.networks)
            row |= {"microseconds": per_step * 1e6, "accuracy": trainings[name].accuracy()}
        yield {"microseconds": np.nan, "accuracy": np.nan, **row}
