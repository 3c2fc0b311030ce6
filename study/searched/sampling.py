"""What is tried next: Optuna's samplers, seeded afresh for every draw, so that a proposal is a function of seed and history."""

import warnings
from collections.abc import Callable, Mapping, Sequence
from importlib.util import find_spec
from typing import Any

import optuna
from optuna.distributions import BaseDistribution
from optuna.exceptions import ExperimentalWarning
from optuna.samplers import BaseSampler, GPSampler, QMCSampler, RandomSampler, TPESampler
from optuna.trial import FrozenTrial, Trial, TrialState

from nets.streams import stream
from study.searched.memory import AsRemembered, Memory, running

Params = Mapping[str, Any]


def _sobol(draw: int, search: int) -> BaseSampler:
    """One scrambled sequence for the whole search."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ExperimentalWarning)  # a change in a later version is another study's
        return QMCSampler(scramble=True, seed=search)


# each from the seed of a draw and the seed of its search
SAMPLERS: dict[str, Callable[[int, int], BaseSampler]] = {
    "tpe": lambda draw, search: TPESampler(seed=draw),
    "random": lambda draw, search: RandomSampler(seed=draw),
    "qmc": _sobol,
    "gp": lambda draw, search: GPSampler(seed=draw),
}
PACKAGES = {"qmc": ("scipy",), "gp": ("scipy", "torch")}  # decide what is drawn, beside Optuna and NumPy
COUNTING = ("qmc",)  # a draw depends on how many there were before, so none may be left out


def check_installed(sampler: str) -> None:
    """Raises ``ValueError`` with what to install."""
    for package in PACKAGES.get(sampler, ()):
        if find_spec(package) is None:
            raise ValueError(f"the sampler {sampler} needs {package}: pip install 'dropstep[{sampler}]'")


class Redrawn(BaseSampler):
    """Builds the inner sampler anew for each draw, from (study seed, search, trial number, parameter or "relative").

    A seed for each trial is not enough: the draws of a trial would share one stream, and which of them comes first depends on the history.
    """

    def __init__(self, sampler: str, *, seed: int, search: str, space: Mapping[str, BaseDistribution]) -> None:
        self._sampler, self._seed, self._search = sampler, seed, search
        self._space = {name: each for name, each in sorted(space.items()) if not each.single()}
        self._of_search = self._drawn_seed("search")
        self.recorded: Params = {}  # what the next trial is given instead of a draw
        self.seen: Any = None  # the study as the next draws see it, where that is less than all

    def infer_relative_search_space(self, study: optuna.Study, trial: FrozenTrial) -> dict[str, BaseDistribution]:
        """What Optuna would infer, whose fresh sampler goes through all trials: a quarter of TPE's time at 1,000."""
        return self._space

    def sample_relative(
        self, study: optuna.Study, trial: FrozenTrial, search_space: dict[str, BaseDistribution]
    ) -> dict[str, Any]:
        return dict(self.recorded) or self._inner(trial, "relative").sample_relative(
            self.seen or study, trial, search_space
        )

    def sample_independent(
        self, study: optuna.Study, trial: FrozenTrial, param_name: str, param_distribution: BaseDistribution
    ) -> Any:
        return self._inner(trial, f"parameter {param_name}").sample_independent(
            self.seen or study, trial, param_name, param_distribution
        )

    def _inner(self, trial: FrozenTrial, draw: str) -> BaseSampler:
        return SAMPLERS[self._sampler](self._drawn_seed(draw, trial.number), self._of_search)

    def _drawn_seed(self, draw: str, *index: int) -> int:
        return int(stream(self._seed, f"sampler {self._search} {draw}", *index).integers(2**31))


class Brain:
    """One search in memory: asked and told in the order of trials."""

    def __init__(
        self,
        space: Mapping[str, BaseDistribution],
        *,
        sampler: str,
        seed: int,
        search: str,
        history: int | None = None,
    ) -> None:
        optuna.logging.set_verbosity(optuna.logging.WARNING)
        self._space = dict(space)
        self._sampler = Redrawn(sampler, seed=seed, search=search, space=space)
        self._counting = sampler in COUNTING
        self._study = optuna.create_study(direction="minimize", sampler=self._sampler)
        self._running: dict[int, Trial] = {}
        self._memory = None if history is None or self._counting else Memory(history)

    def ask(self, recorded: Params | None = None) -> dict[str, Any]:
        """Values for every parameter: those ``recorded`` when this was asked before, which spares the draw, or new ones."""
        self._sampler.recorded = {} if self._counting else recorded or {}
        if self._memory:
            unfinished = [running(*each) for each in self._running.items()]
            self._sampler.seen = AsRemembered(self._study, self._memory.trials, unfinished)
        trial = self._study.ask(self._space)
        self._running[trial.number] = trial
        return trial.params

    def tell(self, number: int, state: TrialState, *, value: float | None, curve: Sequence[float] = ()) -> FrozenTrial:
        """Ends a trial. Samplers rank pruned ones behind every complete one, by how far on its ``curve`` each came."""
        trial = self._running.pop(number)
        for checkpoint, loss in enumerate(curve, start=1):
            trial.report(loss, checkpoint)
        told = self._study.tell(number, value, state=state)
        if self._memory:
            self._memory.add(told)
        return told
