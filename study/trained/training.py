"""What a worker does: a pure function from hyperparameters and their task to outcomes."""

from collections.abc import Sequence
from socket import gethostname
from time import perf_counter

import nets
from nets import Hyper, Outcome
from study.data.splits import Task, load, split
from study.data.tables import read_again, table
from study.errors import StudyError, UsageError
from study.own.address import parted
from study.trained.failures import OUT_OF_MEMORY, FailedError


def train_stack(  # noqa: PLR0913  # what a task is made of
    hypers: Sequence[Hyper],
    task: Task,
    *,
    fingerprint: str,
    kernels: str,
    with_test: bool,
    thresholds: Sequence[float] = (),
) -> tuple[list[Outcome], float]:
    """The outcome of each network, and the seconds of wall-clock for each.

    The test part is loaded ``with_test`` alone; ``thresholds`` and ``kernels`` are those of ``nets.train``. Raises ``UsageError`` where these networks cannot be trained on these
    rows, ``FailedError`` where memory does not suffice, ``StudyError`` where the table here has another ``fingerprint``.
    """
    try:
        check_same(task.data, fingerprint)
        data = load(task, [hyper.seed for hyper in hypers], with_test=with_test)
        start = perf_counter()
        outcomes = nets.train(hypers, data, thresholds=thresholds, kernels=kernels)
    except ValueError as error:
        raise UsageError(str(error)) from error
    except MemoryError as error:
        raise FailedError(OUT_OF_MEMORY) from error
    return outcomes, (perf_counter() - start) / len(hypers)


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
