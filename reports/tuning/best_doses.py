"""Where the mean response is lowest, in every resample of the seeds."""

import numpy as np
from scipy import special

from reports.evidence.once import once
from reports.judging.intervals import LEVEL, Estimate, Numbers, students
from reports.tuning.doses import NONE, DoseCurve, drawn
from reports.tuning.smoothing import lowest, smoother

RESAMPLES = 1000
DENSE = 501


@once
def best_keep_probs(curve: DoseCurve) -> Numbers:
    """p* of all seeds and of RESAMPLES resamples of them, (1 + RESAMPLES,): the lowest point of the smoothed mean, or 1 where "none" is lower."""
    shares = resamples(len(curve.seeds))
    smoothed = smoother(curve.strengths)(curve.losses @ shares.T)
    at, losses = lowest(curve.strengths, smoothed, np.linspace(curve.strengths[0], curve.strengths[-1], DENSE))
    return np.where(shares @ curve.none < losses, NONE["dropout"], at)


def resamples(seeds: int) -> Numbers:
    """The share that each seed has in all of them and in RESAMPLES resamples of them, (1 + RESAMPLES, S)."""
    return np.vstack([np.ones(seeds), drawn(seeds, RESAMPLES)]) / seeds


def percentiles(resampled: Numbers, *, seeds: int) -> Estimate:
    """Of a value and its resamples (1 + RESAMPLES,), the percentile interval, as much wider as Student's t is than the normal.

    Resamples of S seeds vary less than seeds do, by √((S − 1)/S), and know nothing of a spread that is not known: of planted
    slopes over 12 seeds plain percentiles held 90 %.
    """
    value, others = float(resampled[0]), resampled[1:]
    if seeds < 2:
        return Estimate(value=value, low=np.nan, high=np.nan, error=np.nan, seeds=seeds)
    quantile = (1 + LEVEL) / 2
    wider = students(seeds - 1) / float(special.ndtri(quantile)) * float(np.sqrt(seeds / (seeds - 1)))
    low, high = (value + wider * (float(end) - value) for end in np.quantile(others, [1 - quantile, quantile]))
    return Estimate(value=value, low=low, high=high, error=wider * float(others.std(ddof=1)), seeds=seeds)
