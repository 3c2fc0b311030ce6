"""Public tables that packages carry: ``packaged:german``."""

from study.own.options import Options
from study.own.raw import Raw, with_names
from study.packaged import reading
from study.packaged.listing import PREFIX, of_name


def is_listed(name: str) -> bool:
    return name.startswith(PREFIX)


def of_list(name: str, options: Options, *, text: bool) -> Raw:
    """A public table of the list. Raises ``ValueError`` where there is none of this name, or it is not fetched."""
    table = of_name(name.removeprefix(PREFIX))
    carrier = f"{table.package.name} {table.package.version}"
    return with_names(
        name,
        reading.frame(table).drop(columns=list(table.drop)),
        target=reading.target(table),
        sep=table.sep,
        notes=(f"{table.family}, as {carrier} carries it",),
    )
