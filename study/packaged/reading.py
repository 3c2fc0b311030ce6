"""A listed table as words and numbers in rows: its text is read and nothing of its package is run."""

import io

import pandas as pd

from study.packaged.cache import text_of
from study.packaged.listing import Listed

CLASS = "class"


def frame(table: Listed) -> pd.DataFrame:
    """Every cell a word, as it is written; columns without a name are ``x1``, ``x2``, …, the last one ``class``.

    Raises ``ValueError`` where it is not fetched.
    """
    read = pd.read_csv(
        io.BytesIO(text_of(table)),
        sep=table.sep,
        header=0 if table.header else None,
        skiprows=table.skip,
        skipinitialspace=True,
        dtype=str,
        keep_default_na=False,
        encoding="utf-8-sig",
    )
    if not table.header:
        return read.set_axis([*(f"x{place}" for place in range(1, read.shape[1])), CLASS], axis=1)
    return read.rename(columns=lambda name: str(name).strip("'"))


def target(table: Listed) -> str:
    return table.target or CLASS
