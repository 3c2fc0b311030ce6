"""How far the best strength moves with the learning rate, in nats: what a strength chosen at one rate costs at another."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from reports.evidence.responses import TUNABLE
from reports.judging.intervals import Numbers
from reports.tuning.doses import NONE, DoseCurve, Doses


@dataclass(frozen=True, eq=False)
class Factorial:
    """Losses (R, P, S) at learning rates (R,), strengths (P,), "none" among them, and seeds (S,), without a hole."""

    kind: str
    width: int
    rates: Numbers
    strengths: Numbers
    seeds: tuple[int, ...]
    losses: Numbers

    @property
    def beyond(self) -> list[float]:
        """The rates at which the strongest strength is the best: a better one may lie beyond."""
        strongest = self.strengths.size - 1 if self.kind == "l2" else 0
        best = self.losses.mean(axis=2).argmin(axis=1)
        return [float(rate) for rate, place in zip(self.rates, best, strict=True) if place == strongest]

    @cached_property
    def cost(self) -> float:
        return cost(self.losses)

    @cached_property
    def costs_without_each(self) -> Numbers:
        return costs_without_each(self.losses)


def factorial(doses: Doses, rates: Numbers) -> Factorial:
    """Of these learning rates the strengths that were tried at each."""
    curves = [curve for curve in doses.curves if curve.rate in rates]
    shared = [strength for strength in curves[0].strengths if all(strength in curve.strengths for curve in curves)]
    losses = [
        np.vstack([curve.losses[np.isin(curve.strengths, shared)], curve.none[None]])
        for curve in curves
    ]  # fmt: skip
    strengths = np.array([*shared, NONE[doses.kind]])
    order = np.argsort(strengths)
    return Factorial(
        kind=doses.kind,
        width=doses.width,
        rates=np.array([curve.rate for curve in curves]),
        strengths=strengths[order],
        seeds=doses.curves[0].seeds,
        losses=np.array(losses)[:, order],
    )


def shared_rates(first: Doses, second: Doses) -> Numbers:
    """The learning rates of both at which one of them comes within 1 nat of its best: others are of no use to anybody."""
    usable = [
        {curve.rate for curve in each.curves if _lowest(curve) <= min(map(_lowest, each.curves)) + TUNABLE}
        for each in (first, second)
    ]
    tried = [{curve.rate for curve in each.curves} for each in (first, second)]
    return np.array(sorted(tried[0] & tried[1] & (usable[0] | usable[1])))


def cost(losses: Numbers) -> float:
    """In nats, of losses (R, P, S): at a rate with the strength that is best at another, above that with its own best.

    The mean over all ordered pairs of rates; strengths are chosen on all seeds but the one that scores them.
    """
    rates, _, seeds = losses.shape
    every = np.arange(seeds)
    best = best_places(losses)
    own = losses[np.arange(rates)[:, None], best, every]
    moved = losses[:, best, every]  # [here, there, seed]
    extra = (moved - own[:, None]).mean(axis=2)
    return float(extra.sum() / (rates * (rates - 1)))  # a rate costs itself nothing


def costs_without_each(losses: Numbers) -> Numbers:
    """``cost`` with one seed left out, (S,)."""
    return np.array([cost(np.delete(losses, seed, axis=2)) for seed in range(losses.shape[2])])


def best_places(losses: Numbers) -> "np.ndarray[tuple[int, int], np.dtype[np.intp]]":
    """The place of the best strength at each rate in the mean of all seeds but one, (R, S)."""
    return np.asarray((losses.sum(axis=2, keepdims=True) - losses).argmin(axis=1))


def _lowest(curve: DoseCurve) -> float:
    return float(min(curve.losses.mean(axis=1).min(), curve.none.mean()))
