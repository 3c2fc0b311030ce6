"""A table before it is understood, wherever it comes from."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    import pandas as pd

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
)  # of files


@dataclass(frozen=True, eq=False)
class Raw:
    """A table before it is understood; ``lines`` (rows,) are those of its file, or numbers of rows; ``sep`` is of text alone."""

    place: str
    frame: "pd.DataFrame"
    lines: NDArray[np.int64]
    notes: tuple[str, ...] = ()
    sep: str | None = None
    encoding: str | None = None  # likewise
    target: str | None = None  # where the source names one


def with_names(place: str, frame: "pd.DataFrame", **told: Any) -> Raw:
    """Raises ``ValueError`` where there are no rows, or two columns of one name."""
    names = [str(name) for name in frame.columns]
    again = next((name for name in names if names.count(name) > 1), None)
    if again is not None:
        raise ValueError(f"{place} has two columns called {again}: rename one")
    if frame.empty:
        raise ValueError(f"{place} has no rows")
    return Raw(place, frame.set_axis(names, axis=1), np.arange(1, len(frame) + 1), **told)
