"""Pruning that travels: what a trial's validation loss may be at each checkpoint, fixed when the trial is asked for."""

from collections.abc import Callable, Sequence
from statistics import fmean

import numpy as np
from optuna.trial import TrialState

from study.records import Record

Curve = tuple[float, ...]  # mean validation loss of a trial's replicates at the checkpoints that it reached
Thresholds = tuple[float, ...]  # one for each checkpoint from the first; none is exceeded where they end

FEWEST = 5  # complete trials that make a median, as in Optuna's pruner
FACTOR = 3  # one in so many goes on from a rung: the factor of Li et al. 2020


class Pruning:
    """Follows the trials that are told, and nothing else: the order of arrival is of no account."""

    def __init__(self, rule: str) -> None:
        self._rule = RULES[rule]
        self._keeps = rule != "none"
        self._curves: list[tuple[Curve, bool]] = []
        self._known: Thresholds | None = None

    @property
    def thresholds(self) -> Thresholds:
        """Of the trial to come."""
        if self._known is None:
            self._known = self._rule(self._curves)
        return self._known

    def tell(self, records: Sequence[Record], state: TrialState) -> Curve:
        """Returns the trial's curve; a trial that diverged or failed has none."""
        stopped = {record.outcome.stopped for record in records}
        if not self._keeps or not stopped <= {"completed", "pruned"}:
            return ()
        curves = ([loss for _, loss in record.outcome.curve] for record in records)
        curve = tuple(fmean(losses) for losses in zip(*curves, strict=True))
        self._curves.append((curve, state == TrialState.COMPLETE))
        self._known = None
        return curve


def _none(told: Sequence[tuple[Curve, bool]]) -> Thresholds:
    return ()


def _median(told: Sequence[tuple[Curve, bool]]) -> Thresholds:
    """At each checkpoint the median of the complete trials (Golovin et al. 2017)."""
    complete = [curve for curve, is_complete in told if is_complete]
    if len(complete) < FEWEST:
        return ()
    return tuple(float(np.median(losses)) for losses in zip(*complete, strict=False))[:-1]


def _halving(told: Sequence[tuple[Curve, bool]]) -> Thresholds:
    """At 1/9 and 1/3 of the checkpoints the best third of all that came so far goes on (asynchronous successive halving, Li et al. 2020)."""
    checkpoints = max((len(curve) for curve, _ in told), default=0)
    rungs = {-(-checkpoints // FACTOR**power) for power in (1, 2)} - {checkpoints}
    return tuple(
        _best_third(told, checkpoint) if checkpoint in rungs else float("inf") for checkpoint in range(1, checkpoints)
    )


def _best_third(told: Sequence[tuple[Curve, bool]], checkpoint: int) -> float:
    losses = sorted(curve[checkpoint - 1] for curve, _ in told if len(curve) >= checkpoint)
    return losses[len(losses) // FACTOR - 1] if len(losses) >= FACTOR else float("inf")


RULES: dict[str, Callable[[Sequence[tuple[Curve, bool]]], Thresholds]] = {
    "none": _none,
    "median": _median,
    "halving": _halving,
}
