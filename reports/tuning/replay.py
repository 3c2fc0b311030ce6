"""Regret of a random search, by replaying hundreds of them on finished response curves."""

import numpy as np
import pandas as pd

from reports.judging.intervals import Numbers
from reports.tuning.response_curves import Curve
from reports.tuning.strength_axes import StrengthAxis
from reports.tuning.windows import covered

TRIALS = (5, 10, 20, 40)
FLOOR = np.inf  # trials: what choosing on one seed costs however many strengths are tried
BUDGET = 10  # trials that verdicts are about: what a person tries by hand
REPLAYS = 500
# fixed, so that a page is a function of its table; the same draws on all axes, so that they are paired
PLACES = np.random.default_rng(20170901).random((2, REPLAYS, max(TRIALS)))
COLUMNS = {"width": int, "axis": str, "trials": float, "seed": int, "regret": float}


def replayed_regrets(results: pd.DataFrame) -> pd.DataFrame:
    """Columns width, axis (its name), trials, seed, regret, for every axis that the run's curves cover; ``trials`` may be ``FLOOR``."""
    parts = [tidy(replay(curve, axis), curve.seeds, curve.width, axis.name) for axis, curve in covered(results)]
    return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=list(COLUMNS)).astype(COLUMNS)


def replay(curve: Curve, axis: StrengthAxis) -> Numbers:
    """Regret in nats, (S, len(TRIALS) + 1), the mean over searches; the last column is the floor.

    A search sees the losses of one seed and keeps the strength of the lowest. Its regret is the mean loss over the other seeds
    at that strength, above the lowest on their whole curve: neither luck of the draw nor of the seed earns anything.
    """
    tried = axis.at(PLACES[0], curve.width)
    return np.array(
        [
            kept_scores(curve.seen(losses, tried), others(tried)) - curve.lowest(others)[1]
            for losses, others in zip(curve.losses.T, curve.left_out, strict=True)
        ]
    )


def kept_scores(seen: Numbers, scored: Numbers) -> Numbers:
    """The mean score of what searches keep, after each number of TRIALS and of all that any of them tried, (len(TRIALS) + 1,).

    Args:
        seen: what each search sees of its trials, (searches, trials).
        scored: what the same trials are worth.
    """
    places = np.stack([seen[:, :trials].argmin(axis=1) for trials in TRIALS], axis=1)
    return np.append(np.take_along_axis(scored, places, axis=1).mean(axis=0), scored.flat[seen.argmin()])


def tidy(regret: Numbers, seeds: tuple[int, ...], width: int, axis: str) -> pd.DataFrame:
    """``COLUMNS`` of a regret (S, len(TRIALS) + 1)."""
    index = pd.MultiIndex.from_product([seeds, [*map(float, TRIALS), FLOOR]], names=["seed", "trials"])
    table = pd.DataFrame({"regret": regret.ravel()}, index=index).reset_index()
    return table.assign(width=width, axis=axis)[list(COLUMNS)]
