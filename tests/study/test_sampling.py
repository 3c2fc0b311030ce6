"""A proposal is a function of the seed, the search, the trial and what was told before it."""

import importlib.util

import optuna
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from optuna.distributions import FloatDistribution, IntDistribution
from optuna.samplers._tpe.sampler import default_gamma
from optuna.trial import TrialState, create_trial

from study.searched import sampling
from study.searched.memory import BEST, Memory, _rank
from study.searched.sampling import PACKAGES, SAMPLERS, Brain, Redrawn, check_installed

SPACE = {"keep_prob": FloatDistribution(0.2, 1), "l2": FloatDistribution(1e-5, 1, log=True)}
WINDOW = 3
MODEL_BASED = ("tpe", "gp")


def missing(sampler: str) -> bool:
    return any(importlib.util.find_spec(package) is None for package in PACKAGES.get(sampler, ()))


EVERY = [
    pytest.param(name, marks=pytest.mark.skipif(missing(name), reason=f"{name}: a package is not installed"))
    for name in SAMPLERS
]


def proposals(
    sampler: str, trials: int, value=lambda number: float(number % 7), *, seed=1, search="joint", recorded=()
):
    """What is proposed in each trial, where a window of trials is running."""
    brain = Brain(SPACE, sampler=sampler, seed=seed, search=search)
    params = []
    for number in range(trials):
        if number >= WINDOW:
            brain.tell(number - WINDOW, TrialState.COMPLETE, value=value(number - WINDOW))
        params.append(brain.ask(recorded[number] if number < len(recorded) else None))
    return params


@pytest.mark.parametrize("sampler", EVERY)
def test_the_same_history_gives_the_same_proposals(sampler: str) -> None:
    assert proposals(sampler, 14) == proposals(sampler, 14)
    assert proposals(sampler, 3) != proposals(sampler, 3, seed=2)
    assert proposals(sampler, 3) != proposals(sampler, 3, search="joint-1")


@pytest.mark.parametrize("sampler", EVERY)
@pytest.mark.parametrize("count", [13])
def test_recorded_proposals_spare_the_draws_and_change_nothing(sampler: str, count: int) -> None:
    whole = proposals(sampler, 14)
    assert proposals(sampler, 14, recorded=whole[:count]) == whole


@pytest.mark.parametrize("sampler", EVERY)
def test_no_draw_repeats_another(sampler: str) -> None:
    drawn = [value for params in proposals(sampler, 9) for value in params.values()]
    assert len(set(drawn)) == len(drawn)


@pytest.mark.parametrize("sampler", ["tpe", "random"])
def test_a_parameter_does_not_depend_on_which_others_are_drawn(sampler: str) -> None:
    """In the random phase, where no history counts."""
    draws = []
    for names in (["keep_prob", "l2"], ["l2", "keep_prob"], ["l2"]):
        space = {name: SPACE[name] for name in names}
        study = optuna.create_study(sampler=Redrawn(sampler, seed=1, search="joint", space=space))
        draws.append(study.ask(space).params["l2"])
    assert len(set(draws)) == 1


@pytest.mark.parametrize("sampler", EVERY)
def test_those_that_model_follow_their_history_and_the_others_do_not(sampler: str) -> None:
    low, high = (proposals(sampler, 14, value) for value in (float, lambda number: -float(number)))
    assert low[:10] == high[:10]
    assert (low != high) == (sampler in MODEL_BASED)


def test_a_sobol_sequence_fills_every_eighth_once() -> None:
    drawn = [params["keep_prob"] for params in proposals("qmc", 8)]
    assert sorted(int((value - 0.2) / 0.1) for value in drawn) == list(range(8))


@pytest.mark.parametrize("sampler", EVERY)
def test_a_parameter_with_one_value_is_no_trouble(sampler: str) -> None:
    brain = Brain({**SPACE, "width": IntDistribution(8, 8)}, sampler=sampler, seed=1, search="joint")
    assert [brain.ask()["width"] for _ in range(3)] == [8, 8, 8]


def test_tpe_is_that_of_optuna_but_for_the_seed_of_each_draw(monkeypatch: pytest.MonkeyPatch) -> None:
    """What spares time is not to change a proposal: here the space is inferred as Optuna does it."""
    ours = proposals("tpe", 40)

    def inferred(self, study, trial):
        return self._inner(trial, "space").infer_relative_search_space(study, trial)

    monkeypatch.setattr(Redrawn, "infer_relative_search_space", inferred)
    assert proposals("tpe", 40) == ours


def test_tpe_sees_complete_pruned_and_running_trials() -> None:
    """A failed trial is the one that it does not see: what is proposed beside any other differs from that."""
    asked = {}
    for state in (TrialState.FAIL, TrialState.COMPLETE, TrialState.PRUNED, TrialState.RUNNING):
        brain = Brain(SPACE, sampler="tpe", seed=1, search="joint")
        for number in range(12):
            brain.ask()
            if number < 11:
                brain.tell(number, TrialState.COMPLETE, value=float(number))
        if state != TrialState.RUNNING:
            brain.tell(11, state, value=-1.0 if state == TrialState.COMPLETE else None)
        asked[state] = brain.ask()
    assert asked[TrialState.RUNNING] == asked[TrialState.PRUNED], "both count as bad"
    told = asked[TrialState.COMPLETE], asked[TrialState.PRUNED], asked[TrialState.FAIL]
    assert told[0] != told[1] != told[2] != told[0]


