"""Searches that were really run on an axis, scored on seeds that they did not see, beside replayed random search."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from reports.judging.intervals import Estimate, Numbers, students
from reports.judging.verdict import SESOI
from reports.tuning import joint
from reports.tuning.doses import FIELDS, dose_networks, doses
from reports.tuning.others import best_of_others
from reports.tuning.random_search import PLACES, TRIALS, chances
from reports.tuning.strength_axes import AXES

BOTH = "strengths"  # the search arm whose keep_prob and λ are open, and nothing else
FEWEST = 3  # seeds that no search saw: to choose the best on, and to score it
COLUMNS = ["width", "learning_rate", "axis", "label", "trials", "value", "low", "high", "repeats", "hits", "random"]


@dataclass(frozen=True, eq=False)
class Space:
    """What a search may find: ``places`` (M, S), all as likely to random search, and with what else competes ``candidates``
    (M', S), their losses on the design's ``seeds``; ``response`` gives the losses of given values of ``fields``.
    """

    fields: tuple[str, ...]
    seeds: tuple[int, ...]
    places: Numbers
    candidates: Numbers
    response: Callable[..., Numbers]


@dataclass(frozen=True, eq=False)
class Found:
    """What repeated searches ended on: losses (R, S) on the seeds (S,) that no search saw; those of everything that could be
    found (M, S), and of each place of it what a search saw, (M,).
    """

    ends: Numbers
    candidates: Numbers
    seen: Numbers

    @property
    def regret(self) -> Estimate:
        """In nats above what is best for the other seeds; the interval holds the searches’ own variance and the seeds’."""
        best = [best_of_others(np.delete(self.candidates, seed, axis=1)) for seed in range(self.ends.shape[1])]
        total, others = self.ends.sum(axis=1, keepdims=True), self.ends.shape[1] - 1
        left_out = ((total - self.ends) / others).mean(axis=0) - best
        value = float(self.ends.mean()) - best_of_others(self.candidates)
        return _two_sources(value, self.ends.mean(axis=1), left_out)

    @property
    def hits(self) -> int:
        """Searches that ended within 0.02 nat of the best."""
        return int((self.ends.mean(axis=1) - self._lowest <= SESOI).sum())

    def random(self, trials: int) -> float:
        """The regret of random search, as exact as ``chances``."""
        kept = chances(self.seen[:, None], trials)[:, 0]
        return float(kept @ self.candidates[: len(kept)].mean(axis=1)) - best_of_others(self.candidates)

    @property
    def _lowest(self) -> float:
        return float(self.candidates.mean(axis=1).min())


def _two_sources(value: float, of_repeats: Numbers, left_out: Numbers) -> Estimate:
    """With the variance between repeats (R,) and, by the jackknife, between seeds (S,), their degrees of freedom by Satterthwaite."""
    repeats, seeds = of_repeats.size, left_out.size
    if repeats == 1:
        return Estimate(value=value, low=np.nan, high=np.nan, error=np.nan, seeds=seeds)
    variances = np.array([of_repeats.var(ddof=1) / repeats, (seeds - 1) ** 2 / seeds * left_out.var(ddof=1)])
    total = float(variances.sum())
    freedom = total**2 / float((variances**2 / [repeats - 1, seeds - 1]).sum()) if total else np.inf
    error = float(np.sqrt(total))
    reach = error * students(freedom)
    return Estimate(value=value, low=value - reach, high=value + reach, error=error, seeds=seeds)


def searched_regrets(results: pd.DataFrame) -> pd.DataFrame:
    """``COLUMNS``: a row for each number of trials of the search arms that have the name of an axis, alone or with a width
    (linear, linear_4), or that of ``BOTH``.

    ``value`` with its interval is the mean regret of the repeats in nats, ``hits`` how many of them ended within 0.02 nat of the
    best, ``random`` the regret of random search that sees the same seeds.
    """
    rows = [*_of_axes(results), *_of_both(results)]
    return pd.DataFrame(rows, columns=COLUMNS)


def _of_axes(results: pd.DataFrame) -> Iterator[tuple[object, ...]]:
    networks_of = _searches(results)
    for kind, field in FIELDS.items():
        curves = [curve for each in doses(dose_networks(results, kind)) for curve in each.curves]
        for axis in (axis for axis in AXES.values() if axis.arm == kind):
            for curve in curves:
                networks = networks_of(axis.name, curve.width)
                networks = networks[np.isclose(networks["learning_rate"], curve.rate)]
                if len(networks):
                    places = curve.seen(axis.at(PLACES, curve.width))
                    space = Space((field,), curve.seeds, places, np.vstack([places, curve.none]), curve.seen)
                    yield from _rows((curve.width, curve.rate, axis.name, axis.label), networks, space)


def _of_both(results: pd.DataFrame) -> Iterator[tuple[object, ...]]:
    networks_of = _searches(results)
    for surface in joint.surfaces(results):
        networks = networks_of(BOTH, surface.width)
        if len(networks):
            places = surface.seen(*joint.all_pairs(surface.width))
            rate = float(networks["learning_rate"].iloc[0])
            space = Space(("keep_prob", "l2"), surface.seeds, places, places, surface.seen)
            yield from _rows((surface.width, rate, joint.NAME, joint.LABEL), networks, space)


def _searches(results: pd.DataFrame) -> Callable[[str, int], pd.DataFrame]:
    """What gives the networks of the arms that have a name, alone or with the width, at that width."""
    searches = results[results["stage"] == "search"]
    known: dict[Any, Any] = searches.groupby(["arm", "width"]).groups

    def networks(arm: str, width: int) -> pd.DataFrame:
        own = [known[key] for key in ((arm, width), (f"{arm}_{width}", width)) if key in known]
        return searches.loc[np.concatenate(own)] if own else searches.iloc[:0]

    return networks


def _rows(where: tuple[object, ...], networks: pd.DataFrame, space: Space) -> Iterator[tuple[object, ...]]:
    searched = np.isin(space.seeds, networks["seed"].unique())
    if not searched.any() or (~searched).sum() < FEWEST:
        return
    seen = space.places[:, searched].mean(axis=1)
    repeats = [_trials(of_repeat, space.fields) for _, of_repeat in networks.groupby("repeat")]
    for trials in TRIALS:
        if all(len(each) >= trials for each in repeats):
            ends = np.array([_end(each.iloc[:trials], space) for each in repeats])
            found = Found(ends[:, ~searched], space.candidates[:, ~searched], seen)
            regret = found.regret
            numbers = (regret.value, regret.low, regret.high, len(repeats), found.hits, found.random(trials))
            yield (*where, trials, *numbers)


def _trials(networks: pd.DataFrame, fields: Sequence[str]) -> pd.DataFrame:
    """The fields, and the loss, of each trial in its order; one that lost a network has no loss."""
    order = networks.sort_values("trial", kind="stable")
    trials, first = np.unique(order["trial"].to_numpy(), return_index=True)
    losses = [of_trial.mean() for of_trial in np.split(order["valid_loss"].to_numpy(float), first[1:])]
    return order.iloc[first][list(fields)].set_axis(trials).assign(loss=losses)


def _end(trials: pd.DataFrame, space: Space) -> Numbers:
    """What each seed loses where the search ends, (S,)."""
    best = trials.iloc[int(trials["loss"].fillna(np.inf).to_numpy(float).argmin())]
    return np.asarray(space.response(*(np.array([float(best[field])]) for field in space.fields))[0], float)
