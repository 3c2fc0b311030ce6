"""Networks with dropout, and others with L2 that do not do as well; what damage costs more with L2, at equal loss, is planted.

Losses are parabolas of a strength and a learning rate as those that the design d300 measures on digits, at 32 units; what damage costs
moves with the strength, more for dropout than for L2, and is as uneven as the deletion of a quarter of the units.
"""

from collections.abc import Mapping
from functools import cache
from itertools import product

import numpy as np
import pandas as pd

from reports.evidence.contrasts import Contrast
from reports.evidence.quantities import Column
from reports.experiments import d300
from reports.judging.intervals import Numbers

COST = "cost"  # of damage, in nats
COMPARED: Mapping[str, Contrast] = {
    each.condition.removeprefix(", "): each for each in d300.at_equal_loss(d300.L2, d300.DROPOUT, {"": Column(COST)})
}
DROPOUT, L2 = 0.488, 0.517  # nat: validation loss at their best
BEST_KEPT, BEST_L2 = 0.62, 0.0015
LEVEL, NETWORK, DAMAGE = 0.02, 0.012, 0.03  # nat: of a seed, of a network's loss and of what damage costs it


def equally_good(way: str, truth: float, generator: np.random.Generator, *, seeds: int) -> pd.DataFrame:
    """A table of the design's two arms in which damage costs ``truth`` more with L2 than with dropout, both being equally good ``way``."""
    level = LEVEL * generator.standard_normal(seeds)
    return pd.concat(
        [
            _arm("dropout", 0.0, level, generator),
            _arm("l2", truth - _unplanted(way), level, generator),
        ],
        ignore_index=True,
    )


@cache
def _unplanted(way: str) -> float:
    """What damage costs more with L2 where no network has noise."""
    still = np.zeros(2)
    rows = pd.concat([_arm(arm, 0.0, still, None) for arm in ("dropout", "l2")], ignore_index=True)
    return float(COMPARED[way].evidence(rows)["effect"].mean())


def _arm(arm: str, more: float, level: Numbers, generator: np.random.Generator | None) -> pd.DataFrame:
    """Every setting of an arm on every seed; without a generator nothing but means."""
    field = {"dropout": "keep_prob", "l2": "l2"}[arm]
    settings = np.array(list(product(d300.DESIGN[arm][field], d300.INNER)))
    strength, rate = settings.T
    shape = (len(settings), level.size)
    of_loss, of_cost = (np.zeros(shape) if generator is None else generator.standard_normal(shape) for _ in range(2))
    loss, cost = MEANS[arm](strength, rate)
    place, seed = (axis.ravel() for axis in np.indices(shape))
    return pd.DataFrame(
        {
            "arm": arm,
            "width": 32,
            "keep_prob": 1.0,
            "l2": 0.0,
            "learning_rate": rate[place],
            "seed": seed,
            "valid_loss": (loss[:, None] + level + NETWORK * of_loss).ravel(),
            COST: (cost[:, None] + more + level / 2 + DAMAGE * of_cost).ravel(),
        }
    ).assign(**{field: strength[place]})


def _with_dropout(kept: Numbers, rate: Numbers) -> tuple[Numbers, Numbers]:
    """Mean loss, and mean cost of damage."""
    away = np.log(rate / 0.05)
    return DROPOUT + (kept - BEST_KEPT) ** 2 + 0.06 * away**2, 0.3 + 0.5 * (kept - 0.6) + 0.1 * away


def _with_l2(strength: Numbers, rate: Numbers) -> tuple[Numbers, Numbers]:
    away, stronger = np.log(rate / 0.02), np.log(strength / BEST_L2)
    return L2 + 0.01 * stronger**2 + 0.06 * away**2, 0.45 + 0.05 * stronger


MEANS = {"dropout": _with_dropout, "l2": _with_l2}
