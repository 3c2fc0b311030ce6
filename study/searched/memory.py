"""What a sampler remembers of a long search: its draws take as long as what it looks at is long."""

from bisect import insort
from collections.abc import Container, Iterable
from typing import Any

import optuna
from optuna.trial import FrozenTrial, TrialState

BEST = 25  # of all trials TPE takes so many for good ones once there are 250 of them
FINISHED = (TrialState.COMPLETE, TrialState.PRUNED)


class Memory:
    """The best finished trials of all, and the latest of the others, up to ``history`` of them together.

    So the good ones, whose density TPE follows, are those of the whole search; those that they are compared with are recent.
    """

    def __init__(self, history: int) -> None:
        self._history = history
        self._best: list[tuple[tuple[float, ...], int, FrozenTrial]] = []  # the lowest first
        self._others: list[tuple[int, FrozenTrial]] = []  # by number

    def add(self, trial: FrozenTrial) -> None:
        """A trial that has ended, in the order of their numbers."""
        if trial.state not in FINISHED:
            return
        insort(self._best, (_rank(trial), trial.number, trial))
        if len(self._best) > BEST:
            _, number, worst = self._best.pop()
            insort(self._others, (number, worst))
            del self._others[: -self._history]

    @property
    def trials(self) -> list[FrozenTrial]:
        """By their numbers."""
        best = [(number, trial) for _, number, trial in self._best]
        latest = self._others[max(0, len(self._others) - (self._history - len(best))) :]
        return [trial for _, trial in sorted([*best, *latest])]


class AsRemembered:
    """A study as a sampler sees it that remembers these trials of it, and knows those that run."""

    def __init__(self, study: optuna.Study, remembered: Iterable[FrozenTrial], running: Iterable[FrozenTrial]) -> None:
        self._study, self._trials = study, [*remembered, *running]

    def __getattr__(self, name: str) -> Any:
        return getattr(self._study, name)

    def _get_trials(self, *, deepcopy: bool, states: Container[TrialState], use_cache: bool) -> list[FrozenTrial]:
        """Optuna's samplers ask for trials by this method of a study."""
        return [trial for trial in self._trials if trial.state in states]


def running(number: int, trial: optuna.Trial) -> FrozenTrial:
    """A trial that was asked for and not yet told, as samplers see it."""
    frozen = optuna.trial.create_trial(state=TrialState.RUNNING, params=trial.params, distributions=trial.distributions)
    frozen.number = number
    return frozen


def _rank(trial: FrozenTrial) -> tuple[float, ...]:
    """Complete ones by their value, then pruned ones by how far each came: as Optuna's TPE sorts them."""
    if trial.state == TrialState.COMPLETE:
        assert trial.value is not None
        return 0, 0, trial.value
    step = max(trial.intermediate_values, default=-1)
    return 1, -step, trial.intermediate_values.get(step, 0.0)
