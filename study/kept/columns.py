"""Which columns a stored table of networks has, and what is read where it was recorded before one of today's."""

from collections.abc import Collection, Mapping
from dataclasses import MISSING, Field, fields
from typing import Any

from nets.hyper import Hyper
from nets.outcome import Outcome
from study.data.splits import Task
from study.records import Key

OWNERS = (Key, Task, Hyper, Outcome)
OF_THE_ROW = ("seconds", "digest", "recorded_at")  # beside what the owners declare
UNRECORDED = ("digest", "recorded_at")  # what a row's digest does not cover


def _default(declared: Field[Any]) -> Any:
    return declared.default if declared.default_factory is MISSING else declared.default_factory()


DEFAULTS = {each.name: _default(each) for owner in OWNERS for each in fields(owner) if _default(each) is not MISSING}
COLUMNS = (*(each.name for owner in OWNERS for each in fields(owner)), *OF_THE_ROW)


def missing(stored: Collection[str]) -> list[str]:
    """Those that every version of a ledger had, and this one has not."""
    return [name for name in COLUMNS if name not in stored and name not in DEFAULTS]


def unknown(stored: Collection[str]) -> list[str]:
    """Those that a newer version has added."""
    return sorted(set(stored) - set(COLUMNS))


def completed(row: Mapping[str, Any]) -> dict[str, Any]:
    """A stored row, and the default of each field that is younger: what every network was before there was another value."""
    return {**DEFAULTS, **row}