def test_what_a_sampler_lacks_is_told_with_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sampling, "find_spec", lambda package: None)
    with pytest.raises(ValueError, match=r"gp needs scipy: pip install 'dropstep\[gp\]'"):
        check_installed("gp")
    check_installed("tpe")


@given(st.lists(st.none() | st.floats(0, 1), max_size=120), st.integers(50, 70))
@settings(max_examples=25)
def test_a_history_holds_the_best_of_all_and_the_latest(values, history: int) -> None:
    study, memory = optuna.create_study(), Memory(history)
    for number, value in enumerate(values):
        trial = study.ask()
        if value is None:
            trial.report(1.0, number % 3)
        memory.add(study.tell(trial, value, state=TrialState.PRUNED if value is None else None))
    numbers = [trial.number for trial in memory.trials]
    assert numbers == sorted(set(numbers))
    assert len(numbers) == min(history, len(values))
    losses = sorted(value for value in values if value is not None)
    assert {*losses[:BEST]} <= {trial.value for trial in memory.trials}
    assert {*range(len(values))[BEST - history :]} <= {*numbers}


@pytest.mark.parametrize(
    ("early", "late"), [((5, 1.0), (1, 0.5)), ((3, 0.5), (3, 1.0))], ids=["further", "lower there"]
)
def test_of_pruned_trials_those_are_the_best_that_came_furthest_and_then_were_lowest(early, late) -> None:
    """A step and the loss at it, of the first 25 trials and of 95 later ones: fifty are remembered."""
    study, memory = optuna.create_study(), Memory(50)
    for number in range(120):
        trial = study.ask()
        step, loss = early if number < BEST else late
        trial.report(loss, step)
        memory.add(study.tell(trial, state=TrialState.PRUNED))
    assert [trial.number for trial in memory.trials] == [*range(BEST), *range(95, 120)]


def test_a_sequence_goes_on_whatever_is_remembered() -> None:
    """A draw of it depends on how many there were: none may be left out."""
    drawn = []
    for history in (None, 50):
        brain = Brain(SPACE, sampler="qmc", seed=1, search="joint", history=history)
        drawn.append([])
        for number in range(64):
            drawn[-1].append(brain.ask()["keep_prob"])
            brain.tell(number, TrialState.COMPLETE, value=float(number))
    assert drawn[0] == drawn[1]
    assert len(set(drawn[0])) == 64


def test_checkpoints_of_a_trial_are_counted_from_one() -> None:
    brain = Brain(SPACE, sampler="random", seed=1, search="joint")
    brain.ask()
    told = brain.tell(0, TrialState.PRUNED, value=None, curve=(0.5, 0.25))
    assert (told.intermediate_values, told.state) == ({1: 0.5, 2: 0.25}, TrialState.PRUNED)


def test_trials_rank_by_their_value_then_by_how_far_they_came_and_how_low_they_were() -> None:
    """The last of all is one that was pruned before anything was known of it."""
    space = {"l2": SPACE["l2"]}

    def trial(value: float | None, **reached: float) -> optuna.trial.FrozenTrial:
        state = TrialState.PRUNED if value is None else TrialState.COMPLETE
        steps = {int(step[1:]): loss for step, loss in reached.items()}
        return create_trial(
            state=state, value=value, params={"l2": 0.1}, distributions=space, intermediate_values=steps
        )

    ordered = [
        trial(0.1),
        trial(9.0, _1=0.0),
        trial(None, _1=9.0, _3=0.5),
        trial(None, _1=0.0, _3=0.6),
        trial(None, _2=0.0),
        trial(None, _1=-5.0),
        trial(None, _0=-9.0),
        trial(None),
    ]
    assert sorted([*ordered[4:], *ordered[:4]], key=_rank) == ordered


def test_as_many_are_remembered_for_good_as_tpe_takes_for_good() -> None:
    """Of Optuna's own rule, a tenth, and no more than that from 250 trials on."""
    assert [default_gamma(trials) for trials in (240, 250, 10_000)] == [BEST - 1, BEST, BEST]


def test_a_history_that_is_long_enough_changes_no_draw() -> None:
    """Unfinished trials are seen in either case."""
    brains = [Brain(SPACE, sampler="tpe", seed=1, search="joint", history=history) for history in (None, 100, 50)]
    asked = [[], [], []]
    for number in range(70):
        for brain, proposals_of in zip(brains, asked, strict=True):
            proposals_of.append(brain.ask())
            if number >= WINDOW - 1:
                first = number - WINDOW + 1
                value = (proposals_of[first]["keep_prob"] - 0.6) ** 2
                state = TrialState.COMPLETE if first % 5 else TrialState.PRUNED
                brain.tell(first, state, value=value if first % 5 else None, curve=[value])
    assert asked[0] == asked[1]
    assert asked[0][:52] == asked[2][:52]
    assert asked[0] != asked[2]
