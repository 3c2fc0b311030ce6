"""A study carried out: what it is compared with what was recorded, what is missing trained, and all of it published."""

from contextlib import closing
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from threadpoolctl import threadpool_limits

from nets import kernels
from study.asked.config import Config
from study.baselines.training import missing, seconds, train_baselines
from study.budget import BudgetSpentError, within
from study.data.splits import bytes_of
from study.data.tables import how_to_get
from study.errors import UsageError
from study.kept.current import current
from study.kept.endings import COMPLETE
from study.kept.ledger import Ledger
from study.kept.optuna_notes import write_notes
from study.kept.optuna_tables import OptunaTables, optuna_name
from study.kept.provenance import check_extent, check_repeats, check_same, commit, describe
from study.kept.published import is_current, publication
from study.kept.runs import Run
from study.loop import run
from study.opened import nameless
from study.own.address import is_own
from study.searched.ranking import search_name
from study.told.forecast import forecast
from study.told.live import note_driver
from study.told.progress import Log, said, shown
from study.told.tally import by_search, summary
from study.told.work import Work, counted
from study.trained.executors import Crew, open_executor
from study.trained.submissions import Submissions
from study.trained.training import fitting_workers

if TYPE_CHECKING:
    from study.reported import Render


def carry_out(  # noqa: PLR0913  # options of the command line
    place: Run, config: Config, *, command: str, crew: Crew, budget: float | None, render: "Render"
) -> None:
    """Brings a study to its end, or as far as ``budget`` seconds carry it, and publishes it.

    Raises ``StudyError``.
    """
    _check_installed(config.kernels)
    provenance = describe(config, name=place.name, command=command)
    log = Log(place.log)
    with said(log), place.locked(), threadpool_limits(1), closing(Ledger(place.database)) as ledger:
        _settle(place, ledger, config, provenance)
        place.database.back_up(len(ledger.records))
        crew = _fitting(config, crew, log)
        note_driver(ledger, crew.hands)
        for line in provenance["data"].get("read", []):
            log.say(line)
        if config.design and config.design.absent:
            log.say(f"left out: {how_to_get(config.design.absent)}")
        end = _train(place, ledger, config, log, crew=crew, budget=budget)
        ledger.write_note("end", end)
        log.say(end)
        if is_current(ledger, place.folder):
            log.say("nothing left to do")
        else:
            from study.reported import publish  # noqa: PLC0415 - pandas takes half a second to load, and where nothing is left to do nobody needs it

            log.say("writing the results and the report")
            files, found = publish(place, ledger, render)
            ledger.write_note("found", found)
            write_notes(place.database, _notes(place, config, end, found))
            if end == COMPLETE:
                ledger.write_note("published", publication(ledger, place.folder, files))
            place.database.back_up(len(ledger.records))
        _tell(place, ledger, config, log)


def _notes(place: Run, config: Config, end: str, found: list[str]) -> dict[str, str]:
    """What optuna-dashboard is to show of each search, in Markdown."""
    state = "Finished" if end == COMPLETE else f"Not finished ({end})"
    told = "\n".join(f"    {line}" for line in found)
    return {
        optuna_name(place.name, search_name(arm.name, repeat)): (
            f"**{state}.** Search {repeat + 1} of {arm.repeats} of the arm *{arm.name}*, run *{place.name}*, on {config.data.name}: "
            f"it minimises the mean validation loss. What the whole run found:\n\n{told}\n\nThe report: `{place.page}`"
        )
        for arm, repeat in config.searches
    }


def _tell(place: Run, ledger: Ledger, config: Config, log: Log) -> None:
    """How it ended: what was found, where the page is, what to do next; what each search came to is for the log."""
    records = current(config, ledger.records)
    for line in by_search(config, records):
        log.write(line)
    again = {record.key.stage for record in records} & {"score", "refit"}  # else nothing was chosen yet
    predicts = is_own(config.data.name) and "refit" in again
    ways = [] if ledger.note("end") == COMPLETE else ["the same command resumes it"]
    ways += [f"dropstep predict {place.name} new.csv --to out.csv"] if predicts else []
    ways += [f"dropstep best --name {place.name}"] if again else []
    ways += [f"dropstep advise --name {place.name}"]
    told = [
        *summary(config, records),
        *(ledger.note("found") or []),
        f"report  {place.page}",
        f"next    {'; '.join(ways)}",
    ]
    for line in told:
        log.say(line)


def _settle(place: Run, ledger: Ledger, config: Config, provenance: dict[str, Any]) -> None:
    """Notes what the study is, or compares it with what was noted. Raises ``StudyError`` where they differ."""
    noted = ledger.note("provenance")
    if noted:
        check_same(noted, provenance)
        check_extent(ledger.records, config, provenance["name"])
        check_repeats(ledger.records, config, provenance["name"])
    elif ledger.records:
        raise nameless(place)
    if noted is None:
        ledger.write_note("commit", commit())
    if noted is None or noted["search"] != provenance["search"]:
        ledger.write_note("provenance", provenance)


def _fitting(config: Config, crew: Crew, log: Log) -> Crew:
    """With as many workers as hold the table's inputs in the memory that a study may take; those elsewhere have their own."""
    tasks = [config.data.task, *(task for design in config.designs for task in design.tasks)]
    workers = fitting_workers(tasks, crew.workers)
    if crew.address or workers == crew.workers:
        return crew
    held = max(map(bytes_of, tasks)) / 1e6
    log.say(
        f"{workers} of {crew.workers} workers train: each holds the inputs of a seed, {held:.0f} MB, and a study 2 GB in all"
    )
    return replace(crew, workers=workers)


def _check_installed(name: str) -> None:
    """Raises ``UsageError`` where what training runs on is missing."""
    try:
        kernels.check(name)
    except ImportError as missing:
        raise UsageError(str(missing)) from missing


def _prepare(config: Config, log: Log) -> None:
    """Compiles what training runs on before workers begin, who would wait for each other."""
    if config.kernels == "compiled" and kernels.installed():
        log.say("compiling the step, which takes up to a minute once on a machine")
        kernels.compiled(str(config.shared.get("precision", "float32")))


def _train(  # noqa: PLR0913  # what a run is made of
    place: Run, ledger: Ledger, config: Config, log: Log, *, crew: Crew, budget: float | None
) -> str:
    """Why it ended."""
    searches = [search_name(arm.name, repeat) for arm, repeat in config.searches]
    tables = OptunaTables(place.database, name=place.name, searches=searches, provenance=ledger.note("provenance"))
    records, others = current(config, ledger.records), missing(config, ledger)
    work = Work(config, records, sizes=counted, baselines=sum(map(seconds, others)))
    done, total = work.tally.networks
    if done < total or others:
        ledger.write_note("end", None)  # a driver that is killed leaves no word of the end before
        log.say(forecast(config, work, crew.workers))
    if done < total:
        _prepare(config, log)
    try:
        with closing(tables), open_executor(crew, log.say) as executor, shown(work, log, crew.workers) as show:
            watch, clock = within(budget, show), within(budget, lambda records: None)
            submissions = Submissions(
                ledger=ledger,
                executor=executor,
                capacity=executor.capacity,
                kernels=config.kernels,
                watch=watch,
                check=executor.check,
                elsewhere=executor.elsewhere,
            )
            run(config, submissions, tables)
            train_baselines(config, ledger, executor, log.say, clock)
    except BudgetSpentError as error:
        return str(error)
    return COMPLETE
