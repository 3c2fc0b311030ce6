"""The results table as reports take it: one row per trained network, checked where it enters."""

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from reports.judging.intervals import Numbers

KEYS = ("stage", "arm", "repeat", "trial", "replicate")
METRICS = ("valid_loss", "valid_error", "test_loss", "test_error")
SETTINGS = ("seed", "width", "keep_prob", "l2")
NEEDED = (*KEYS, *SETTINGS, "stopped", *METRICS)


class TableError(ValueError):
    """A results table that lacks what a report needs, or holds what it cannot tell apart."""


def read(path: Path) -> pd.DataFrame:
    """The table of a results.parquet. Raises ``TableError`` if there is none, or the file is something else."""
    if not path.is_file():
        raise TableError(f"a report needs a results table, there is none at {path}: run the study first")
    try:
        return pd.read_parquet(path)
    except (OSError, ValueError) as error:
        raise TableError(f"{path} is no results table: a report reads the results.parquet of a run") from error


def check(results: pd.DataFrame) -> None:
    """Raises ``TableError`` if a column or the provenance is missing."""
    missing = [column for column in NEEDED if column not in results.columns]
    if missing:
        raise TableError(f"a results table has the columns {', '.join(NEEDED)}, missing: {', '.join(missing)}")
    if "provenance" not in results.attrs:
        raise TableError("a results table carries its provenance in attrs, and a csv does not: read results.parquet")


def plain(results: pd.DataFrame) -> pd.DataFrame:
    """The table by key, in NumPy's own number types and without attrs; what has no finite loss has NaN.

    Words are Python's, and columns of one type lie together: pandas moves those at once, and others one by one, which took half of a claim's time.
    """
    bare = results.copy(deep=False)
    bare.attrs = {}  # pandas copies them, all the way down, for each column that is taken
    losses = {column: _finite(pd.to_numeric(bare[column])) for column in METRICS}
    numbers = {str(name): _numbers(column) for name, column in bare.items() if _is_number(column)}
    words = {str(name): column.astype(object) for name, column in bare.items() if _is_words(column)}
    return pd.DataFrame(bare.assign(**(numbers | losses | words))).sort_values(list(KEYS), ignore_index=True).copy()


def _finite(column: "pd.Series[Any]") -> Numbers:
    values = column.to_numpy(float, na_value=float("nan"))
    return np.where(np.isfinite(values), values, np.nan)


def _is_number(column: "pd.Series[Any]") -> bool:
    return pd.api.types.is_numeric_dtype(column) and not pd.api.types.is_bool_dtype(column)


def _is_words(column: "pd.Series[Any]") -> bool:
    return isinstance(column.dtype, pd.StringDtype)


def _numbers(column: "pd.Series[Any]") -> Any:
    whole = pd.api.types.is_integer_dtype(column) and not column.isna().any()
    return column.to_numpy("int64") if whole else column.to_numpy(float, na_value=float("nan"))
