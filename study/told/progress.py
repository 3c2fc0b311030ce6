"""What a person sees of a running study: a bar on a terminal, plain lines elsewhere; the log has the lines in either case."""

import logging
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from time import monotonic

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn

from study.records import Record
from study.told.tally import Tally
from study.told.work import Work

SECONDS_BETWEEN_LINES = 10

Watch = Callable[[Sequence[Record]], None]


@dataclass(frozen=True)
class Log:
    """The log file of a run. Its lines have dates, so nothing reads it back."""

    path: Path

    def write(self, line: str) -> None:
        now = datetime.now().astimezone()
        with self.path.open("a", encoding="utf-8") as file:
            file.write(f"{now:%Y-%m-%d %H:%M:%S} {line}\n")

    def say(self, line: str) -> None:
        """Writes a line and prints it."""
        self.write(line)
        print(line, flush=True)


class _Saying(logging.Handler):
    def __init__(self, log: Log) -> None:
        super().__init__()
        self._log = log

    def emit(self, record: logging.LogRecord) -> None:
        self._log.say(record.getMessage())


@contextmanager
def said(log: Log) -> Iterator[None]:
    """Says what the engine warns of, such as a database that it waits for."""
    handler = _Saying(log)
    logging.getLogger("study").addHandler(handler)
    try:
        yield
    finally:
        logging.getLogger("study").removeHandler(handler)


class Pace:
    """Time left at the pace of networks since the first arrival: what the ledger held before does not count, nor how long workers
    took to begin. Baselines come on top, as they are costed: they have a pace of their own.
    """

    def __init__(self, work: Work, workers: int) -> None:
        self._work, self._workers = work, workers
        self._begun: tuple[float, float] | None = None  # s, and the work that was done then

    def __str__(self) -> str:
        if self._begun is None:
            self._begun = monotonic(), self._work.done
        start, before = self._begun
        done = self._work.done - before
        if not done:
            return "time unknown"
        return told_left((monotonic() - start) / done * self._work.networks_left + self._work.baselines / self._workers)


def told_left(seconds: float) -> str:
    return f"{timedelta(seconds=round(seconds))} left"


@contextmanager
def shown(work: Work, log: Log, workers: int) -> Iterator[Watch]:
    """Yields what is to be told of each arrival."""
    console = Console()
    if console.is_terminal:
        with _bar(work.tally, console) as advance:
            yield _watch(Pace(work, workers), work, log.write, advance)
    else:
        yield _watch(Pace(work, workers), work, log.say, lambda text: None)


def _watch(pace: Pace, work: Work, say: Callable[[str], None], advance: Callable[[str], None]) -> Watch:
    tally, last = work.tally, monotonic()

    def watch(records: Sequence[Record]) -> None:
        nonlocal last
        work.add(records)
        done, total = tally.networks
        line = ", ".join(filter(None, (f"{done}/{total} networks", tally.best_so_far, str(pace))))
        advance(line)
        if monotonic() - last >= SECONDS_BETWEEN_LINES:
            last = monotonic()
            say(line)

    return watch


@contextmanager
def _bar(tally: Tally, console: Console) -> Iterator[Callable[[str], None]]:
    columns = BarColumn(bar_width=12), TextColumn("{task.description}")
    with Progress(*columns, console=console, transient=True) as bar:
        done, total = tally.networks
        task = bar.add_task(tally.best_so_far, completed=done, total=total)

        def advance(text: str) -> None:
            bar.update(task, completed=tally.networks[0], description=text)

        yield advance
