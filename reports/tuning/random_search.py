"""Random search of one strength, exactly: with which chance it keeps each place of an axis, and what that costs other seeds."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from reports.evidence.once import once
from reports.judging.intervals import Estimate, Numbers, jackknife
from reports.tuning.doses import BETWEEN, DoseCurve, interpolated
from reports.tuning.others import best_of_others

TRIALS = (5, 10, 20)
BUDGET = 10  # tries that verdicts are about: what a person tries by hand
PLACES = (np.arange(400) + 0.5) / 400  # of an axis, all equally likely


@dataclass(frozen=True, eq=False)
class Places:
    """Where searches may end: ``losses`` (M + 1, S) at the places of an axis and, last of all, without a regulariser.

    What is the same after any number of draws is kept here.
    """

    losses: Numbers

    @cached_property
    def ranks(self) -> tuple[Numbers, Numbers]:
        """Of what each seed sees at the places of the axis."""
        return _ranks(self.losses[:-1])

    @cached_property
    def best(self) -> float:
        """Chosen on all seeds but the one that scores it, so that neither the draw's luck nor the seed's earns anything."""
        return best_of_others(self.losses)

    @cached_property
    def best_without_each(self) -> Numbers:
        """The same with one seed left out, (S,)."""
        return np.array([best_of_others(np.delete(self.losses, seed, axis=1)) for seed in range(self.losses.shape[1])])

    def search(self, trials: float, *, none_first: bool = False) -> "RandomSearch":
        """After so many draws of places that are all as likely; with ``none_first`` it tries "none" before it draws."""
        seen, none = self.losses[:-1], self.losses[-1]
        kept = np.vstack([_drawn(self, trials), np.zeros(none.size)])
        if none_first:
            kept[:-1] = np.where(seen < none, kept[:-1], 0)
            kept[-1] = 1 - kept.sum(axis=0)
        return RandomSearch(self, kept)


@dataclass(frozen=True, eq=False)
class RandomSearch:
    """``kept`` (M + 1, S): the chance that the search of a seed ends at each of the places."""

    places: Places
    kept: Numbers

    @cached_property
    def scores(self) -> Numbers:
        """[s, t]: the expected loss of seed t where a search of seed s ends, (S, S)."""
        return np.asarray(self.kept.T @ self.places.losses, float)

    @property
    def regret(self) -> Estimate:
        """Expected loss where it ends above that of the best place, "none" included, in nats; jackknife-t of the whole."""
        scored = self.scores
        found = jackknife(_of_pairs(scored) - self.places.best, _without_each(scored) - self.places.best_without_each)
        return interpolated(found, 2 * BETWEEN)  # where it ends, and the best


def places(curve: DoseCurve, at: Numbers) -> Places:
    """Of the strengths ``at`` (M,)."""
    return Places(np.vstack([curve.seen(at), curve.none]))


def search(curve: DoseCurve, at: Numbers, trials: float, *, none_first: bool = False) -> RandomSearch:
    """Of the strengths ``at`` (M,)."""
    return places(curve, at).search(trials, none_first=none_first)


def chances(seen: Numbers, trials: float) -> Numbers:
    """The chance that the best of so many draws, each of any place alike, is at each place, (M, S).

    By order statistics, so that nothing is drawn: a place of rank r among M is kept with (1 − (r − 1)/M)^T − (1 − r/M)^T;
    places that tie share theirs.

    Args:
        seen: the loss that the search of each seed sees at each place, (M, S).
        trials: draws, T.
    """
    return _chances(*_ranks(seen), trials)


def _ranks(seen: Numbers) -> tuple[Numbers, Numbers]:
    """The first and the last rank, from 1 on, of what each place (M, S) ties with among those of its seed."""
    columns = [(np.sort(column), column) for column in seen.T]
    first, last = (
        np.stack([np.searchsorted(rising, column, side) for rising, column in columns], axis=1)
        for side in ("left", "right")
    )
    return np.asarray(first + 1, float), np.asarray(last, float)


@once
def _drawn(of: Places, trials: float) -> Numbers:
    """``chances`` at these places: the same whether "none" is tried first or not."""
    return _chances(*of.ranks, trials)


def _chances(first: Numbers, last: Numbers, trials: float) -> Numbers:
    count = len(first)
    kept = (1 - (first - 1) / count) ** trials - (1 - last / count) ** trials
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
