"""What becomes of a stack that fails, by its own doing or by somebody else's."""

from concurrent.futures import Future
from contextlib import closing
from pathlib import Path

import pytest
from small_study import carry_out, small_study, stand_in, without_seconds

import nets
from study.asked.config import Config
from study.errors import StudyError
from study.kept.ledger import Ledger
from study.kept.sqlite import Sqlite
from study.told.tally import Tally
from study.trained import recovery
from study.trained.executors import Serial
from study.trained.failures import KilledError

pytestmark = pytest.mark.usefixtures("quick_networks")


def test_a_lack_of_memory_costs_the_networks_that_lack_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def greedy(hypers, data, **options):
        if any(hyper.width == 40 and hyper.keep_prob == 0.5 for hyper in hypers):
            raise MemoryError
        return stand_in(hypers, data)

    monkeypatch.setattr(nets, "train", greedy)
    table = carry_out(tmp_path / "study.db", small_study())
    greedy_ones = (table.width == 40) & (table.keep_prob == 0.5)
    assert greedy_ones.sum() == 2
    assert set(table[greedy_ones].stopped) == {"out of memory"}
    assert "out of memory" not in set(table[~greedy_ones].stopped)
    assert table[greedy_ones].valid_loss.isna().all()
    with closing(Ledger(Sqlite(tmp_path / "study.db"))) as ledger:
        tally = Tally(small_study(), ledger.records)
    assert tally.stages[0] == "design  12/12 networks, 2 out of memory"


def test_a_trial_that_failed_is_passed_over_by_the_sampler_and_by_the_refit(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    best, _ = best_trial_of(tmp_path / "sound.db", small_study())

    def greedy(hypers, data, **options):
        if any(hyper.keep_prob == best for hyper in hypers):
            raise MemoryError
        return stand_in(hypers, data)

    monkeypatch.setattr(nets, "train", greedy)
    second, table = best_trial_of(tmp_path / "failed.db", small_study())
    assert second != best
    assert set(table[table.keep_prob == best].stopped) == {"out of memory"}


def best_trial_of(path: Path, config: Config):
    table = carry_out(path, config)
    return table[table.stage == "refit"].keep_prob.iloc[0], table


def test_what_failed_once_is_trained_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also a network that was alone from the first."""
    config, tried = small_study(search__replicates=1), set()
    expected = without_seconds(carry_out(tmp_path / "sound.db", config))

    def greedy_at_first(hypers, data, **options):
        known = hypers[0] in tried
        tried.update(hypers)
        if not known:
            raise MemoryError
        return stand_in(hypers, data)

    monkeypatch.setattr(nets, "train", greedy_at_first)
    assert without_seconds(carry_out(tmp_path / "greedy.db", config)) == expected


class Deadly(Serial):
    """Every task is killed from outside a number of times before it gets through."""

    def __init__(self, deaths: int) -> None:
        self._deaths, self._died = deaths, {}

    def submit(self, fn, /, hypers, *args, **kwargs):
        task = tuple(hypers)
        self._died[task] = self._died.get(task, 0) + 1
        if self._died[task] > self._deaths:
            return super().submit(fn, hypers, *args, **kwargs)
        future = Future()
        future.set_exception(KilledError())
        return future


def test_who_was_killed_tries_again_and_leaves_no_trace(tmp_path: Path, uninterrupted: str) -> None:
    assert without_seconds(carry_out(tmp_path / "study.db", small_study(), Deadly(recovery.KILLS - 1))) == uninterrupted


def test_a_stack_that_is_always_killed_ends_the_study_with_nothing_lost(tmp_path: Path, uninterrupted: str) -> None:
    with pytest.raises(StudyError, match="workers were killed 5 times on one stack: look at the memory"):
        carry_out(tmp_path / "study.db", small_study(), Deadly(recovery.KILLS))
    assert without_seconds(carry_out(tmp_path / "study.db", small_study())) == uninterrupted
