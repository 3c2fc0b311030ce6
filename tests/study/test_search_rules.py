"""What each rule of a search does, by small tables: who is pruned, when patience ends, what an interval is, how many trials are open."""

from dataclasses import replace
from math import inf
from pathlib import Path

import pytest
from optuna.trial import TrialState
from small_study import carry_out, small_study
from test_ranking import record

from study import loop
from study.records import Record
from study.searched.pruning import RULES, Pruning
from study.searched.ranking import Mean, mean_of
from study.searched.sampling import Brain
from study.searched.stopping import Patience

FIVE = [((k, 10.0 * k, 100.0 * k), True) for k in (3.0, 1.0, 5.0, 2.0, 4.0)]


@pytest.mark.parametrize(
    ("told", "thresholds"),
    [
        ([], ()),
        (FIVE[:4], ()),
        (FIVE, (3.0, 30.0)),
        ([*FIVE[:4], ((0.0, 0.0), False)], ()),
        ([*FIVE, ((0.0,), False)], (3.0, 30.0)),
        ([*FIVE, ((9.0, 0.0, 0.0), True)], (3.5, 25.0)),
    ],
    ids=["none", "too few", "five", "pruned ones make no median", "nor move it", "an even number"],
)
def test_the_median_of_the_complete_trials_prunes(told, thresholds: tuple[float, ...]) -> None:
    """At the last checkpoint nobody is pruned: the trial is complete there."""
    assert RULES["median"](told) == thresholds


@pytest.mark.parametrize(
    ("losses", "first", "third"),
    [
        ([], inf, inf),
        ([1.0, 2.0], inf, inf),
        ([3.0, 1.0, 2.0], 1.0, 1.0),
        ([5.0, 4.0, 3.0, 2.0, 1.0], 1.0, 1.0),
        ([6.0, 5.0, 4.0, 3.0, 2.0, 1.0], 2.0, 2.0),
        ([float(k) for k in range(9)], 2.0, 2.0),
    ],
)
def test_the_best_third_goes_on_from_a_ninth_and_a_third_of_the_checkpoints(
    losses: list[float], first: float, third: float
) -> None:
    told = [((loss,) * 9, True) for loss in losses]
    expected = (first, inf, third, inf, inf, inf, inf, inf) if losses else ()
    assert RULES["halving"](told) == expected


@pytest.mark.parametrize(
    ("checkpoints", "rungs"), [(1, []), (2, [1]), (3, [1]), (4, [1, 2]), (10, [2, 4]), (12, [2, 4]), (28, [4, 10])]
)
def test_rungs_are_rounded_up_and_the_last_checkpoint_is_none(checkpoints: int, rungs: list[int]) -> None:
    found = RULES["halving"]([((float(k),) * checkpoints, True) for k in range(3)])
    assert len(found) == checkpoints - 1
    assert [place for place, most in enumerate(found, start=1) if most < inf] == rungs


def curve_of(trial: int, *losses: float, stopped: str = "completed", seed: int = 0) -> Record:
    told = record(trial, losses[-1] if losses else None, stopped=stopped, seed=seed)
    return replace(told, outcome=replace(told.outcome, curve=tuple(enumerate(losses, start=1))))


@pytest.mark.parametrize("rule", RULES)
def test_a_trial_that_diverged_or_failed_has_no_curve_and_where_none_is_pruned_none_has(rule: str) -> None:
    """Of its networks the mean at each checkpoint."""
    for stopped in ("diverged", "crashed"):
        trial = [curve_of(0, 3.0, 1.0), curve_of(0, 3.0, stopped=stopped, seed=1)]
        assert Pruning(rule).tell(trial, TrialState.PRUNED) == ()
    for stopped in ("completed", "pruned"):
        trial = [curve_of(0, 3.0, 1.0, stopped=stopped), curve_of(0, 5.0, 2.0, stopped=stopped, seed=1)]
        assert Pruning(rule).tell(trial, TrialState.PRUNED) == (() if rule == "none" else (4.0, 1.5))


def test_what_is_known_of_a_trial_moves_the_thresholds_of_those_to_come() -> None:
    """Complete ones alone make the median, the fifth of them the first one."""
    pruning, known = Pruning("median"), []
    for number in range(8):
        state = TrialState.PRUNED if number in {0, 3} else TrialState.COMPLETE
        pruning.tell([curve_of(number, float(number), 0.0)], state)
        known.append(pruning.thresholds)
    assert known == [()] * 6 + [(4.0,), (4.5,)]


def test_who_was_cut_before_a_rung_is_not_ranked_at_it() -> None:
    told = [((1.0,) * 9, True), ((2.0,) * 9, True), ((3.0,), False)]
    assert RULES["halving"](told)[:3] == (1.0, inf, inf)


@pytest.mark.parametrize(
    ("told", "waited"),
    [
        ([Mean(1.0, 0.5, 2)], 0),
        ([Mean(1.0, 0.5, 2), Mean(1.2, 0.1, 2)], 0),
        ([Mean(1.0, 0.5, 2), Mean(0.9, 0.6, 2)], 1),
        ([Mean(1.0, 0.5, 2), Mean(0.9, 0.6, 2), Mean(1.4, 0.0, 2)], 0),
        ([Mean(1.0, None, 1), Mean(1.0, None, 1), None], 2),
        ([None, None], 2),
    ],
    ids=["first", "a higher mean, a lower upper end", "the reverse", "counted anew", "equal is no better", "no loss"],
)
def test_patience_counts_from_the_lowest_upper_end(told: list[Mean | None], waited: int) -> None:
    for patience, exhausted in ((waited, True), (waited + 1, False), (None, False)):
        counted = Patience(patience)
        for loss in told:
            counted.tell(loss)
        assert counted.exhausted == exhausted


@pytest.mark.parametrize(
    ("values", "value", "half"),
    [([2.0], 2.0, None), ([0.0, 2.0], 1.0, 12.7062), ([1.0, 2.0, 3.0], 2.0, 2.4841), ([1.0] * 5, 1.0, 0.0)],
)
def test_an_interval_holds_the_mean_at_95_percent_by_students_t(values, value: float, half: float | None) -> None:
    """t(0.975) from any table: 12.706 with 1 degree of freedom, 4.303 with 2."""
    found = mean_of(values)
    assert (found.value, found.n) == (value, len(values))
    assert found.half == (None if half is None else pytest.approx(half, abs=1e-4))


@pytest.mark.parametrize("window", [1, 2, 5])
def test_never_more_trials_than_the_window_are_unfinished(
    quick_networks: None, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, window: int
) -> None:
    """And as many, as soon as there are so many: which trials a draw has seen is part of the study."""
    unfinished, at_ask = 0, []

    class Counted(Brain):
        def ask(self, recorded=None):
            nonlocal unfinished
            unfinished += 1
            at_ask.append(unfinished)
            return super().ask(recorded)

        def tell(self, *told, **more):
            nonlocal unfinished
            unfinished -= 1
            return super().tell(*told, **more)

    monkeypatch.setattr(loop, "Brain", Counted)
    carry_out(tmp_path / "study.db", small_study(search__window=window))
    trials = small_study().search.trials
    assert at_ask == [min(number + 1, window) for number in range(trials)]
