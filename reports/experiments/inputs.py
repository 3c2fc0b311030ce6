"""Inputs as they are, standardised, and divided by their variance, on two tables whose inputs differ by orders of magnitude."""

from typing import Any

import pandas as pd

from reports.evidence.arrival import ratio_of_steps, timed
from reports.evidence.paired import arm

REVISED = "Rates are finer, initial weights a tenth of the usual ones, since raw inputs began above 100 nats, and the target was 0.2 nat at first."
NAME = "inputs"
TARGET = 0.3  # nats
REGIMES = {"depth": None}
SCALINGS = ["raw", "centred", "standardised", "variance"]
RATES = [1e-6, 3e-6, 1e-5, 3e-5, 1e-4, 3e-4, 1e-3, 0.01, 0.03, 0.1, 0.3, 1.0]
SETTING = (
    f"Steps until the validation loss is {TARGET} nat, at the best learning rate of {RATES[0]:g} … {RATES[-1]:g}; wine and breast "
    "cancer, without a hidden layer (a convex problem) and with one of 16 units of ReLU; 1,500 steps; initial weights a tenth of the usual, so that raw inputs do not start with a loss of hundreds of nats. A run that never arrives, or "
    "diverges, counts as one of 1,500 steps; the ratio is then a bound, and its interval is open on that side."
)
TABLES = ["wine", "breast_cancer"]
DATA = {"name": TABLES, "train": 0.5, "valid": 0.3, "label_noise": 0.0, "scaling": SCALINGS}
DESIGN: dict[str, dict[str, Any]] = {
    "plain": {
        "data": DATA,
        "depth": [0, 1],
        "width": 16,
        "init_gain": 0.1,
        "batch_size": 20,
        "learning_rate": RATES,
        "schedule": "constant",
        "steps": 1500,
        "checkpoints": 150,
    },
    "contours": {
        "data": DATA,
        "depth": 0,
        "init_gain": 1e-6,
        "learning_rate": 1e-9,
        "steps": 1,
        "checkpoints": 1,
        "probes": "curvature",
    },
}


def ratio(rows: pd.DataFrame, slow: str, fast: str) -> pd.DataFrame:
    """Log of the steps with one scaling of the inputs over those with another, each at its own best learning rate."""
    networks = timed(arm(rows, "plain"), REGIMES, dict.fromkeys(TABLES, TARGET))
    sides = (networks[networks["scaling"] == scaling] for scaling in (slow, fast))
    return ratio_of_steps(*sides, names=(slow, fast))
