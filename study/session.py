"""What the commands do with a run: carry the study out, publish what it holds, tell how far it is."""

from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd
from threadpoolctl import threadpool_limits

from nets import kernels
from study.asked.config import Config, read_config
from study.baselines.training import missing, noted_baselines, seconds, train_baselines
from study.budget import BudgetSpentError, within
from study.data.splits import bytes_of
from study.data.tables import how_to_get
from study.errors import DamagedError, StudyError, UsageError, aligned
from study.kept.ledger import Depth, Ledger
from study.kept.optuna_notes import write_notes
from study.kept.optuna_tables import OptunaTables, optuna_name
from study.kept.provenance import check_extent, check_repeats, check_same, commit, describe, difference_table, elsewhere
from study.kept.published import is_current, networks_published, publication, publishing, write_whole
from study.kept.results import current, results_table, write_results
from study.kept.runs import Run
from study.loop import run
from study.own.address import is_own
from study.packaged.listing import PREFIX, facts
from study.searched.ranking import search_name
from study.told.forecast import forecast
from study.told.live import note_driver, pace
from study.told.progress import Log, said, shown
from study.told.tally import by_search, networks_of, summary
from study.told.work import Work, counted
from study.trained.executors import Crew, open_executor
from study.trained.submissions import Submissions
from study.trained.training import fitting_workers
from study.trained.verify import deviations, sample_of, trouble

COMPLETE = "everything is trained"
RUNNING, FINISHED = "running", "finished"
Render = Callable[[pd.DataFrame, Path], tuple[Path, list[str]]]  # the page, and what was found in a few lines


class NotBegunError(StudyError):
    """A driver was killed before it noted what the study is."""


