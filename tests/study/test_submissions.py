"""What is sent to an executor, when and in which stacks, and what is recorded of what comes back; the executor is played by hand."""

from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import closing
from math import inf
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from small_study import small_study

from nets import Hyper, Outcome
from study.data.splits import prepared_as
from study.data.tables import table
from study.errors import StudyError
from study.kept.ledger import Ledger
from study.kept.sqlite import Sqlite
from study.records import Key, Network, Networks
from study.trained import submissions
from study.trained.failures import CRASHED, FailedError, KilledError
from study.trained.stacks import Waiting
from study.trained.submissions import Submissions

TASK = small_study().data.task


def networks(trial: int, *seeds: int, stage: str = "search", **settings: Any) -> Networks:
    return {Key(stage, "joint", 0, trial, seed): Network(TASK, Hyper(seed=seed, **settings)) for seed in seeds}


def outcome(*losses: float, stopped: str = "completed") -> Outcome:
    loss = losses[-1] if losses else None
    return Outcome(stopped=stopped, epochs_run=9, valid_loss=loss, curve=tuple(enumerate(losses, start=1)))


class Played:
    """An executor whose tasks end when they are told to."""

    def __init__(self) -> None:
        self.sent: list[SimpleNamespace] = []

    def submit(self, function: Any, hypers: list[Hyper], task: Any, **named: Any) -> Future[Any]:
        assert function is submissions.train_stack
        self.sent.append(SimpleNamespace(hypers=hypers, task=task, future=Future(), **named))
        return self.sent[-1].future

    def end(self, place: int, *outcomes: Outcome, error: Exception | None = None) -> None:
        if error:
            self.sent[place].future.set_exception(error)
        else:
            self.sent[place].future.set_result((list(outcomes), 0.25))

    @property
    def seeds(self) -> list[list[int]]:
        return [[hyper.seed for hyper in task.hypers] for task in self.sent]


@pytest.fixture
def executor() -> Played:
    return Played()


@pytest.fixture
def watched() -> list[list[int]]:
    """Seeds of the records of which was told, together."""
    return []


Makes = Callable[..., Submissions]


@pytest.fixture
def made(tmp_path: Path, executor: Played, watched: list[list[int]]) -> Iterator[Makes]:
    with closing(Ledger(Sqlite(tmp_path / "study.db"))) as ledger:

        def make(capacity: int = 4, **options: Any) -> Submissions:
            return Submissions(
                ledger=ledger,
                executor=executor,  # type: ignore[arg-type]
                capacity=capacity,
                kernels="numpy",
                watch=lambda records: watched.append([record.key.replicate for record in records]),
                **options,
            )

        yield make


def test_a_stack_is_sent_with_all_that_it_is_made_of(made: Makes, executor: Played) -> None:
    sent = made()
    sent.submit(networks(0, 3, 4, stage="refit"))
    executor_ends_all(sent, executor)
    (task,) = executor.sent
    assert (task.hypers, task.task) == ([Hyper(seed=3), Hyper(seed=4)], TASK)
    assert (task.fingerprint, task.kernels, task.with_test) == (table("iris").fingerprint, "numpy", True)
    assert (task.thresholds, task.prepared) == ((), None)


def executor_ends_all(sent: Submissions, executor: Played) -> None:
    """Whatever is sent ends at once."""
    submit = executor.submit

    def at_once(*words: Any, **named: Any) -> Future[Any]:
        future = submit(*words, **named)
        executor.end(-1, *[outcome(0.5) for _ in executor.sent[-1].hypers])
        return future

    executor.submit = at_once  # type: ignore[method-assign]
    sent.finish()


@pytest.mark.parametrize("elsewhere", [False, True])
def test_rows_that_are_prepared_elsewhere_are_described(made: Makes, executor: Played, *, elsewhere: bool) -> None:
    sent = made(elsewhere=elsewhere)
    sent.submit(networks(0, 3, 4))
    executor_ends_all(sent, executor)
    expected = {seed: prepared_as(TASK, seed) for seed in (3, 4)} if elsewhere else None
    assert (executor.sent[0].prepared, executor.sent[0].with_test) == (expected, False)


