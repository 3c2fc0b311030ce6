"""From columns to the inputs of a network, by scikit-learn's ColumnTransformer: no code of ours is in what it becomes.

Which inputs there are follows from the whole table without its classes, so that all seeds have the same. What numbers become
(average, spread, what fills a gap) follows from a seed's training rows alone. Words become 0 and 1 and stay so: divided by its
spread, a rare word would be 17 to 128, and regularising would seem to pay where it only mends that.
"""

import math
from collections.abc import Sequence
from functools import cache
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sklearn.compose import ColumnTransformer
from sklearn.frozen import FrozenEstimator
from sklearn.impute import KNNImputer
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import FunctionTransformer, MinMaxScaler, OneHotEncoder, RobustScaler, StandardScaler

from study.own.columns import MOST_WORDS, Column, rare_below

WILD = 20  # robust deviations: values beyond them would rule the average and the spread
NORMAL_QUARTILES = 1.349  # the distance of a normal distribution's quartiles, in standard deviations
IMAGE = 100  # columns of bytes, from which on they are the pixels of an image
BYTE = 255
WILD_COUNTS = 5  # standard deviations, where half of the values are one
CYCLES = {"year": 365.2425, "week": 7.0, "day": 1.0}  # days


def preparation(columns: Sequence[Column]) -> ColumnTransformer:
    """To be fitted on training rows; what follows from the whole table is in it already."""
    kinds = by_treatment(columns)
    measured = [*kinds["number"], *kinds["wild"], *kinds["switch"], *kinds["date"]]
    steps = [
        ("numbers", make_pipeline(StandardScaler(), _filled(len(kinds["number"]))), kinds["number"]),
        ("pixels", _pixels(kinds["pixel"]), kinds["pixel"]),
        ("wild numbers", _robust(len(kinds["wild"])), kinds["wild"]),
        ("of two values", _switches(kinds["switch"]), kinds["switch"]),
        ("dates", make_pipeline(StandardScaler(), _filled(len(kinds["date"]))), kinds["date"]),
        *((f"{wave} of the {cycle}", _cycle(wave, held, cycle), held) for wave, held, cycle in _cycles(kinds["date"])),
        ("gaps", FunctionTransformer(np.isnan), [column for column in measured if column.gaps]),
        ("words", _words(kinds["words"]), kinds["words"]),
    ]
    chosen = [(name, step, [column.name for column in held]) for name, step, held in steps if held]
    return ColumnTransformer(chosen, sparse_threshold=0, verbose_feature_names_out=False)


def by_treatment(columns: Sequence[Column]) -> dict[str, list[Column]]:
    """The columns by what is done to them: their kind, wild numbers and an image's pixels apart."""
    pixels = [column for column in columns if _is_byte(column)]
    kinds: dict[str, list[Column]] = {kind: [] for kind in ("number", "pixel", "wild", "switch", "words", "date")}
    for column in columns:
        if len(pixels) >= IMAGE and _is_byte(column):
            kinds["pixel"].append(column)
        else:
            kinds["wild" if is_wild(column) else column.kind].append(column)
    return kinds


def is_seedless(columns: Sequence[Column]) -> bool:
    """Whether the prepared inputs follow from the whole table alone, whichever rows train: of pixels and words."""
    kinds = by_treatment(columns)
    return all(not held for kind, held in kinds.items() if kind not in {"pixel", "words"})


def input_names(columns: Sequence[Column], transformer: ColumnTransformer) -> list[str]:
    """Of the inputs, in their order: ``column``, ``column = word``, ``column (gap)``, ``column (year, sine)``."""
    names: list[str] = []
    by_name = {column.name: column for column in columns}
    for step, held, members in transformer.transformers_:
        if step == "words":
            names += _word_names(held.estimator, members)
        elif step == "gaps":
            names += [f"{member} (gap)" for member in members]
        elif step.partition(" ")[0] in {"sine", "cosine"}:
            names += [f"{member} ({step})" for member in members]
        else:
            names += [by_name[member].name for member in members]
    return names


