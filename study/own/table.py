"""A table of one's own, as it was understood: inputs, classes, and what there is to say of them."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from nets.streams import stream
from study.own.classes import Labels, labels
from study.own.columns import Column, LeftOut, Reader, frequent_words, in_doubles, left_out, words_of
from study.own.numerals import Marks, marks
from study.own.options import Options, shell
from study.own.raw import Raw
from study.own.strata import stratified
from study.own.suspicions import suspicions, suspicious_names

KINDS = {"number": "numbers", "switch": "of two values", "words": "words", "date": "dates"}


@dataclass(frozen=True, eq=False)
class OwnTable:
    """``columns`` are the inputs; ``group`` and ``time`` (rows,) order or join rows where that was asked for."""

    place: str
    target: str
    columns: tuple[Column, ...]
    labels: Labels
    out: tuple[LeftOut, ...]
    dropped: tuple[str, ...]
    notes: tuple[str, ...]
    group: NDArray[Any] | None
    time: NDArray[np.float64] | None
    split_by: str | None  # their column
    marks: Marks
    sep: str | None  # of text
    encoding: str | None

    @property
    def y(self) -> NDArray[np.int64]:
        return self.labels.y

    @cached_property
    def frame(self) -> pd.DataFrame:
        """The inputs by their names: numbers with NaN, words with "" for gaps."""
        return pd.DataFrame({column.name: column.cells for column in self.columns}, copy=False)

    def __getstate__(self) -> dict[str, Any]:
        """Without the frame, whose cells are those of the columns: it is made again where it is asked for."""
        return {name: value for name, value in vars(self).items() if name != "frame"}

    def rows(self, places: NDArray[np.int64]) -> pd.DataFrame:
        """Some of them as a model takes them, in double precision."""
        return in_doubles(self.frame.iloc[places])

    @property
    def _keys(self) -> list[LeftOut]:
        """Columns that might have said something, and are left out all the same."""
        return [each for each in self.out if each.is_key]

    @cached_property
    def warnings(self) -> tuple[str, ...]:
        return (
            *self.labels.warnings,
            *suspicious_names([*(column.name for column in self.columns), self.target], of_text=self.sep is not None),
            *(f"{each.name} is left out: {each.reason}; --keep {shell(each.name)} keeps it" for each in self._keys),
            *suspicions(self.columns, self.y, len(self.labels.names)),
        )

    def described(self) -> list[str]:
        """What was read, line by line, the warnings last."""
        return [
            f"{self.place}: {len(self.y)} rows, {len(self.columns)} columns to learn from, the class is {self.target}",
            f"classes {self.labels.told}",
            f"inputs  {'; '.join(self._by_kind())}",
            *(f"        {line}" for line in self._split()),
            *(f"        {line}" for line in self._changes()),
            *(f"warning {line}" for line in self.warnings),
        ]

    def _by_kind(self) -> Iterator[str]:
        counts = Counter(column.kind for column in self.columns)
        for kind, meaning in KINDS.items():
            if counts[kind]:
                names = [column.name for column in self.columns if column.kind == kind]
                yield f"{counts[kind]} {meaning} ({', '.join(names[:8])}{', …' if len(names) > 8 else ''})"

    def _split(self) -> Iterator[str]:
        """How rows come into parts, where it is not by chance alone."""
        if self.time is not None:
            yield f"split by {self.split_by}: the earliest rows train, later ones validate, the latest test, the same for every seed"
        elif self.group is not None:
            groups = len(np.unique(self.group))
            yield f"split by {self.split_by}: rows of one value stay in one part, {groups} values"

    def _changes(self) -> Iterator[str]:
        yield from self.notes
        yield from self.labels.notes
        for column in self.columns:
            yield from (f"{column.name}: {note}" for note in column.notes)
        gaps = [f"{column.name} {column.gaps}" for column in self.columns if column.gaps]
        if gaps:
            yield f"gaps, filled from the training rows and marked: {', '.join(gaps)}"
        for column in self.columns:
            if column.kind == "words":
                rare = column.cells[column.cells != ""].nunique() - len(frequent_words(column.cells))
                if rare > 1:
                    yield f"{column.name}: {rare} rare words are joined"
        if self.dropped:
            yield f"left out as asked: {', '.join(self.dropped)}"
        for each in self.out:
            if each not in self._keys:
                yield f"{each.name} is left out: {each.reason}"


def own_table(raw: Raw, options: Options) -> OwnTable:
    """Raises ``ValueError`` for what cannot be learnt from: one line, the rule, the value, the remedy."""
    frame, place = raw.frame, raw.place
    options.check_columns([str(name) for name in frame], place)
    assert options.target is not None
    found_marks = _marks(frame, raw, options)
    found = labels(frame[options.target].rename(options.target), options, place, found_marks)
    found, fewer = _at_most(found, options.rows)
    rows = np.flatnonzero(found.kept)
    kept = frame.iloc[rows].reset_index(drop=True)
    reader = Reader(options, found_marks, raw.lines[rows], place)
    aside = {options.target, *options.drop, options.group, options.time}
    read = [reader.column(kept[name].rename(str(name))) for name in kept if str(name) not in aside]
    without = [(column, left_out(column, options)) for column in read]
    columns = tuple(column for column, out in without if out is None)
    if not columns:
        raise ValueError(f"{place} has no column to learn from beside {options.target}: {_why(without)}")
    said = [] if reader.marks == Marks() or options.decimal or options.thousands else [f"numbers have {reader.marks}"]
    return OwnTable(
        place=place,
        target=options.target,
        columns=columns,
        labels=found,
        out=tuple(out for _, out in without if out is not None),
        dropped=tuple(name for name in map(str, kept) if name in options.drop),
        notes=(*raw.notes, *fewer, *said),
        marks=reader.marks,
        sep=raw.sep,
        encoding=raw.encoding,
        split_by=options.time or options.group,
        group=None if options.group is None else _groups(kept[options.group]),
        time=None if options.time is None else _time(reader.column(kept[options.time].rename(options.time)), place),
    )


def _at_most(found: Labels, limit: int | None) -> tuple[Labels, tuple[str, ...]]:
    """So many rows, each class in its share, and what is to be said of it."""
    every = len(found.y)
    if limit is None or every <= limit:
        return found, ()
    _, taken = stratified(found.y, np.arange(every), limit, stream(0, "rows of a table"))
    kept = np.zeros(len(found.kept), np.bool_)
    kept[np.flatnonzero(found.kept)[taken]] = True
    said = f"{limit} of {every} rows are used, each class in its share: --set data.rows={every} takes all"
    return replace(found, y=found.y[taken], kept=kept), (said,)


def _why(columns: list[tuple[Column, LeftOut | None]]) -> str:
    reasons = [f"{out.name}: {out.reason}" for _, out in columns if out]
    return "; ".join(reasons) or "there is none"


def _marks(frame: pd.DataFrame, raw: Raw, options: Options) -> Marks:
    """Given, or found in the columns of text. Raises ``ValueError``."""
    if options.decimal is not None or options.thousands is not None:
        decimal = options.decimal or ("," if options.thousands == "." else ".")
        return Marks(decimal, options.thousands or "")
    if raw.sep is None:
        return Marks()
    text = [
        frame[name].dropna().astype(str).str.strip()
        for name in frame
        if frame[name].dtype == object or str(frame[name].dtype) == "str"
    ]
    try:
        return marks([each[each != ""].unique().tolist() for each in text], raw.sep, pointed=_has_fractions(frame))
    except ValueError as error:
        raise ValueError(f"{raw.place}: {error}") from error


def _has_fractions(frame: pd.DataFrame) -> bool:
    """Whether a column of numbers, which were read with points, has other than whole ones."""
    return any((cells.dropna() % 1 != 0).any() for _, cells in frame.select_dtypes("float").items())


def _groups(raw: "pd.Series[Any]") -> NDArray[np.int64]:
    """A number for each value (rows,); a row without one is a group of its own."""
    words = words_of(raw)
    gap = (words == "").to_numpy()
    groups = pd.factorize(words.mask(gap))[0].astype(np.int64)
    groups[gap] = groups.max() + 1 + np.arange(gap.sum())
    return groups


def _time(column: Column, place: str) -> NDArray[np.float64]:
    cells = pd.to_numeric(column.cells, errors="coerce")  # of codes such as 0930
    if cells.isna().any():
        raise ValueError(
            f"{place}: time is a column of numbers or dates without gaps, {column.name} is not: name another --time"
        )
    if cells.min() == cells.max():
        raise ValueError(f"{place}: {column.name} is the same in every row and orders none: name another --time")
    return cells.to_numpy(np.float64)
