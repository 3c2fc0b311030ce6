"""One side against another where both do equally well: the better one regularised less, or more, until it is as good as the other."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from reports.evidence.contrasts import Contrast
from reports.evidence.paired import FEWEST, costs_by_regime, in_regimes, with_regime
from reports.evidence.quantities import Quantity
from reports.judging.intervals import Numbers
from reports.judging.text import setting

MATCHED = 0.005  # nat: two sides whose mean losses differ by no more are equally good
TOWARDS_NONE = {"keep_prob": 1, "l2": -1}  # the sign of a step that regularises less
COLUMNS = ["regime", "seed", "high", "low", "effect", "high_chosen", "low_chosen", "lacking", "note", "void"]
NOTHING = pd.DataFrame(columns=COLUMNS)


@dataclass(frozen=True, kw_only=True)
class EqualLoss(Contrast):
    """``value`` of ``high`` minus that of ``low`` at equal mean validation loss.

    Of a side, ``tuned`` is its strength and then its learning rate. The side that is worse at its best stays there; the better one
    keeps its rate and is regularised ``less``, or more, until its loss is the other's: between the two strengths tried that enclose it,
    linearly. Networks that are equally good differ in what damage costs them, by the way in which they were made so.
    """

    less: bool

    def evidence(self, rows: pd.DataFrame) -> pd.DataFrame:
        """Columns ``COLUMNS``; no row of a regime with one seed, or with no setting at which all networks of a side converged."""
        told = with_regime(self.value.known(rows), self.regimes)
        found = [self._of_regime(networks) for _, networks in told.groupby("regime", sort=False)]
        whole = pd.concat([each for each in found if not each.empty] or [NOTHING], ignore_index=True)
        return in_regimes(whole, [each.under(self.condition) for each in whole["regime"]])

    def _of_regime(self, rows: pd.DataFrame) -> pd.DataFrame:
        networks = [side.networks(rows) for side in (self.high, self.low)]
        seeds = np.array(sorted(set(networks[0]["seed"]) & set(networks[1]["seed"])))
        if seeds.size < 2:
            return NOTHING
        sides = [
            Tried.of(some[some["seed"].isin(seeds)], side.tuned)
            for some, side in zip(networks, (self.high, self.low), strict=True)
        ]
        if not all(each.strengths.size for each in sides):
            return NOTHING
        choosing = [np.ones(seeds.size, bool), *~np.eye(seeds.size, dtype=bool)]  # all seeds, then all but each
        shares = [np.array(each) for each in zip(*(self._shares(sides, some) for some in choosing), strict=True)]
        high, low = (each.blended(self.value, share) for each, share in zip(sides, shares, strict=True))
        losses = [float(share[0] @ each.losses.mean(axis=1)) for each, share in zip(sides, shares, strict=True)]
        apart = abs(losses[0] - losses[1])
        return pd.DataFrame(
            {
                "regime": rows["regime"].iloc[0],
                "seed": seeds,
                "high": high[0],
                "low": low[0],
                "effect": (high - low)[0],
                "high_chosen": sides[0].spelled(shares[0][0]),
                "low_chosen": sides[1].spelled(shares[1][0]),
                "lacking": [
                    effect[some].mean() if seeds.size >= FEWEST else np.nan
                    for some, effect in zip(choosing[1:], (high - low)[1:], strict=True)
                ],
                "note": f"validation loss: {self.high.words} {losses[0]:.3f} nat, {self.low.words} {losses[1]:.3f} nat",
                "void": f"the two differ by {apart:.3f} nat before, more than {MATCHED:g}" if apart > MATCHED else "",
            }
        )

    def _shares(self, sides: Sequence["Tried"], seeds: NDArray[np.bool_]) -> list[Numbers]:
        """Of each side the share of every setting, chosen on these seeds."""
        losses = [each.losses[:, seeds].mean(axis=1) for each in sides]
        worse = max(float(each.min()) for each in losses)  # the loss at which both are compared
        return [each.reaching(loss, worse, less=self.less) for each, loss in zip(sides, losses, strict=True)]


@dataclass(frozen=True, eq=False)
class Tried:
    """One side's P settings in a regime: ``strengths`` and ``rates`` (P,), and on S seeds their ``losses`` and ``networks``, row for row (P · S)."""

    strengths: Numbers
    rates: Numbers
    losses: Numbers
    networks: pd.DataFrame
    sign: int

    @classmethod
    def of(cls, networks: pd.DataFrame, tuned: Sequence[str]) -> "Tried":
        """Settings at which a network diverged are none. Raises ``ValueError`` where two networks share setting and seed."""
        (costs,) = costs_by_regime(networks, tuned, "valid_loss")
        strengths, rates = networks.iloc[costs.places[:, 0]][list(tuned)].to_numpy(float).T
        return cls(strengths, rates, costs.values, networks.iloc[costs.places.ravel()], TOWARDS_NONE[tuned[0]])

    def reaching(self, losses: Numbers, target: float, *, less: bool) -> Numbers:
        """Shares (P,): of the best where it is no better than ``target``, else of the settings that enclose it; the nearest, if none do."""
        best = int(losses.argmin())
        step = (self.strengths - self.strengths[best]) * self.sign * (1 if less else -1)
        way = np.flatnonzero((self.rates == self.rates[best]) & (step >= 0))
        way = way[step[way].argsort()]
        beyond = np.flatnonzero(losses[way] >= target)
        share = np.zeros(losses.size)
        if not beyond.size:
            share[way[losses[way].argmax()]] = 1
        elif beyond[0] == 0:
            share[best] = 1
        else:
            near, far = way[beyond[0] - 1], way[beyond[0]]
            share[far] = (target - losses[near]) / (losses[far] - losses[near])
            share[near] = 1 - share[far]
        return share

    def blended(self, value: Quantity, shares: Numbers) -> Numbers:
        """The value of each seed for each of the choices: ``shares`` (C, P), (C, S)."""
        used = shares.any(axis=0)
        rows = self.networks[np.repeat(used, self.losses.shape[1])]
        return np.asarray(shares[:, used] @ value.read(rows).reshape(int(used.sum()), -1))

    def spelled(self, share: Numbers) -> str:
        """The strength in between and the learning rate."""
        strength = setting(round(float(share @ self.strengths), 4))
        return f"{strength}, {setting(self.rates[share.argmax()])}"
