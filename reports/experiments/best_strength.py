"""The strength of dropout that is best on one side and on another, as a ratio; at each strength the learning rate is its best."""

from collections.abc import Iterable
from dataclasses import dataclass
from math import log
from typing import Any

import numpy as np
import pandas as pd

from reports.evidence.contrasts import Side
from reports.evidence.paired import in_regimes, with_regime
from reports.experiments.resampled import weighed
from reports.judging.intervals import Numbers
from reports.judging.regimes import Regime
from reports.judging.verdict import SESOI
from reports.tuning.best_doses import resamples

KEPT = [0.95, 0.9, 0.8, 0.7, 0.6, 0.5, 0.4, 0.3, 0.2]
FLAT = 2 * SESOI  # a response that varies less has no best strength


@dataclass(frozen=True)
class RatioOfBest:
    """Log of the best strength on one side over that on the other."""

    high: Side
    low: Side

    def evidence(self, rows: pd.DataFrame) -> pd.DataFrame:
        networks = with_regime(rows, {"label_noise": "{:.0%} random labels"})
        sides = networks[networks["arm"].isin([self.high.arm, self.low.arm])]
        regimes: Iterable[tuple[Any, pd.DataFrame]] = sides.groupby("regime", sort=False)
        return pd.concat([self._of_regime(regime, rows) for regime, rows in regimes])

    def _of_regime(self, regime: Regime, rows: pd.DataFrame) -> pd.DataFrame:
        """The effects' mean is the value of all seeds, and their standard error that over resamples."""
        seeds = np.unique(rows["seed"])
        high, low = (Response.of(side.networks(rows), seeds) for side in (self.high, self.low))
        shares = resamples(len(seeds))
        found = pd.DataFrame({"seed": seeds, "effect": weighed(_log_ratios(high, low, shares), shares)})
        told = found.assign(note=_note(high, low), void=self._flat(high, low))
        return in_regimes(told, [regime] * len(seeds))

    def _flat(self, *responses: "Response") -> str:
        for side, response in zip((self.high, self.low), responses, strict=True):
            losses = response.losses()
            if not losses.max(initial=-np.inf) - losses.min(initial=np.inf) > FLAT:
                return f"{side.words} the response is flat within {FLAT:g} nat: no strength is best"
        return ""


@dataclass(frozen=True, eq=False)
class Response:
    """Of one side the losses at each learning rate, (P, R, S), ``kept`` the keep-probs at which at some rate every seed has one, (P,)."""

    kept: Numbers
    tried: Numbers

    @classmethod
    def of(cls, rows: pd.DataFrame, seeds: Numbers) -> "Response":
        kept, keep_prob = np.unique(rows["keep_prob"].to_numpy(float), return_inverse=True)
        rates, rate = np.unique(rows["learning_rate"].to_numpy(float), return_inverse=True)
        values = np.full((kept.size, rates.size, len(seeds)), np.nan)
        values[keep_prob, rate, pd.Index(seeds).get_indexer(pd.Index(rows["seed"]))] = rows["valid_loss"].to_numpy(
            float
        )
        values[np.isnan(values).any(axis=2)] = np.inf
        whole = np.isfinite(values).any(axis=(1, 2))
        return cls(kept[whole], values[whole])

    @property
    def log_strengths(self) -> Numbers:
        """Log of α, (P,), falling."""
        return np.array([log((1 - each) / each) for each in self.kept])

    def losses(self) -> Numbers:
        """The mean loss at the best rate, (P,)."""
        return np.asarray(self.tried.mean(axis=2).min(axis=1, initial=np.inf), float)

    def best(self, shares: Numbers) -> Numbers:
        """Log of the best α of each share of the seeds, (K,) of (K, S): the vertex of the parabola through the lowest loss and its neighbours."""
        if not self.kept.size:
            return np.full(len(shares), np.nan)
        means = np.array([_means(losses, shares) for losses in self.tried])
        return _vertices(self.log_strengths, means)


def _means(losses: Numbers, shares: Numbers) -> Numbers:
    """At the best of the rates that have all losses, (K,)."""
    whole = losses[np.isfinite(losses).all(axis=1)]
    return np.asarray((whole @ shares.T).min(axis=0), float)


def _vertices(x: Numbers, y: Numbers) -> Numbers:
    """Of the parabolas through the lowest values of (P, K) and their neighbours; at an end of the grid, that end."""
    lowest = y.argmin(axis=0)
    found = np.array(x[lowest], float)
    within = np.flatnonzero(~np.isin(lowest, (0, x.size - 1)))
    place = lowest[within]
    before, here, after = (y[place + step, within] for step in (-1, 0, 1))
    rise, fall = (here - before) / (x[place] - x[place - 1]), (after - here) / (x[place + 1] - x[place])
    bend = (fall - rise) / (x[place + 1] - x[place - 1])
    found[within] = (x[place - 1] + x[place]) / 2 - rise / (2 * bend)
    return found


def _log_ratios(high: Response, low: Response, shares: Numbers) -> Numbers:
    """NaN where both lie at the same end of the grid: which is the larger one is not known then."""
    first, second = (each.best(shares) for each in (high, low))
    grid = np.concatenate([high.log_strengths, low.log_strengths])
    ends = [grid.min(initial=np.inf), grid.max(initial=-np.inf)]
    return np.asarray(np.where((first == second) & np.isin(first, ends), np.nan, first - second), float)


def _note(high: Response, low: Response) -> str:
    without, with_it = (1 / (1 + np.exp(each.best(resamples(each.tried.shape[2]))[0])) for each in (high, low))
    return f"best keep_prob {without:.2f} without and {with_it:.2f} with normalisation"
