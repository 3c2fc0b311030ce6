"""Designs over many tables: the sources that ``design.over`` stands for, from the list of public tables."""

from collections.abc import Mapping, Sequence
from typing import Any

from study.errors import UsageError
from study.packaged.cache import is_here
from study.packaged.listing import PREFIX, Listed, listed, of_name

ALL = "all"
TEST, MOST_TEST = 4, 2_000  # a quarter of a table's rows test, at most so many
VALID, MOST_VALID = 5, 1_000  # a fifth of them validate


def sources(raw: Any) -> list[dict[str, Any]]:
    """Of ``{tables = [...], rows = [...]}``: every table with the fewest training rows first, then those that have more.

    A table has the same validation and test rows at all its numbers of training rows, which are nested. One that has none of
    ``rows`` trains on what it has. Raises ``UsageError``.
    """
    if not isinstance(raw, Mapping) or set(raw) != {"tables", "rows"}:
        raise UsageError(f'design.over is {{ tables = ["all"], rows = [150, 500] }}, got {raw!r}')
    rows = raw["rows"]
    if not (isinstance(rows, list) and rows and all(type(each) is int and each > 0 for each in rows)):
        raise UsageError(f"design.over.rows is a list of whole numbers from 1, got {rows!r}")
    tables = _tables(raw["tables"])
    missing = [each.name for each in tables if not is_here(each)]
    if missing:
        raise UsageError(
            f"{len(missing)} of {len(tables)} tables are not here yet: dropstep fetch-tables {' '.join(missing)}"
        )
    found = [
        (place, _source(table, train)) for table in tables for place, train in enumerate(_trained(table, sorted(rows)))
    ]
    return [source for _, source in sorted(found, key=lambda each: each[0])]


def _tables(raw: Any) -> Sequence[Listed]:
    if not (isinstance(raw, list) and raw and all(isinstance(each, str) for each in raw)):
        raise UsageError(f'design.over.tables is a list of tables such as ["german"], or ["{ALL}"], got {raw!r}')
    try:
        return list(listed().values()) if raw == [ALL] else [of_name(name) for name in dict.fromkeys(raw)]
    except ValueError as error:
        raise UsageError(str(error)) from error


def _parts(table: Listed) -> tuple[int, int]:
    """Validation and test rows."""
    return min(MOST_VALID, table.rows // VALID), min(MOST_TEST, table.rows // TEST)


def _trained(table: Listed, rows: Sequence[int]) -> list[int]:
    left = table.rows - sum(_parts(table))
    return [each for each in rows if each <= left] or [left]


def _source(table: Listed, train: int) -> dict[str, Any]:
    valid, test = _parts(table)
    return {"name": f"{PREFIX}{table.name}", "train": train, "valid": valid, "test": test}
