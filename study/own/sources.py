"""Where tables of one's own come from: a file, OpenML (``openml:credit-g``), a list of public ones (``packaged:german``), a function (``package.module:function``)."""

import io
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import pandas as pd

from study.own.delimited import frame as delimited
from study.own.delimited import separator
from study.own.formats import content, existing
from study.own.functions import is_function, of_function
from study.own.listed import is_listed, of_list
from study.own.numerals import PLAIN, POINTS
from study.own.openml import is_openml, of_openml
from study.own.options import Options
from study.own.raw import SUFFIXES, Raw, with_names

Meant = Callable[[str], bool]  # whether a name is of this kind


def raw(name: str, options: Options, *, text: bool = False) -> Raw:
    """With ``text`` every cell of a file of text is a word. Raises ``ValueError`` for what cannot be read, with what it is and how it can be."""
    found: Raw = _reader(name)(name, options, text=text)
    return found if found.sep is not None or not options.na else replace(found, frame=_gapped(found.frame, options.na))


def check_there(name: str) -> None:
    """Raises ``ValueError`` where a file is meant and there is none."""
    if _reader(name) is of_file:
        existing(name)


def _reader(name: str) -> Callable[..., Raw]:
    return next((read for meant, read in SOURCES.values() if meant(name)), of_file)


def _gapped(frame: pd.DataFrame, words: Sequence[str]) -> pd.DataFrame:
    """With gaps where cells are one of these words; of text they are read so."""
    numbers = [float(word) for word in words if PLAIN.fullmatch(word) or word.lstrip("+-") == "inf"]

    def without(cells: "pd.Series[Any]") -> "pd.Series[Any]":
        if pd.api.types.is_numeric_dtype(cells.dtype) and not pd.api.types.is_bool_dtype(cells.dtype):
            gaps = cells.isin(numbers)
        else:
            gaps = cells.astype(object).map(lambda value: str(value).strip() in words)
        return cells.mask(gaps) if gaps.any() else cells

    return pd.DataFrame({name: without(frame[name]) for name in frame}, copy=False)


def is_meant(name: str) -> bool:
    """Whether a source may have a table of this name."""
    return any(meant(name) for meant, _ in SOURCES.values())


def is_file(name: str) -> bool:
    """By its look: there may be none, and its suffix may be wrong."""
    return name.lower().endswith(SUFFIXES) or (":" not in name and ("." in name or "/" in name))


def of_file(path: str, options: Options, *, text: bool) -> Raw:
    held = content(path, options.encoding)
    if held.kind != "text":
        return with_names(path, _binary(path, held.data, held.kind))
    read, lines, said = delimited(path, held.data, options, text=text)
    sep = separator(path, held.data, options)
    is_guessed = options.decimal is None and options.thousands is None
    if not text and is_guessed and sep != "," and (_has_marks_of_its_own(read) or _may_be_thousands(read)):
        # pandas has taken "1.169", which groups thousands here, for a number: all numbers are read by the file's own marks
        read, lines, said = delimited(path, held.data, options, text=True)
    return Raw(path, read, lines, (*held.notes, *said), sep, held.encoding)


def _has_marks_of_its_own(frame: pd.DataFrame) -> bool:
    """Whether a column of text holds numbers with commas, points aside, or whole ones with points, such as 1.250.000."""
    for name in frame:
        if not pd.api.types.is_numeric_dtype(frame[name].dtype):
            words = frame[name].dropna().astype(str).head(1000)
            if len(words) and words.str.fullmatch(r"\s*[+-]?[\d.]*\d,\d+\s*").mean() > 0.8:
                return True
            if len(words) and words.str.strip().map(POINTS.fullmatch).notna().all():
                return True
    return False


def _may_be_thousands(frame: pd.DataFrame) -> bool:
    """Whether numbers such as 1.169 may be above a thousand: no column has others with a point."""
    numbers = [frame[name].dropna() for name in frame if pd.api.types.is_float_dtype(frame[name].dtype)]
    broken = [cells for cells in numbers if (cells % 1 != 0).any()]
    return bool(broken) and all((cells.abs() < 1000).all() and (cells.round(3) == cells).all() for cells in broken)


def _binary(path: str, data: bytes, kind: str) -> pd.DataFrame:
    try:
        frame = READERS[kind](io.BytesIO(data))
    except (OSError, ValueError) as error:  # pyarrow's own are ValueErrors
        said = str(error).splitlines()[0]
        raise ValueError(f"{path} is no whole {kind} file, save or copy it again: {said}") from error
    named = frame.index.names if frame.index.nlevels > 1 or frame.index.name is not None else []
    return frame.reset_index(allow_duplicates=True) if named else frame


READERS: dict[str, Callable[[Any], pd.DataFrame]] = {"parquet": pd.read_parquet, "feather": pd.read_feather}
# The first that knows a name reads it
SOURCES: dict[str, tuple[Meant, Callable[..., Raw]]] = {
    "openml": (is_openml, of_openml),
    "list": (is_listed, of_list),
    "function": (is_function, of_function),
    "file": (is_file, of_file),
}
