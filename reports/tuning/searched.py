"""Searches that were really run on an axis, scored on the response curves: their regret beside that of replayed random search."""

from collections.abc import Iterator, Sequence

import numpy as np
import pandas as pd

from reports.intervals import Numbers, mean
from reports.tuning.axes import AXES, Axis
from reports.tuning.curves import Curve, curves
from reports.tuning.replay import PLACES, TRIALS, kept

FIELDS = {"dropout": "keep_prob", "l2": "l2"}


def regrets(results: pd.DataFrame) -> pd.DataFrame:
    """Columns width, axis, trials, mean, low, high, repeats and random, where search arms have the names of axes.

    Regret in nats of the strength that a search had found best after so many trials: its loss on the smoothed mean curve of all
    seeds above the curve’s lowest; no interval reaches below 0, where no regret is. ``random`` is that of random search, replayed on the seeds that the search saw.
    """
    columns = ["width", "axis", "trials", "mean", "low", "high", "repeats", "random"]
    rows = [row for axis in AXES.values() for row in _of_axis(results, axis)]
    return pd.DataFrame(rows, columns=columns)


def _of_axis(results: pd.DataFrame, axis: Axis) -> Iterator[tuple[object, ...]]:
    networks = results[(results["stage"] == "search") & (results["arm"] == axis.name)]
    for curve in curves(results, axis.arm):
        of_width = networks[networks["width"] == curve.width]
        if of_width.empty or not curve.covers(axis):
            continue
        found = np.array([_regret(curve, searched) for searched in _searches(of_width, FIELDS[axis.arm])])
        random = _random(curve, axis, sorted(of_width["seed"].unique()))
        for place, trials in enumerate(TRIALS):
            after = mean(found[:, place])
            reach = max(after.low, 0), after.high
            yield curve.width, axis.label, trials, after.value, *reach, len(found), random[place]


def _searches(networks: pd.DataFrame, field: str) -> Iterator[pd.DataFrame]:
    """Each repeat: columns strength and loss by trial; a trial that lost a network has no loss."""
    repeats = networks.groupby("repeat") if "repeat" in networks else [(0, networks)]
    for _, of_repeat in repeats:
        trials = of_repeat.groupby("trial", sort=True)
        losses = trials["valid_loss"].mean().where(trials["valid_loss"].apply(lambda losses: losses.notna().all()))
        yield pd.DataFrame({"strength": trials[field].first(), "loss": losses})


def _regret(curve: Curve, searched: pd.DataFrame) -> Sequence[float]:
    """After each of TRIALS; NaN where the search is shorter."""
    _, lowest = curve.best(curve.mean)
    scored = curve.mean(searched["strength"].to_numpy(float)) - lowest
    seen = searched["loss"].fillna(np.inf).to_numpy(float)
    return [float(scored[seen[:trials].argmin()]) if trials <= len(seen) else np.nan for trials in TRIALS]


def _random(curve: Curve, axis: Axis, seeds: Sequence[int]) -> Numbers:
    """Regret of random search that sees the mean over ``seeds``, after each of TRIALS."""
    seen = [place for place, seed in enumerate(curve.seeds) if seed in seeds]
    tried = axis.at(PLACES[0], curve.width)
    losses = curve.seen(curve.losses[:, seen].mean(axis=1), tried)
    return kept(losses, curve.mean(tried))[:-1] - curve.best(curve.mean)[1]
