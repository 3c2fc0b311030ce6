"""The names of regimes where several tables of data are judged: how a table is named in one, and many of them in few words."""

from collections.abc import Collection, Sequence

from reports.judging.text import listed

ON = " on "


def on_table(regime: str, table: str) -> str:
    return f"{regime}{ON}{table}"


def of_table(regime: str) -> tuple[str, str]:
    """What it is called within its table, and the table; none where a single one is judged."""
    within, _, table = regime.rpartition(ON)
    return (within, table) if within else (regime, "")


def places(regimes: Sequence[str], among: Sequence[str]) -> str:
    """Where something holds: on tables where it does in all their regimes, and at single regimes of the others."""
    if not any(of_table(each)[1] for each in among):
        return f"at {listed(regimes)}"
    held, known = _by_table(regimes), _by_table(among)
    whole = [table for table, names in held.items() if names == known[table]]
    alike: dict[tuple[str, ...], list[str]] = {}
    for table, names in held.items():
        if table not in whole:
            alike.setdefault(tuple(names), []).append(table)
    parts = [f"at {listed(names)} on {_named(tables, known)}" for names, tables in alike.items()]
    return ", and ".join([*([f"on {_named(whole, known)}"] if whole else []), *parts])


def _named(tables: Sequence[str], known: Collection[str]) -> str:
    return "every table" if len(tables) == len(known) else listed(tables)


def _by_table(regimes: Sequence[str]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for within, table in map(of_table, regimes):
        found.setdefault(table, []).append(within)
    return found
