"""Where something holds, in few words: regimes that differ in a number alone are said as one, and so are tables of data."""

from collections.abc import Collection, Sequence

from reports.judging.regimes import Regime
from reports.judging.text import joined, listed


def places(regimes: Sequence[Regime], among: Sequence[Regime]) -> str:
    """Where something holds: on tables where it does in all their regimes, and at single regimes of the others."""
    if not any(each.table for each in among):
        return f"at {named(regimes)}"
    held, known = _by_table(regimes), _by_table(among)
    whole = [table for table, within in held.items() if within == known[table]]
    alike: dict[tuple[Regime, ...], list[str]] = {}
    for table, within in held.items():
        if table not in whole:
            alike.setdefault(tuple(within), []).append(table)
    parts = [f"at {named(within)} on {_tables(tables, known)}" for within, tables in alike.items()]
    return ", and ".join([*([f"on {_tables(whole, known)}"] if whole else []), *parts])


def named(regimes: Sequence[Regime]) -> str:
    """widths 8 and 12; (tanh, gain 1) and (relu, gain 1): what holds commas is put in brackets."""
    alike: dict[str, list[Regime]] = {}
    for each in regimes:
        alike.setdefault(each.noun or each.words, []).append(each)
    return joined([_several(noun, group) for noun, group in alike.items()])


def _several(noun: str, group: Sequence[Regime]) -> str:
    """Of those that have a noun in common, or the same words."""
    if len(group) > 1 and all(each.noun for each in group):
        return f"{noun}s {joined([each.number for each in group])}"
    return listed(list(dict.fromkeys(each.words for each in group)))


def _tables(tables: Sequence[str], known: Collection[str]) -> str:
    return "every table" if len(tables) == len(known) else joined(tables)


def _by_table(regimes: Sequence[Regime]) -> dict[str, list[Regime]]:
    found: dict[str, list[Regime]] = {}
    for each in regimes:
        found.setdefault(each.table, []).append(each.on(""))
    return found
