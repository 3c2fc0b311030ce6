"""Which table a study learns from, and how it is split."""

from dataclasses import dataclass, fields, replace
from itertools import product
from typing import Any, Self, cast

from study.asked.section import Section, one_of, optional, placed, setting, several, share, switch, text, whole
from study.data.splits import PREPARED, SCALINGS, SHIFTS, Task
from study.data.tables import OwnRows, check_installed, check_known, table
from study.errors import did_you_mean
from study.own.address import address, is_own
from study.own.options import FEWEST_ROWS, Options
from study.own.parts import Sizes, check_parts, largest_group


def known_table(raw: Any) -> str:
    name = text(raw)
    check_known(name)
    return name


def part(raw: Any) -> int | float:
    rows = isinstance(raw, int) and not isinstance(raw, bool) and raw >= 1
    shared = isinstance(raw, float) and 0 < raw < 1
    if not (rows or shared):
        raise ValueError(f"a part is a whole number of rows from 1, or a share between 0 and 1, got {raw!r}")
    return cast(int | float, raw)


@dataclass(frozen=True, kw_only=True)
class Source(Section):
    """Which table, and how it is split: a part is given in rows, or as a share of the table below 1.

    The test part is the table's: split off before any seed, so that no seed trains on its rows. Of what remains each seed
    draws its own training and validation rows. What follows the name says how a table of one's own is read: see ``Options``.
    """

    name: str = setting(known_table, "the table: one that comes along, a file, openml:NAME, or package.module:function")
    target: str | None = setting(optional(text), "the column that holds the class", default=None)
    positive: str | None = setting(optional(text), "the class to find; of several, all others become one", default=None)
    drop: list[str] = setting(several(text), "columns to leave out", default_factory=list)
    keep: list[str] = setting(
        several(text), "columns to keep that would be left out as identifiers", default_factory=list
    )
    na: list[str] = setting(several(text), "words that stand for a gap, beside the usual ones", default_factory=list)
    group: str | None = setting(
        optional(text), "a column whose equal values stay in one part, such as a patient", default=None
    )
    time: str | None = setting(
        optional(text), "a column of dates or numbers: earlier rows train, later ones test", default=None
    )
    sep: str | None = setting(optional(text), "the sign between fields; guessed", default=None)
    decimal: str | None = setting(optional(text), "the decimal sign; guessed", default=None)
    thousands: str | None = setting(optional(text), "the sign between thousands; guessed", default=None)
    encoding: str | None = setting(optional(text), "of the file's letters; guessed", default=None)
    day_first: bool | None = setting(optional(switch), "whether 3/4/2020 is in April; guessed", default=None)
    rows: int | None = setting(
        optional(whole(FEWEST_ROWS, 10**12)), "rows used at most, each class in its share; all", default=None
    )
    train: int | float = setting(part, "training rows of a seed: a number, or a share of the table", default=0.6)
    valid: int | float = setting(part, "validation rows of a seed, likewise", default=0.2)
    test: int | float = setting(
        part, "rows split off before any seed, which scores and refits alone are scored on, likewise", default=0.2
    )
    label_noise: float = setting(
        share, "share of the training labels that are drawn at random, some of them right", default=0.0
    )
    scaling: str = setting(
        one_of("scaling", ("auto", *SCALINGS)), "of the inputs; auto is what suits the table", default="auto"
    )

    shift: str = setting(
        one_of("shift", SHIFTS),
        "within, across: training rows from the half of each class whose inputs sum to less (pale digits), validation rows from it too, or from the other half",
        default="none",
    )

    def sizes(self) -> tuple[int, int, int]:
        """Rows of the training, validation and test parts. Raises ``ValueError`` if one is empty, or the table too small."""
        held = table(self.address)
        rows, _ = held.shape
        parts = self.train, self.valid, self.test
        train, valid, test = (size if isinstance(size, int) else int(size * rows) for size in parts)
        if self.group is not None and isinstance(held, OwnRows) and isinstance(self.train, float):
            train = min(train, rows - valid - test - 2 * largest_group(held.own))  # a group may be cut in two parts
        if min(train, valid, test) < 1 or train + valid + test > rows:
            raise ValueError(
                f"{self.name} has {rows} rows for three parts of at least one each, got train {train}, valid {valid},"
                f" test {test}: lower data.train, data.valid or data.test"
            )
        half = (rows - test) // 2 - held.classes  # a class of an odd number of rows has one less in it
        if self.shift != "none" and train + valid > half:
            raise ValueError(
                f"{self.name} has {half} rows in the half of each class that data.shift = {self.shift!r} trains on, got train {train} and "
                f"valid {valid}: lower data.train or data.valid"
            )
        return train, valid, test

    def varied(self, changes: Any) -> list[Self]:
        """This source with other settings, a list among them turned through; or several such. Raises ``ValueError``."""
        if isinstance(changes, list):
            found = [source for each in changes for source in self.varied(each)]
            if not found or any(source in found[:place] for place, source in enumerate(found)):
                raise ValueError(f"data takes at least one source, and each once, got {changes}")
            return found
        if not isinstance(changes, dict):
            raise ValueError(f"data is a table of settings, got {changes!r}")
        for key in changes:
            if key not in self.names():
                raise ValueError(f"data.{key} is no setting{did_you_mean(key, self.names())}")
        turned = [raw if isinstance(raw, list) else [raw] for raw in changes.values()]
        for key, values in zip(changes, turned, strict=True):
            if not values or any(each in values[:place] for place, each in enumerate(values)):
                raise ValueError(f"data.{key} takes at least one value, and each once, got {values}")
        with placed("data"):
            return [replace(self, **dict(zip(changes, each, strict=True))) for each in product(*turned)]

    def check(self) -> None:
        asked = [option for option, value in vars(self.options).items() if value]
        if asked and not is_own(self.name):
            raise ValueError(f"{asked[0]} is of a table of one's own, {self.name} comes with dropstep: leave it out")
        if self.shift != "none" and is_own(self.name):
            raise ValueError(
                f"data.shift is of tables of numbers that come with dropstep, got {self.shift!r}: leave it out"
            )
        if self.scaling != "auto" and is_own(self.name):
            raise ValueError(
                f"a table of one's own is prepared column by column, got scaling {self.scaling}: leave it out"
            )

    @property
    def options(self) -> Options:
        """How a table of one's own is read."""
        told: dict[str, Any] = {}
        for each in fields(Options):
            value = getattr(self, each.name)
            told[each.name] = tuple(value) if isinstance(value, list) else value
        return Options(**told)

    @property
    def address(self) -> str:
        """The table, with how it is read."""
        return address(self.name, self.options)

    @property
    def task(self) -> Task:
        """Raises ``ValueError`` if the table is not there, or a part is empty or lacks a class."""
        check_installed(self.name)
        train, valid, test = self.sizes()
        held = table(self.address)
        if isinstance(held, OwnRows):
            check_parts(held.own, Sizes(train, valid, test))
            scaling = PREPARED
        else:
            usual = "centred" if held.one_scale else "standardised"
            scaling = usual if self.scaling == "auto" else self.scaling
        return Task(
            data=self.address,
            train_rows=train,
            valid_rows=valid,
            label_noise=self.label_noise,
            scaling=scaling,
            test_rows=test,
            shift=self.shift,
        )
