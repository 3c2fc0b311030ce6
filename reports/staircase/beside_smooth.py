"""What a response has beside its smooth fit, in units of a step: a staircase is a saw-tooth there, a smooth response nothing."""

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.interpolate import BSpline

from reports.evidence.responses import complete, tunable
from reports.judging.intervals import mean
from reports.judging.verdict import SESOI
from reports.staircase.quantization import CUBIC, FEWEST, RANK, USUAL, Grid, splines, weights

COLUMNS = ["strength", "mean", "low", "high", "seeds"]


def beside_smooth(rows: pd.DataFrame, levels: int) -> pd.DataFrame:
    """``COLUMNS``: loss minus its smooth fit by keep_prob, divided by |s'|/n, the height that a step would have there.

    The fit is the one of the index at Q = 0. It is linear in the losses, so each seed has a remainder of its own, and the
    interval is over these. Of the strengths, the longest run at which a step would be higher than the smallest effect of
    interest: elsewhere none could be told. Empty where there are no more strengths than the fit has degrees of freedom, or where
    they reach fewer levels than a cubic has.
    """
    losses = tunable(complete(rows))
    grid = Grid(tuple(losses.index.to_numpy(float)), levels)
    if not FEWEST <= grid.degrees(USUAL) < len(losses):
        return pd.DataFrame(columns=COLUMNS, dtype=float)
    strength, matrix = losses.index.to_numpy(float), losses.to_numpy(float)
    basis, root = splines(strength, grid, USUAL), np.sqrt(weights(matrix, USUAL))
    coefficients = np.linalg.lstsq(basis * root[:, None], matrix * root[:, None], rcond=RANK)[0]
    slope = BSpline(grid.knots(USUAL), coefficients.mean(axis=1), CUBIC).derivative()(strength)
    step = np.abs(slope) / levels
    told = longest_run(step > SESOI)
    remainders = (matrix - basis @ coefficients)[told] / step[told, None]
    found = [mean(remainder) for remainder in remainders]
    rows_of = zip(strength[told], found, strict=True)
    return pd.DataFrame([(at, each.value, each.low, each.high, each.seeds) for at, each in rows_of], columns=COLUMNS)


def longest_run(true: NDArray[np.bool_]) -> slice:
    """Of neighbours that are all true; the first of several."""
    edges = np.flatnonzero(np.diff(np.concatenate([[False], true, [False]]).astype(int)))
    starts, ends = edges[::2], edges[1::2]
    if not starts.size:
        return slice(0)
    longest = int(np.argmax(ends - starts))
    return slice(int(starts[longest]), int(ends[longest]))
