"""What each column of a table is: numbers, a switch of two values, words, dates; or nothing that can be learnt from."""

import datetime as dt
import decimal
import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from pandas.api import types

from study.own.dates import date_format, is_date, may_be_date
from study.own.numerals import CODE, GAPS, LONG, PLAIN, Marks, common_unit, unit_of, without_unit
from study.own.options import Options, as_gap, shell

MOST_WORDS = 50  # of one column, those in fewer rows join
RARE = 10  # rows; a word in fewer of them, or in fewer than a hundredth of a small table, joins the other rare ones
FEW = 20  # different numbers: with words among them they are words themselves
SECONDS = 86_400  # of a day
EXACT = 2**53  # whole numbers below have all their digits in double precision
HUGE = 1e30  # numbers beyond it overflow where they are scaled
YEARS = (1678, 2261)  # of pandas' nanoseconds; 9999-12-31 is no date but "never"
EARLIEST = 1900_00_00
COMPACT = {  # dates without signs between year, month and day: the earliest and the latest
    "%Y%m%d": (1900_01_01, 2100_12_31),
    "%Y%m%d%H%M": (1900_01_01_00_00, 2100_12_31_23_59),
    "%Y%m%d%H%M%S": (1900_01_01_00_00_00, 2100_12_31_23_59_59),
}
NUMERIC = 0.8  # share of rows from which a column is meant to hold numbers


@dataclass(frozen=True, eq=False)
class Column:
    """``cells`` (rows,) are numbers with NaN for gaps (kinds number, switch, date: days since 1970), or words with "" for gaps."""

    name: str
    kind: str
    cells: "pd.Series[Any]"
    notes: tuple[str, ...] = ()
    form: str = ""  # of dates: pandas' format
    is_signed: bool = False  # whether its numbers are written with more than digits and marks, such as $1,200
    unit: str = ""  # that stands behind its numbers, or before

    @property
    def gaps(self) -> int:
        return int((self.cells == "").sum() if self.kind == "words" else self.cells.isna().sum())


@dataclass(frozen=True)
class LeftOut:
    """A column that is no input, and why."""

    name: str
    reason: str
    is_key: bool = False  # an identifier, or what looks like one


