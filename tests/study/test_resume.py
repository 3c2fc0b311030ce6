"""A study is a function of its configuration: kills, extensions and the order of arrival leave no trace in it."""

import random
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from pathlib import Path

import optuna
import pytest
from levels import one_in
from small_study import Databases, carry_out, optuna_trials, small_study, stand_in, without_seconds

import nets
from study.errors import StudyError
from study.interrupts import Interrupted
from study.kept import optuna_tables
from study.kept.database import Database
from study.kept.ledger import Ledger
from study.kept.optuna_tables import OptunaTables
from study.kept.sqlite import Sqlite

pytestmark = pytest.mark.usefixtures("quick_networks")

COMMITS = [(Ledger, "record"), (OptunaTables, "_write")]


class Killed(BaseException):
    """The driver ends here."""


@contextmanager
def killed_before(number: int):
    """Lets the driver make no commit to the ledger or to Optuna's tables from the ``number``-th on, from 0."""
    counter = iter(range(10**6))

    def deadly(commit):
        def committed(*arguments):
            if next(counter) >= number:
                raise Killed
            commit(*arguments)

        return committed

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(optuna_tables, "SECONDS_BETWEEN_WRITES", 0.0)
        for owner, name in COMMITS:
            patched.setattr(owner, name, deadly(getattr(owner, name)))
        yield


@pytest.mark.parametrize(
    "stride", [9, pytest.param(3, marks=pytest.mark.whole), pytest.param(1, marks=pytest.mark.slow)]
)
def test_a_study_killed_at_any_commit_equals_an_uninterrupted_one(
    databases: Databases, uninterrupted: str, stride: int
) -> None:
    survived = False
    for number in range(0, 100, stride):
        database = databases()
        try:
            with killed_before(number):
                carry_out(database, small_study(), capacity=1)
            survived = True
            break
        except Killed:
            assert without_seconds(carry_out(database, small_study())) == uninterrupted
            assert_optuna_holds_what_the_ledger_holds(database)
    assert survived
    assert number >= 2 + 6 + 2 + 2, (
        "stacks of the design, of the trials and of the refits, and writes to Optuna's tables"
    )


def test_an_interrupted_study_leaves_optuna_what_it_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """At once, and not with the next resume."""
    counter, record = iter(range(100)), Ledger.record

    def interrupted(*arguments):
        if next(counter) == 7:
            raise Interrupted(2)
        record(*arguments)

    monkeypatch.setattr(Ledger, "record", interrupted)
    with pytest.raises(Interrupted):
        carry_out(tmp_path / "study.db", small_study(), capacity=1)
    assert optuna_trials(Sqlite(tmp_path / "study.db"))


@pytest.mark.parametrize("steps", one_in(3, [[4, 11], [3, 5, 11], [10, 11]]))
def test_an_extended_study_equals_one_of_that_length_at_once(databases: Databases, steps: list[int]) -> None:
    at_once = carry_out(databases(), small_study(search__trials=steps[-1]))
    extended = databases()
    tables = [carry_out(extended, small_study(search__trials=trials)) for trials in steps]
    assert without_seconds(tables[-1]) == without_seconds(at_once)
    assert_optuna_holds_what_the_ledger_holds(extended)


def test_extending_moves_the_refits_to_the_new_best_trials(tmp_path: Path) -> None:
    config = [small_study(search__trials=trials) for trials in (3, 30)]
    short, long = (carry_out(tmp_path / "study.db", each).query("stage == 'refit'").trial.unique() for each in config)
    assert len(short) == len(long) == 2
    assert set(short) != set(long)


class Jittery(ThreadPoolExecutor):
    """Each task rests for a random while, so that results arrive in any order."""

    def submit(self, fn, /, *args, **kwargs):
        rest = random.random() / 50

        def rested():
            time.sleep(rest)
            return fn(*args, **kwargs)

        return super().submit(rested)


@pytest.mark.parametrize("workers", one_in(3, [4, 2, 1]))
def test_the_order_of_arrival_has_no_influence(tmp_path: Path, uninterrupted: str, workers: int) -> None:
    for attempt in range(3):
        table = carry_out(tmp_path / f"{attempt}.db", small_study(), Jittery(workers))
        assert without_seconds(table) == uninterrupted


