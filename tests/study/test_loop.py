"""The loop: repeats, axes, pruning and patience change which networks there are, never what the order of arrival makes of them."""

from collections import Counter
from collections.abc import Sequence
from concurrent.futures import Future
from pathlib import Path

import optuna
import pandas as pd
import pytest
from levels import one_in
from optuna.trial import TrialState
from small_study import carry_out, optuna_trials, small_study, stand_in, without_seconds
from test_resume import Jittery, Killed, killed_before

import nets
from nets import Hyper, Outcome
from study.kept.endings import stopped
from study.kept.sqlite import Sqlite
from study.searched import sampling
from study.trained.executors import Serial
from study.trained.failures import FailedError

pytestmark = pytest.mark.usefixtures("quick_networks")

ODDS = {"width": 6, "keep_prob": {"low": 0.2, "high": 0.997, "axis": "odds"}}
LEVELS = {"width": 6, "keep_prob": {"low": 0.2, "high": 1.0, "axis": "levels"}}


def searched(table: pd.DataFrame, *, repeat: int = 0) -> pd.DataFrame:
    return table.query("stage != 'design' and repeat == @repeat").reset_index(drop=True)


def trials_of(path: Path, search: str) -> list[optuna.trial.FrozenTrial]:
    return optuna_trials(Sqlite(path), f"small-{search}")


def test_repeats_are_searches_of_their_own_and_the_first_is_the_one_without_repeats(tmp_path: Path) -> None:
    one = carry_out(tmp_path / "one.db", small_study())
    two = carry_out(tmp_path / "two.db", small_study(search__repeats=2))
    assert without_seconds(searched(two)) == without_seconds(searched(one))
    first, second = (searched(two, repeat=repeat).query("stage == 'search'") for repeat in (0, 1))
    assert (first.seed == second.seed).all(), "the seeds of the networks are paired"
    assert not set(first.learning_rate) & set(second.learning_rate)
    assert two.query("stage == 'refit'").groupby("repeat").trial.nunique().to_dict() == {0: 2, 1: 2}
    assert len(trials_of(tmp_path / "two.db", "joint")) == len(trials_of(tmp_path / "two.db", "joint-1")) == 6


@pytest.mark.whole
def test_more_repeats_extend_a_study(tmp_path: Path) -> None:
    carry_out(tmp_path / "study.db", small_study())
    extended = carry_out(tmp_path / "study.db", small_study(search__repeats=3))
    assert without_seconds(extended) == without_seconds(
        carry_out(tmp_path / "at once.db", small_study(search__repeats=3))
    )


def test_each_search_equals_the_one_that_runs_alone(tmp_path: Path) -> None:
    """Searches run side by side, and none sees another."""
    arms = {"odds": ODDS, "levels": LEVELS}
    together = carry_out(tmp_path / "both.db", small_study(search__arms=arms), Jittery(3)).query("stage != 'design'")
    for arm, settings in arms.items():
        alone = carry_out(tmp_path / f"{arm}.db", small_study(search__arms={arm: settings}))
        ours = together[together.arm == arm].reset_index(drop=True)
        assert without_seconds(ours) == without_seconds(searched(alone))


def test_a_search_needs_no_design_beside_it(tmp_path: Path) -> None:
    alone = carry_out(tmp_path / "alone.db", small_study(design=None))
    beside = carry_out(tmp_path / "beside.db", small_study())
    assert without_seconds(alone) == without_seconds(searched(beside))


def test_an_axis_is_what_optuna_searches_and_the_field_is_what_is_trained(tmp_path: Path) -> None:
    config = small_study(search__arms={"odds": ODDS, "levels": LEVELS})
    table = carry_out(tmp_path / "study.db", config).query("stage == 'search' and replicate == 0")
    odds, levels = (table[table.arm == arm].keep_prob.to_numpy() for arm in ("odds", "levels"))
    assert [1 / (1 + trial.params["keep_prob_odds"]) for trial in trials_of(tmp_path / "study.db", "odds")] == list(
        odds
    )
    assert [trial.params["keep_prob_kept"] / 6 for trial in trials_of(tmp_path / "study.db", "levels")] == list(levels)


def pruned_stand_in(
    hypers: Sequence[Hyper], data: nets.Data, *, thresholds: Sequence[float], kernels: str = "numpy"
) -> list[Outcome]:
    """``stand_in`` with three checkpoints, at which the loss falls from twice to once what it comes to."""
    outcomes = stand_in(hypers, data)
    if any(outcome.diverged for outcome in outcomes):
        return outcomes
    curves = [[2 * outcome.valid_loss, 1.5 * outcome.valid_loss, outcome.valid_loss] for outcome in outcomes]
    means = [sum(losses) / len(losses) for losses in zip(*curves, strict=True)]
    over = [place for place, (mean, most) in enumerate(zip(means[:-1], thresholds, strict=False)) if mean > most]
    reached = over[0] + 1 if over else 3
    return [
        Outcome(
            stopped="pruned" if over else "completed",
            epochs_run=reached,
            valid_loss=None if over else outcome.valid_loss,
            valid_error=None if over else outcome.valid_error,
            test_loss=outcome.test_loss,
            test_error=outcome.test_error,
            curve=tuple(enumerate(curve[:reached], start=1)),
        )
        for outcome, curve in zip(outcomes, curves, strict=True)
    ]