@dataclass(frozen=True)
class Reader:
    """What reading a column takes besides itself: ``lines`` (rows,) where each row stands, ``place`` the table's name."""

    options: Options
    marks: Marks
    lines: NDArray[np.int64]
    place: str

    def column(self, raw: "pd.Series[Any]") -> Column:  # noqa: PLR0911  # a kind for each type
        """Raises ``ValueError`` for values that no network takes, with line and remedy."""
        name = str(raw.name)
        notes: tuple[str, ...] = ()
        if types.is_bool_dtype(raw.dtype):
            return _of_numbers(name, raw.astype("float64"))
        if types.is_complex_dtype(raw.dtype):
            raise ValueError(f"{self.place} holds complex numbers in {name}: leave it out by --drop {shell(name)}")
        if types.is_numeric_dtype(raw.dtype):
            return self._numbers(name, raw)
        if types.is_datetime64_any_dtype(raw.dtype):
            return self._stamps(name, raw)
        if types.is_timedelta64_dtype(raw.dtype):
            return self._numbers(name, raw.dt.total_seconds() / SECONDS, ("read as days",))
        if not isinstance(raw.dtype, pd.CategoricalDtype):
            raw, notes = self._objects(name, raw)
        elif types.is_numeric_dtype(raw.dtype.categories.dtype) and len(raw.dtype.categories) <= MOST_WORDS:
            return Column(name, "words", words_of(raw), ("a category there: its numbers are words",))
        if types.is_numeric_dtype(raw.dtype):
            return self._numbers(name, raw, notes)
        if types.is_datetime64_any_dtype(raw.dtype):
            return self._stamps(name, raw)
        return self._text(name, words_of(raw))

    def _objects(self, name: str, raw: "pd.Series[Any]") -> tuple["pd.Series[Any]", tuple[str, ...]]:
        """Python's own things, as a Parquet file or a function may hold them. Raises ``ValueError`` for lists and the like."""
        kinds = {type(value) for value in raw.dropna().head(1000)}
        if kinds <= {str}:
            return raw, ()
        if kinds <= {bool, np.bool_}:  # with gaps
            return pd.to_numeric(raw.map(float, na_action="ignore")), ()
        if kinds <= {bool, np.bool_, int, float, decimal.Decimal, np.float64, np.int64}:
            floats = pd.to_numeric(raw.map(_float, na_action="ignore"))
            exact = kinds <= {int} and floats.nunique() < raw.nunique()
            return (raw.map(str, na_action="ignore"), ()) if exact else (floats, ())
        if kinds <= {dt.time}:
            return pd.to_numeric(raw.map(_hours, na_action="ignore")), ("read as hours",)
        if kinds <= {dt.date, dt.datetime, pd.Timestamp}:
            self._check_years(name, raw, raw.map(_year, na_action="ignore"))
            return pd.to_datetime(raw), ()
        if kinds <= {str, bool, np.bool_, int, float}:
            return raw.map(str, na_action="ignore"), ()
        held = ", ".join(sorted(kind.__name__ for kind in kinds))
        raise ValueError(
            f"{self.place} holds neither numbers nor words nor dates in {name}, but {held}: leave it out by --drop {shell(name)}"
        )

    def _numbers(self, name: str, raw: "pd.Series[Any]", notes: tuple[str, ...] = ()) -> Column:
        if _run_together(raw):
            return self._text(name, words_of(raw))
        values = raw
        if raw.dtype != np.float32 and (types.is_float_dtype(raw.dtype) or raw.isna().any()):
            values = raw.astype("float64")  # numbers in single precision stay so: they are half the memory
        if _whole(values):  # downcast would take 3e-9 for 0
            values = pd.to_numeric(values, downcast="integer")  # images stay a byte a pixel
        form = next((form for form in COMPACT if _are_days(values, form)), None) if values.max() > EARLIEST else None
        if form is not None:
            days = compact_days(values, form)
            strange = values[values.notna() & days.isna()].unique()
            self._check_odd(name, values.map(_word), [*map(_word, strange)], f"dates {form}")
            return Column(name, "date", as_days(days), (*notes, f"read as dates {form}"), form)
        wild = np.flatnonzero(np.isinf(values) | (np.abs(values.astype("float64")) > HUGE))
        if len(wild):
            as_gap = f", or take it for a gap by --na={raw.iloc[wild[0]]}"
            raise ValueError(
                f"{self.place} holds {values.iloc[wild[0]]:g} in column {name}, line {self.lines[wild[0]]}: numbers lie within ±{HUGE:g}"
                f"; correct it{as_gap}, or leave the column out by --drop {shell(name)}"
            )
        return _of_numbers(name, values, notes)

    def _text(self, name: str, words: "pd.Series[str]") -> Column:
        """Numbers and dates where all words are some; words otherwise. Raises ``ValueError`` for an odd one among numbers."""
        every = words[words != ""].value_counts()
        gaps = [word for word in every.index if word in GAPS]
        counts = every.drop(gaps)  # what programs write for a gap says nothing of what a column holds
        numbers = {word: self.marks.number(word) for word in counts.index}
        odd = [word for word, number in numbers.items() if number is None]
        reason = _reason_for_codes(list(numbers))
        if counts.empty or reason:
            told = (f"{reason}: taken for codes, each a word",) if reason else ()
            return Column(name, "words", words, (*told, *_gap_words(gaps)))
        read_as_gaps = (f"{', '.join(map(quoted, gaps))} is read as a gap",) if gaps else ()
        if not odd:
            return self._written(name, words, numbers, *read_as_gaps)
        unit = common_unit(counts.to_dict())
        if unit:
            bare = words.map({word: word if word in GAPS else without_unit(word, unit) for word in words.unique()})
            read = self._text(name, bare)
            if read.kind in {"number", "switch"}:
                return replace(
                    read, unit=unit, is_signed=True, notes=(*read.notes, f"read as numbers of {quoted(unit)}")
                )
        some = [word for word, number in numbers.items() if number is not None]
        if len(some) > FEW and _are_most(some, counts):
            self._check_odd(name, words, odd, "numbers")
        dates = [word for word in counts.index if is_date(word)] if any(map(is_date, counts.index[:1000])) else []
        if dates and _are_most(dates, counts):
            self._check_odd(name, words, [word for word in counts.index if not is_date(word)], "dates")
            form = self._date_format(name, dates)
            if form:
                read = self._dates(name, words, form)
                return replace(read, notes=(*read.notes, *read_as_gaps))
        note = (f"taken for words, there is {quoted(odd[0])} among its numbers",) if len(some) > len(odd) else ()
        return Column(name, "words", words, (*note, *_unread_dates(odd), *_units(odd), *_gap_words(list(every.index))))

    def _written(self, name: str, words: "pd.Series[str]", numbers: Mapping[str, float | None], *notes: str) -> Column:
        """Numbers as they stand in a file of text."""
        strange = [word for word in numbers if not PLAIN.fullmatch(word.replace(self.marks.decimal, "."))]
        said = [f"{word} is read as {self.marks.number(word):.12g}" for word in strange[:1]]
        column = self._numbers(name, words.map(numbers).astype("float64"), (*notes, *said))
        bare = (word.replace(self.marks.thousands, "") if self.marks.thousands else word for word in strange)
        return replace(
            column, is_signed=any(not PLAIN.fullmatch(word.replace(self.marks.decimal, ".")) for word in bare)
        )

    def _check_odd(self, name: str, words: "pd.Series[str]", strange: list[str], held: str) -> None:
        if not strange:
            return
        told = ", ".join(f"{quoted(word)} in line {self.lines[np.argmax(words == word)]}" for word in strange[:3])
        more = f" and {len(strange) - 3} more words" if len(strange) > 3 else ""
        as_gaps = " ".join(map(as_gap, strange))
        remedy = f"{as_gaps} takes {'it' if len(strange) == 1 else 'them'} for a gap"
        raise ValueError(
            f"{self.place}: {name} holds {held} and {told}{more}: {'write NA for all of them' if more else remedy}"
            f", --drop {shell(name)} leaves the column out"
        )

    def _date_format(self, name: str, words: list[str]) -> str | None:
        try:
            return date_format(words, day_first=self.options.day_first)
        except ValueError as error:
            raise ValueError(f"{self.place}: column {name}: {error}, or --drop {shell(name)} leaves it out") from error

    def _stamps(self, name: str, raw: "pd.Series[Any]") -> Column:
        self._check_years(name, raw, raw.dt.year)
        return Column(name, "date", as_days(raw))

    def _check_years(self, name: str, raw: "pd.Series[Any]", years: "pd.Series[Any]") -> None:
        wrong = years.notna() & ~years.between(*YEARS)
        if wrong.any():
            words = words_of(raw)
            self._check_odd(name, words, words[wrong].unique().tolist(), "dates of 1678 to 2261")

    def _dates(self, name: str, words: "pd.Series[str]", form: str) -> Column:
        told = words.where((words != "") & ~words.isin(GAPS))
        stamps = pd.to_datetime(told, format=form, utc=True, errors="coerce")
        self._check_years(name, words, stamps.dt.year.where(told.isna() | stamps.notna(), 0))
        values = as_days(stamps)
        usual = form in {"%Y-%m-%d", "ISO8601"}
        return Column(name, "date", values, () if usual else (f"read as dates {form}",), form)


