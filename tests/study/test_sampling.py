"""A proposal is a function of the seed, the trial and what was told before it."""

import optuna
import pytest
from optuna.distributions import FloatDistribution

from study.arms import Arm
from study.sampling import SAMPLERS, Brain, Redrawn

ARM = Arm("joint", {"keep_prob": FloatDistribution(0.2, 1), "l2": FloatDistribution(1e-5, 1, log=True)})


def proposals(sampler: str, seed: int, trials: int, values=lambda number: float(number % 7)) -> list[dict]:
    brain = Brain(ARM, sampler=sampler, seed=seed)
    params = []
    for number in range(trials):
        params.append(brain.ask())
        brain.tell(number, values(number))
    return params


@pytest.mark.parametrize("sampler", SAMPLERS)
def test_the_same_history_gives_the_same_proposals(sampler: str) -> None:
    assert proposals(sampler, 1, 16) == proposals(sampler, 1, 16)
    assert proposals(sampler, 1, 3) != proposals(sampler, 2, 3)


@pytest.mark.parametrize("sampler", SAMPLERS)
def test_no_draw_repeats_another(sampler: str) -> None:
    drawn = [value for params in proposals(sampler, 1, 9) for value in params.values()]
    assert len(set(drawn)) == len(drawn)


@pytest.mark.parametrize("sampler", SAMPLERS)
def test_a_parameter_does_not_depend_on_which_others_are_drawn(sampler: str) -> None:
    """In the random phase, where no history counts."""
    draws = []
    for names in (["keep_prob", "l2"], ["l2", "keep_prob"], ["l2"]):
        study = optuna.create_study(sampler=Redrawn(sampler, seed=1, arm="joint"))
        params = study.ask({name: ARM.open[name] for name in names}).params
        draws.append(params["l2"])
    assert len(set(draws)) == 1


def test_tpe_follows_its_history() -> None:
    low, high = (proposals("tpe", 1, 14, values) for values in (float, lambda number: -float(number)))
    assert low[:10] == high[:10]
    assert low[11:] != high[11:]


def test_tpe_sees_complete_pruned_and_running_trials() -> None:
    """A failed trial is the one that it does not see: what is proposed beside any other differs from that."""
    asked = {}
    for state in ("failed", "complete", "pruned", "running"):
        brain = Brain(ARM, sampler="tpe", seed=1)
        for number in range(12):
            brain.ask()
            if number < 11:
                brain.tell(number, float(number))
        if state == "failed":
            brain._study.tell(11, state=optuna.trial.TrialState.FAIL)
        elif state != "running":
            brain.tell(11, -1.0 if state == "complete" else None)
        asked[state] = brain.ask()
    assert asked["running"] == asked["pruned"], "both count as bad"
    assert asked["complete"] != asked["pruned"] != asked["failed"] != asked["complete"]
