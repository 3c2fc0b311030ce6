"""What it costs to have only the levels k/n, beside κ, the expected number of dropped units at the best keep_prob."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from reports.judging.intervals import Estimate, Numbers, jackknife, nothing, students
from reports.judging.verdict import SESOI
from reports.tuning.doses import NONE, DoseCurve, interpolated
from reports.tuning.others import best_of_others, chosen_by_others
from reports.tuning.strength_axes import level_counts

NONE_IS_BEST = "“none” is chosen, and it is a level, k = n: there is nothing to cost"
ROUNDING = 1e-9  # units: 0.7 · 10 is 7 but for rounding
STILL = 1e-9  # nat: a response that moves less does not vary


@dataclass(frozen=True, eq=False)
class Quantum:
    """Losses (P, S) at keep_probs (P,), increasing, of which ``levels`` (P,) are k/n; the last is "none", a point of its own."""

    width: int
    keep_probs: Numbers
    losses: Numbers
    levels: NDArray[np.bool_]

    @cached_property
    def cost(self) -> Estimate:
        """Loss at the best level above that at the best keep_prob, in nats.

        Each level is compared for itself, with the keep_prob that is best on all seeds but the one that scores it (jackknife-t
        of the whole); the cost is the least of these, and its interval ends where the lowest of theirs do. No level is chosen,
        so that two that tie do no harm: all have to cost something before their best does (an intersection–union test).
        """
        seeds = self.losses.shape[1]
        if np.ptp(self.losses.mean(axis=1)) < STILL:
            return nothing("nothing varies", seeds=seeds)
        if (chosen_by_others(self.losses) == len(self.losses) - 1).all():
            return nothing(NONE_IS_BEST, seeds=seeds)
        best = np.array([best_of_others(np.delete(self.losses, seed, axis=1)) for seed in range(seeds)])
        found = [self._of_level(losses, best) for losses in self.losses[self.levels]]
        value, low, high = (min(getattr(each, end) for each in found) for end in ("value", "low", "high"))
        error = (value - low if value > SESOI else high - value) / students(seeds - 1)  # towards what it is judged by
        return interpolated(Estimate(value=value, low=low, high=high, error=error, seeds=seeds))

    def _of_level(self, losses: Numbers, best: Numbers) -> Estimate:
        """Of the losses (S,) at one level, ``best`` (S,) being what the best keep_prob scores with each seed left out."""
        seeds = losses.size
        left_out = (losses.sum() - losses) / (seeds - 1) - best
        return jackknife(float(losses.mean()) - best_of_others(self.losses), left_out)

    @property
    def kappa(self) -> float:
        """κ = n(1 − p*), in units, of the keep_prob that is best in the mean; no interval of it holds, since most seeds choose alike."""
        return self.width * float(1 - self.keep_probs[self.losses.mean(axis=1).argmin()])


def quantum(curve: DoseCurve) -> Quantum:
    """Of dropout. A level that was not tried lies on the cubic through those that were; "none" lies on no line."""
    counts = level_counts(curve.width)[:-1]
    units = curve.strengths * curve.width
    between = curve.strengths[np.abs(units - np.round(units)) > ROUNDING]
    keep_probs = np.sort(np.concatenate([between, counts / curve.width]))
    return Quantum(
        width=curve.width,
        keep_probs=np.append(keep_probs, NONE["dropout"]),
        losses=np.vstack([curve.seen(keep_probs), curve.none]),
        levels=np.append(np.isin(keep_probs, counts / curve.width), [True]),
    )
