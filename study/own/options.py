"""How a table of one's own is to be read: what its file does not say by itself."""

from collections.abc import Collection
from dataclasses import dataclass

from study.errors import did_you_mean
from study.own.numerals import PLAIN

FEWEST_ROWS = 30  # of a table that have a class


@dataclass(frozen=True, kw_only=True)
class Options:
    """What is ``None`` is guessed, where that is safe. Columns are named as in the file's header."""

    target: str | None = None  # the column that holds the class
    positive: str | None = None  # the class to find; all others become one
    drop: tuple[str, ...] = ()  # columns to leave out
    keep: tuple[str, ...] = ()  # columns to keep that would be left out as identifiers
    na: tuple[str, ...] = ()  # words that stand for a gap, beside nothing at all
    group: str | None = None  # rows of one value stay in one part
    time: str | None = None  # earlier rows train, later ones test
    sep: str | None = None
    decimal: str | None = None
    thousands: str | None = None
    encoding: str | None = None
    day_first: bool | None = None
    rows: int | None = None  # at most, each class in its share; the others are left out

    @property
    def columns(self) -> dict[str, tuple[str, ...]]:
        """The columns that each option names."""
        single = {"target": self.target, "group": self.group, "time": self.time}
        named = {option: (column,) for option, column in single.items() if column is not None}
        return {**named, "drop": self.drop, "keep": self.keep}

    def check_columns(self, names: Collection[str], place: str) -> None:
        """Raises ``ValueError`` unless the table has every column that is named, and a target is."""
        if self.target is None:
            listed = ", ".join(names)
            raise ValueError(f"{place} needs the column that holds the class, --target COLUMN, one of {listed}")
        for option, columns in self.columns.items():
            for column in columns:
                if column not in names:
                    headless = sum(PLAIN.fullmatch(name) is not None for name in names) > 1
                    it_has = f": it has {_some(names)}{' (is the first line its names?)' if headless else ''}"
                    near = did_you_mean(shell(column), map(shell, names)) or it_has
                    raise ValueError(f"{place} has no column {shell(column)} ({option}){near}")
        if self.group is not None and self.time is not None:
            raise ValueError(
                f"the parts of {place} follow groups or time, got group {self.group} and time {self.time}: leave one out"
            )
        torn = set(self.drop) & set(self.keep)
        if torn:
            raise ValueError(f"{shell(min(torn))} is to be dropped and to be kept: take it out of drop or keep")
        for option, columns in self.columns.items():
            if option != "target" and self.target in columns:
                raise ValueError(
                    f"{self.target} is the target of {place}, and {option} names it too: take it out of one"
                )


def _some(names: Collection[str]) -> str:
    """Of many, the first ones."""
    first = list(names)[:12]
    return ", ".join(first) + (f" and {len(names) - len(first)} more" if len(names) > len(first) else "")


def as_gap(word: str) -> str:
    """The option that takes a word for a gap."""
    return f"--na{'=' if word.startswith('-') else ' '}{shell(word)}"


def shell(word: str) -> str:
    plain = word.replace("_", "").replace("-", "").replace(".", "").isalnum()
    return word if plain else "'" + word.replace("'", "'\\''") + "'"