def code_among(words: Sequence[str]) -> str | None:
    """One that begins with 0, where all are digits, equally many of them: they name something and measure nothing."""
    first = next((word for word in words if CODE.fullmatch(word)), None)
    is_code = first and all(len(word) == len(first) and word.isdecimal() for word in words if word not in GAPS)
    return first if is_code else None


def _are_most(words: list[str], counts: "pd.Series[int]") -> bool:
    """Whether a column is meant to hold these: by rows, or by different words, as where a third of the rows are "unknown"."""
    many = len(words) > FEW and len(words) > NUMERIC * len(counts)
    return many or bool(counts[words].sum() > NUMERIC * counts.sum())


def _unread_dates(words: Sequence[str]) -> tuple[str, ...]:
    found = [word for word in words if may_be_date(word)]
    if len(words) <= FEW or len(found) <= NUMERIC * len(words):
        return ()
    return (f"words such as {quoted(found[0])} seem to be dates in a way that is not read: write them as 2026-11-26",)


def _units(words: Sequence[str]) -> tuple[str, ...]:
    """Numbers with several units are not read as such."""
    units = Counter(unit for word in words if (unit := unit_of(word)))
    if len(units) < 2 or units.total() < max(FEW, NUMERIC * len(words)):
        return ()
    named = " and ".join(quoted(unit) for unit, _ in units.most_common(3))
    return (f"taken for words, its numbers have several units, such as {named}: in one they would be numbers",)


