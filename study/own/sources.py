"""Where tables of one's own come from: a file, OpenML (``openml:credit-g``), a list of public ones (``packaged:german``), a function (``package.module:function``)."""

import importlib
import io
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.error import URLError

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sklearn.datasets import fetch_openml

from study.own.delimited import frame as delimited
from study.own.delimited import separator
from study.own.formats import content
from study.own.options import Options
from study.packaged import reading
from study.packaged.listing import PREFIX as PACKAGED
from study.packaged.listing import of_name

OPENML = "openml:"
LISTS = (OPENML, PACKAGED)  # where a table is known by its name
FUNCTION = re.compile(r"[A-Za-z_][\w.]*:[A-Za-z_]\w*")
SUFFIXES = (
    ".csv",
    ".tsv",
    ".txt",
    ".tab",
    ".dat",
    ".data",
    ".gz",
    ".zip",
    ".bz2",
    ".xz",
    ".parquet",
    ".feather",
    ".arrow",
)
TARGET = "target"  # the class of a function that gives x and y without a name for it


@dataclass(frozen=True, eq=False)
class Raw:
    """A table before it is understood; ``lines`` (rows,) are those of its file, or numbers of rows; ``sep`` is of text alone."""

    place: str
    frame: pd.DataFrame
    lines: NDArray[np.int64]
    notes: tuple[str, ...] = ()
    sep: str | None = None
    encoding: str | None = None  # likewise
    target: str | None = None  # where the source names one


def is_function(name: str) -> bool:
    """Whether this names a Python function."""
    module = name.partition(":")[0]
    return not name.startswith(LISTS) and FUNCTION.fullmatch(name) is not None and not module.lower().endswith(SUFFIXES)


def raw(name: str, options: Options, *, text: bool = False) -> Raw:
    """With ``text`` every cell of a file of text is a word. Raises ``ValueError`` for what cannot be read, with what it is and how it can be."""
    if name.startswith(OPENML):
        return of_openml(name.removeprefix(OPENML))
    if name.startswith(PACKAGED):
        return of_package(name.removeprefix(PACKAGED))
    return of_function(name) if is_function(name) else of_file(name, options, text=text)


def of_file(path: str, options: Options, *, text: bool) -> Raw:
    held = content(path, options.encoding)
    if held.kind != "text":
        return _with_names(path, _binary(path, held.data, READERS[held.kind]))
    read, lines, said = delimited(path, held.data, options, text=text)
    sep = separator(path, held.data, options)
    if not text and options.decimal is None and options.thousands is None and sep != "," and _has_decimal_commas(read):
        # pandas has taken "1.169", which groups thousands here, for a number: all numbers are read by the file's own marks
        read, lines, said = delimited(path, held.data, options, text=True)
    return Raw(path, read, lines, (*held.notes, *said), sep, held.encoding)


def _has_decimal_commas(frame: pd.DataFrame) -> bool:
    """Whether a column of text holds numbers with commas, points aside."""
    for name in frame:
        if not pd.api.types.is_numeric_dtype(frame[name].dtype):
            words = frame[name].dropna().astype(str).head(1000)
            if len(words) and words.str.fullmatch(r"\s*[+-]?[\d.]*\d,\d+\s*").mean() > 0.8:
                return True
    return False


def _binary(path: str, data: bytes, read: Callable[[Any], pd.DataFrame]) -> pd.DataFrame:
    try:
        frame = read(io.BytesIO(data))
    except (OSError, ValueError) as error:  # pyarrow's own are ValueErrors
        raise ValueError(f"{path} cannot be read: {str(error).splitlines()[0]}") from error
    named = frame.index.names if frame.index.nlevels > 1 or frame.index.name is not None else []
    return frame.reset_index() if named else frame


def _with_names(place: str, frame: pd.DataFrame, **told: Any) -> Raw:
    """Raises ``ValueError`` where there are no rows, or two columns of one name."""
    names = [str(name) for name in frame.columns]
    again = next((name for name in names if names.count(name) > 1), None)
    if again is not None:
        raise ValueError(f"{place} has two columns called {again}: rename one")
    if frame.empty:
        raise ValueError(f"{place} has no rows")
    return Raw(place, frame.set_axis(names, axis=1), np.arange(1, len(frame) + 1), **told)


def of_openml(name: str) -> Raw:
    """By name or number, through scikit-learn, which keeps a copy in its folder of data. Raises ``ValueError``."""
    asked = {"data_id": int(name)} if name.isdigit() else {"name": name, "version": "active"}
    try:
        bunch = fetch_openml(**asked, as_frame=True, parser="auto")
    except URLError as error:
        raise ValueError(
            f"OpenML cannot be reached for {name} ({error.reason}): save the table as a file, and name that"
        ) from error
    except (ValueError, OSError) as error:
        raise ValueError(f"OpenML has no table {name} to read: {str(error).splitlines()[0]}") from error
    target = bunch.target_names[0] if bunch.target_names else None
    version = bunch.details.get("version", "?")
    return _with_names(
        f"{OPENML}{name}",
        bunch.frame,
        target=target,
        notes=(f"OpenML's {bunch.details.get('name', name)}, version {version}",),
    )


def of_package(name: str) -> Raw:
    """A public table of the list. Raises ``ValueError`` where there is none of this name, or it is not fetched."""
    table = of_name(name)
    carrier = f"{table.package.name} {table.package.version}"
    return _with_names(
        f"{PACKAGED}{name}",
        reading.frame(table).drop(columns=list(table.drop)),
        target=reading.target(table),
        sep=table.sep,
        notes=(f"{table.family}, as {carrier} carries it",),
    )


def of_function(name: str) -> Raw:
    """What ``package.module:function()`` returns: a data frame, or inputs and classes. Raises ``ValueError``."""
    module, _, function = name.partition(":")
    try:
        made = getattr(importlib.import_module(module), function)()
    except (ImportError, AttributeError) as error:
        raise ValueError(f"there is no function {name}: {error}") from error
    except Exception as error:  # whatever it raises is its own
        raise ValueError(f"{name}() fails: {type(error).__name__}: {error}") from error
    if isinstance(made, pd.DataFrame):
        return _with_names(name, made)
    if isinstance(made, tuple) and len(made) == 2 and np.ndim(made[0]) == 2 and len(made[0]) == len(made[1]):
        x, y = made
        inputs = x if isinstance(x, pd.DataFrame) else pd.DataFrame(np.asarray(x)).add_prefix("x")
        target = str(getattr(y, "name", None) or TARGET)
        return _with_names(name, inputs.reset_index(drop=True).assign(**{target: np.asarray(y)}), target=target)
    raise ValueError(
        f"{name}() gives a data frame, or inputs (rows, columns) and classes (rows,), got {type(made).__name__}"
    )


READERS: dict[str, Callable[[Any], pd.DataFrame]] = {"parquet": pd.read_parquet, "feather": pd.read_feather}
