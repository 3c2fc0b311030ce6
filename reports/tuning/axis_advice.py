"""How to search a strength: on which axis, for how many trials, and the regret to expect."""

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from reports.judging.intervals import Estimate, mean
from reports.judging.text import interval_with_n, quantity
from reports.tuning.replay import BUDGET, FLOOR, TRIALS, replayed_regrets
from reports.tuning.strength_axes import AXES
from reports.tuning.windows import TOLERANCE

SEARCHED = {"dropout": ("linear", "odds"), "L2": ("lambda",)}  # axes that a person would search


@dataclass(frozen=True)
class SearchAdvice:
    """After so many trials of random search, and after any number of them."""

    kind: str
    axis: str
    trials: int
    regret: Estimate
    floor: Estimate

    def __str__(self) -> str:
        said = f"{self.kind} on {self.axis}, {self.trials} tries: they end {_said(self.regret)} above the best"
        if self.floor.value >= self.regret.value:
            return f"{said}, which more tries would not lower"
        return f"{said}; {_said(self.floor)} would be left after any number of them"


def search_advice(results: pd.DataFrame) -> Mapping[tuple[int, str], SearchAdvice]:
    """By width and kind, of what the run's response curves cover: the axis of least regret, with the fewest trials that do."""
    replayed = replayed_regrets(results)
    found = {}
    for width, rows in replayed.groupby("width", sort=True):
        for kind, searched in SEARCHED.items():
            axes = [name for name in searched if name in set(rows["axis"])]
            if axes:
                found[int(str(width)), kind] = _advised(kind, {name: rows[rows["axis"] == name] for name in axes})
    return found


def _advised(kind: str, by_axis: Mapping[str, pd.DataFrame]) -> SearchAdvice:
    regret = {
        name: rows.pivot(index="seed", columns="trials", values="regret")  # noqa: PD010 - no two rows are alike
        for name, rows in by_axis.items()
    }
    axis = min(regret, key=lambda name: float(regret[name][BUDGET].mean()))
    trials = _enough(regret[axis])
    after, floor = (mean(regret[axis][number].to_numpy(float)) for number in (trials, FLOOR))
    return SearchAdvice(kind, AXES[axis].label, trials, after, floor)


def _enough(regret: pd.DataFrame) -> int:
    """The fewest trials after which more of them could gain no more than ``TOLERANCE``, at the upper end of the interval."""
    left = {trials: mean((regret[trials] - regret[FLOOR]).to_numpy(float)).high for trials in TRIALS}
    return next((trials for trials, high in left.items() if high < TOLERANCE), TRIALS[-1])


def _said(found: Estimate) -> str:
    return f"{quantity(found.value, 'nat')} {interval_with_n(found, 'nat')}"
