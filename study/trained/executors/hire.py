"""What the command line says about the executor: which kinds there are, what each takes, and how it begins."""

import os
import sys
from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module

from study.errors import UsageError, did_you_mean
from study.trained.executors.base import StudyExecutor
from study.trained.executors.crew import Crew
from study.trained.guard import Limits

MOST_WORKERS = 1024
LARGEST_LIMIT = 1e9  # MiB or seconds

Say = Callable[[str], None]


@dataclass(frozen=True)
class Kind:
    """An executor is a module of its name in this folder, with a function ``begin(crew, say)``; ``say`` logs a line."""

    several: bool = True  # whether it has workers to count
    guarded: bool = True  # whether it can keep a limit
    remote: bool = False  # whether NAME://host:port names workers elsewhere, which have their own number
    extra: str = ""  # of dropstep's: what installs the packages that its module imports


def choose(executor: str | None, workers: int | None, limits: Limits) -> Crew:
    """Fills in what was left open: the available cores, and a pool if they are several. Raises ``UsageError``."""
    if workers is not None and workers < 1:
        raise UsageError(f"--workers is at least 1, got {workers}")
    if workers is not None and workers > MOST_WORKERS:
        raise UsageError(f"--workers is at most {MOST_WORKERS} on one machine: lower it")
    for flag, limit in (("--memory-limit", limits.memory), ("--time-limit", limits.time)):
        if limit is not None and not 0 < limit < LARGEST_LIMIT:
            raise UsageError(f"{flag} lies above 0 and below {LARGEST_LIMIT:g}, got {limit:g}")
    if limits.memory is not None and sys.platform != "linux":
        raise UsageError(f"--memory-limit is kept by Linux alone, not by {sys.platform}: leave it out")
    limited = limits != Limits(memory=None, time=None)
    if executor is None:
        count = workers or available_cores()
        return Crew("pool" if count > 1 or limited else "serial", count, limits)
    crew = Crew(executor, workers or available_cores(), limits)
    _check_known(crew)
    _check_takes(crew, workers, limited=limited)
    return crew if EXECUTORS[crew.kind].several else Crew(executor, 1, limits)


def open_executor(crew: Crew, say: Say) -> StudyExecutor:
    """Raises ``StudyError`` if nobody is at the address, ``ImportError`` if what it needs is not installed."""
    kind = EXECUTORS[crew.kind]
    try:
        module = import_module(f"{__package__}.{crew.kind}")
    except ModuleNotFoundError as missing:
        raise ImportError(
            f"--executor {crew.executor} needs {missing.name}: pip install 'dropstep[{kind.extra}]'"
        ) from missing
    executor: StudyExecutor = module.begin(crew, say)
    return executor


def available_cores() -> int:
    """Those that this process may use, where the system tells."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _check_known(crew: Crew) -> None:
    kind = EXECUTORS.get(crew.kind)
    is_address = "://" in crew.executor
    if kind is None or (is_address and not (kind.remote and crew.address)):
        known = [*EXECUTORS, *(f"{name}://host:port" for name, each in EXECUTORS.items() if each.remote)]
        told = f"--executor is one of {', '.join(known)}, got {crew.executor!r}"
        raise UsageError(told + did_you_mean(crew.executor, known))


def _check_takes(crew: Crew, workers: int | None, *, limited: bool) -> None:
    kind = EXECUTORS[crew.kind]
    if not kind.several and workers not in (None, 1):
        raise UsageError(f"--executor {crew.kind} is one worker, got --workers {workers}: leave one of them out")
    if not kind.guarded and limited:
        raise UsageError(f"--executor {crew.kind} has no guard to keep a limit: leave it out")
    if crew.address and workers is not None:
        raise UsageError(f"{crew.executor} has workers of its own, got --workers {workers}: leave it out")


EXECUTORS = {
    "serial": Kind(several=False, guarded=False),
    "pool": Kind(),
    "dask": Kind(remote=True, extra="dask"),
}
