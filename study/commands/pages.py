"""What the commands ask of ``reports``, an error in one line."""

from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

from threadpoolctl import threadpool_limits

from study.errors import StudyError, UsageError

if TYPE_CHECKING:
    import pandas as pd

    from study.kept.runs import Run


def render(table: "pd.DataFrame", folder: Path) -> tuple[Path, list[str]]:
    import reports

    try:
        with threadpool_limits(1):  # another number has other bits
            page, found = reports.render(reports.CLAIMS, table, folder)
    except reports.TableError as error:
        raise StudyError(f"the results are written, but no page: {error}") from error
    return page, found


def report_of(table: Path, folder: Path) -> Path:
    import reports

    if folder.exists() and not folder.is_dir():
        raise UsageError(f"--to is a folder, {folder} is a file: name another")
    try:
        with threadpool_limits(1):
            page, _ = reports.render(reports.CLAIMS, reports.read(table), folder)
    except reports.TableError as error:
        raise StudyError(str(error)) from error
    return page


def said_of(place: "Run") -> tuple[str, list[str]]:
    """What the fresh seeds of a run say of its choice, and the baselines of its networks; nothing where there are none."""
    import reports
    from study.opened import open_ledger
    from study.reported import table_of

    with closing(open_ledger(place)) as ledger:
        results = table_of(ledger)
    choice, found = reports.choose(results), reports.worth(results)
    return "" if choice is None else reports.recommendation(choice), [] if found is None else reports.worth_lines(found)


def indexed(places: "Sequence[Run]") -> Path:
    import reports
    from study.several_runs import INDEX, listed

    return reports.index([reports.Listed(**line) for line in listed(places)], INDEX)


def compared(first: "Run", second: "Run") -> Path:
    import reports
    from study.several_runs import beside

    try:
        return reports.compare(*beside(first, second))
    except reports.TableError as error:
        raise StudyError(f"no comparison of {first.name} and {second.name}: {error}") from error
