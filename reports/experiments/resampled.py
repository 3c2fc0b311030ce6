"""The standard error of a statistic that jumps as a seed is left out, such as one at a best setting: from resamples of the seeds.

The delete-one jackknife of so uneven a statistic held 87 to 90 % of planted ratios of best strengths.
"""

import numpy as np

from reports.judging.intervals import Numbers

MOSTLY = 0.95  # of the resamples


def weighed(found: Numbers, shares: Numbers) -> Numbers:
    """What each seed has in the statistic of all, ``found[0]`` of (K,), (S,): their standard error is that of the resamples.

    ``shares`` (K, S) are the seeds' in each: ``reports.tuning.best_doses.resamples``. A seed's weight goes as its share does with the
    statistic (Efron 2014, the infinitesimal jackknife). NaN where fewer than 95 % of the resamples have a number.
    """
    seeds = shares.shape[1]
    known = np.isfinite(found)
    if seeds < 2 or not known[0] or known.mean() < MOSTLY:
        return np.full(seeds, np.nan)
    drawn = found[1:][known[1:]]
    influence = shares[1:][known[1:]].T @ (drawn - drawn.mean())
    influence -= influence.mean()
    spread = drawn.std(ddof=1) * seeds / np.sqrt(seeds - 1)  # resamples vary less than seeds do
    if influence.any():
        influence *= spread / influence.std(ddof=1)
    return np.asarray(found[0] + influence, float)
