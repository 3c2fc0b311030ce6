"""What tables and arrays add up to, so that a register sees every number of them without holding it."""

from collections.abc import Mapping, Sequence
from dataclasses import fields, is_dataclass
from typing import Any

import numpy as np
import pandas as pd


def of_table(table: pd.DataFrame) -> dict[str, Any]:
    """Of each column what it adds up to; of words the first and last."""
    return {str(name): _of_column(column) for name, column in table.items()}


def _of_column(column: "pd.Series[Any]") -> list[Any]:
    if pd.api.types.is_numeric_dtype(column):
        return [len(column), _total(column.to_numpy(float))]
    return [len(column), *(str(column.iloc[place]) for place in (0, -1) if len(column))]


def _total(values: "np.ndarray[Any, np.dtype[Any]]") -> float:
    """Each times its place, so that no two can be swapped."""
    return float(np.nansum(values.ravel() * np.arange(1, values.size + 1)))


def of_all(value: Any) -> Any:
    """Of all tables and arrays in it; what is called is named."""
    if isinstance(value, pd.DataFrame | pd.Series):
        return of_table(value.reset_index())
    if isinstance(value, np.ndarray):
        return [list(value.shape), _total(value.astype(float))]
    if is_dataclass(value) and not isinstance(value, type):
        return {each.name: of_all(getattr(value, each.name)) for each in fields(value)}
    if isinstance(value, Mapping):
        return {str(name): of_all(each) for name, each in value.items()}
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [of_all(each) for each in value]
    return getattr(value, "__qualname__", type(value).__name__) if callable(value) else value
