"""Of 100 searches, how many end within 0.02 nat of the best?"""

import numpy as np
from numpy.typing import NDArray

from reports.evidence.once import once
from reports.judging.intervals import Estimate, Numbers, students
from reports.judging.verdict import SESOI
from reports.tuning.random_search import Places, RandomSearch

SEARCHES = 100
UNIT = "of 100"
PSEUDO = 0.5  # of a seed


def hits(search: RandomSearch) -> Estimate:
    """Out of 100; each search sees one seed, and where it ends is scored on the mean of the others.

    The interval holds what varies between seeds, and how uncertain the edges of the window of 0.02 nat are: the mean
    response above its best has a paired t interval at each place, and a search hits for certain only where all of it is
    inside, and may hit where any of it is.
    """
    seeds = search.places.losses.shape[1]
    quantile = students(seeds - 1)
    inside, surely, possibly = _windows(search.places)
    found = _share(search.kept, inside)
    value, between = float(found.mean()), quantile * _error(found)
    sure = float(_share(search.kept, surely).mean())
    possible = float(_share(search.kept, possibly).mean())
    low = max(value - float(np.hypot(value - sure, between)), 0)
    high = min(value + float(np.hypot(possible - value, between)), 1)
    error = (high - low) / 2 / quantile
    return Estimate(
        value=SEARCHES * value, low=SEARCHES * low, high=SEARCHES * high, error=SEARCHES * error, seeds=seeds
    )


@once
def _windows(places: Places) -> tuple[NDArray[np.bool_], NDArray[np.bool_], NDArray[np.bool_]]:
    """Which places are within 0.02 nat of the best, which are for certain, and which may be, (M + 1, S) each."""
    losses = places.losses
    above, gap, reach = _above(losses), _gap(places), students(losses.shape[1] - 1) * _errors(losses)[:, None]
    return above - gap / 2 <= SESOI, above + reach <= SESOI, above - gap - reach <= SESOI


def _above(losses: Numbers) -> Numbers:
    """Of each seed the mean of the others, above its lowest, (M + 1, S)."""
    rest = (losses.sum(axis=1, keepdims=True) - losses) / (losses.shape[1] - 1)
    return np.asarray(rest - rest.min(axis=0), float)


def _gap(places: Places) -> float:
    """From the lowest mean, which is too low since it was chosen, to what is best for the other seeds, which scores too high."""
    return max(places.best - float(places.losses.mean(axis=1).min()), 0.0)


def _errors(losses: Numbers) -> Numbers:
    """Standard errors of the mean response above its own best, paired by seed, (M + 1,)."""
    best = int(losses.mean(axis=1).argmin())
    return np.asarray((losses - losses[best]).std(axis=1, ddof=1) / np.sqrt(losses.shape[1]), float)


def _share(kept: Numbers, inside: NDArray[np.bool_]) -> Numbers:
    """Of the searches of each seed, (S,)."""
    return np.asarray(np.where(inside, kept, 0).sum(axis=0), float)


def _error(found: Numbers) -> float:
    """Standard error of the mean over seeds, as if half a seed more always hit and half a seed never did: seeds that agree prove little."""
    total = found.size + 2 * PSEUDO
    centre = (found.sum() + PSEUDO) / total
    squares = ((found - centre) ** 2).sum() + PSEUDO * ((1 - centre) ** 2 + centre**2)
    return float(np.sqrt(squares / (total - 1) / total))
