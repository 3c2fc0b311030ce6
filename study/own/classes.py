"""The column that holds the class: which classes there are, and whether they are classes at all."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from pandas.api import types

from study.errors import did_you_mean
from study.own.columns import NUMERIC, is_mark, words_of
from study.own.numerals import GAPS, Marks
from study.own.options import FEWEST_ROWS, Options, as_gap, shell
from study.own.spellings import alike

MOST_CLASSES = 100
MOST_NUMBERS = 30  # different whole numbers that may be classes
ROWS_OF_A_NUMBER = 5  # on average, of each number that is a class
MOST_SAID = 8
TRUTHS = {"true", "false"}
LEAST = 3  # rows of a class: one for each part
FEW = 30  # rows of a class that are worth a warning


@dataclass(frozen=True, eq=False)
class Labels:
    """``y`` (rows,) numbers ``names``, sorted; ``kept`` (all rows of the file,) are those that have a class."""

    y: NDArray[np.int64]
    names: tuple[str, ...]
    kept: NDArray[np.bool_]
    notes: tuple[str, ...]
    warnings: tuple[str, ...]

    @property
    def counts(self) -> NDArray[np.int64]:
        return np.bincount(self.y, minlength=len(self.names))

    @property
    def told(self) -> str:
        return ", ".join(f"{name} {count}" for name, count in zip(self.names, self.counts, strict=True))


def labels(raw: "pd.Series[Any]", options: Options, place: str, marks: Marks) -> Labels:
    """Raises ``ValueError`` where there are too few classes, too many, or too few rows of one."""
    words, gaps = _without_gaps(_class_words(raw), marks)
    kept = (words != "").to_numpy()
    present = words[kept]
    _check_is_class(raw[kept], present, place, Marks() if types.is_numeric_dtype(raw.dtype) else marks)
    warnings = _doubtful(raw[kept].astype(str), present.unique().tolist())
    if options.positive is not None:
        present = _one_against_others(present, options.positive, place)
    codes, names = pd.factorize(present, sort=True)
    found = Labels(codes.astype(np.int64), tuple(map(str, names)), kept, (*gaps, *_dropped(kept)), tuple(warnings))
    _check_rows(found, place)
    rare = [f"{name} {count}" for name, count in zip(found.names, found.counts, strict=True) if count < FEW]
    said = [f"few rows of a class ({listed(rare)}): what is measured on them is uncertain"] if rare else []
    return Labels(found.y, found.names, kept, found.notes, (*warnings, *said))


def listed(words: Sequence[str]) -> str:
    """The first ones, and how many there are beside."""
    return ", ".join(words[:MOST_SAID]) + (f" and {len(words) - MOST_SAID} more" if len(words) > MOST_SAID else "")


def _class_words(raw: "pd.Series[Any]") -> "pd.Series[str]":
    """Whole numbers without a decimal point, whatever their type."""
    if types.is_float_dtype(raw.dtype):
        known = raw.dropna()
        if (known % 1 == 0).all() and (known.abs() < 2**53).all():
            return raw.map(lambda value: str(int(value)), na_action="ignore").astype(object).where(raw.notna(), "")
    return words_of(raw)


def _without_gaps(words: "pd.Series[str]", marks: Marks) -> tuple["pd.Series[str]", tuple[str, ...]]:
    """What programs write for a gap is one among numbers and truths; among words it may be a class, which is asked."""
    different = [word for word in words.unique() if word]
    gaps, others = [word for word in different if word in GAPS], [word for word in different if word not in GAPS]
    if not (gaps and others and all(word.lower() in TRUTHS or marks.number(word) is not None for word in others)):
        return words, ()
    return words.mask(words.isin(gaps), ""), (f"the class is {', '.join(gaps)} in some rows, which is read as a gap",)


def _check_is_class(raw: "pd.Series[Any]", words: "pd.Series[str]", place: str, marks: Marks) -> None:
    name, rows = raw.name, len(raw)
    if not rows:
        raise ValueError(f"{place} has no class in any row of {name}: name another --target")
    different = words.unique()
    if len(different) < 2:
        raise ValueError(f"{place} has one class, {name} is {different[0]!r} in every row: there is nothing to learn")
    endless = next((word for word in different if word.lower().lstrip("+-") in {"inf", "infinity"}), None)
    if endless:
        raise ValueError(
            f"{place} has {int((words == endless).sum())} rows whose {name} is {endless}: that is no class, --na={endless} leaves them out"
        )
    numbers = [number for word in different if (number := marks.number(word)) is not None]
    numeric = len(numbers) > NUMERIC * len(different) and not types.is_bool_dtype(raw.dtype)
    dense = rows / len(different) < ROWS_OF_A_NUMBER and len(different) > 2
    broken = any(number % 1 for number in numbers)
    if numeric and (len(different) > MOST_NUMBERS or dense or (broken and len(different) > 10)):
        raise ValueError(
            f"{name} looks like a number to predict, {len(numbers)} different ones from {min(numbers):g} to {max(numbers):g} in {rows} rows"
            ": classes alone can be learnt here, cut it into some, such as low and high"
        )
    if len(different) > MOST_CLASSES:
        raise ValueError(
            f"a class is one of 2 to {MOST_CLASSES}, {name} of {place} has {len(different)} different words: name another --target, or join some"
        )


def _doubtful(raw: "pd.Series[str]", different: Sequence[str]) -> list[str]:
    """Spellings that seem to be of one class, and words that may be gaps."""
    written = raw.value_counts()
    spaced = {word: int(rows) for word, rows in written.items() if str(word) != str(word).strip()}
    said = [
        f'"{word}" ({rows} rows) is read as "{str(word).strip()}", without its blanks' for word, rows in spaced.items()
    ]
    said += [
        f"classes {' and '.join(map(repr, several))} seem to be one: write them alike, if they are"
        for several in alike(different)
    ]
    return said + [
        f'"{word}" is a class here: {as_gap(word)} leaves its rows out'
        for word in different
        if word in GAPS or (is_mark(word) and "+" not in different)
    ]


def _one_against_others(words: "pd.Series[str]", positive: str, place: str) -> "pd.Series[str]":
    different = sorted(words.unique())
    if positive not in different:
        raise ValueError(
            f"{place} has no class {positive} (positive){did_you_mean(positive, different) or ': it has ' + ', '.join(different)}"
        )
    return words if len(different) == 2 else words.where(words == positive, f"not {positive}")


def _dropped(kept: NDArray[np.bool_]) -> tuple[str, ...]:
    without = int((~kept).sum())
    if not without:
        return ()
    return (f"{without} row{'s' * (without > 1)} without a class {'are' if without > 1 else 'is'} left out",)


def _check_rows(found: Labels, place: str) -> None:
    if len(found.y) < FEWEST_ROWS:
        raise ValueError(
            f"{place} has {len(found.y)} rows with a class ({found.told}): {FEWEST_ROWS} at least, and some hundreds to learn from"
        )
    scarce = [f"{name} {count}" for name, count in zip(found.names, found.counts, strict=True) if count < LEAST]
    if scarce:
        raise ValueError(
            f"a class has {LEAST} rows at least, one for each part, and {place} has too few of {listed(scarce)} (classes: {listed(found.told.split(', '))})"
            f": join it with another class, leave its rows out by --na {shell(_fewest(found))}, or set one class against all others by --positive CLASS"
        )


def _fewest(found: Labels) -> str:
    """The class of fewest rows."""
    return found.names[int(np.argmin(found.counts))]
