"""The list of public tables: which package carries each, what it holds, and the rules by which it was chosen."""

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from study.errors import did_you_mean

LIST = Path(__file__).with_name("tables.toml")
PREFIX = "packaged:"


@dataclass(frozen=True, kw_only=True)
class Package:
    """A release of a package; ``wheel`` and its ``sha256`` are empty where the package is installed with dropstep.

    ``pip`` are arguments by which every machine gets the same wheel.
    """

    name: str
    version: str
    licence: str
    wheel: str = ""
    sha256: str = ""
    pip: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Listed:
    """A table: a member of a package's wheel, text, with the ``sha256`` of its bytes, and what was read in it.

    ``numbers``, ``switches`` and ``words`` count columns by kind; ``most_frequent`` is the largest class's share of the rows,
    ``one_column`` the balanced accuracy of the best few cuts through one column, ``distinct`` the share of rows that are no copies.
    """

    name: str
    package: Package
    member: str
    sha256: str
    family: str
    rows: int
    classes: int
    numbers: int
    switches: int
    words: int
    most_frequent: float
    one_column: float
    distinct: float
    header: bool = False
    skip: int = 0  # first lines that hold neither names nor rows
    sep: str = ","
    target: str = ""  # without a header the last column
    drop: tuple[str, ...] = ()

    @property
    def columns(self) -> int:
        return self.numbers + self.switches + self.words

    @property
    def comes_along(self) -> bool:
        """Whether its package is installed with dropstep."""
        return not self.package.wheel


@cache
def listed() -> Mapping[str, Listed]:
    """All tables by name, in the order of the list."""
    packages = {name: Package(name=name, **_tuples(raw)) for name, raw in _document()["packages"].items()}
    return {
        name: Listed(name=name, **{**_tuples(raw), "package": packages[raw["package"]]})
        for name, raw in _document()["tables"].items()
    }


def of_name(name: str) -> Listed:
    """Raises ``ValueError`` for a name that the list has not."""
    known = listed()
    if name not in known:
        raise ValueError(f"{PREFIX}{name} is no listed table, there are {', '.join(known)}{did_you_mean(name, known)}")
    return known[name]


def described(tables: Sequence[Listed]) -> list[tuple[str, ...]]:
    """A row for each, below a header."""
    header = ("table", "rows", "classes", "numbers", "two values", "words", "package", "licence", "source")
    return [
        header,
        *(
            (
                *(each.name, *map(str, (each.rows, each.classes, each.numbers, each.switches, each.words))),
                *(f"{each.package.name} {each.package.version}", each.package.licence, each.family),
            )
            for each in tables
        ),
    ]


def facts(name: str) -> dict[str, Any]:
    """What a results table says of the table of this name."""
    each = of_name(name)
    kept = ("name", "family", "rows", "classes", "numbers", "switches", "words")
    return {**{field: getattr(each, field) for field in kept}, "package": f"{each.package.name} {each.package.version}"}


@cache
def _document() -> dict[str, Any]:
    return tomllib.loads(LIST.read_text(encoding="utf-8"))


def rules() -> Mapping[str, Any]:
    """Bounds that every listed table keeps."""
    found: Mapping[str, Any] = _document()["rules"]
    return found


def _tuples(raw: Mapping[str, Any]) -> dict[str, Any]:
    return {key: tuple(value) if isinstance(value, list) else value for key, value in raw.items()}