def test_test_rows_are_loaded_for_the_refit_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    seen = []

    def watched(hypers, data, **options):
        seen.append(("refit" if data.test else "before", {hyper.seed for hyper in hypers}))
        return stand_in(hypers, data)

    monkeypatch.setattr(nets, "train", watched)
    table = carry_out(tmp_path / "study.db", small_study())
    assert [stage for stage, _ in seen] == [*["before"] * (len(seen) - 2), "refit", "refit"]
    assert all(seeds == {3500, 3501} for _, seeds in seen[-2:]), "the refit's seeds are fresh"
    assert table.query("stage != 'refit'").test_loss.isna().all()
    assert table.query("stage == 'refit'").test_loss.notna().all()


def test_all_trials_of_a_stage_share_their_seeds(tmp_path: Path) -> None:
    table = carry_out(tmp_path / "study.db", small_study()).query("stage != 'refit'")
    assert (table.seed == 3000 + table.replicate).all()


def test_a_diverged_replicate_prunes_its_trial(tmp_path: Path) -> None:
    config = small_study(search__trials=20)
    table = carry_out(tmp_path / "study.db", config).query("stage == 'search'")
    diverged = set(table[table.stopped == "diverged"].trial)
    trials = optuna_trials(Sqlite(tmp_path / "study.db"))
    assert diverged
    assert {trial.number for trial in trials if trial.state == optuna.trial.TrialState.PRUNED} == diverged
    assert table[table.stopped == "diverged"].valid_loss.isna().all()


def test_a_search_that_only_diverges_has_no_refit(tmp_path: Path) -> None:
    table = carry_out(tmp_path / "study.db", small_study(search__arms__joint__learning_rate=5.0))
    assert set(table.stage) == {"design", "search"}


@pytest.mark.parametrize("most", one_in(2, [2, 1, 3, 100]))
def test_the_refits_are_the_best_trials_on_mean(tmp_path: Path, most: int) -> None:
    table = carry_out(tmp_path / "study.db", small_study(refit__trials=most))
    complete = table.query("stage == 'search'").groupby("trial").valid_loss.agg(["mean", "count"]).query("count == 2")
    assert set(table.query("stage == 'refit'").trial) == set(complete["mean"].nsmallest(most).index)


def test_other_hyperparameters_under_a_recorded_key_are_refused(tmp_path: Path) -> None:
    carry_out(tmp_path / "study.db", small_study())
    with pytest.raises(StudyError, match="steps 5, this study asks for 6"):
        carry_out(tmp_path / "study.db", small_study(hyper__steps=6))


def assert_optuna_holds_what_the_ledger_holds(database: Database) -> None:
    trials = optuna_trials(database)
    with closing(Ledger(database)) as ledger:
        searched = [record for record in ledger.records if record.key.stage == "search"]
    losses = {}
    for record in searched:
        losses.setdefault(record.key.trial, []).append(record.outcome.valid_loss)
    assert [trial.user_attrs["valid_loss"] for trial in trials] == [losses[number] for number in sorted(losses)]
    assert all(trial.state.is_finished() for trial in trials)
    assert all(trial.datetime_start <= trial.datetime_complete for trial in trials)


@pytest.mark.parametrize("left", one_in(3, [{"search", "refit"}, {"design"}, {"search"}]))
def test_a_study_may_leave_stages_out(tmp_path: Path, left: set[str]) -> None:
    stages = ("design", "search", "refit")
    whole = carry_out(tmp_path / "whole.db", small_study())
    part = carry_out(tmp_path / "part.db", small_study(**dict.fromkeys(set(stages) - left)))
    kept = whole[whole["stage"].isin(left)].reset_index(drop=True)
    assert without_seconds(part) == without_seconds(kept)


def test_designs_of_other_tasks_and_seeds_are_trained_as_such(tmp_path: Path) -> None:
    arms = {"rows": {"data": {"train": [20, 60]}, "replicates": 3}, "other": {"data": {"name": "wine"}}}
    table = carry_out(tmp_path / "study.db", small_study(design__arms=arms)).query("stage == 'design'")
    counts = table.groupby(["arm", "data", "train_rows"])["seed"].nunique().to_dict()
    assert counts == {("other", "wine", 60): 2, ("rows", "iris", 20): 3, ("rows", "iris", 60): 3}


def test_an_arm_may_be_searched_more_often_than_the_others(tmp_path: Path) -> None:
    arms = small_study().search.arms
    config = small_study(search__arms={**arms, "often": {**arms["joint"], "repeats": 3}})
    table = carry_out(tmp_path / "study.db", config).query("stage == 'search'")
    assert table.groupby("arm")["repeat"].nunique().to_dict() == {"joint": 1, "often": 3}
