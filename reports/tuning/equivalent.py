"""A common axis of strength: λ_eq(p), the λ of L2 that leaves the same mean training loss as keep_prob p."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.interpolate import PchipInterpolator
from scipy.optimize import isotonic_regression

from reports.judging.intervals import Estimate, Numbers, jackknife
from reports.tuning.response_curves import DENSE, Curve, curves
from reports.tuning.strength_axes import AXES, StrengthAxis
from reports.tuning.windows import TOLERANCE

FEWEST = 3  # keep_probs that make a common axis
Seeds = list[int]  # the places of those that count


@dataclass(frozen=True, eq=False)
class Pair:
    """Dropout and L2 at one width on the same seeds: curves of validation loss, and training losses (P, S) at their strengths."""

    dropout: Curve
    l2: Curve
    dropout_train: Numbers
    l2_train: Numbers

    @property
    def width(self) -> int:
        return self.dropout.width

    @property
    def overlap(self) -> int:
        """At how many keep_probs below 1 there is a λ_eq."""
        return int(np.isfinite(self.equivalent(list(range(len(self.dropout.seeds)))))[self.dropout.strengths < 1].sum())

    def equivalent(self, seeds: Seeds) -> Numbers:
        """log10 λ_eq at each of dropout's strengths, (P,), in the mean of ``seeds``; NaN beyond the training losses of L2."""
        reached = isotonic_regression(self.l2_train[:, seeds].mean(axis=1)).x
        rising = np.concatenate([[True], np.diff(reached) > 0])
        if rising.sum() < 2:  # L2 never changed what is fitted
            return np.full(self.dropout.strengths.shape, np.nan)
        inverse = PchipInterpolator(reached[rising], np.log10(self.l2.strengths[rising]), extrapolate=False)
        return np.asarray(inverse(self.dropout_train[:, seeds].mean(axis=1)), float)


def pairs(results: pd.DataFrame) -> Iterator[Pair]:
    """Each width at which the run has both curves on the same seeds, with training losses."""
    if "train_loss" not in results:
        return
    whole = results.dropna(subset=["train_loss", "valid_loss"])  # so that both losses have the same points
    l2 = {curve.width: curve for curve in curves(whole, "l2")}
    trained = whole.assign(valid_loss=whole["train_loss"])
    train = {arm: {curve.width: curve for curve in curves(trained, arm)} for arm in ("dropout", "l2")}
    for dropout in curves(whole, "dropout"):
        width = dropout.width
        if width in l2 and l2[width].seeds == dropout.seeds:
            found = Pair(dropout, l2[width], train["dropout"][width].losses, train["l2"][width].losses)
            if found.overlap >= FEWEST:
                yield found


def common_axis(pair: Pair) -> StrengthAxis:
    """L2's axis of λ for dropout: each λ stands for the keep_prob of the same training loss, the nearest tried one beyond the ends."""
    equivalent = pair.equivalent(list(range(len(pair.dropout.seeds))))
    known = np.isfinite(equivalent)
    rising = isotonic_regression(
        equivalent[known][::-1]
    ).x  # strengths from weak to strong; neighbours may be out of order

    def at(places: Numbers, width: int) -> Numbers:
        wanted = np.log10(AXES["lambda"].at(places, width))
        return np.interp(wanted, rising, pair.dropout.strengths[known][::-1])

    return StrengthAxis("common", "keep_prob, by λ_eq", "dropout", at)


def slope(pair: Pair) -> Estimate:
    """Of log λ_eq on log α, α = (1 − p)/p, by least squares (numpy.polyfit); 1 where they are proportional. Jackknife-t over seeds."""
    return _over_seeds(pair, lambda seeds: _slope(pair, seeds))


def window_ratio(pair: Pair) -> Estimate:
    """ln of dropout's tolerance window over L2's, both in decades of λ: 0 where they are as wide. Jackknife-t over seeds."""
    return _over_seeds(pair, lambda seeds: float(np.log(decades(pair, seeds) / _l2_decades(pair, seeds))))


def decades(pair: Pair, seeds: Seeds) -> float:
    """Dropout's tolerance window in decades of λ_eq, no less than one place of L2's curve."""
    curve = pair.dropout
    response = curve.response(curve.losses[:, seeds].mean(axis=1))
    inside = response(curve.dense) <= curve.lowest(response)[1] + TOLERANCE
    known = np.isfinite(pair.equivalent(seeds))
    places = np.interp(curve.dense, curve.strengths[known], pair.equivalent(seeds)[known])
    return max(float(np.abs(np.gradient(places))[inside].sum()), _reach(pair) / DENSE)


def _l2_decades(pair: Pair, seeds: Seeds) -> float:
    response = pair.l2.response(pair.l2.losses[:, seeds].mean(axis=1))
    inside = response(pair.l2.dense) <= pair.l2.lowest(response)[1] + TOLERANCE
    return float(inside.mean()) * _reach(pair)


def _reach(pair: Pair) -> float:
    """Decades of λ that L2's curve spans."""
    return float(np.log10(pair.l2.strengths[-1] / pair.l2.strengths[0]))


def _slope(pair: Pair, seeds: Seeds) -> float:
    equivalent, strengths = pair.equivalent(seeds), pair.dropout.strengths
    known = np.isfinite(equivalent) & (strengths < 1)
    log_odds = np.log10((1 - strengths[known]) / strengths[known])
    return float(np.polyfit(log_odds, equivalent[known], 1)[0])


def _over_seeds(pair: Pair, statistic: Callable[[Seeds], float]) -> Estimate:
    every = list(range(len(pair.dropout.seeds)))
    return jackknife(statistic(every), [statistic([seed for seed in every if seed != left]) for left in every])
