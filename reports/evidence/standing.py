"""At which networks the sides of a contrast stand, as arrays of places among the rows: a page compares hundreds of sides, and frames took ten times as long."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from reports.evidence.paired import FEWEST, Regimes, costs_among, regime_of
from reports.evidence.quantities import Quantity
from reports.judging.intervals import Numbers
from reports.judging.regimes import Regime
from reports.judging.text import setting

Places = NDArray[np.intp]


@dataclass(frozen=True, eq=False)
class Networks:
    """Rows of the results table, (N,), and the regime of each: its number among ``names``."""

    rows: pd.DataFrame
    regimes: Places
    names: Sequence[Regime]

    @classmethod
    def of(cls, rows: pd.DataFrame, regimes: Regimes, condition: str = "") -> "Networks":
        """``condition`` goes before the regimes."""
        values = list(zip(*(rows[column] for column in regimes), strict=True))
        known = {each: regime_of(regimes, each) for each in dict.fromkeys(values)}  # rows are many, regimes few
        numbers = {regime: number for number, regime in enumerate(dict.fromkeys(known.values()))}
        of_values = {each: numbers[regime] for each, regime in known.items()}
        names = [regime.under(condition) if condition else regime for regime in numbers]
        return cls(rows, np.array([of_values[each] for each in values], np.intp), names)

    def column(self, name: str) -> NDArray[np.generic]:
        return self.rows[name].to_numpy()

    def spelled(self, places: Places, fields: Sequence[str]) -> list[str]:
        """The settings of each of the networks."""
        columns = [self.column(field)[places] for field in fields]
        known: dict[tuple[object, ...], str] = {}
        found = []
        for values in zip(*columns, strict=True):
            if values not in known:
                known[values] = ", ".join(setting(value) for value in values)
            found.append(known[values])
        return found

    def read(self, value: Quantity, *places: Places) -> tuple[Numbers, Numbers]:
        """The value of each network, and whether it was reached, (N,): read at these places alone, NaN elsewhere."""
        asked = np.unique(np.concatenate([np.empty(0, np.intp), *(each.ravel() for each in places)]))
        some = self.rows.iloc[asked]
        found = np.full(len(self.rows), np.nan), np.zeros(len(self.rows))
        for whole, part in zip(found, (value.read(some), value.reached(some)), strict=True):
            whole[asked] = part
        return found


@dataclass(frozen=True, eq=False)
class Standing:
    """One side in one regime: the ``places`` (S,) of the networks of its ``seeds`` (S,), increasing.

    Where settings are tuned, each at what the other seeds choose; ``again`` (S, S), [scored, without], where one more seed chooses
    nothing, empty where there are too few. Where nothing is tuned there is no choice to repeat.
    """

    seeds: NDArray[np.int64]
    places: Places
    again: Places | None


def standings(networks: Networks, own: Places, tuned: Sequence[str], cost: Quantity) -> dict[int, Standing]:
    """By regime, of a side whose networks are ``own``; no standing where no setting may be chosen."""
    if not own.size:
        return {}
    found = _chosen(networks, own, tuned, cost) if tuned else _all(networks, own)
    return dict(found)


def _all(networks: Networks, own: Places) -> Iterator[tuple[int, Standing]]:
    seeds, regimes = networks.column("seed")[own], networks.regimes[own]
    for regime in dict.fromkeys(regimes.tolist()):
        of_regime = regimes == regime
        order = np.argsort(seeds[of_regime], kind="stable")
        if len(np.unique(seeds[of_regime])) < order.size:
            raise ValueError(
                "two networks of a regime have the same seed: what differs between them is no setting that is tuned"
            )
        yield regime, Standing(seeds[of_regime][order].astype(np.int64), own[of_regime][order], None)


def _chosen(networks: Networks, own: Places, tuned: Sequence[str], cost: Quantity) -> Iterator[tuple[int, Standing]]:
    rows = networks.rows.iloc[own]
    settings = numbered_settings([networks.column(field)[own] for field in tuned])
    parts = costs_among(networks.regimes[own], settings, networks.column("seed")[own], cost.read(rows), tuned)
    for regime, costs in parts:
        chosen = costs.chosen()
        if chosen.size:
            again = costs.all_chosen_again() if costs.seeds.size >= FEWEST else np.empty(0, np.intp)
            yield regime, Standing(costs.seeds.astype(np.int64), own[chosen], own[again])


def numbered_settings(columns: Sequence[NDArray[np.generic]]) -> Places:
    """Each combination of the columns' values by its number, in the order in which they come."""
    number: dict[tuple[object, ...], int] = {}
    return np.array([number.setdefault(each, len(number)) for each in zip(*columns, strict=True)], np.intp)


def again_values(standing: Standing, common: Places, values: Numbers) -> Numbers:
    """Of seeds ``common`` (C,), their numbers in the standing: the value of each, [scored, without], (C, C); NaN where it was not chosen again."""
    if standing.again is None:
        return np.repeat(values[standing.places[common]][:, None], common.size, axis=1)
    if not standing.again.size:
        return np.full((common.size, common.size), np.nan)
    return np.asarray(values[standing.again[np.ix_(common, common)]])


def lacking(effects: Numbers) -> Numbers:
    """The mean effect of all other seeds where each seed chooses nothing either, (C,), from effects [scored, without], (C, C).

    Summed in the order of seeds and compensated (Kahan 1965), as pandas does.
    """
    others = np.where(np.eye(len(effects), dtype=bool), np.nan, effects)
    total, lost = np.zeros(len(others)), np.zeros(len(others))
    for row in others:
        known = np.isfinite(row)
        rest = np.where(known, row, 0) - lost
        grown = total + rest
        total, lost = np.where(known, grown, total), np.where(known, grown - total - rest, lost)
    count = np.isfinite(others).sum(axis=0)
    return np.asarray(np.where(count > 0, total / np.maximum(count, 1), np.nan))


def by_regime(found: Mapping[int, Standing], other: Mapping[int, Standing]) -> Iterator[tuple[int, Places, Places]]:
    """Of regimes that both sides have: the numbers of the seeds that both have, in one and in the other."""
    for regime in found:
        if regime in other:
            _, first, second = np.intersect1d(found[regime].seeds, other[regime].seeds, return_indices=True)
            yield regime, first, second
