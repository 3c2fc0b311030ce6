"""Published figures that ours are laid beside: HPOBench's grid of scikit-learn's MLP, and MNIST by width.

``hpobench.csv`` and ``mnist.csv`` are written by `make references`; the page shows them.
"""

from pathlib import Path

import numpy as np
import pandas as pd
from scipy import special

from reports.judging.intervals import LEVEL

HPOBENCH = Path(__file__).with_name("hpobench.csv")
MNIST = Path(__file__).with_name("mnist.csv")
WHOSE = ("theirs", "ours, rows not trained on", "ours, rows drawn anew")
SEEDS = 5  # of either side
ARMS = ("none", "l2", "dropout")


def cells() -> pd.DataFrame:
    """A row for each cell of the grid: mean accuracy (percent) of each of ``WHOSE``, and whether ours agrees with theirs."""
    known = pd.read_csv(HPOBENCH, dtype={"cell": str})
    accuracies = known[known["what"] == "accuracy"]
    wide = accuracies.pivot_table(index=["table", "cell", "setting"], columns="whose", values=["value", "error"])
    theirs = WHOSE[0]
    for whose in WHOSE[1:]:
        apart = wide["value", whose] - wide["value", theirs]
        error = np.hypot(wide["error", whose], wide["error", theirs])
        wide["agrees", whose] = apart.abs() <= error * special.stdtrit(
            _freedom(pd.DataFrame(wide["error"]), whose), (1 + LEVEL) / 2
        )
    return wide.reset_index()


def _freedom(errors: pd.DataFrame, whose: str) -> "pd.Series[float]":
    """Welch and Satterthwaite's, of two means over ``SEEDS``."""
    squares = errors[[WHOSE[0], whose]] ** 2
    found: pd.Series[float] = (SEEDS - 1) * squares.sum(axis=1) ** 2 / (squares**2).sum(axis=1).clip(lower=1e-12)
    return found.clip(lower=SEEDS - 1)


def gains_of_l2() -> pd.DataFrame:
    """A row for each table: what L2 gains in the grid, in points of accuracy, ``value`` with ``low`` and ``high``."""
    known = pd.read_csv(HPOBENCH, dtype={"cell": str})
    found = known[known["what"] == "gain of L2"].copy()
    reach = found["error"] * float(special.stdtrit(SEEDS - 1, (1 + LEVEL) / 2))
    return found.assign(low=found["value"] - reach, high=found["value"] + reach)[["table", "value", "low", "high"]]


def by_width() -> pd.DataFrame:
    """On all of MNIST, ours: ``value`` and ``error``, accuracy in percent and its standard error, by width (index) and arm (columns)."""
    return pd.read_csv(MNIST).pivot_table(index="width", columns="arm", values=["value", "error"])


def dropout_beside_none() -> dict[str, list[int]]:
    """Widths at which dropout is ``ahead`` of none on MNIST, ``behind`` it, or ``open``: within two standard errors of the difference."""
    found: dict[str, list[int]] = {"ahead": [], "behind": [], "open": []}
    for width, row in by_width().iterrows():
        gain = row["value", "dropout"] - row["value", "none"]
        known = abs(gain) > 2 * np.hypot(row["error", "dropout"], row["error", "none"])
        found[("ahead" if gain > 0 else "behind") if known else "open"].append(int(str(width)))
    return found
