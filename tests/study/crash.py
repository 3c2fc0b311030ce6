"""Studies that die at a commit: ``python crash.py SAMPLER STEP [URL]`` prints a line for every STEP-th side of one, of which each has two.

A line is the commit's number, before or after, how the driver ended, and the hash of what the resumed study left.
"""

import hashlib
import os
import sys
from collections.abc import Callable
from pathlib import Path

import pandas as pd
from optuna.samplers import TPESampler
from small_study import optuna_trials, small_study, stand_in, without_seconds
from sqlalchemy.engine.default import DefaultDialect

import nets
from study.asked.config import Config
from study.kept import optuna_tables
from study.kept.ledger import Ledger
from study.kept.runs import Run
from study.reported import table_of
from study.searched import sampling
from study.session import carry_out
from study.trained.executors import choose
from study.trained.guard import Limits

DIED = 9
ONE = choose("serial", None, Limits(memory=None, time=None))
commit = DefaultDialect.do_commit


def blank(table: pd.DataFrame, folder: Path) -> tuple[Path, list[str]]:
    page = folder / "index.html"
    page.write_text("")
    return page, []


def bring_to_its_end(place: Run, config: Config) -> None:
    carry_out(place, config, command="", crew=ONE, budget=None, render=blank)


def left(place: Run) -> str:
    """Of the ledger and of Optuna's tables, all but wall-clock."""
    ledger = Ledger(place.database)
    table = without_seconds(table_of(ledger))
    ledger.close()
    told = [
        (trial.number, trial.state.name, trial.value, trial.params, trial.user_attrs)
        for trial in optuna_trials(place.database, f"{place.name}-joint")
    ]
    return hashlib.sha256(f"{table}{told}".encode()).hexdigest()[:16]


def in_a_child(act: Callable[[], str | None]) -> tuple[int, str]:
    """Exit code and what ``act`` returned, of a process that is dead afterwards."""
    reader, writer = os.pipe()
    child = os.fork()
    if not child:
        sys.stdout = Path(os.devnull).open("w")  # noqa: SIM115 - until the child ends
        os.write(writer, (act() or "").encode())
        os._exit(0)
    os.close(writer)
    with os.fdopen(reader) as answer:
        text = answer.read()
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), text


def dying(point: int, side: str, act: Callable[[], None]) -> Callable[[], None]:
    """``act`` in a process that ends, as by a power cut, at its commit number ``point``."""

    def died() -> None:
        commits = iter(range(10**6))

        def deadly(dialect, connection) -> None:
            number = next(commits)
            if (number, side) == (point, "before"):
                os._exit(DIED)
            commit(dialect, connection)
            if (number, side) == (point, "after"):
                os._exit(DIED)

        DefaultDialect.do_commit = deadly
        act()

    return died


def main(sampler: str, step: int, url: str | None = None) -> None:
    nets.train = stand_in
    optuna_tables.SECONDS_BETWEEN_WRITES = 0
    sampling.SAMPLERS["tpe"] = lambda draw, search: TPESampler(seed=draw, n_startup_trials=2)
    config = small_study(search__sampler=sampler)
    whole = Run(f"{sampler}-whole", url)
    bring_to_its_end(
        whole, config
    )  # in this process: what its children then need not import takes longer than their studies
    sys.stdout.write(f"whole {left(whole)}\n")
    place, ended = 0, DIED
    while ended == DIED:
        point, side = place // 2, ("before", "after")[place % 2]
        mortal = Run(f"{sampler}-{point}-{side}", url)
        ended, _ = in_a_child(dying(point, side, lambda: bring_to_its_end(mortal, config)))  # noqa: B023 - called at once
        _, found = in_a_child(lambda: bring_to_its_end(mortal, config) or left(mortal))  # noqa: B023
        sys.stdout.write(f"{point} {side} {ended} {found}\n")
        place += step


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), *sys.argv[3:])
