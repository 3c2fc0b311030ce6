"""Points of a space of several hyperparameters with their losses: a design that is spread over it, and a sampler's own history."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from reports.evidence.lost import ended
from reports.judging.intervals import Numbers
from reports.search.shares import Fit, fit

LEAST = 2  # inputs, between which there is something to share
LEARNT = 0.05  # nat below guessing: a network that is not even there has learnt nothing


@dataclass(frozen=True, eq=False)
class Points:
    """``settings`` (N rows, a column for each field), ``losses`` (N, S) of paired seeds, no worse than ``guess``: ln of the classes.

    ``bounds`` of each field: low, high, log. ``networks`` are the rows of the table, ``trial`` their point. ``spread``: whether
    the points fill the space, so that what is told of it is not biased by where a sampler looked.
    """

    arm: str
    bounds: Mapping[str, Mapping[str, Any]]
    settings: pd.DataFrame
    losses: Numbers
    guess: float
    networks: pd.DataFrame
    spread: bool

    @cached_property
    def unit(self) -> dict[str, Numbers]:
        """Each field in its sampling scale, (N,) in (0, 1)."""
        return {field: place(self.settings[field].to_numpy(float), bounds) for field, bounds in self.bounds.items()}

    @cached_property
    def fit(self) -> Fit | None:
        return fit(self.unit, self.losses) if self.losses.size else None

    @cached_property
    def means(self) -> Numbers:
        return np.asarray(self.losses.mean(axis=1), float)


def place(values: Numbers, bounds: Mapping[str, Any]) -> Numbers:
    """In (0, 1) from low to high."""
    low, high = float(bounds["low"]), float(bounds["high"])
    if bounds.get("log"):
        return np.asarray(np.log(values / low) / np.log(high / low), float)
    return np.asarray((values - low) / (high - low), float)


def value(at: Numbers, bounds: Mapping[str, Any]) -> Numbers:
    """The other way round."""
    low, high = float(bounds["low"]), float(bounds["high"])
    return np.asarray(low * (high / low) ** at if bounds.get("log") else low + (high - low) * at, float)


def spread_points(results: pd.DataFrame, provenance: Mapping[str, Any]) -> Points | None:
    """Of the design with the most fields that its study file spreads points over."""
    arms = (provenance["config"].get("design") or {}).get("arms") or {}
    found = {name: _ranges(settings) for name, settings in arms.items() if "spread" in settings}
    if not found:
        return None
    arm = max(found, key=lambda name: len(found[name]))
    return _points(
        results[(results["stage"] == "design") & (results["arm"] == arm)], found[arm], provenance, spread=True
    )


def searched_points(results: pd.DataFrame, provenance: Mapping[str, Any]) -> Points | None:
    """Of the arm of the search that opened the most fields."""
    searched = provenance["search"] or {}
    opened = {name: bounds for name, bounds in searched.get("open", {}).items() if "low" in bounds and name in results}
    axes = {arm: [field for field in opened if field in of_arm] for arm, of_arm in searched.get("axes", {}).items()}
    if not axes:
        return None
    arm = max(axes, key=lambda name: len(axes[name]))
    rows = results[(results["stage"] == "search") & (results["arm"] == arm) & (results["repeat"] == 0)]
    return _points(rows, {field: opened[field] for field in axes[arm]}, provenance, spread=False)


def _ranges(settings: Mapping[str, Any]) -> dict[str, Any]:
    return {
        field: bounds
        for field, bounds in settings.items()
        if isinstance(bounds, Mapping) and "low" in bounds and not {"points", "per_level"} & set(bounds)
    }


def _points(
    rows: pd.DataFrame, bounds: Mapping[str, Mapping[str, Any]], provenance: Mapping[str, Any], *, spread: bool
) -> Points | None:
    """A network that diverged or was pruned counts as one that guesses; points that lack a seed are left out, also where the machine ended it."""
    if len(bounds) < LEAST or rows.empty:
        return None
    guess = float(np.log(provenance["data"]["classes"]))
    held = rows.assign(loss=rows["valid_loss"].fillna(guess).clip(upper=guess).mask(ended(rows)))
    losses = held.pivot(index="trial", columns="seed", values="loss").dropna()  # noqa: PD010 - no two are alike
    settings = rows.drop_duplicates("trial").set_index("trial").loc[losses.index, list(bounds)]
    return Points(
        arm=str(rows["arm"].iloc[0]),
        bounds=bounds,
        settings=settings,
        losses=losses.to_numpy(float),
        guess=guess,
        networks=rows,
        spread=spread,
    )