def _reason_for_codes(words: Sequence[str]) -> str | None:
    code, long = code_among(words), long_among(words)
    if code:
        return f"{quoted(code)} begins with 0"
    return f"numbers such as {quoted(long)} differ in digits beyond the 16th" if long else None


def long_among(words: Sequence[str]) -> str | None:
    """A whole number among words that others are the same as, once its last digits are lost."""
    exact = {word: int(word) for word in words if LONG.fullmatch(word)}
    held = set(exact.values())
    return next(iter(exact)) if len({_float(number) for number in held}) < len(held) else None


def _run_together(raw: "pd.Series[Any]") -> bool:
    """Whether whole numbers that differ are the same in double precision."""
    if not types.is_integer_dtype(raw.dtype) or not raw.notna().any():
        return False
    is_exact = max(-int(raw.min()), int(raw.max())) < EXACT
    return not is_exact and raw.astype("float64").nunique() < raw.nunique()


def words_of(raw: "pd.Series[Any]") -> "pd.Series[str]":
    """Words without blanks around them, "" for gaps."""
    text = raw.astype(object).map(lambda value: str(value).strip(), na_action="ignore")
    return text.where(raw.notna(), "").astype(object)


def _year(day: dt.date) -> int:
    return day.year


def _word(number: float) -> str:
    return f"{number:.0f}"


def _hours(time: dt.time) -> float:
    return time.hour + time.minute / 60 + (time.second + time.microsecond / 1e6) / 3600


def _float(value: Any) -> float:
    """Infinite for a whole number beyond all floats."""
    try:
        return float(value)
    except OverflowError:
        return math.inf


def _are_days(values: "pd.Series[Any]", form: str) -> bool:
    """Whether most whole numbers are dates such as 20261126."""
    known = values.dropna()
    if known.between(*COMPACT[form]).mean() <= NUMERIC or (known % 1 != 0).any() or (known.abs() >= EXACT).any():
        return False
    days = compact_days(known, form)
    return bool(days.notna().mean() > NUMERIC) and days.nunique() > FEW


def compact_days(values: "pd.Series[Any]", form: str) -> "pd.Series[Any]":
    """Of whole numbers such as 20261126, gaps among them; what is no date becomes one."""
    low, high = COMPACT[form]
    whole = values.where(values.between(low, high)).astype("Int64").astype("string")
    return pd.to_datetime(whole, format=form, utc=True, errors="coerce")


def in_doubles(frame: pd.DataFrame) -> pd.DataFrame:
    """With what is held in single precision in double precision."""
    single = [name for name, dtype in frame.dtypes.items() if dtype == np.float32]
    if len(single) == frame.shape[1]:
        return frame.astype(np.float64)  # of 784 columns a quarter of the time of one by one
    return frame.astype(dict.fromkeys(single, np.float64)) if single else frame


