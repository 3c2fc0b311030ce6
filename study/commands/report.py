"""``dropstep report``: results and pages anew."""

from contextlib import closing
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from study.commands.options import Name, Storage


def report(
    *,
    name: Name = None,
    storage: Storage = None,
    every: Annotated[bool, Parameter(name="--all")] = False,
    compare: tuple[str, str] | None = None,
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
    from study.commands.pages import compared, indexed, render, report_of
    from study.errors import UsageError
    from study.kept.runs import chosen, existing_runs

    if (table is None) != (to is None):
        raise UsageError("a table is reported with --table results.parquet --to FOLDER")
    if sum((every, compare is not None, name is not None, table is not None)) > 1:
        raise UsageError("--name, --all, --compare and --table exclude each other: pass one of them")
    if table is not None and to is not None:
        print(report_of(table, to))
        return 0
    if every:
        print(indexed(existing_runs(storage)))
        return 0
    if compare:
        print(compared(*(chosen(each, storage) for each in compare)))
        return 0
    place = chosen(name, storage)
    from study.opened import open_ledger
    from study.reported import publish

    with closing(open_ledger(place)) as ledger:
        files, _ = publish(place, ledger, render)
        print(files[-1])
    return 0
