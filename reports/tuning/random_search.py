"""Random search of one strength, exactly: with which chance it keeps each place of an axis, and what that costs other seeds."""

from dataclasses import dataclass

import numpy as np
from scipy.stats import rankdata

from reports.judging.intervals import Estimate, Numbers, jackknife
from reports.tuning.doses import BETWEEN, DoseCurve, interpolated
from reports.tuning.others import best_of_others

TRIALS = (5, 10, 20)
BUDGET = 10  # tries that verdicts are about: what a person tries by hand
PLACES = (np.arange(400) + 0.5) / 400  # of an axis, all equally likely


@dataclass(frozen=True, eq=False)
class RandomSearch:
    """Searches of each seed, over the same places, after a number of draws.

    ``losses`` (M + 1, S): at the places and, last of all, without a regulariser. ``kept`` (M + 1, S): the chance that the
    search of a seed ends there.
    """

    losses: Numbers
    kept: Numbers

    @property
    def scores(self) -> Numbers:
        """[s, t]: the expected loss of seed t where a search of seed s ends, (S, S)."""
        return np.asarray(self.kept.T @ self.losses, float)

    @property
    def regret(self) -> Estimate:
        """Expected loss where it ends above that of the best place, "none" included, in nats; jackknife-t of the whole.

        The best is chosen on all seeds but the one that scores it, so that neither the draw's luck nor the seed's earns anything.
        """
        seeds, scored = range(self.losses.shape[1]), self.scores
        best = [best_of_others(np.delete(self.losses, seed, axis=1)) for seed in seeds]
        found = jackknife(_of_pairs(scored) - best_of_others(self.losses), _without_each(scored) - best)
        return interpolated(found, 2 * BETWEEN)  # where it ends, and the best


def search(curve: DoseCurve, at: Numbers, trials: float, *, none_first: bool = False) -> RandomSearch:
    """Of the strengths ``at`` (M,), each as likely; with ``none_first`` it tries "none" before it draws."""
    seen = curve.seen(at)
    kept = np.vstack([chances(seen, trials), np.zeros(len(curve.seeds))])
    if none_first:
        kept[:-1] = np.where(seen < curve.none, kept[:-1], 0)
        kept[-1] = 1 - kept.sum(axis=0)
    return RandomSearch(np.vstack([seen, curve.none]), kept)


def chances(seen: Numbers, trials: float) -> Numbers:
    """The chance that the best of so many draws, each of any place alike, is at each place, (M, S).

    By order statistics, so that nothing is drawn: a place of rank r among M is kept with (1 − (r − 1)/M)^T − (1 − r/M)^T;
    places that tie share theirs.

    Args:
        seen: the loss that the search of each seed sees at each place, (M, S).
        trials: draws, T.
    """
    places = len(seen)
    first, last = (rankdata(seen, method, axis=0) for method in ("min", "max"))
    kept = (1 - (first - 1) / places) ** trials - (1 - last / places) ** trials
    return np.asarray(kept / (last - first + 1), float)


def extra_loss(first: RandomSearch, second: RandomSearch) -> Estimate:
    """Where the first search ends, above where the second does, in nats: a U statistic of two seeds, one that chooses and one that scores, with its jackknife."""
    scored = first.scores - second.scores
    return interpolated(jackknife(_of_pairs(scored), _without_each(scored)))


def _of_pairs(scored: Numbers) -> float:
    """The mean of (S, S) over pairs of two seeds."""
    seeds = len(scored)
    return float((scored.sum() - np.trace(scored)) / (seeds * (seeds - 1)))


def _without_each(scored: Numbers) -> Numbers:
    """``_of_pairs`` with one seed left out, as the one that chooses and as the one that scores, (S,)."""
    seeds, diagonal = len(scored), np.diag(scored)
    rest = scored.sum() - diagonal.sum() - (scored.sum(axis=0) + scored.sum(axis=1) - 2 * diagonal)
    return np.asarray(rest / ((seeds - 1) * (seeds - 2)), float)