def _of_numbers(name: str, values: "pd.Series[Any]", notes: tuple[str, ...] = ()) -> Column:
    """A switch where there are two values."""
    if values.nunique() == 2:
        return Column(name, "switch", values.astype("float64") if values.dtype == np.float32 else values, notes)
    return Column(name, "number", values, notes)


def as_days(raw: "pd.Series[Any]") -> "pd.Series[float]":
    """Since 1970, with fractions."""
    stamps = pd.to_datetime(raw, utc=True)
    return (stamps - pd.Timestamp(0, tz="UTC")) / pd.Timedelta(days=1)


def _gap_words(words: Sequence[str]) -> tuple[str, ...]:
    found = [word for word in words if word in GAPS or is_mark(word)]
    return tuple(f"{quoted(word)} is a word here, {as_gap(word)} makes it a gap" for word in found)


def is_mark(word: str) -> bool:
    """Whether it holds but marks, such as ? or --, as people write gaps."""
    return bool(word) and set(word) <= set("?-–—.*/_")


def quoted(word: str) -> str:
    return f'"{word[:40]}…"' if len(word) > 40 else f'"{word}"'


def left_out(column: Column, options: Options) -> LeftOut | None:  # noqa: PLR0911  # a reason each
    """Why a column can be no input: nothing in it, one value, a number for each row, a word for each row; ``None`` if it can."""
    if column.name in options.keep:
        return None
    rows, filled = len(column.cells), len(column.cells) - column.gaps
    if not filled:
        return LeftOut(column.name, "it is empty")
    different = column.cells.nunique() - (column.kind == "words" and column.gaps > 0)
    if different == 1 and filled == rows:
        return LeftOut(column.name, "it is constant")
    if column.kind == "number" and different == rows and counts_rows(column.cells):
        return LeftOut(column.name, "it numbers the rows", is_key=True)
    if column.kind == "number" and different == rows and _whole(column.cells) and np.ptp(column.cells) == rows - 1:
        return LeftOut(column.name, "it numbers the rows, in another order than theirs", is_key=True)
    if column.kind == "number" and different == rows and _is_named_as_key(column.name) and _whole(column.cells):
        return LeftOut(column.name, "it is an identifier, another number in each row", is_key=True)
    if column.kind == "words" and different > MOST_WORDS and not frequent_words(column.cells):
        what = "an identifier or a text" if different > rows / 2 else "too many words, each of them rare"
        reason = f"it is {what}, {different} different words in {rows} rows"
        return LeftOut(column.name, "; ".join([reason, *column.notes]), is_key=True)
    return None


def counts_rows(values: "pd.Series[Any]") -> bool:
    """Whether whole numbers go up, or down, by one from row to row."""
    steps = np.diff(values.to_numpy(np.float64))
    return _whole(values) and bool(len(steps)) and bool((steps == steps[0]).all()) and abs(steps[0]) == 1


def _whole(values: "pd.Series[Any]") -> bool:
    """False where there are gaps, or no end."""
    with np.errstate(invalid="ignore"):
        return bool((values.to_numpy(np.float64) % 1 == 0).all())


def _is_named_as_key(name: str) -> bool:
    words = "".join(letter if letter.isalnum() else " " for letter in name).lower().split()
    ends = {"id", "key", "nr", "no", "number", "index", "uuid", "rownames", "rowid", "unnamed"}
    return bool(words) and (words[-1] in ends or words[0] in ends or name.endswith(("Id", "ID")))


def rare_below(rows: int) -> int:
    """A word in fewer rows is rare."""
    return max(2, min(RARE, rows // 100))


def frequent_words(values: "pd.Series[str]") -> list[str]:
    """The words that have an input of their own, sorted: those that are not rare, the most frequent of them."""
    counts = values[values != ""].value_counts().sort_index(kind="stable").sort_values(ascending=False, kind="stable")
    return sorted(counts[counts >= rare_below(len(values))].index[:MOST_WORDS])
