"""Regret of a random search, by replaying hundreds of them on finished response curves."""

import numpy as np
import pandas as pd

from reports.intervals import Numbers
from reports.tuning.axes import Axis
from reports.tuning.curves import Curve
from reports.tuning.windows import covered

TRIALS = (5, 10, 20, 40)
BUDGET = 10  # trials that verdicts are about: what a person tries by hand
REPLAYS = 500
SEED = (
    20170901  # fixed, so that a page is a function of its table; the same searches on all axes, so that they are paired
)
FLOOR = np.inf  # trials: what choosing on one seed costs when every strength is tried


def regrets(results: pd.DataFrame) -> pd.DataFrame:
    """Columns width, axis (its name), trials, seed, regret, for every axis that the run's curves cover; ``trials`` may be ``FLOOR``."""
    parts = [_replayed(curve, axis) for axis, curve in covered(results)]
    columns = {"width": int, "axis": str, "trials": float, "seed": int, "regret": float}
    return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=list(columns)).astype(columns)


def replay(curve: Curve, axis: Axis, places: Numbers) -> Numbers:
    """Regret in nats, (S, len(TRIALS) + 1), the mean over searches; the last column is the floor.

    A search sees the losses of one seed and keeps the strength of the lowest. Its regret is the mean loss over the other seeds
    at that strength, above the lowest on their whole curve: neither luck of the draw nor of the seed earns anything.

    Args:
        curve: the response.
        axis: where the search draws.
        places: uniform draws in [0, 1), (searches, max(TRIALS)); the same draws for every seed.
    """
    tried = axis.at(places, curve.width)
    everywhere = axis.at((np.arange(places.size) + 0.5) / places.size, curve.width)
    rows = []
    for losses, others in zip(curve.losses.T, curve.left_out, strict=True):
        kept = _best_so_far(tried, curve.seen(losses, tried))
        floor = everywhere[curve.seen(losses, everywhere).argmin()]
        scores = [*others(kept).mean(axis=0), float(others(np.array([floor]))[0])]
        rows.append(np.array(scores) - curve.best(others)[1])
    return np.array(rows)


def draws() -> Numbers:
    """Places of all replayed searches, (REPLAYS, max(TRIALS))."""
    return np.random.default_rng(SEED).random((REPLAYS, max(TRIALS)))


def _best_so_far(tried: Numbers, seen: Numbers) -> Numbers:
    """The strength that each search would keep after each number of trials, (searches, len(TRIALS))."""
    kept = [seen[:, :trials].argmin(axis=1) for trials in TRIALS]
    return np.stack([np.take_along_axis(tried, place[:, None], 1)[:, 0] for place in kept], axis=1)


def _replayed(curve: Curve, axis: Axis) -> pd.DataFrame:
    found = replay(curve, axis, draws())
    index = pd.MultiIndex.from_product([curve.seeds, [*map(float, TRIALS), FLOOR]], names=["seed", "trials"])
    table = pd.DataFrame({"regret": found.ravel()}, index=index).reset_index()
    return table.assign(width=curve.width, axis=axis.name)[["width", "axis", "trials", "seed", "regret"]]
