"""The value of a trial, and which trial is best."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import sqrt
from statistics import fmean, stdev

from scipy.special import stdtrit

from study.ledger import Record


@dataclass(frozen=True)
class Mean:
    """A mean over replicates with half its 95 % interval (Student's t); ``half`` is ``None`` for a single one."""

    value: float
    half: float | None
    n: int

    def __str__(self) -> str:
        spread = "" if self.half is None else f" ± {self.half:.4f}"
        return f"{self.value:.4f}{spread} (n = {self.n})"


def mean_of(values: Sequence[float]) -> Mean:
    n = len(values)
    half = float(stdtrit(n - 1, 0.975)) * stdev(values) / sqrt(n) if n > 1 else None
    return Mean(fmean(values), half, n)


def valid_loss(records: Iterable[Record]) -> Mean | None:
    """Mean validation loss of a trial's replicates in nats; ``None`` if one of them diverged."""
    losses = [record.outcome.valid_loss for record in records]
    known = [loss for loss in losses if loss is not None]
    return mean_of(known) if len(known) == len(losses) else None


def best_trial(records: Iterable[Record], arm: str) -> tuple[int, Mean] | None:
    """The complete trial of lowest mean validation loss in this arm's search, the first one of equals; ``None`` if all diverged."""
    trials: defaultdict[int, list[Record]] = defaultdict(list)
    for record in records:
        if (record.key.stage, record.key.arm) == ("search", arm):
            trials[record.key.trial].append(record)
    means = {trial: valid_loss(trials[trial]) for trial in sorted(trials)}
    complete = {trial: mean for trial, mean in means.items() if mean}
    return min(complete.items(), key=lambda item: item[1].value) if complete else None
