"""How rows are read for a model: what its table was like, kept with it as plain words."""

import json
from dataclasses import asdict, dataclass
from typing import Any, Self

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from pandas.api import types

from study.errors import did_you_mean
from study.own.columns import COMPACT, as_days, compact_days, quoted, words_of
from study.own.numerals import GAPS, Marks, without_unit
from study.own.options import Options
from study.own.sources import raw
from study.own.table import OwnTable

TRUTHS = {"true": 1.0, "false": 0.0}


@dataclass(frozen=True)
class Asked:
    """One column that a model takes; ``form`` is pandas' format of dates, ``is_signed`` of numbers such as $1,200, with ``unit`` of those such as 5 mg."""

    name: str
    kind: str
    form: str
    is_signed: bool = False
    unit: str = ""


@dataclass(frozen=True)
class Form:
    """What a model takes, and how its table was written."""

    target: str
    columns: tuple[Asked, ...]
    na: tuple[str, ...]
    decimal: str
    thousands: str
    sep: str | None  # of the table: another file's is found anew
    encoding: str | None

    @classmethod
    def of(cls, own: OwnTable, options: Options) -> Self:
        columns = tuple(
            Asked(column.name, column.kind, column.form, column.is_signed, column.unit) for column in own.columns
        )
        return cls(own.target, columns, options.na, own.marks.decimal, own.marks.thousands, own.sep, own.encoding)

    @property
    def text(self) -> str:
        """As JSON."""
        return json.dumps(asdict(self), ensure_ascii=False)

    @classmethod
    def read(cls, text: str) -> Self:
        """Raises ``ValueError`` for what is none."""
        try:
            told = json.loads(text)
            return cls(**{**told, "columns": tuple(Asked(**each) for each in told["columns"]), "na": tuple(told["na"])})
        except (TypeError, KeyError) as error:
            raise ValueError(f"it does not say how rows are read: {error}") from error

    def words(self) -> list[str]:
        """Names of the columns of words."""
        return [column.name for column in self.columns if column.kind == "words"]

    def rows(self, name: str) -> tuple[pd.DataFrame, pd.DataFrame]:
        """The rows of a file as they stand, and as the model takes them. Raises ``ValueError``."""
        found = raw(name, Options(na=self.na), text=True)
        missing = [column.name for column in self.columns if column.name not in found.frame]
        if missing:
            raise ValueError(
                f"{name} has no column {missing[0]}, which the model takes{did_you_mean(missing[0], map(str, found.frame))}"
            )
        taken = {
            column.name: self._cells(column, found.frame[column.name], found.lines, name) for column in self.columns
        }
        return found.frame, pd.DataFrame(taken, copy=False)

    def _cells(self, column: Asked, told: "pd.Series[Any]", lines: NDArray[np.int64], place: str) -> "pd.Series[Any]":
        if column.kind == "words":
            return words_of(told)
        if types.is_numeric_dtype(told.dtype) or types.is_bool_dtype(told.dtype):
            if column.kind == "date":
                return self._compact(column, told, lines, place)
            is_narrow = isinstance(told.dtype, np.dtype) and told.dtype.kind in "fiu"  # a pixel is a byte, not eight
            return told if is_narrow else told.astype("float64")
        if column.kind == "date" and types.is_datetime64_any_dtype(told.dtype):
            return as_days(told)
        words = words_of(told)
        return (
            self._days(column, words, lines, place)
            if column.kind == "date"
            else self._numbers(column, words, lines, place)
        )

    def _compact(
        self, column: Asked, told: "pd.Series[Any]", lines: NDArray[np.int64], place: str
    ) -> "pd.Series[float]":
        days = compact_days(told, column.form if column.form in COMPACT else "%Y%m%d")
        return self._sound(column, told, days, lines, place)

    def _sound(
        self, column: Asked, told: "pd.Series[Any]", days: "pd.Series[Any]", lines: NDArray[np.int64], place: str
    ) -> "pd.Series[float]":
        """Dates as days. Raises ``ValueError`` for what was told and is none."""
        strange = np.flatnonzero(days.isna() & told.notna())
        if len(strange):
            raise ValueError(
                f"{place} holds {quoted(str(told.iloc[strange[0]]))} in {column.name}, line {lines[strange[0]]}, where the model takes a date"
                f"{f' such as {column.form}' if column.form else ''}: correct it, or leave it blank"
            )
        return as_days(days)

    def _numbers(
        self, column: Asked, words: "pd.Series[str]", lines: NDArray[np.int64], place: str
    ) -> "pd.Series[float]":
        marks = Marks(self.decimal, self.thousands)
        bare = {word: without_unit(word, column.unit) if column.unit else word for word in words.unique()}
        known = {word: TRUTHS.get(word.lower(), marks.number(number)) for word, number in bare.items()}
        for word, number in known.items():
            if number is None and word and word not in GAPS:
                line = lines[int(np.argmax(words == word))]
                raise ValueError(
                    f"{place} holds {quoted(word)} in {column.name}, line {line}, where the model takes a number: correct it, or leave it blank"
                )
        return words.map({word: np.nan if number is None else number for word, number in known.items()}).astype(
            "float64"
        )

    def _days(self, column: Asked, words: "pd.Series[str]", lines: NDArray[np.int64], place: str) -> "pd.Series[float]":
        told = words.where((words != "") & ~words.isin(GAPS))
        days = pd.to_datetime(told, format=column.form or None, utc=True, errors="coerce")
        return self._sound(column, told, days, lines, place)
