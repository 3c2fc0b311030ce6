"""What is tried next: Optuna's samplers, seeded afresh for every draw, so that a proposal is a function of seed and history."""

from collections.abc import Callable
from typing import Any

import optuna
from optuna.distributions import BaseDistribution
from optuna.samplers import BaseSampler, RandomSampler, TPESampler
from optuna.trial import FrozenTrial, TrialState

from nets.streams import stream
from study.arms import Arm

SAMPLERS: dict[str, Callable[[int], BaseSampler]] = {
    "tpe": lambda seed: TPESampler(seed=seed),
    "random": lambda seed: RandomSampler(seed=seed),
}


class Redrawn(BaseSampler):
    """Builds the inner sampler anew for each draw, from (study seed, arm, trial number, parameter or "relative").

    A seed for each trial is not enough: the draws of a trial would share one stream, and which of them comes first depends on the history.
    """

    def __init__(self, sampler: str, seed: int, arm: str) -> None:
        self._sampler, self._seed, self._arm = sampler, seed, arm

    def infer_relative_search_space(self, study: optuna.Study, trial: FrozenTrial) -> dict[str, BaseDistribution]:
        return self._inner(trial, "space").infer_relative_search_space(study, trial)

    def sample_relative(
        self, study: optuna.Study, trial: FrozenTrial, search_space: dict[str, BaseDistribution]
    ) -> dict[str, Any]:
        return self._inner(trial, "relative").sample_relative(study, trial, search_space)

    def sample_independent(
        self, study: optuna.Study, trial: FrozenTrial, param_name: str, param_distribution: BaseDistribution
    ) -> Any:
        return self._inner(trial, f"parameter {param_name}").sample_independent(
            study, trial, param_name, param_distribution
        )

    def _inner(self, trial: FrozenTrial, draw: str) -> BaseSampler:
        seed = stream(self._seed, f"sampler {self._arm} {draw}", trial.number).integers(2**31)
        return SAMPLERS[self._sampler](int(seed))


class Brain:
    """The search of one arm, in memory: asked and told in the order of trials."""

    def __init__(self, arm: Arm, *, sampler: str, seed: int) -> None:
        optuna.logging.set_verbosity(optuna.logging.WARNING)
        self._open = arm.open
        self._study = optuna.create_study(direction="minimize", sampler=Redrawn(sampler, seed, arm.name))

    def ask(self) -> dict[str, Any]:
        """Values for the arm's open fields."""
        return self._study.ask(self._open).params

    def tell(self, trial: int, value: float | None, *, failed: bool = False) -> FrozenTrial:
        """Ends a trial; without a value it counts as pruned, behind every complete one, or, ``failed``, not at all."""
        if value is None:
            return self._study.tell(trial, state=TrialState.FAIL if failed else TrialState.PRUNED)
        return self._study.tell(trial, value)