def test_so_many_stacks_are_out_at_once_and_the_oldest_go_first(made: Makes, executor: Played) -> None:
    sent = made(capacity=2)
    for trial in range(4):
        sent.submit(networks(trial, trial, width=2 + trial))
    executor_sends = iter(range(4))

    def wait(pending: Any, seconds: float, _: object) -> Any:
        assert len(pending) == min(2, 4 - next(executor_sends))
        executor.end(len(executor.sent) - len(pending), outcome(0.5))
        return {each for each in pending if each.done()}, None

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(submissions, "wait", wait)
        sent.finish()
    assert executor.seeds == [[0], [1], [2], [3]]


def test_a_stack_is_no_larger_than_leaves_work_for_the_places_that_are_free(made: Makes, executor: Played) -> None:
    """Six networks for three places; then nine for three again, and at last five for the two that are free."""
    sent = made(capacity=3)
    for trial in range(6):
        sent.submit(networks(trial, trial))
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(submissions, "wait", lambda pending, *_: ({each for each in pending if each.done()}, None))
        patched.setattr(sent, "_check", lambda: executor.end(2, outcome(0.5), outcome(0.5)))  # else it would wait
        sent.wait()
        assert executor.seeds == [[0, 1], [2, 3], [4, 5]]
        for place in (0, 1):
            executor.end(place, outcome(0.5), outcome(0.5))
        sent.wait()
        for trial in range(6, 15):
            sent.submit(networks(trial, trial))
        patched.setattr(sent, "_check", lambda: [executor.end(place, *[outcome(0.5)] * 3) for place in (3, 5)])
        sent.wait()
        for trial in range(15, 20):
            sent.submit(networks(trial, trial))
        patched.setattr(sent, "_check", lambda: executor.end(4, *[outcome(0.5)] * 3))
        sent.wait()
    assert [len(seeds) for seeds in executor.seeds[3:]] == [3, 3, 3, 3, 2]


def test_while_nothing_arrives_it_is_checked_each_second(made: Makes, executor: Played) -> None:
    slept: list[float] = []
    checks = iter((None, None, StudyError("nobody is left")))

    def check() -> None:
        if error := next(checks):
            raise error

    def wait(pending: Any, seconds: float, _: object) -> Any:
        slept.append(seconds)
        return set(), pending

    sent = made(check=check)
    sent.submit(networks(0, 0))
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(submissions, "wait", wait)
        with pytest.raises(StudyError, match="nobody is left"):
            sent.finish()
    assert slept == [1.0] * 3


def test_what_the_ledger_holds_is_not_trained_again_and_the_rest_is_not_pruned_by_its_mean(
    made: Makes, executor: Played, watched: list[list[int]]
) -> None:
    before, after = made(), networks(0, 0, 1, 2)
    before.submit(networks(0, 1))
    executor_ends_all(before, executor)
    assert before.holds(networks(0, 1))
    assert before.agrees(networks(0, 1))
    assert not before.holds(after)
    assert not before.agrees(after)
    sent = made()
    sent.submit(networks(0, 1), thresholds=(0.5,))
    sent.submit(after, thresholds=(0.5,))
    sent.submit(networks(1, 0, 1), thresholds=[0.5, 0.25])
    sent.finish()
    assert executor.seeds == [[1], [0, 2], [0, 1]]
    assert [task.thresholds for task in executor.sent] == [(), (), (0.5, 0.25)]
    assert sorted(seed for seeds in watched for seed in seeds) == [0, 0, 1, 1, 2]
    assert [record.key.replicate for record in sent.results(after)] == [0, 1, 2]
    assert {record.seconds for record in sent.results(after)} == {0.25}
    with pytest.raises(KeyError):
        sent.results(networks(2, 0))


def test_a_network_that_failed_twice_is_recorded_without_time(made: Makes, executor: Played) -> None:
    sent = made()
    sent.submit(networks(0, 0))
    play(sent, executor, {(0,): [FailedError(CRASHED), FailedError(CRASHED)]})
    (record,) = sent.results(networks(0, 0))
    assert (record.outcome, record.seconds) == (Outcome(stopped=CRASHED, epochs_run=0), 0.0)


Ends = dict[tuple[int, ...], list[Any]]


