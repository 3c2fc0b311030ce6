"""What a worker does: a pure function from hyperparameters and their task to outcomes."""

from collections.abc import Sequence
from time import perf_counter

import nets
from nets import Hyper, Outcome
from study.data.splits import Task, load
from study.errors import UsageError
from study.trained.failures import OUT_OF_MEMORY, FailedError


def train_stack(
    hypers: Sequence[Hyper], task: Task, *, with_test: bool, thresholds: Sequence[float] = ()
) -> tuple[list[Outcome], float]:
    """The outcome of each network, and the seconds of wall-clock for each.

    The test part is loaded ``with_test`` alone; ``thresholds`` are those of ``nets.train``. Raises ``UsageError`` where these networks cannot be trained on these
    rows, ``FailedError`` where memory does not suffice.
    """
    try:
        data = load(task, [hyper.seed for hyper in hypers], with_test=with_test)
        start = perf_counter()
        outcomes = nets.train(hypers, data, thresholds=thresholds)
    except ValueError as error:
        raise UsageError(str(error)) from error
    except MemoryError as error:
        raise FailedError(OUT_OF_MEMORY) from error
    return outcomes, (perf_counter() - start) / len(hypers)
