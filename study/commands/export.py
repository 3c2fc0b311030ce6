"""``dropstep export``: the table of results and what its columns mean."""

from contextlib import closing
from pathlib import Path

from study.commands.options import Name, Storage


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
    from study.opened import open_ledger
    from study.reported import table_of

    with closing(open_ledger(place)) as ledger:
        for path in write_results(table_of(ledger), to or place.folder):
            print(path)
    return 0
