"""How far a study is, counted by hand: networks of each stage, the best trial, pace, the clock of a budget."""

from dataclasses import replace
from datetime import timedelta
from io import StringIO
from pathlib import Path

import pytest
from rich.console import Console
from small_study import small_study
from test_ranking import record

from nets import Hyper, Outcome
from study import budget
from study.records import Key, Network, Record
from study.told import progress
from study.told.progress import SECONDS_BETWEEN_LINES, Log, Pace, shown
from study.told.tally import Tally, by_search, networks_of, summary
from study.told.work import Work


def test_the_networks_of_each_stage() -> None:
    """Two widths and three keep-probs with two seeds; six trials with two; two refits with two; repeats are searches of their own."""
    assert networks_of(small_study()) == {"design": 12, "score": 0, "search": 12, "refit": 4}
    assert networks_of(small_study(search__repeats=3)) == {"design": 12, "score": 0, "search": 36, "refit": 12}


def test_until_it_is_chosen_another_setting_for_each_metric_may_be_scored() -> None:
    arms = {"none": {"width": [3, 40], "learning_rate": [0.1, 0.2]}}
    config = small_study(design={"replicates": 2, "arms": arms}, score={"replicates": 5})
    assert networks_of(config)["score"] == 2 * 2 * 5


def designed(trial: int, loss: float, error: float, seed: int, arm: str = "none") -> Record:
    network = Network(small_study().data.task, Hyper(seed=seed))
    outcome = Outcome(stopped="completed", epochs_run=1, valid_loss=loss, valid_error=error)
    return Record(Key("design", arm, 0, trial, seed), network, outcome, 0.1)


def test_as_soon_as_a_design_is_recorded_as_many_are_scored_as_were_chosen() -> None:
    """Of width 3 one setting is best by loss and by error, of width 40 two: three settings on five seeds; of another design, none yet."""
    arms = {name: {"width": [3, 40], "learning_rate": [0.1, 0.2]} for name in ("none", "other")}
    config = small_study(design={"replicates": 2, "arms": arms}, score={"replicates": 5})
    told = {0: (0.1, 0.1), 1: (0.2, 0.2), 2: (0.1, 0.2), 3: (0.2, 0.1)}
    own = [designed(trial, *each, seed=seed) for trial, each in told.items() for seed in (0, 1)]
    others = [record(0, 0.1), record(0, 0.1, stage="score"), record(0, 0.1, stage="refit")]
    assert networks_of(config, [*own, *others])["score"] == 3 * 5 + 2 * 2 * 5
    assert networks_of(config, [*own[:-1], *others])["score"] == 2 * 2 * 2 * 5


def test_of_each_search_its_refits_and_why_it_ended_are_told() -> None:
    """The mean over its seeds, by hand: 0.2 and 0.3, whose half interval is 12.706 standard errors."""
    config = small_study(search__repeats=2)
    searched = [record(trial, 0.5, repeat=1, seed=seed) for trial in range(6) for seed in (0, 1)]
    refitted = [
        replace(each, outcome=replace(each.outcome, test_error=error))
        for error, each in (
            (0.2, record(4, 0.5, stage="refit", repeat=1)),
            (0.3, record(4, 0.5, stage="refit", repeat=1, seed=1)),
            (None, record(5, None, stopped="diverged", stage="refit", repeat=1)),
            (0.9, record(5, 0.5, stage="score")),
        )
    ]
    assert by_search(config, [*searched, *refitted]) == [
        "test    error 0.2500 ± 0.6353 (2 seeds), joint-1, trial 4, refit on fresh seeds",
        "ended   joint-1: all 6 trials",
    ]


def test_a_trial_counts_for_best_once_all_its_networks_are_there() -> None:
    tally = Tally(small_study(), [record(0, 0.5)])
    assert tally.best_so_far == "no complete trial yet"
    tally.add([record(0, 0.5, seed=1)])
    assert tally.best_so_far == "best 0.5000 ± 0.0000 (2 seeds), joint, trial 0"
    for trial, loss in ((1, 0.6), (2, 0.5), (3, None)):
        stopped = "completed" if loss else "diverged"
        tally.add([record(trial, loss, stopped=stopped, seed=seed) for seed in (0, 1)])
        assert tally.best_so_far.endswith("joint, trial 0"), "higher, equal and later, or none"
    tally.add([record(1, 0.4, repeat=1, seed=seed) for seed in (0, 1)])
    assert tally.best_so_far == "best 0.4000 ± 0.0000 (2 seeds), joint-1, trial 1"
    assert tally.networks == (10, 28)
    assert tally.stages[1] == "search  10/12 networks, 2 diverged"
    assert tally.stages[2] == "refit   0/4 networks"