@pytest.mark.parametrize("rule", one_in(2, ["halving", "median"]))
def test_pruning_is_the_same_in_any_order_of_arrival_and_on_resume(tmp_path: Path, monkeypatch, rule: str) -> None:
    monkeypatch.setattr(nets, "train", pruned_stand_in)
    config = small_study(search__pruning=rule, search__trials=24)
    whole = carry_out(tmp_path / "whole.db", config)
    assert without_seconds(carry_out(tmp_path / "jittery.db", config, Jittery(4))) == without_seconds(whole)
    with pytest.raises(Killed), killed_before(20):
        carry_out(tmp_path / "killed.db", config, capacity=1)
    assert without_seconds(carry_out(tmp_path / "killed.db", config)) == without_seconds(whole)
    pruned = set(whole[whole.stopped == "pruned"].trial)
    assert 2 < len(pruned) < 22
    trials = trials_of(tmp_path / "whole.db", "joint")
    assert all(trials[number].state == TrialState.PRUNED for number in pruned)
    assert all(len(trials[number].intermediate_values) in {1, 2} for number in pruned)


class Failing(Serial):
    """Every stack fails a number of times, every network alone gets through: as where the memory does not suffice for many."""

    def __init__(self, failures: int) -> None:
        self._failures, self._failed = failures, Counter()

    def submit(self, fn, /, hypers, *args, **kwargs):
        stack = tuple(hypers)
        self._failed[stack] += 1
        if len(stack) > 1 and self._failed[stack] <= self._failures:
            future = Future()
            future.set_exception(FailedError("out of memory"))
            return future
        return super().submit(fn, hypers, *args, **kwargs)


@pytest.mark.parametrize("failures", one_in(2, [2, 1]))
def test_a_trial_is_pruned_where_it_would_be_if_its_stack_had_not_failed(tmp_path: Path, monkeypatch, failures) -> None:
    """One failure is trained again whole; after two its networks are trained alone, and nothing is recorded in between."""
    monkeypatch.setattr(nets, "train", pruned_stand_in)
    config = small_study(search__pruning="median", search__trials=16)
    whole = carry_out(tmp_path / "whole.db", config)
    assert (whole.stopped == "pruned").any()
    assert without_seconds(carry_out(tmp_path / "failing.db", config, Failing(failures))) == without_seconds(whole)
    with pytest.raises(Killed), killed_before(6):
        carry_out(tmp_path / "killed.db", config, Failing(failures))
    assert without_seconds(carry_out(tmp_path / "killed.db", config, Failing(failures))) == without_seconds(whole)


def test_patience_ends_a_search_by_what_was_told_alone(tmp_path: Path) -> None:
    config = small_study(search__trials=60, search__patience=5)
    table = carry_out(tmp_path / "serial.db", config)
    assert without_seconds(carry_out(tmp_path / "jittery.db", config, Jittery(4))) == without_seconds(table)
    trials = table.query("stage == 'search'").trial.nunique()
    assert trials < 60
    reason = table.attrs["provenance"]["stopped"]["joint"]
    assert reason == f"patience: no better interval in 5 trials, up to trial {trials - config.search.window}"


def failing_stand_in(
    hypers: Sequence[Hyper], data: nets.Data, *, thresholds: Sequence[float], kernels: str = "numpy"
) -> list[Outcome]:
    """Some networks end as those whose process crashed."""
    outcomes = stand_in(hypers, data)
    return [
        Outcome(stopped="crashed", epochs_run=0) if hyper.activation == "tanh" and hyper.seed % 2 else outcome
        for hyper, outcome in zip(hypers, outcomes, strict=True)
    ]


def test_a_trial_with_a_failed_network_has_failed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(nets, "train", failing_stand_in)
    table = carry_out(tmp_path / "study.db", small_study(search__trials=12)).query("stage == 'search'")
    failed = set(table[table.stopped == "crashed"].trial)
    states = {trial.number: trial.state for trial in trials_of(tmp_path / "study.db", "joint")}
    assert failed
    assert {number for number, state in states.items() if state == TrialState.FAIL} == failed


def test_why_a_search_ended_is_not_told_before_it_has(tmp_path: Path) -> None:
    config = small_study()
    assert stopped(config, []) == {}
    assert carry_out(tmp_path / "study.db", config).attrs["provenance"]["stopped"] == {"joint": "all 6 trials"}


def test_what_was_told_is_not_drawn_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """TPE takes minutes for 10,000 trials, and a resume is to take seconds."""
    table = carry_out(tmp_path / "study.db", small_study())
    monkeypatch.setitem(sampling.SAMPLERS, "tpe", None)
    assert without_seconds(carry_out(tmp_path / "study.db", small_study())) == without_seconds(table)