@cache  # asked for each seed
def is_wild(column: Column) -> bool:
    """Whether some values lie so far out that they would rule the spread."""
    if column.kind != "number":
        return False
    values = column.cells.to_numpy(np.float64)
    low, middle, high = np.nanquantile(values, [0.25, 0.5, 0.75])
    far = np.nanmax(np.abs(values - middle))
    if high > low:
        return bool(far > WILD * (high - low) / NORMAL_QUARTILES)
    return bool(far > WILD_COUNTS * np.nanstd(values))


@cache
def _is_byte(column: Column) -> bool:
    """Whether it may be a pixel: a whole number of 0 to 255, without gaps."""
    cells = column.cells
    whole = column.kind in {"number", "switch"} and cells.dtype.kind in "iu"
    return whole and bool(cells.min() >= 0) and bool(cells.max() <= BYTE)


def _pixels(columns: Sequence[Column]) -> FrozenEstimator | None:
    """All by one number: the spread of a pixel that is nearly always black says nothing."""
    if not columns:
        return None
    top = max(int(column.cells.max()) for column in columns)
    return FrozenEstimator(MinMaxScaler().fit(pd.DataFrame({column.name: [0, top] for column in columns})))


def _filled(inputs: int) -> FrozenEstimator:
    """Takes a gap for 0, the training rows' average once numbers are scaled: the one neighbour that there is.

    SimpleImputer would hold a dtype, which skops does not load without being told to.
    """
    return FrozenEstimator(KNNImputer(n_neighbors=1).fit(np.zeros((1, max(1, inputs)))))


def _robust(inputs: int) -> Pipeline:
    """Median and quartiles, then arsinh, which is a logarithm far out, then spread one."""
    return make_pipeline(RobustScaler(), FunctionTransformer(np.arcsinh), StandardScaler(), _filled(inputs))


def _switches(columns: Sequence[Column]) -> Pipeline | None:
    """0 and 1, as words are; a gap is between them, at the training rows' share."""
    if not columns:
        return None
    scaler = MinMaxScaler().fit(pd.DataFrame({column.name: column.cells for column in columns}))
    return make_pipeline(FrozenEstimator(scaler), StandardScaler(with_std=False), _filled(len(columns)))


def _words(columns: Sequence[Column]) -> FrozenEstimator | None:
    if not columns:
        return None
    encoder = OneHotEncoder(
        min_frequency=rare_below(len(columns[0].cells)),
        max_categories=MOST_WORDS + 1,  # the joined ones among them
        handle_unknown="ignore",
        sparse_output=False,
    )
    return FrozenEstimator(encoder.fit(pd.DataFrame({column.name: column.cells for column in columns})))


def _word_names(encoder: OneHotEncoder, members: Sequence[str]) -> list[str]:
    names = []
    for member, words, rare in zip(members, encoder.categories_, encoder.infrequent_categories_, strict=True):
        joined = set() if rare is None else set(rare)
        names += [f"{member} = {word}" if word else f"{member} (gap)" for word in words if word not in joined]
        names += [f"{member} (rare words)"] if joined else []
    return names


def _cycles(dates: Sequence[Column]) -> list[tuple[str, list[Column], str]]:
    """Those that a date goes through: years if it spans half of one, weeks if days of the week differ, days if hours do."""
    found = []
    for cycle in CYCLES:
        held = [date for date in dates if _turns(date.cells.dropna().to_numpy(np.float64), cycle)]
        if held:
            found += [("sine", held, cycle), ("cosine", held, cycle)]
    return found


def _turns(days: NDArray[np.float64], cycle: str) -> bool:
    if cycle == "year":
        return bool(np.ptp(days) > CYCLES["year"] / 2)
    if cycle == "week":
        return len(np.unique(np.floor(days) % 7)) > 1
    return len(np.unique(days % 1)) > 1


def _cycle(wave: str, columns: Sequence[Column], cycle: str) -> Pipeline:
    """Sine or cosine of 2π · days ÷ period; a gap becomes 0."""
    period = CYCLES[cycle] / (2 * math.pi)
    turned = MinMaxScaler((0, 1 / period)).fit(pd.DataFrame({column.name: [0.0, 1.0] for column in columns}))
    return make_pipeline(FrozenEstimator(turned), FunctionTransformer(WAVES[wave]), _filled(len(columns)))


WAVES: dict[str, Any] = {"sine": np.sin, "cosine": np.cos}
