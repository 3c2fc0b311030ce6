"""One side against another where both do equally well: the better one regularised less, or more, until it is as good as the other."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from reports.evidence.contrasts import Contrast
from reports.evidence.paired import costs_by_regime, in_regimes, with_regime
from reports.evidence.quantities import Quantity
from reports.experiments.resampled import weighed
from reports.judging.intervals import Numbers
from reports.judging.regimes import Regime
from reports.judging.text import setting
from reports.tuning.best_doses import resamples

MATCHED = 0.005  # nat: two sides whose mean losses differ by no more are equally good
WEAKER_ABOVE = {"keep_prob": True, "l2": False}  # whether the larger of two regularises less
COLUMNS = ["regime", "seed", "high", "low", "effect", "high_chosen", "low_chosen", "lacking", "note", "void"]
NOTHING = pd.DataFrame(columns=COLUMNS)


@dataclass(frozen=True, kw_only=True)
class EqualLoss(Contrast):
    """``value`` of ``high`` minus that of ``low`` at equal mean validation loss.

    Of a side, ``tuned`` is its strength and then its learning rate. The side that is worse at its best stays there; the better one
    keeps its rate and is regularised ``less``, or more, until its loss is the other's: between the two strengths tried that enclose it,
    linearly. Networks that are equally good differ in what damage costs them, by the way in which they were made so. Settings are
    the mean of what resamples of the seeds choose (bagging, Breiman 1996), so that of some that nearly tie none decides alone; the
    effects' standard error is that over resamples, each at its own.
    """

    less: bool

    def evidence(self, rows: pd.DataFrame) -> pd.DataFrame:
        """Columns ``COLUMNS``; no row of a regime with one seed, or with no setting at which all networks of a side converged."""
        told = with_regime(self.value.known(rows), self.regimes)
        regimes: Iterable[tuple[Any, pd.DataFrame]] = told.groupby("regime", sort=False)
        found = [self._of_regime(regime, networks) for regime, networks in regimes]
        whole = pd.concat([each for each in found if not each.empty] or [NOTHING])
        return in_regimes(whole, [each.under(self.condition) for each in whole["regime"]])

    def _of_regime(self, regime: Regime, rows: pd.DataFrame) -> pd.DataFrame:
        networks = [side.networks(rows) for side in (self.high, self.low)]
        of_both: set[int] = set.intersection(*(set(each["seed"]) for each in networks))
        seeds = np.array(sorted(of_both))
        if seeds.size < 2:
            return NOTHING
        sides = [
            Tried.of(some[some["seed"].isin(seeds)], side.tuned)
            for some, side in zip(networks, (self.high, self.low), strict=True)
        ]
        if not all(each.strengths.size for each in sides):
            return NOTHING
        shares = resamples(seeds.size)
        settings = self._settings(sides, shares)
        values = [each.of_seeds(self.value, some) for each, some in zip(sides, settings, strict=True)]
        high, low = ((each * shares).sum(axis=1) for each in values)
        losses = [float(some[0] @ each.losses.mean(axis=1)) for each, some in zip(sides, settings, strict=True)]
        apart = abs(losses[0] - losses[1])
        return pd.DataFrame(
            {
                "regime": regime,
                "seed": seeds,
                "high": values[0][0],
                "low": values[1][0],
                "effect": values[0][0] - values[1][0],
                "high_chosen": sides[0].spelled(settings[0][0]),
                "low_chosen": sides[1].spelled(settings[1][0]),
                "lacking": _lacking(weighed(high - low, shares)),
                "note": f"validation loss: {self.high.words} {losses[0]:.3f} nat, {self.low.words} {losses[1]:.3f} nat",
                "void": f"the two differ by {apart:.3f} nat before, more than {MATCHED:g}" if apart > MATCHED else "",
            }
        )

    def _settings(self, sides: Sequence["Tried"], shares: Numbers) -> list[Numbers]:
        """Of each side what part every setting has, (K, P), as each of the ``shares`` of the seeds (K, S) chooses; first the mean of all."""
        means = [shares @ each.losses.T for each in sides]
        worse = np.maximum(*(each.min(axis=1) for each in means))  # the loss at which both are compared
        chosen = [
            np.array([each.reaching(*both, less=self.less) for both in zip(mean, worse, strict=True)])
            for each, mean in zip(sides, means, strict=True)
        ]
        return [np.vstack([each[1:].mean(axis=0), each[1:]]) for each in chosen]


def _lacking(influences: Numbers) -> Numbers:
    """The values without each seed of which ``influences`` are the jackknife's pseudo-values, (S,)."""
    value = influences.mean()
    return np.asarray(value - (influences - value) / (influences.size - 1))


@dataclass(frozen=True, eq=False)
class Tried:
    """One side's P settings in a regime: ``strengths`` and ``rates`` (P,), and on S seeds their ``losses`` and ``networks``, row for row (P · S)."""

    strengths: Numbers
    rates: Numbers
    losses: Numbers
    networks: pd.DataFrame
    weaker_above: bool

    @classmethod
    def of(cls, networks: pd.DataFrame, tuned: Sequence[str]) -> "Tried":
        """Settings at which a network diverged are none. Raises ``ValueError`` where two networks share setting and seed."""
        (costs,) = costs_by_regime(networks, tuned, "valid_loss")
        strengths, rates = networks.iloc[costs.places.min(axis=1)][list(tuned)].to_numpy(float).T
        return cls(strengths, rates, costs.values, networks.iloc[costs.places.ravel()], WEAKER_ABOVE[tuned[0]])

    def reaching(self, losses: Numbers, target: float, *, less: bool) -> Numbers:
        """Shares (P,): of the best where it is no better than ``target``, else of the settings that enclose it; the nearest, if none do."""
        best = int(losses.argmin())
        up = self.strengths - self.strengths[best]
        step = up if less == self.weaker_above else -up
        way = np.flatnonzero((self.rates == self.rates[best]) & (step >= 0))
        way = way[step[way].argsort()]
        beyond = np.flatnonzero(losses[way] >= target)
        share = np.zeros(losses.size)
        if not beyond.size:
            share[way[losses[way].argmax()]] = 1
        elif not beyond[0]:
            share[best] = 1
        else:
            near, far = way[beyond[0] - 1], way[beyond[0]]
            share[far] = (target - losses[near]) / (losses[far] - losses[near])
            share[near] = 1 - share[far]
        return share

    def of_seeds(self, value: Quantity, settings: Numbers) -> Numbers:
        """The value of each seed at each of these mixtures of settings: (K, P), (K, S)."""
        used = settings.any(axis=0)
        rows = self.networks[np.repeat(used, self.losses.shape[1])]
        return np.asarray(settings[:, used] @ value.read(rows).reshape(int(used.sum()), self.losses.shape[1]))

    def spelled(self, share: Numbers) -> str:
        """The strength in between and the learning rate."""
        strength = setting(round(float(share @ self.strengths), 4))
        return f"{strength}, {setting(self.rates[share.argmax()])}"
