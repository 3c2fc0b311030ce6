"""Tables in files of one's own: ``people.csv:income`` is the file people.csv, whose column income holds the class."""

from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from pandas.api import types

from study.errors import did_you_mean

READERS: dict[str, Callable[[str], pd.DataFrame]] = {
    ".csv": pd.read_csv,
    ".csv.gz": pd.read_csv,
    ".parquet": pd.read_parquet,
}
MOST_CLASSES = 100
MOST_WORDS = 50  # of a column of words; one with more is a name or a text


def is_file(name: str) -> bool:
    """Whether this names a file, with or without a column."""
    path, _, column = name.rpartition(":")
    return any(each.lower().endswith(tuple(READERS)) for each in (path, column))


def check_column(name: str) -> None:
    """Raises ``ValueError`` unless a column is named."""
    if ":" not in name:
        raise ValueError(f"{name} needs the column that holds the class, {name}:COLUMN")


def read(name: str) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Inputs (rows, inputs), one for each column of numbers and one for each word of a column of words, and classes (rows,), numbered in order.

    Raises ``ValueError`` where the file cannot be read, or holds what a network cannot learn from.
    """
    path, _, target = name.rpartition(":")
    frame = _frame(path)
    if target not in frame:
        raise ValueError(f"{path} has no column {target}{did_you_mean(target, [str(each) for each in frame])}")
    missing = [str(column) for column in frame if frame[column].isna().any()]
    if missing:
        raise ValueError(f"{path} has rows without {', '.join(missing)}: fill them in, or leave these rows out")
    codes, classes = pd.factorize(frame[target], sort=True)
    if not 2 <= len(classes) <= MOST_CLASSES:  # one class is nothing to learn
        raise ValueError(f"a class is one of 2 to {MOST_CLASSES}, got {len(classes)} values in {path}:{target}")
    columns = [inputs for each in frame if each != target for inputs in _inputs(path, frame[each])]
    if not columns:
        raise ValueError(f"{path} has no column besides {target}")
    return pd.concat(columns, axis=1).to_numpy(np.float64), codes.astype(np.int64)


def _frame(path: str) -> pd.DataFrame:
    reader = next(read for suffix, read in READERS.items() if path.lower().endswith(suffix))
    if not Path(path).is_file():
        raise ValueError(f"there is no file {path}")
    try:
        return reader(path)
    except (OSError, ValueError) as error:  # pandas' and pyarrow's own are ValueErrors
        raise ValueError(f"{path} cannot be read: {str(error).splitlines()[0]}") from error


def _inputs(path: str, column: "pd.Series[float]") -> Iterator["pd.Series[float]"]:
    """The numbers of a column, or for each of its words whether it is there."""
    if types.is_numeric_dtype(column):
        numbers = column.astype(float)
        if not np.isfinite(numbers).all():
            raise ValueError(f"{path} has numbers that are not finite in {column.name}: leave these rows out")
        yield numbers
    elif types.is_string_dtype(column) or isinstance(column.dtype, pd.CategoricalDtype):
        words = sorted(map(str, column.unique()))
        if len(words) > MOST_WORDS:
            raise ValueError(
                f"{path} has {len(words)} different words in {column.name}, {MOST_WORDS} at most: group them, or leave it out"
            )
        yield from ((column.astype(str) == word).astype(float).rename(f"{column.name} {word}") for word in words)
    else:
        raise ValueError(f"{path} holds neither numbers nor words in {column.name}, but {column.dtype}: leave it out")
