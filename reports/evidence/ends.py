"""Whether the setting of least cost lies at the end of those that were tried: beyond it there may be a better one."""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from reports.evidence.quantities import VALID_ERROR, VALID_LOSS, Quantity
from reports.judging.regimes import Regime
from reports.judging.verdict import SESOI, SESOI_IN_POINTS

INNER: Mapping[Quantity, float] = {
    VALID_LOSS: SESOI / 4,
    VALID_ERROR: SESOI_IN_POINTS / 4,
}  # a last step worth less is no loss
WORDS = {"learning_rate": "learning rate", "l2": "λ"}


def at_ends(networks: pd.DataFrame, tuned: Sequence[str], cost: Quantity) -> dict[Regime, str]:
    """Of each regime whose best setting over all seeds lies at an end: which, in words. Settings at which a network was lost are none."""
    if cost not in INNER:
        return {}
    costs = networks.assign(cost=cost.read(networks))
    means = costs.groupby(["regime", *tuned], sort=False)["cost"].agg(lambda each: each.mean(skipna=False)).dropna()
    found: dict[Regime, str] = {}
    for regime, rows in means.reset_index().groupby("regime", sort=False):
        fields = [field for field in tuned if _at_end(field, rows.groupby(field)["cost"].min(), INNER[cost])]
        if fields and isinstance(regime, Regime):
            found[regime] = " and ".join(WORDS.get(each, each) for each in fields)
    return found


def _at_end(field: str, profile: "pd.Series[float]", inner: float) -> bool:
    """Of the least cost at each value, in increasing order."""
    costs, last = profile.to_numpy(float), len(profile) - 1
    place = int(np.argmin(costs))
    weakest = {"keep_prob": last, "l2": 0}.get(field)  # beyond it lies none, an arm of its own
    if place not in (0, last) or place == weakest or last == 0:
        return False
    return bool(costs[1 if place == 0 else last - 1] - costs[place] >= inner)
