"""Whether the setting of least cost lies at the end of those that were tried: beyond it there may be a better one."""

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from reports.evidence.quantities import VALID_ERROR, VALID_LOSS, Quantity
from reports.evidence.standing import Networks, Places, numbered_settings
from reports.judging.intervals import Numbers
from reports.judging.verdict import SESOI, SESOI_IN_POINTS

SHARE = 1 / 4  # of the smallest effect of interest: where the last step inwards is worth less, an end is no loss
INNER: Mapping[Quantity, float] = {VALID_LOSS: SHARE * SESOI, VALID_ERROR: SHARE * SESOI_IN_POINTS}
WORDS = {"learning_rate": "learning rate", "l2": "λ"}


def at_ends(networks: Networks, own: Places, tuned: Sequence[str], cost: Quantity) -> dict[int, str]:
    """Of each regime in which the best setting of the networks ``own``, over all seeds, lies at an end: which, in words.

    Settings at which a network was lost are none.
    """
    if cost not in INNER or not own.size:
        return {}
    costs, regimes = cost.read(networks.rows.iloc[own]), networks.regimes[own]
    columns = {field: networks.column(field)[own] for field in tuned}
    found = {}
    for regime in dict.fromkeys(regimes.tolist()):
        here = np.flatnonzero(regimes == regime)
        number = numbered_settings([column[here] for column in columns.values()])
        means = np.bincount(number, costs[here]) / np.bincount(number)
        whole = np.isfinite(means)
        first = here[np.unique(number, return_index=True)[1]]
        profiles = {field: profile(column[first][whole], means[whole]) for field, column in columns.items()}
        fields = [field for field, least in profiles.items() if at_end(field, least, INNER[cost])]
        if fields:
            found[regime] = " and ".join(WORDS.get(each, each) for each in fields)
    return found


def profile(values: NDArray[np.generic], costs: Numbers) -> Numbers:
    """The least cost at each value, in increasing order."""
    tried, place = np.unique(values, return_inverse=True)
    least = np.full(tried.size, np.inf)
    np.minimum.at(least, place, costs)
    return least


def at_end(field: str, least: Numbers, inner: float) -> bool:
    """Whether the lowest of a ``profile`` lies at an end, and the last step inwards is worth ``inner`` or more."""
    if least.size < 2:
        return False
    place, last = int(np.argmin(least)), least.size - 1
    weakest = {"keep_prob": last, "l2": 0}.get(field)  # beyond it lies none, an arm of its own
    if place not in (0, last) or place == weakest:
        return False
    return bool(least[1 if place == 0 else -2] - least[place] >= inner)
