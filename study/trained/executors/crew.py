"""Who trains, as the command line says it; a matter of the machine, and no part of a study's identity."""

import os
from collections.abc import Callable
from dataclasses import dataclass

from study.errors import UsageError, did_you_mean
from study.kept.numerics import numerics
from study.trained.executors.base import StudyExecutor
from study.trained.executors.pool import Pool
from study.trained.executors.serial import Serial
from study.trained.guard import Limits, Terms

REMOTE = "dask://"
MOST_WORKERS = 1024
LARGEST_LIMIT = 1e9  # MiB or seconds

Say = Callable[[str], None]


@dataclass(frozen=True)
class Crew:
    """``executor`` is a key of ``EXECUTORS`` or the address of a Dask scheduler."""

    executor: str
    workers: int
    limits: Limits

    @property
    def hands(self) -> str:
        """Who trains, in words."""
        if self.executor.startswith(REMOTE):
            return f"the workers of {self.executor}"
        return f"{self.workers} worker{'s' if self.workers > 1 else ''}"


def choose(executor: str | None, workers: int | None, limits: Limits) -> Crew:
    """Fills in what was left open: the available cores, and a pool if they are several. Raises ``UsageError``."""
    if workers is not None and workers < 1:
        raise UsageError(f"--workers is at least 1, got {workers}")
    if workers is not None and workers > MOST_WORKERS:
        raise UsageError(f"--workers is at most {MOST_WORKERS} on one machine: lower it")
    for flag, limit in (("--memory-limit", limits.memory), ("--time-limit", limits.time)):
        if limit is not None and not 0 < limit < LARGEST_LIMIT:
            raise UsageError(f"{flag} lies above 0 and below {LARGEST_LIMIT:g}, got {limit:g}")
    limited = limits != Limits(memory=None, time=None)
    if executor is None:
        count = workers or available_cores()
        return Crew("pool" if count > 1 or limited else "serial", count, limits)
    _check_executor(executor, workers, limited=limited)
    return Crew(executor, 1 if executor == "serial" else workers or available_cores(), limits)


def open_executor(crew: Crew, say: Say) -> StudyExecutor:
    """Raises ``StudyError`` if there is no scheduler at the address, ``ImportError`` if Dask is not installed."""
    name = "dask" if crew.executor.startswith(REMOTE) else crew.executor
    return EXECUTORS[name](crew, say)


def available_cores() -> int:
    """Those that this process may use, where the system tells."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _check_executor(executor: str, workers: int | None, *, limited: bool) -> None:
    if not (executor in EXECUTORS or (executor.startswith(REMOTE) and executor != REMOTE)):
        known = [*EXECUTORS, f"{REMOTE}host:port"]
        raise UsageError(f"--executor is one of {', '.join(known)}, got {executor!r}{did_you_mean(executor, known)}")
    if executor == "serial" and workers not in (None, 1):
        raise UsageError(f"--executor serial is one worker, got --workers {workers}: leave one of them out")
    if executor == "serial" and limited:
        raise UsageError("--executor serial has no guard to keep a limit: leave it out")
    if executor.startswith(REMOTE) and workers is not None:
        raise UsageError(f"{executor} has workers of its own, got --workers {workers}: leave it out")


def _serial(crew: Crew, say: Say) -> StudyExecutor:
    return Serial()


def _pool(crew: Crew, say: Say) -> StudyExecutor:
    return Pool(crew.workers, _terms(crew))


def _dask(crew: Crew, say: Say) -> StudyExecutor:
    try:
        from study.trained.executors.dask import Dask  # noqa: PLC0415  # an extra
    except ModuleNotFoundError as missing:
        raise ImportError(f"--executor {crew.executor} needs Dask: pip install dropstep[dask]") from missing
    address = crew.executor.replace(REMOTE, "tcp://") if crew.executor.startswith(REMOTE) else None
    return Dask(address, crew.workers, _terms(crew), say)


def _terms(crew: Crew) -> Terms:
    return Terms(crew.limits, numerics())


EXECUTORS: dict[str, Callable[[Crew, Say], StudyExecutor]] = {"serial": _serial, "pool": _pool, "dask": _dask}
