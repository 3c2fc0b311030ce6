"""Arms against each other: rows of a claim's own designs, each arm at its best setting, paired by seed, by regime."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from reports.evidence.once import once
from reports.judging.intervals import Numbers
from reports.judging.regimes import Regime, numbered
from reports.judging.text import setting

FEWEST = 3  # seeds: one to choose, one to score, one to leave out
Regimes = Mapping[
    str, str | None
]  # a column, and how its value reads: {"init_gain": "gain {:g}"}; None: a number, after its name


def own(results: pd.DataFrame, design: str, stages: Sequence[str] = ("design",)) -> pd.DataFrame:
    """The rows of a claim's design or of a shared design, ``arm`` being its variant: B4_none is none."""
    of_design = results.iloc[_by_design(results).get(design, [])]
    rows: pd.DataFrame = of_design[of_design["stage"].isin(stages)]
    return rows.assign(arm=rows["variant"])


@once
def _by_design(results: pd.DataFrame) -> dict[Any, Any]:
    """The places of the rows of each design: forty claims ask for theirs."""
    return dict(results.groupby("design").indices)


def arm(rows: pd.DataFrame, name: str) -> pd.DataFrame:
    return rows[rows["arm"] == name]


def with_regime(rows: pd.DataFrame, regimes: Regimes) -> pd.DataFrame:
    """The rows with a column ``regime``: what the columns of ``regimes`` hold."""
    values = list(zip(*(rows[column] for column in regimes), strict=True))
    known = {each: regime_of(regimes, each) for each in dict.fromkeys(values)}  # rows are many, regimes few
    return in_regimes(rows, [known[each] for each in values])


def in_regimes(rows: pd.DataFrame, regimes: Sequence[Regime]) -> pd.DataFrame:
    """The rows, each in its regime."""
    return rows.assign(regime=pd.Series(regimes, rows.index, dtype=object))


def regime_of(regimes: Regimes, values: Sequence[object]) -> Regime:
    """What the values of their columns say."""
    if list(regimes.values()) == [None]:
        return numbered(next(iter(regimes)), values[0])
    words = [
        f"{column} {value}" if reads is None else reads.format(value)
        for (column, reads), value in zip(regimes.items(), values, strict=True)
    ]
    return Regime(", ".join(words))


def at_best(rows: pd.DataFrame, *, tuned: Sequence[str], cost: str = "valid_loss") -> pd.DataFrame:
    """In each regime one row for each seed: at the setting of ``tuned`` whose mean cost over the other seeds is least.

    A setting at which a network has no cost (it diverged) is no candidate. ``chosen`` says which it was.
    """
    places = [np.sort(costs.chosen()) for costs in costs_by_regime(rows, tuned, cost)]
    found = rows.iloc[np.concatenate([*places, np.empty(0, int)])].reset_index(drop=True)
    spelled = [", ".join(setting(value) for value in each) for each in found[list(tuned)].itertuples(index=False)]
    return found.assign(chosen=spelled)


def chosen_again(rows: pd.DataFrame, *, tuned: Sequence[str], cost: str = "valid_loss") -> pd.DataFrame:
    """The same with one more seed, ``without``, choosing nothing: in each regime a row for each two seeds, in either order."""
    pairs = [costs.chosen_again() for costs in costs_by_regime(rows, tuned, cost)]
    places, without = np.concatenate([*pairs, np.empty((2, 0), int)], axis=1)
    found: pd.DataFrame = rows.iloc[places]
    return found.reset_index(drop=True).assign(without=without)


@dataclass(frozen=True, eq=False)
class Costs:
    """Of one regime: ``values`` (P, S) of settings × seeds without a hole, and the ``places`` of their networks among the rows, (P, S)."""

    values: Numbers
    places: NDArray[np.intp]
    seeds: NDArray[np.intp]

    def chosen(self) -> NDArray[np.intp]:
        """The place of each seed's network at what the other seeds choose; none where there is a choice and no other seed."""
        settings, seeds = self.values.shape
        if settings == 0 or (seeds < 2 and settings > 1):
            return np.empty(0, np.intp)
        return np.asarray(self.places[self._others.argmin(axis=0), np.arange(seeds)])

    def chosen_again(self) -> NDArray[np.intp]:
        """Such places, and the seed without which each is chosen, (2, S · (S − 1))."""
        if not self.values.size or self.seeds.size < FEWEST:
            return np.empty((2, 0), np.intp)
        scored, without = np.nonzero(~np.eye(self.seeds.size, dtype=bool))
        return np.array([self.all_chosen_again()[scored, without], self.seeds[without]])

    def all_chosen_again(self) -> NDArray[np.intp]:
        """The place of the network of each seed where another chooses nothing either, [scored, without], (S, S); the diagonal says nothing."""
        best = (self._others[:, :, None] - self.values[:, None, :]).argmin(axis=0)
        return np.asarray(self.places[best, np.arange(self.seeds.size)[:, None]])

    @property
    def _others(self) -> Numbers:
        return np.asarray(self.values.sum(axis=1, keepdims=True) - self.values, float)


def costs_by_regime(rows: pd.DataFrame, tuned: Sequence[str], cost: str) -> Iterator[Costs]:
    """Raises ``ValueError`` where two networks of a regime share setting and seed."""
    settings = np.asarray(rows.groupby(list(tuned), sort=False).ngroup(), np.intp)
    regimes = np.array(pd.factorize(rows["regime"])[0], np.intp)
    values = rows["seed"].to_numpy(), rows[cost].to_numpy(float)
    yield from (costs for _, costs in costs_among(regimes, settings, *values, tuned))


def costs_among(
    regimes: NDArray[np.intp], settings: NDArray[np.intp], seeds: NDArray[Any], values: Numbers, tuned: Sequence[str]
) -> Iterator[tuple[int, Costs]]:
    """Of networks (N,), by the numbers of their regimes and settings, in the order in which regimes come."""
    for regime in dict.fromkeys(regimes.tolist()):
        of_regime = np.flatnonzero(regimes == regime)
        points, point = np.unique(settings[of_regime], return_inverse=True)
        of_seeds, seed = np.unique(seeds[of_regime], return_inverse=True)
        places = np.full((points.size, of_seeds.size), -1)
        places[point, seed] = of_regime
        if (places >= 0).sum() < of_regime.size:
            raise ValueError(
                f"two networks of a regime have the same {', '.join([*tuned, 'seed'])}: what differs is none of these"
            )
        costs = np.where(places >= 0, values[places], np.nan)
        whole = np.isfinite(costs).all(axis=1)
        yield regime, Costs(costs[whole], places[whole], of_seeds)


def pair(high: pd.DataFrame, low: pd.DataFrame, value: str) -> pd.DataFrame:
    """Paired by regime and seed, and where both have one by the seed ``without`` which they were chosen.

    Returns:
        Columns regime, seed, high, low, effect = ``value`` of ``high`` minus ``value`` of ``low``, without, and high_chosen and
        low_chosen, as far as the sides have them.
    """
    keys, kept = ["regime", "seed"], [value, "chosen"]
    sides = [
        side[[*keys, *(column for column in (*kept, "without") if column in side)]].rename(
            columns={value: name, **{column: f"{name}_{column}" for column in kept[1:]}}
        )
        for name, side in (("high", high), ("low", low))
    ]
    both = ["without"] if all("without" in side for side in sides) else []
    paired = sides[0].merge(sides[1], on=[*keys, *both])
    return paired.assign(effect=paired["high"] - paired["low"])
