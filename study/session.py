"""What the commands do with a run: carry the study out, publish what it holds, tell how far it is."""

from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pandas as pd
from threadpoolctl import threadpool_limits

from study.budget import BudgetSpentError, within
from study.config import Config, read_config
from study.errors import StudyError
from study.executors import make_executor
from study.interrupts import interruptible
from study.ledger import Ledger
from study.loop import run
from study.optuna_tables import OptunaTables
from study.progress import Log, shown
from study.provenance import check_extent, check_same, describe
from study.ranking import search_name
from study.results import current, results_table, write_results
from study.runs import Run
from study.tally import Tally, summary
from study.trainer import Trainer

COMPLETE = "everything is trained"
Render = Callable[[pd.DataFrame, Path], Path]


def carry_out(  # noqa: PLR0913  # options of the command line
    place: Run, config: Config, *, command: str, workers: int, budget: float | None, render: Render
) -> None:
    """Brings a study to its end, or as far as ``budget`` seconds carry it, and publishes it.

    Raises ``StudyError``, and ``Interrupted`` on Ctrl-C.
    """
    provenance = describe(config, name=place.name, command=command)
    log = Log(place.log)
    with interruptible(), place.locked(), threadpool_limits(1), closing(Ledger(place.database)) as ledger:
        _settle(ledger, config, provenance)
        end = _train(place, ledger, config, log, workers=workers, budget=budget)
        ledger.write_note("end", end)
        log.say(end)
        if ledger.note("published") == len(ledger.records) and place.has_results:
            log.say("nothing left to do")
        else:
            log.say("writing the results and the report")
            publish(place, ledger, render)
            if end == COMPLETE:
                ledger.write_note("published", len(ledger.records))
        for line in [*summary(config, current(ledger.records)), f"report  {place.page}"]:
            log.say(line)


def publish(place: Run, ledger: Ledger, render: Render) -> Path:
    """Writes the results table and the page; returns the page."""
    table = table_of(ledger)
    write_results(table, place.folder)
    return render(table, place.page.parent)


def open_ledger(place: Run) -> Ledger:
    """The ledger of a study that was begun. Raises ``StudyError`` if it was killed before it noted what it is."""
    ledger = Ledger(place.database)
    if ledger.note("provenance") is None:
        ledger.close()
        raise StudyError(f"{place.folder} holds nothing yet: run its study again")
    return ledger


def table_of(ledger: Ledger) -> pd.DataFrame:
    """The results table of what is recorded."""
    provenance: dict[str, Any] = ledger.note("provenance")
    return results_table(read_config(provenance["config"]), ledger.records, provenance)


def status(place: Run) -> list[str]:
    """How far a study is, line by line. Works while another process writes."""
    with closing(open_ledger(place)) as ledger:
        config = read_config(ledger.note("provenance")["config"])
        lines = summary(config, current(ledger.records))
        finished = ledger.note("published") == len(ledger.records)
        end = ledger.note("end")
    stopped = "stopped" if end in (None, COMPLETE) else end
    state = (
        "running" if place.is_running else "finished" if finished else f"{stopped}: the same dropstep run resumes it"
    )
    return [f"{place.name}: {state}", *(f"  {line}" for line in lines)]


def _settle(ledger: Ledger, config: Config, provenance: dict[str, Any]) -> None:
    """Notes what the study is, or compares it with what was noted. Raises ``UsageError`` where they differ."""
    noted = ledger.note("provenance")
    if noted:
        check_same(noted, provenance)
        check_extent(ledger.records, config, provenance["name"])
    if noted is None or noted["search"] != provenance["search"]:
        ledger.write_note("provenance", provenance)


def _train(  # noqa: PLR0913  # what a run is made of
    place: Run, ledger: Ledger, config: Config, log: Log, *, workers: int, budget: float | None
) -> str:
    """Why it ended."""
    arms = [search_name(arm.name, repeat) for arm, repeat in config.searches]
    tables = OptunaTables(place.database, name=place.name, arms=arms, provenance=ledger.note("provenance"))
    tally = Tally(config, current(ledger.records))
    try:
        with closing(tables), make_executor(workers) as executor, shown(tally, log) as watch:
            capacity = 1 if workers == 1 else 2 * workers  # one stack in hand, one waiting
            trainer = Trainer(ledger=ledger, executor=executor, capacity=capacity, watch=within(budget, watch))
            run(config, trainer, tables)
    except BudgetSpentError as error:
        return str(error)
    return COMPLETE
