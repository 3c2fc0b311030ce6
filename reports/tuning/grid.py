"""What it costs to have only the levels k/n, beside κ, the expected number of dropped units at the best keep_prob."""

import pandas as pd

from reports.judging.intervals import Estimate, jackknife
from reports.tuning.response_curves import Curve, Response, curves
from reports.tuning.strength_axes import level_counts


def grids(results: pd.DataFrame) -> pd.DataFrame:
    """Columns width, best_keep_prob, kappa, kappa_low, kappa_high, cost, low, high, seeds."""
    rows = []
    for curve in curves(results, "dropout"):
        found, units = penalty(curve), kappa(curve)
        reach = units.value, units.low, units.high
        rows.append(
            (curve.width, curve.lowest(curve.mean_response)[0], *reach, found.value, found.low, found.high, found.seeds)
        )
    columns = ["width", "best_keep_prob", "kappa", "kappa_low", "kappa_high", "cost", "low", "high", "seeds"]
    return pd.DataFrame(rows, columns=columns)


def penalty(curve: Curve) -> Estimate:
    """The lowest mean loss on the levels k/n above the lowest at any keep_prob, in nats; jackknife-t over seeds."""
    return jackknife(_penalty(curve, curve.mean_response), [_penalty(curve, others) for others in curve.left_out])


def kappa(curve: Curve) -> Estimate:
    """κ = n(1 − p*), in units; jackknife-t over seeds."""
    return jackknife(_kappa(curve, curve.mean_response), [_kappa(curve, others) for others in curve.left_out])


def _penalty(curve: Curve, response: Response) -> float:
    on_levels = response(level_counts(curve.width) / curve.width)
    return float(on_levels.min()) - curve.lowest(response)[1]


def _kappa(curve: Curve, response: Response) -> float:
    return curve.width * (1 - curve.lowest(response)[0])
