"""What the probes measured and how training went, taken out of the results table's JSON columns."""

import json
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import numpy as np
import pandas as pd

from reports.judging.intervals import Numbers


def measure(rows: pd.DataFrame, name: str, *place: int) -> Numbers:
    """One number of each network: the measure ``probe.quantity``, at a ``place`` where it is a list; NaN where it is not there."""
    return np.array([_at(measures_of(raw).get(name), place) for raw in rows["measures"]], float)


def values(rows: pd.DataFrame, name: str) -> list[Any]:
    """A measure as it is, of rows that have it."""
    return [measures_of(raw)[name] for raw in rows["measures"]]


def measured(rows: pd.DataFrame, name: str) -> pd.DataFrame:
    """The rows whose networks have the measure. A table from before probes has none."""
    if "measures" not in rows:
        return rows.iloc[:0]
    return rows[[measures_of(raw).get(name) is not None for raw in rows["measures"]]]


@lru_cache(maxsize=4096)
def measures_of(raw: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(raw) or {}
    return found


def _at(value: Any, place: Sequence[int]) -> float:
    for index in place:
        value = value[index] if isinstance(value, list) else None
    return float("nan") if value is None else float(value)


def steps_to(rows: pd.DataFrame, targets: "pd.Series[float]") -> Numbers:
    """Steps until the validation loss first reaches each row's target in nats, (rows,), straight between checkpoints; inf: never.

    Where the first checkpoint is below the target already, its steps count: an upper limit.
    """
    batches = np.ceil(rows["train_rows"] / rows["batch_size"])
    return np.array([_crossing(*each) for each in zip(rows["curve"], batches, targets, strict=True)], float)


def _crossing(curve: str, batches: float, target: float) -> float:
    epochs, losses = np.array(json.loads(curve) or [(np.inf, np.inf)], float).T
    steps = epochs * batches
    reached = np.flatnonzero(losses <= target)
    if not reached.size:
        return np.inf
    last = int(reached[0])
    if last == 0:
        return float(steps[0])
    share = (losses[last - 1] - target) / (losses[last - 1] - losses[last])
    return float(steps[last - 1] + share * (steps[last] - steps[last - 1]))
