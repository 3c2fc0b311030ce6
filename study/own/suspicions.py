"""What a table should be looked at for before anything is trained: columns that give the class away, copies of rows, keys."""

from collections.abc import Iterator, Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from study.own.columns import EXACT, Column, frequent_words, quoted
from study.own.numerals import PLAIN
from study.own.options import shell
from study.own.spellings import alike

ROWS = 3000  # looked at for each column
GIVEN_AWAY = 0.98  # balanced accuracy by one column alone
STRAY = 0.02  # share of rows; a class below it may be a slip of the pen
COPIES = 0.02  # share of rows
SENTINELS = (-1, -9, -99, -999, -9999, -99999, 99, 999, 9999, 99999, 999999)  # as programs write gaps into numbers
OFTEN = 0.005  # share of rows


def suspicions(columns: Sequence[Column], y: NDArray[np.int64], classes: int) -> Iterator[str]:
    """One line each."""
    for column in columns:
        share = alone(column, y, classes)
        if share >= GIVEN_AWAY:
            yield (
                f"{column.name} gives the class away: alone it predicts {100 * share:.1f} % of each class; is it known before the class is?"
                f" --drop {shell(column.name)} leaves it out"
            )
    for column in columns:
        for several in alike(column.cells.unique())[:1] if column.kind == "words" else ():
            yield f"{column.name} has {' and '.join(map(quoted, several))}, which seem to be one: write them alike, if they are"
        joined = _joined(column) if column.kind == "words" else 0
        if joined > len(y) / 2:
            yield (
                f"{column.name} says little as it stands: {joined} of {len(y)} rows have words so rare that they are joined; write it in fewer"
                f" words, or as a number? --drop {shell(column.name)} leaves it out"
            )
        if column.kind == "number" and _rises(column):
            yield f"{column.name} rises or falls from row to row: does it number the rows? --drop {shell(column.name)} leaves it out"
        if column.kind == "number" and _loses_digits(column):
            yield (
                f"{column.name} has whole numbers beyond 2^53, whose last digits are lost: do they name something?"
                f" --drop {shell(column.name)} leaves it out"
            )
        gap = _stands_for_a_gap(column)
        if gap is not None:
            yield (
                f"{column.name} is {gap:g} in {int((column.cells == gap).sum())} rows, far from all others: does it stand for a gap?"
                f" --na={gap:g} takes it for one"
            )
    copied = copies(columns, y)
    if copied > COPIES * len(y):
        yield (
            f"{copied} of {len(y)} rows are copies of an earlier one: copies fall on both sides of a split and flatter the scores"
            "; leave them out, or keep them together by --group COLUMN"
        )


def suspicious_names(names: Sequence[str], *, of_text: bool) -> Iterator[str]:
    """Where the first line of a file may be a row of it."""
    numbers = [name for name in names if PLAIN.fullmatch(name)]
    broken = any("." in name for name in numbers)
    if of_text and len(numbers) > 1 and broken:
        yield f"the names {', '.join(numbers[:3])} in the first line are numbers: is it a row? Put names above it"


def _joined(column: Column) -> int:
    """Rows of its rare words."""
    return int((~column.cells.isin([*frequent_words(column.cells), ""])).sum())


def _stands_for_a_gap(column: Column) -> float | None:
    """A number such as -999, often there and further from all others than they are from each other."""
    if column.kind != "number":
        return None
    values = column.cells.to_numpy(np.float64)
    known = values[np.isfinite(values)]
    for gap in SENTINELS:
        others = known[known != gap]
        apart = len(others) > 1 and min(abs(others.min() - gap), abs(others.max() - gap)) > np.ptp(others)
        if apart and len(known) - len(others) > max(1, OFTEN * len(known)):
            return float(gap)
    return None


def alone(column: Column, y: NDArray[np.int64], classes: int) -> float:
    """Balanced accuracy of the best few cuts through one column, or of its words, on rows drawn evenly from the table.

    A class of a few stray rows, such as “yes” beside “Yes”, hides nothing: its rows are left aside, as long as two classes remain.
    """
    places = np.linspace(0, len(y) - 1, min(len(y), ROWS)).astype(int)
    codes = pd.factorize(column.cells, sort=True)[0] if column.kind == "words" else column.cells.to_numpy(np.float64)
    x, labels = np.asarray(codes, np.float64)[places], y[places]
    often = np.bincount(labels, minlength=classes) >= STRAY * len(labels)
    if often.sum() > 1:
        x, labels = x[often[labels]], labels[often[labels]]
    known = x[np.isfinite(x)]
    if column.kind == "words" and len(np.unique(known)) > len(labels) / 10:
        return 0.0  # words so rare fit any class
    filled = np.where(np.isfinite(x), x, known.min() - 1 if len(known) else 0)
    leaves = 2 * classes if column.kind != "words" else max(2, len(np.unique(filled)))
    if len(np.unique(filled)) < 2:
        return 0.0
    inputs, counts = filled.astype(np.float32)[:, None], np.bincount(labels, minlength=classes)
    from sklearn import config_context
    from sklearn.tree import DecisionTreeClassifier

    tree = DecisionTreeClassifier(max_leaf_nodes=leaves, random_state=0, min_samples_leaf=2)
    with config_context(
        skip_parameter_validation=True
    ):  # there may be thousands of columns: checks take longer than trees
        tree.fit(inputs, labels, sample_weight=1 / counts[labels], check_input=False)
        right = labels[tree.predict(inputs, check_input=False) == labels]
    return float((np.bincount(right, minlength=classes)[counts > 0] / counts[counts > 0]).mean())


def _loses_digits(column: Column) -> bool:
    values = column.cells.to_numpy(np.float64)
    known = values[np.isfinite(values)]
    return len(known) > 0 and bool(np.abs(known).max() >= EXACT) and bool((known % 1 == 0).all())


def _rises(column: Column) -> bool:
    values = column.cells.to_numpy(np.float64)
    steps = np.diff(values)
    return len(values) > 1 and bool((values % 1 == 0).all()) and bool((steps > 0).all() or (steps < 0).all())


def copies(columns: Sequence[Column], y: NDArray[np.int64]) -> int:
    """Rows that stand earlier in the table already, class and all."""
    whole = pd.DataFrame({str(place): column.cells for place, column in enumerate(columns)})
    hashed = pd.util.hash_pandas_object(whole, index=False).to_numpy() ^ (
        y.astype(np.uint64) * np.uint64(0x9E3779B97F4A7C15)
    )
    return len(hashed) - len(np.unique(hashed))
