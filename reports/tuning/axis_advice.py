"""How to search a strength: on which axis, for how many tries, and how often that ends near the best."""

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from reports.judging.intervals import Estimate
from reports.judging.text import interval_with_n, number
from reports.judging.verdict import SESOI
from reports.tuning.hitting import UNIT
from reports.tuning.random_search import BUDGET, TRIALS
from reports.tuning.searching import HITS, estimate_of, searching
from reports.tuning.strength_axes import AXES

SEARCHED = {"dropout": ("linear", "odds"), "L2": ("lambda",)}  # axes that a person would search
ENOUGH = 80  # searches of 100 that hit


@dataclass(frozen=True)
class SearchAdvice:
    """Of 100 random searches of so many tries, ``hits`` end near the best."""

    kind: str
    axis: str
    trials: int
    hits: Estimate

    def __str__(self) -> str:
        found = f"{number(self.hits.value, UNIT)} end within {SESOI} nat of the best {interval_with_n(self.hits, UNIT)}"
        return f"{self.kind} on {self.axis}, {self.trials} tries: of 100 such searches {found}"


def search_advice(results: pd.DataFrame) -> Mapping[tuple[int, str], SearchAdvice]:
    """By width and kind, of what the run's response curves cover: the axis on which most searches of ten tries hit, with the fewest tries that are enough."""
    rows = searching(results)
    hits = rows[(rows["quantity"] == HITS) & ~rows["none_first"] & (rows["void"] == "")]
    found = {}
    for width, of_width in hits.groupby("width"):
        for kind, searched in SEARCHED.items():
            by_axis = {name: _by_trials(of_width[of_width["axis"] == name]) for name in searched}
            known = {name: by_trials for name, by_trials in by_axis.items() if by_trials}
            if known:
                found[int(str(width)), kind] = _advised(kind, known)
    return found


def _by_trials(rows: pd.DataFrame) -> dict[int, Estimate]:
    return {int(row["trials"]): estimate_of(row) for row in rows.to_dict("records")}


def _advised(kind: str, by_axis: Mapping[str, Mapping[int, Estimate]]) -> SearchAdvice:
    axis = max(by_axis, key=lambda name: by_axis[name][BUDGET].value)
    hits = by_axis[axis]
    trials = next((trials for trials in TRIALS if hits[trials].value >= ENOUGH), TRIALS[-1])
    return SearchAdvice(kind, AXES[axis].label, trials, hits[trials])
