"""A preparation fitted on some rows of a table, and the inputs that it makes of rows: bit by bit what scikit-learn makes of them.

Numbers, of which large tables have hundreds of columns, go column after column: a table holds each by itself, and rows of all
of them at once are gathered and copied ten times slower.
"""

import warnings
from collections.abc import Iterator, Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sklearn.compose import ColumnTransformer
from sklearn.preprocessing import StandardScaler

from study.own.columns import Column, in_doubles
from study.own.preparing import preparation

SOME = 100  # rows
COLUMNS = 16  # of numbers at once: of 70,000 rows 9 MB
AT_ONCE = 4096  # rows of other columns: what scikit-learn makes of them in float64 is no larger than that


def fitted(columns: Sequence[Column], frame: pd.DataFrame, rows: NDArray[np.int64]) -> ColumnTransformer:
    """On these rows of the table."""
    with warnings.catch_warnings():
        warnings.simplefilter(
            "ignore", RuntimeWarning
        )  # a column whose every training row is a gap has no average: it becomes 0
        # a ColumnTransformer transforms all that it is fitted on: which inputs there are follows from any rows
        transformer = preparation(columns).fit(in_doubles(frame.iloc[rows[:SOME]]))
        for name, step, members in transformer.transformers_:
            if name == "numbers":
                _measure(step[0], frame[list(members)], rows)
            elif name != "remainder":
                step.fit(in_doubles(frame[list(members)].iloc[rows]), None)
    return transformer


def prepared(
    transformer: ColumnTransformer,
    frame: pd.DataFrame,
    into: NDArray[np.float32] | None = None,
    rows: NDArray[np.int64] | None = None,
) -> NDArray[np.float32]:
    """Inputs (rows, inputs), all finite, in the type that networks train in; written ``into`` an array where there is one."""
    places = np.arange(len(frame)) if rows is None else rows
    held = transformer.output_indices_
    inputs = np.empty((len(places), max(each.stop for each in held.values())), np.float32) if into is None else into
    for name, step, members in transformer.transformers_:
        if name == "numbers":
            _scale(step[0], frame[list(members)], places, inputs[:, held[name]])
        elif name != "remainder":
            of_step = frame[list(members)]
            for start in range(0, len(places), AT_ONCE):
                some = in_doubles(of_step.iloc[places[start : start + AT_ONCE]])
                inputs[start : start + AT_ONCE, held[name]] = step.transform(some)
    return inputs


def _measure(scaler: StandardScaler, frame: pd.DataFrame, rows: NDArray[np.int64]) -> None:
    """Fits it, some columns at once: it takes several times the memory of what it is fitted on."""
    held = [StandardScaler().fit(cells.T) for _, cells in _some_columns(frame, rows)]
    for name in ("mean_", "var_", "scale_"):
        setattr(scaler, name, np.concatenate([getattr(each, name) for each in held]))
    seen = np.concatenate([np.broadcast_to(each.n_samples_seen_, each.mean_.shape) for each in held])
    scaler.n_samples_seen_ = seen if np.ptp(seen) else seen[0]  # as it does itself


def _scale(scaler: StandardScaler, frame: pd.DataFrame, rows: NDArray[np.int64], into: NDArray[np.float32]) -> None:
    """What the scaler makes of numbers, and the step behind it of gaps: 0."""
    for columns, cells in _some_columns(frame, rows):
        cells -= scaler.mean_[columns, None]
        cells /= scaler.scale_[columns, None]
        cells[np.isnan(cells)] = 0
        into[:, columns] = cells.T


def _some_columns(frame: pd.DataFrame, rows: NDArray[np.int64]) -> Iterator[tuple[slice, NDArray[np.float64]]]:
    """Which columns, and their cells (columns, rows)."""
    for start in range(0, frame.shape[1], COLUMNS):
        columns = slice(start, start + COLUMNS)
        yield columns, frame.iloc[:, columns].to_numpy(np.float64).T.take(rows, axis=1)