def test_a_study_without_a_search_has_no_best_trial() -> None:
    searching, designed = small_study(), small_study(search=None, refit=None)
    assert summary(searching, [])[-1] == "valid   loss no complete trial yet"
    assert summary(designed, []) == ["design  0/12 networks"]
    assert Tally(designed, []).best_so_far == ""


def test_a_bar_on_a_terminal_is_taken_away_when_all_is_done(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """And what it said stands in the log."""
    terminal = StringIO()
    monkeypatch.setattr(progress, "Console", lambda: Console(file=terminal, force_terminal=True, width=200))
    monkeypatch.setattr(progress, "SECONDS_BETWEEN_LINES", 0)
    with shown(Work(small_study(), [], baselines=0.0), Log(tmp_path / "log"), workers=1) as watch:
        watch([record(0, 0.5)])
    said = "1/28 networks, no complete trial yet, time unknown"
    *_, last = terminal.getvalue().rpartition(said)
    assert last.endswith("\x1b[1A\x1b[2K")  # a line up, and erase it
    assert (tmp_path / "log").read_text().endswith(f"{said}\n")
    assert capsys.readouterr().out == ""


def test_a_bar_is_as_full_as_networks_are_done_of_all() -> None:
    """Twelve signs wide: 7 of 28 networks are three, 21 nine; and what was said last stands beside it."""
    terminal, tally = StringIO(), Tally(small_study(), [])
    console = Console(file=terminal, force_terminal=True, width=200, color_system=None)
    tally.done["search"] = 7
    with progress._bar(tally, console) as advance:
        assert terminal.getvalue().endswith(f"{'━' * 3}{' ' * 9} no complete trial yet")
        tally.done["search"] = 21
        advance("said last")
    assert f"{'━' * 9}{' ' * 3} said last\n" in terminal.getvalue()


def test_pace_weighs_what_came_since_the_first_arrival(monkeypatch: pytest.MonkeyPatch) -> None:
    """Workers that take twenty seconds to begin are not slow."""
    now = [100.0]
    monkeypatch.setattr(progress, "monotonic", lambda: now[0])
    work = Work(small_study(baselines={}), [record(0, 0.5)], baselines=0.5)
    pace, each = Pace(work, 2), work.done
    now[0] = 120.0
    work.add([record(0, 0.5, seed=1)])
    assert str(pace) == "time unknown"
    now[0] = 130.0
    work.add([record(trial, 0.5, seed=seed) for trial in (1, 2) for seed in (0, 1)])
    assert work.done == pytest.approx(6 * each), "six that are alike cost alike"
    left = sum(work.left.values())
    work.baselines = 80.0  # they are no slower where networks are, and two are trained at once
    assert str(pace) == f"{timedelta(seconds=round(10 / (4 * each) * (left - 0.5) + 40))} left"


def test_a_line_comes_every_ten_seconds(monkeypatch: pytest.MonkeyPatch) -> None:
    now, said, advanced = [0.0], [], []
    monkeypatch.setattr(progress, "monotonic", lambda: now[0])
    work = Work(small_study(), [])
    watch = progress._watch(Pace(work, 1), work, said.append, advanced.append)
    for number, second in enumerate((1, SECONDS_BETWEEN_LINES - 0.1, SECONDS_BETWEEN_LINES, 12, 20)):
        now[0] = second
        watch([record(number, 0.5)])
    assert [line.split(" ")[0] for line in advanced] == ["1/28", "2/28", "3/28", "4/28", "5/28"]
    assert [line.split(" ")[0] for line in said] == ["3/28", "5/28"]
    assert SECONDS_BETWEEN_LINES == 10


def test_a_budget_ends_at_the_first_arrival_after_it(monkeypatch: pytest.MonkeyPatch) -> None:
    now, seen = [50.0], []
    monkeypatch.setattr(budget, "monotonic", lambda: now[0])
    assert budget.within(None, seen.append) == seen.append
    watch = budget.within(7.5, seen.append)
    now[0] = 57.4
    watch(["one"])
    now[0] = 57.5
    with pytest.raises(budget.BudgetSpentError, match=r"the budget of 7.5 s is spent"):
        watch(["two"])
    assert seen == [["one"], ["two"]], "what arrived is told in any case"
