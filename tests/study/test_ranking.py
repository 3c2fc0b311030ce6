"""The value of a trial, its state and the order of trials, by hand."""

import pytest
from optuna.trial import TrialState
from small_study import small_study

from nets import Hyper, Outcome
from study.records import Key, Network, Record
from study.searched.ranking import Mean, best, best_trials, search_name, searched_trials, state_of, valid_loss

TASK = small_study().data.task


def record(
    trial: int, loss: float | None, *, stopped: str = "completed", stage: str = "search", repeat: int = 0, seed: int = 0
) -> Record:
    outcome = Outcome(stopped=stopped, epochs_run=1, valid_loss=loss)
    return Record(Key(stage, "joint", repeat, trial, seed), Network(TASK, Hyper(seed=seed)), outcome, 0.5)


@pytest.mark.parametrize(
    ("stopped", "state"),
    [
        (["completed", "completed"], TrialState.COMPLETE),
        (["completed", "diverged"], TrialState.PRUNED),
        (["pruned", "pruned"], TrialState.PRUNED),
        (["completed", "crashed"], TrialState.FAIL),
        (["diverged", "out of memory"], TrialState.FAIL),
        (["out of time", "pruned"], TrialState.FAIL),
    ],
)
def test_one_network_decides_what_a_trial_is(stopped: list[str], state: TrialState) -> None:
    assert state_of([record(0, None, stopped=each) for each in stopped]) == state


def test_a_trial_has_the_mean_of_its_networks_or_none() -> None:
    assert valid_loss([record(0, 0.5), record(0, 1.5, seed=1)]) == Mean(1.0, pytest.approx(6.3531, abs=1e-4), 2)
    assert valid_loss([record(0, 0.5)]) == Mean(0.5, None, 1)
    assert valid_loss([record(0, 0.5), record(0, None, stopped="diverged")]) is None
    assert valid_loss([record(0, None, stopped="diverged")]) is None


def test_a_mean_is_printed_with_its_interval_and_n() -> None:
    assert str(Mean(0.123456, 0.01, 3)) == "0.1235 ± 0.0100 (3 seeds)"
    assert str(Mean(0.5, None, 1)) == "0.5000 (1 seed)"


def test_of_equals_the_first_that_was_asked_is_better() -> None:
    losses = [(4, 0.2), (0, 0.3), (3, 0.1), (1, 0.2)]
    assert [best(losses, most) for most in range(5)] == [[], [3], [3, 1], [3, 1, 4], [3, 1, 4, 0]]


def test_searches_are_kept_apart_and_their_trials_in_order() -> None:
    records = [
        record(1, 0.4),
        record(0, 0.6),
        record(0, 0.2, repeat=1),
        record(2, None, stopped="diverged"),
        record(0, 9.0, stage="refit"),
    ]
    told = searched_trials(records)
    assert {search: list(trials) for search, trials in told.items()} == {("joint", 0): [0, 1, 2], ("joint", 1): [0]}
    assert told["joint", 0][2] is None
    assert best_trials(records, 1) == {("joint", 0, 1), ("joint", 1, 0)}
    assert best_trials(records, 5) == {("joint", 0, 0), ("joint", 0, 1), ("joint", 1, 0)}
    assert best_trials(records, 0) == set()


def test_repeats_of_a_search_have_names_of_their_own() -> None:
    assert [search_name("joint", repeat) for repeat in (0, 1, 2)] == ["joint", "joint-1", "joint-2"]