def play(sent: Submissions, executor: Played, ends: Ends) -> None:
    """Each stack, by its seeds, ends as it is said, one after the other."""
    submit = executor.submit

    def ended(*words: Any, **named: Any) -> Future[Any]:
        future = submit(*words, **named)
        end = ends[tuple(executor.seeds[-1])].pop(0)
        executor.end(
            -1, *(() if isinstance(end, Exception) else end), error=end if isinstance(end, Exception) else None
        )
        return future

    executor.submit = ended  # type: ignore[method-assign]
    sent.finish()
    assert not any(ends.values())


def test_a_stack_that_failed_twice_is_trained_one_by_one_and_told_as_one(
    made: Makes, executor: Played, watched: list[list[int]]
) -> None:
    sent = made(capacity=1)
    sent.submit(networks(0, 0, 1))
    failed = [FailedError(CRASHED), FailedError(CRASHED)]
    play(sent, executor, {(0, 1): list(failed), (0,): [(outcome(0.5),)], (1,): list(failed)})
    assert [record.outcome.stopped for record in sent.results(networks(0, 0, 1))] == ["completed", CRASHED]
    assert watched == [[0, 1]]


def test_networks_one_by_one_are_pruned_where_their_stack_would_have_been(made: Makes, executor: Played) -> None:
    """They are trained once more, up to there: the mean at the second checkpoint, 0.75, is above its threshold."""
    sent = made(capacity=1)
    sent.submit(networks(0, 0, 1), thresholds=(1.0, 0.7, 0.1))
    whole, short = outcome(0.5, 0.75, 0.5, 0.25), outcome(0.5, 0.75, stopped="pruned")
    play(
        sent,
        executor,
        {
            (0, 1): [FailedError(CRASHED), KilledError(), FailedError(CRASHED)],
            (0,): [(whole,), (short,)],
            (1,): [(whole,), (short,)],
        },
    )
    assert [task.thresholds for task in executor.sent[-4:]] == [(), (), (inf, -inf), (inf, -inf)]
    assert [record.outcome for record in sent.results(networks(0, 0, 1))] == [short, short]


def test_what_arrived_is_recorded_before_what_failed_is_raised(made: Makes, executor: Played, watched) -> None:
    sent = made(capacity=2)
    sent.submit(networks(0, 0, width=3))
    sent.submit(networks(1, 1, width=4))
    with pytest.raises(ZeroDivisionError):
        play(sent, executor, {(0,): [ZeroDivisionError()], (1,): [(outcome(0.5),)]})
    assert watched == [[1]]


def parcel(trial: int, size: int, **settings: Any) -> Networks:
    return networks(trial, *range(size), **settings)


@pytest.mark.parametrize(
    ("sizes", "places", "trials"),
    [
        ([1] * 10, 1, 10),
        ([1] * 10, 3, 4),  # 10 / 3, no place without work
        ([1] * 10, 4, 3),
        ([1] * 10, 5, 2),
        ([1] * 10, 10, 1),
        ([1] * 10, 99, 1),
        ([4, 1, 1, 4], 2, 2),  # 5 of 10
        ([4, 2, 1, 3], 2, 1),  # the second would be one too many, and no later one goes before it
        ([2, 2, 2], 1, 3),
        ([9, 1], 5, 1),  # what was submitted together leaves together
    ],
)
def test_alike_networks_leave_together_as_many_as_leave_work_for_every_place(sizes, places: int, trials: int) -> None:
    waiting = Waiting()
    for trial, size in enumerate(sizes):
        waiting.add(parcel(trial, size))
    taken = waiting.take(places)
    assert (taken.number, {key.trial for key in taken.networks}) == (0, set(range(trials)))
    assert len(taken.networks) == sum(sizes[:trials])
    assert bool(waiting) == (trials < len(sizes))


def test_no_stack_is_larger_than_the_kernels_like_it_and_others_count_as_work() -> None:
    """Eight networks of 256 units; of two kinds, ten of each, one place has ten at most of the first."""
    waiting = Waiting()
    for trial in range(10):
        waiting.add(parcel(trial, 1, width=256))
    assert len(waiting.take(1).networks) == 8
    waiting = Waiting()
    for trial in range(20):
        waiting.add(parcel(trial, 1, width=3 + trial % 2))
    assert {key.trial for key in waiting.take(4).networks} == {0, 2, 4, 6, 8}
    assert waiting.take(4).number == 1