def carry_out(  # noqa: PLR0913  # options of the command line
    place: Run, config: Config, *, command: str, crew: Crew, budget: float | None, render: Render
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
    ways = [f"dropstep best --name {place.name}", f"dropstep advise --name {place.name}"]
    if is_own(config.data.name) and config.refit:
        ways.append(f"dropstep model --name {place.name} --to {place.name}.skops")
    told = [
        *summary(config, records),
        *(ledger.note("found") or []),
        f"report  {place.page}",
        f"next    {'; '.join(ways)}",
    ]
    for line in told:
        log.say(line)


def publish(place: Run, ledger: Ledger, render: Render) -> tuple[list[Path], list[str]]:
    """Writes the results table, the findings and, last, the page; returns these files, and what was found."""
    found: list[str] = []

    def drawn(unfinished: Path) -> list[Path]:
        page, said = render(table, unfinished)
        found.extend(said)
        return [*sorted(set(unfinished.iterdir()) - {page}), page]

    with publishing(place.folder):
        table = table_of(ledger)
        written = write_results(table, place.folder)
        table.attrs["record"]["files"] = {path.name: f"../{path.name}" for path in written}
        return [*written, *write_whole(place.page.parent, drawn)], found


def open_ledger(place: Run, *, depth: Depth = Depth.WHOLE) -> Ledger:
    """The ledger of a study that was begun, to read. Raises ``StudyError`` if it was killed before it noted what it is."""
    ledger = Ledger(place.database, begin=False, depth=depth)
    try:
        _check_begun(place, ledger)
    except StudyError:
        ledger.close()
        raise
    return ledger


def _check_begun(place: Run, ledger: Ledger) -> None:
    if ledger.note("provenance") is not None:
        return
    if ledger.size:
        raise _nameless(place)
    raise NotBegunError(f"{place.folder} holds nothing yet: run its study again")


def _nameless(place: Run) -> StudyError:
    label, remedy = place.database.label, place.database.remedy
    return DamagedError(f"{label} is damaged, it does not say what study its networks are of: {remedy}")


def table_of(ledger: Ledger) -> pd.DataFrame:
    """The results table of what is recorded."""
    provenance: dict[str, Any] = ledger.note("provenance")
    config = read_config(provenance["config"])
    table = results_table(config, ledger.records, provenance)
    table.attrs["baselines"] = noted_baselines(config, ledger)
    if config.design and config.design.data:
        names = sorted({source.name for design in config.designs for source in design.sources})
        table.attrs["tables"] = {name: facts(name.removeprefix(PREFIX)) for name in names if name.startswith(PREFIX)}
    table.attrs["record"] = _record(config, ledger)
    return table


def _record(config: Config, ledger: Ledger) -> dict[str, Any]:
    """What a report needs to know beside the rows: when and from which code the study was begun, what is planned, and why it is not at its end."""
    end = ledger.note("end")
    is_whole = end == COMPLETE or networks_published(ledger) == ledger.size
    return {
        "begun": ledger.begun,
        "commit": ledger.note("commit") or "",
        "unfinished": "" if is_whole else str(end or "networks of its plan are missing"),
        "planned": networks_of(config, current(config, ledger.records)),
        "designs": {design.name: design.replicates * design.size for design in config.designs},
    }


def standing(place: Run, *, every: bool = False) -> list[str]:
    """How far a study is, line by line, with ``every`` one of its searches. Works while another process writes."""
    with closing(open_ledger(place, depth=Depth.OUTLINE)) as ledger:
        config = read_config(ledger.note("provenance")["config"])
        records = current(config, ledger.records)
        lines = summary(config, records) + (by_search(config, records) if every else [])
        if place.database.is_running:
            lines.append(f"pace    {pace(ledger, Work(config, records))}")
        state = state_of(place, ledger)
    state += "" if state in {RUNNING, FINISHED} else ": the same dropstep run resumes it"
    return [f"{place.name}: {state}", *(f"  {line}" for line in lines)]


def state_of(place: Run, ledger: Ledger) -> str:
    """Whether a study runs, is finished, or why it is neither."""
    if place.database.is_running:
        return RUNNING
    if networks_published(ledger) == ledger.size:
        return FINISHED
    end: str | None = ledger.note("end")
    return "stopped" if end in {None, COMPLETE} else str(end)


def verified(place: Run, size: int) -> tuple[list[str], bool]:
    """Trains a sample of the networks again: what to say of it, and whether all came out the same."""
    with closing(open_ledger(place)) as ledger:
        noted, records, stored = ledger.note("provenance"), ledger.records, ledger.columns
    tables = {read_config(noted["config"]).data.address: noted["data"]["fingerprint"], **noted["data"]["tables"]}
    names = {record.network.task.data for record in records}
    lost = {name: why for name in names if (why := trouble(name, tables.get(name)))}
    present = [record for record in records if record.network.task.data not in lost]
    sample = sample_of(present, size, seed=noted["seed"])
    with threadpool_limits(1):  # another number has other bits
        kernels = noted["config"].get("kernels", "numpy")
        found = [deviation for record in sample for deviation in deviations(record, stored, kernels)]
    lines = [
        f"{len(sample)} of {len(records)} networks trained again: {len(found)} fields differ from what is recorded"
    ]
    lines += [aligned([("network", "field", "recorded", "now"), *found])] if found else []
    lines += [f"left out what learns from {name}: {why}" for name, why in sorted(lost.items())]
    others = elsewhere(noted)
    if others:
        lines += ["recorded by other code or on another machine, so that equal bits are not promised:"]
        lines += [difference_table(others)]
    return lines, not found


def restored(place: Run) -> list[str]:
    """Puts the backup of a study in the place of its damaged file: what there is now.

    Raises ``UsageError`` if nothing is damaged, or there is no backup; what another version wrote is not damaged.
    """
    with place.locked():
        if place.storage is None and not _is_damaged(place):
            raise UsageError(f"{place.database.label} is sound: nothing to restore")
        aside = place.database.restore()
    kept = [] if aside is None else [f"what was there is kept as {aside}"]
    return [*standing(place), *kept]


def _is_damaged(place: Run) -> bool:
    """Whether the study's file is gone, or not as it was written. Raises ``StudyError`` where that cannot be seen."""
    if not place.file.path.exists():
        return True
    try:
        open_ledger(place).close()
    except DamagedError:
        return True
    return False


def _settle(place: Run, ledger: Ledger, config: Config, provenance: dict[str, Any]) -> None:
    """Notes what the study is, or compares it with what was noted. Raises ``StudyError`` where they differ."""
    noted = ledger.note("provenance")
    if noted:
        check_same(noted, provenance)
        check_extent(ledger.records, config, provenance["name"])
        check_repeats(ledger.records, config, provenance["name"])
    elif ledger.records:
        raise _nameless(place)
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
