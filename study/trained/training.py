"""What a worker does: a pure function from hyperparameters and their task to outcomes."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from socket import gethostname
from time import perf_counter

import nets
from nets import Data, Hyper, Outcome
from nets.rows import chunks
from study.data.splits import Task, bytes_of, fingerprints, load, split
from study.data.tables import read_again, table
from study.errors import StudyError, UsageError
from study.own.address import parted
from study.trained.failures import OUT_OF_MEMORY, FailedError

ROOM = 2**26  # bytes of inputs that a worker holds at once, but one seed's at least
ROOM_OF_ALL = 3 * 2**28  # that all workers hold together, where one seed's are more than that


def train_stack(  # noqa: PLR0913  # what a task is made of
    hypers: Sequence[Hyper],
    task: Task,
    *,
    fingerprint: str,
    kernels: str,
    with_test: bool,
    thresholds: Sequence[float] = (),
    prepared: Mapping[int, str] | None = None,
) -> tuple[list[Outcome], float]:
    """The outcome of each network, and the seconds of wall-clock for each.

    The test part is loaded ``with_test`` alone; ``thresholds`` and ``kernels`` are those of ``nets.train``. Raises ``UsageError`` where these networks cannot be trained on these
    rows, ``FailedError`` where memory does not suffice, ``StudyError`` where the table here has another ``fingerprint``, or
    a seed's split another one than ``prepared`` says.
    """
    try:
        check_same(task.data, fingerprint)
        outcomes: dict[int, Outcome] = {}
        seconds = 0.0
        for places in [range(len(hypers))] if thresholds else at_once(hypers, task):
            some = [hypers[place] for place in places]
            data = load(task, [hyper.seed for hyper in some], with_test=with_test)
            if prepared:
                check_prepared(task.data, data, prepared)
            start = perf_counter()
            outcomes |= zip(places, nets.train(some, data, thresholds=thresholds, kernels=kernels), strict=True)
            seconds += perf_counter() - start
            del data  # before the next is loaded
    except ValueError as error:
        raise UsageError(str(error)) from error
    except MemoryError as error:
        raise FailedError(OUT_OF_MEMORY) from error
    return [outcomes[place] for place in range(len(hypers))], seconds / len(hypers)


def at_once(hypers: Sequence[Hyper], task: Task) -> Iterator[Sequence[int]]:
    """Places of networks whose seeds' inputs fit into memory together: a network ignores its company."""
    most = max(1, ROOM // max(1, bytes_of(task)))
    seeds = list(dict.fromkeys(hyper.seed for hyper in hypers))
    for start, stop in chunks(len(seeds), most):
        yield [place for place, hyper in enumerate(hypers) if hyper.seed in seeds[start:stop]]


def fitting_workers(tasks: Iterable[Task], workers: int) -> int:
    """How many of them may hold inputs at once, so that a study takes less than 2 GB with what reads and begins them."""
    largest = max(map(bytes_of, tasks))
    return min(workers, max(1, ROOM_OF_ALL // largest)) if largest > ROOM else workers


def check_same(name: str, fingerprint: str) -> None:
    """What was read before is read again where it differs: it may be older than the study, or the file younger than both."""
    if table(name).fingerprint == fingerprint:
        return
    split.cache_clear()
    found = read_again(name).fingerprint
    if found != fingerprint:
        raise StudyError(
            f"{parted(name)[0]} on {gethostname()} is another table than the study's: its fingerprint is {found}, not {fingerprint}"
            ": put it back there and run the same command, nothing was recorded of it"
        )


def check_prepared(name: str, data: Data, prepared: Mapping[int, str]) -> None:
    """Raises ``StudyError`` where this machine makes other rows of the same table."""
    for seed, found in fingerprints(data).items():
        if found != prepared[seed]:
            raise StudyError(
                f"{parted(name)[0]} is prepared on {gethostname()} as other rows than the driver's: for seed {seed} their"
                f" fingerprint is {found}, not {prepared[seed]}: use machines alike, nothing was recorded of it"
            )
