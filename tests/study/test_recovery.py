"""What becomes of a stack that came to nothing, by hand: again, one by one, and pruned where the stack would have been."""

from math import inf

import pytest
from small_study import small_study

from nets import Hyper, Outcome
from study.errors import StudyError
from study.records import Key, Network, Record
from study.trained.failures import CRASHED, OUT_OF_MEMORY, FailedError, KilledError
from study.trained.recovery import FAILURES, KILLS, Apart, Job, ended, one_by_one

TASK = small_study().data.task
STACK = {Key("search", "joint", 0, 4, seed): Network(TASK, Hyper(seed=seed)) for seed in (0, 1)}
ONE = dict(list(STACK.items())[:1])


def records(*curves: tuple[float, ...], stopped: str = "completed") -> list[Record]:
    return [
        Record(key, network, Outcome(stopped=stopped, epochs_run=9, curve=tuple(enumerate(curve, start=1))), 0.5)
        for (key, network), curve in zip(STACK.items(), curves, strict=True)
    ]


def test_a_stack_fails_twice_before_it_is_split_and_a_network_before_that_is_recorded() -> None:
    assert FAILURES == 2
    (again,) = Job(STACK, (1.0,)).after(FailedError(CRASHED))
    assert again == Job(STACK, (1.0,), failures=1)
    alone = again.after(FailedError(OUT_OF_MEMORY))
    assert [(list(job.stack), job.thresholds, job.failures) for job in alone] == [([key], (), 0) for key in STACK]
    assert len({id(job.apart) for job in alone}) == 1
    (last,) = Job(ONE).after(FailedError(CRASHED))
    assert last.after(FailedError(OUT_OF_MEMORY)) == Outcome(stopped=OUT_OF_MEMORY, epochs_run=0)


def test_who_is_killed_from_outside_tries_again_four_times() -> None:
    job, failures = Job(STACK, failures=1), 0
    while failures < KILLS - 1:
        (job,) = job.after(KilledError())
        failures += 1
        assert (job.kills, job.failures) == (failures, 1)
    assert KILLS == 5
    with pytest.raises(StudyError, match="workers were killed 5 times on one stack"):
        job.after(KilledError())


def test_any_other_error_is_nobodys() -> None:
    with pytest.raises(ZeroDivisionError):
        Job(STACK).after(ZeroDivisionError())


@pytest.mark.parametrize(
    ("thresholds", "at"),
    [
        ((), None),
        ((0.5, 0.375), None),  # the means, 0.5 and 0.375, are not above
        ((0.49, 0.375), 1),
        ((0.5, 0.37), 2),
        ((inf, 0.37), 2),
        ((inf, inf, 0.0), None),  # at the end nobody is pruned
    ],
)
def test_networks_apart_are_pruned_where_their_stack_would_have_been(thresholds, at) -> None:
    apart = Apart(STACK, thresholds)
    first, second = records((0.25, 0.25, 0.25), (0.75, 0.5, 0.25))
    assert apart.end([second]) == []
    assert apart.end([first]) == [first, second], "in the order of the stack"
    assert apart.pruned_at == at
    complete, jobs = ended(Apart(STACK, thresholds), [first, second])
    assert complete == ([] if at else [first, second])
    assert [job.thresholds for job in jobs] == (2 * [(*(at - 1) * [inf], -inf)] if at else [])


def test_a_stack_that_lost_a_network_is_not_pruned() -> None:
    apart = Apart(STACK, (0.0,))
    apart.end([*records((1.0, 1.0), (1.0, 1.0))[:1], *records((), (), stopped="diverged")[1:]])
    assert apart.pruned_at is None


def test_each_network_apart_is_a_job_of_its_own() -> None:
    jobs = one_by_one(Apart(STACK, (1.0,)), (inf, -inf))
    assert [job.stack for job in jobs] == [{key: network} for key, network in STACK.items()]
    assert {job.thresholds for job in jobs} == {(inf, -inf)}
