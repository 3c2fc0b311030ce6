"""Which table a study learns from, and how it is split."""

from dataclasses import fields
from itertools import product
from typing import Annotated, Any, Self, cast

from pydantic import Field, field_validator, model_validator

from study.asked.settings import Section
from study.data.splits import PREPARED, SCALINGS, Task
from study.data.tables import OwnRows, check_installed, check_known, table
from study.errors import did_you_mean
from study.own.address import address, is_own
from study.own.options import Options
from study.own.parts import Sizes, check_parts, largest_group


class Source(Section):
    """Which table, and how it is split: a part is given in rows, or as a share of the table below 1.

    The test part is the table's: split off before any seed, so that no seed trains on its rows. Of what remains each seed
    draws its own training and validation rows. What follows the name says how a table of one's own is read: see ``Options``.
    """

    name: str
    target: str | None = None
    positive: str | None = None
    drop: list[str] = Field(default_factory=list)
    keep: list[str] = Field(default_factory=list)
    na: list[str] = Field(default_factory=list)
    group: str | None = None
    time: str | None = None
    sep: str | None = None
    decimal: str | None = None
    thousands: str | None = None
    encoding: str | None = None
    day_first: bool | None = None
    train: int | float
    valid: int | float
    test: int | float = 0.2
    label_noise: Annotated[float, Field(ge=0, le=1)]
    scaling: str = "auto"

    @field_validator("name")
    @classmethod
    def _known(cls, name: str) -> str:
        check_known(name)
        return name

    @field_validator("scaling")
    @classmethod
    def _defined(cls, scaling: str) -> str:
        known = ("auto", *SCALINGS)
        if scaling not in known:
            raise ValueError(f"{scaling} is no scaling, there are {', '.join(known)}{did_you_mean(scaling, known)}")
        return scaling

    @field_validator("train", "valid", "test", mode="before")
    @classmethod
    def _rows_or_share(cls, size: Any) -> int | float:
        rows = isinstance(size, int) and not isinstance(size, bool) and size >= 1
        share = isinstance(size, float) and 0 < size < 1
        if not (rows or share):
            raise ValueError(f"a part is a whole number of rows from 1, or a share between 0 and 1, got {size!r}")
        return cast(int | float, size)

    def sizes(self) -> tuple[int, int, int]:
        """Rows of the training, validation and test parts. Raises ``ValueError`` if one is empty, or the table too small."""
        whole = table(self.address)
        rows, _ = whole.shape
        parts = self.train, self.valid, self.test
        train, valid, test = (size if isinstance(size, int) else int(size * rows) for size in parts)
        if self.group is not None and isinstance(whole, OwnRows) and isinstance(self.train, float):
            train = min(train, rows - valid - test - 2 * largest_group(whole.own))  # a group may be cut in two parts
        if min(train, valid, test) < 1 or train + valid + test > rows:
            raise ValueError(
                f"{self.name} has {rows} rows for three parts of at least one each, got train {train}, valid {valid},"
                f" test {test}: lower data.train, data.valid or data.test"
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
            if key not in Source.model_fields:
                raise ValueError(f"data.{key} is no setting{did_you_mean(key, Source.model_fields)}")
        turned = [raw if isinstance(raw, list) else [raw] for raw in changes.values()]
        for key, values in zip(changes, turned, strict=True):
            if not values or any(each in values[:place] for place, each in enumerate(values)):
                raise ValueError(f"data.{key} takes at least one value, and each once, got {values}")
        return [type(self)(**{**vars(self), **dict(zip(changes, each, strict=True))}) for each in product(*turned)]

    @model_validator(mode="after")
    def _options_of_ones_own(self) -> Self:
        asked = [option for option, value in vars(self.options).items() if value]
        if asked and not is_own(self.name):
            raise ValueError(f"{asked[0]} is of a table of one's own, {self.name} comes with dropstep: leave it out")
        if is_own(self.name) and self.scaling != "auto":
            raise ValueError(
                f"a table of one's own is prepared column by column, got scaling {self.scaling}: leave it out"
            )
        return self

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
        whole = table(self.address)
        if isinstance(whole, OwnRows):
            check_parts(whole.own, Sizes(train, valid, test))
            scaling = PREPARED
        else:
            usual = "centred" if whole.one_scale else "standardised"
            scaling = usual if self.scaling == "auto" else self.scaling
        return Task(
            data=self.address,
            train_rows=train,
            valid_rows=valid,
            label_noise=self.label_noise,
            scaling=scaling,
            test_rows=test,
        )
