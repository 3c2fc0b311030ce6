"""Tolerance windows: the share of a searched axis on which the mean loss is close to its best."""

from collections.abc import Iterator

import numpy as np
import pandas as pd

from reports.judging.intervals import Estimate, jackknife
from reports.tuning.response_curves import Curve, Response, curves
from reports.tuning.strength_axes import AXES, StrengthAxis

TOLERANCE = 0.01  # nat above the arm's best strength
PLACES = (np.arange(4000) + 0.5) / 4000  # of an axis; every k/n has its share of them to within 3%


def windows(results: pd.DataFrame) -> pd.DataFrame:
    """Columns width, axis, best_strength, share, low, high, seeds: every axis that the run's curves cover."""
    rows = []
    for axis, curve in covered(results):
        found = window(curve, axis)
        best, _ = curve.lowest(curve.mean_response)
        rows.append((curve.width, axis.label, best, found.value, max(found.low, 0), min(found.high, 1), found.seeds))
    return pd.DataFrame(rows, columns=["width", "axis", "best_strength", "share", "low", "high", "seeds"])


def covered(results: pd.DataFrame) -> Iterator[tuple[StrengthAxis, Curve]]:
    """Each axis with the curves that reach its ends."""
    for axis in AXES.values():
        yield from ((axis, curve) for curve in curves(results, axis.arm) if curve.covers(axis))


def window(curve: Curve, axis: StrengthAxis) -> Estimate:
    """W with its jackknife-t interval over seeds."""
    return jackknife(share(curve, axis, curve.mean_response), [share(curve, axis, others) for others in curve.left_out])


def share(curve: Curve, axis: StrengthAxis, response: Response) -> float:
    """The share of the axis within ``TOLERANCE`` of the curve's best, which need not lie on the axis."""
    _, lowest = curve.lowest(response)
    return float(np.mean(response(axis.at(PLACES, curve.width)) <= lowest + TOLERANCE))
