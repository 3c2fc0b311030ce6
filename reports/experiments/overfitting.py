"""Overfitting: dropout and none by width, training rows and label noise."""

from typing import Any

import pandas as pd

from reports.evidence.paired import arm, at_best, with_regime

REVISED = "The learning rates of the design reach lower: the best had lain at the edge of the grid."
NAME = "overfitting"
REGIMES = {"width": None, "train_rows": "{} rows", "label_noise": "{:.0%} wrong labels"}
KEPT = [0.98, 0.95, 0.9, 0.8, 0.7, 0.6, 0.5, 0.4, 0.3]
ARM: dict[str, Any] = {
    "data": {"train": [100, 300, 900], "valid": 500, "label_noise": [0.0, 0.2]},
    "width": [12, 64],
    "learning_rate": [0.008, 0.02, 0.05, 0.15],
}
DESIGN: dict[str, dict[str, Any]] = {"none": ARM, "dropout": {**ARM, "keep_prob": KEPT}}


def best(rows: pd.DataFrame, name: str) -> pd.DataFrame:
    """A row for each regime and seed: the arm at its best setting by validation loss."""
    return at_best(arm(with_regime(rows, REGIMES), name), tuned=["keep_prob", "learning_rate"])
