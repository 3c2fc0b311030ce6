"""The value of a trial, and which trial is best."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from heapq import nsmallest
from math import sqrt
from statistics import fmean, stdev

from optuna.trial import TrialState

from study.records import Record


@dataclass(frozen=True)
class Mean:
    """A mean over replicates with half its 95 % interval (Student's t); ``half`` is ``None`` for a single one."""

    value: float
    half: float | None
    n: int

    def __str__(self) -> str:
        spread = "" if self.half is None else f" ± {self.half:.4f}"
        return f"{self.value:.4f}{spread} ({self.n} seed{'' if self.n == 1 else 's'})"


def mean_of(values: Sequence[float]) -> Mean:
    n = len(values)
    return Mean(fmean(values), _quantile(n - 1) * stdev(values) / sqrt(n) if n > 1 else None, n)


@cache
def _quantile(freedom: int) -> float:
    """Student's t at 97.5 %; SciPy takes a third of a second to import, and who lists studies needs none of it."""
    from scipy.special import stdtrit  # noqa: PLC0415

    return float(stdtrit(freedom, 0.975))


def valid_loss(records: Iterable[Record]) -> Mean | None:
    """Mean validation loss of a trial's replicates in nats; ``None`` if one of them has none."""
    known = valid_losses(records)
    return None if known is None else mean_of(known)


def valid_losses(records: Iterable[Record]) -> list[float] | None:
    """Of a trial's replicates; ``None`` if one of them has none."""
    losses = [record.outcome.valid_loss for record in records]
    known = [loss for loss in losses if loss is not None]
    return known if len(known) == len(losses) else None


def state_of(records: Iterable[Record]) -> TrialState:
    """What a trial is to Optuna: one failed network fails it, one that diverged or was pruned prunes it."""
    outcomes = [record.outcome for record in records]
    if any(outcome.failed for outcome in outcomes):
        return TrialState.FAIL
    complete = all(outcome.stopped == "completed" for outcome in outcomes)
    return TrialState.COMPLETE if complete else TrialState.PRUNED


def search_name(arm: str, repeat: int) -> str:
    """Arms have no "-" in their names, so that no two searches have one name."""
    return f"{arm}-{repeat}" if repeat else arm


def searched_trials(records: Iterable[Record]) -> dict[tuple[str, int], dict[int, Mean | None]]:
    """The losses of the trials of each search, (arm, repeat), in their order."""
    return {
        search: {trial: valid_loss(each) for trial, each in trials.items()}
        for search, trials in _trials(records).items()
    }


def _trials(records: Iterable[Record]) -> dict[tuple[str, int], dict[int, list[Record]]]:
    """Of each search, in their order."""
    trials: defaultdict[tuple[str, int, int], list[Record]] = defaultdict(list)
    for record in records:
        if record.key.stage == "search":
            trials[record.key.arm, record.key.repeat, record.key.trial].append(record)
    searches: defaultdict[tuple[str, int], dict[int, list[Record]]] = defaultdict(dict)
    for arm, repeat, trial in sorted(trials):
        searches[arm, repeat][trial] = trials[arm, repeat, trial]
    return dict(searches)


def best(losses: Iterable[tuple[int, float]], most: int) -> list[int]:
    """The numbers of the ``most`` trials of lowest loss, the lowest first, and of equals the first that was asked."""
    return [number for _, number in nsmallest(most, ((loss, number) for number, loss in losses))]


def best_trials(records: Iterable[Record], most: int) -> set[tuple[str, int, int]]:
    """(arm, repeat, trial) of the ``most`` complete trials of lowest mean validation loss of each search."""
    found = {}
    for search, trials in _trials(records).items() if most else ():
        known = {trial: losses for trial, each in trials.items() if (losses := valid_losses(each)) is not None}
        found[search] = best([(trial, fmean(losses)) for trial, losses in known.items()], most)
    return {(*search, trial) for search, trials in found.items() for trial in trials}
