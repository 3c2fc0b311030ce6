"""How far one side against another can be believed where each takes its own best learning rate on the seeds that are judged.

The preset claims has 12 to 20 seeds, the fewest here, and grids of some five rates. Spreads are as ``planted_effects`` has them, those of a setting also three
times as large, which is what few units and saturated ones have; a step of the rate costs 0.03 nat, nothing, or nothing between two
of the rates.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np
import pandas as pd

from reports.calibration.tails import spread_one
from reports.evidence.contrasts import Contrast, Side
from reports.evidence.quantities import VALID_LOSS
from reports.experiments.seeded import estimates
from reports.judging.intervals import Numbers
from reports.judging.rules import Measured, effect
from reports.judging.verdict import SESOI, Verdict, alone

SEED = 20170901
DRAWS = 1000
SEEDS = 12
GAINS = {"none": 0, "the smallest of interest": 1, "twice that": 2}  # times the smallest effect of interest
RATES = np.array([0.01, 0.03, 0.1, 0.3, 1.0])
COSTS = {"inside": (0.12, 0.03, 0.0, 0.03, 0.12), "two tie": (0.12, 0.0, 0.0, 0.12, 0.3), "flat": (0.0,) * 5}  # nat
LEVEL, SIDE = 0.05, 0.028  # nat: of a seed, of a side
SETTINGS = {"as measured": 0.0125, "three times": 0.0375}  # nat: of one network
CONTRAST = Contrast(
    high=Side("plain", "plain"), low=Side("regularised", "other"), value=VALID_LOSS, regimes={"width": None}
)
RULE = effect(
    Measured(what="", quantity="gain", reading="", unit="nat", issue="it helps"),
    SESOI,
    supported="it helps",
    contradicted="it harms",
    alike="it makes no difference",
)


@dataclass(frozen=True)
class PlantedContrast:
    """One kind of experiment: keys of ``GAINS``, ``COSTS`` and ``SETTINGS``, and how heavy the tails are."""

    gain: str
    shape: str
    noise: str
    tails: str


def planted_contrasts() -> list[PlantedContrast]:
    """All that the table holds."""
    return [
        PlantedContrast(gain, shape, noise, tails)
        for gain, shape, noise in product(GAINS, COSTS, SETTINGS)
        for tails in (("normal", "heavy") if shape == "flat" else ("normal",))
    ]


def calibrate_contrasts(planted: Sequence[PlantedContrast], draws: int) -> pd.DataFrame:
    """A row for each; each has random numbers of its own.

    Returns:
        Columns of ``PlantedContrast``; draws; truth; value (the mean), half_width (the median); covered, the share of intervals
        that hold the truth; decided, the share that has a verdict, and wrong, the share that has another than the truth.
    """
    return pd.DataFrame([_row(each, draws) for each in planted])


def _row(planted: PlantedContrast, draws: int) -> dict[str, object]:
    truth = GAINS[planted.gain] * SESOI
    found = estimates(CONTRAST.evidence(networks(planted, draws)), rule=RULE)
    verdicts = [alone(RULE, each) for each in found]
    right = (Verdict.NO_DIFFERENCE, Verdict.INCONCLUSIVE, Verdict.SUPPORTED)[GAINS[planted.gain]]
    decided = sum(verdict is not Verdict.INCONCLUSIVE for verdict in verdicts)
    rightly = sum(verdict is right is not Verdict.INCONCLUSIVE for verdict in verdicts)
    return {
        **vars(planted),
        "draws": draws,
        "truth": truth,
        "value": np.mean([each.value for each in found]),
        "half_width": np.median([(each.high - each.low) / 2 for each in found]),
        "covered": np.mean([each.low <= truth <= each.high for each in found]),
        "decided": decided / draws,
        "wrong": (decided - rightly) / draws,
    }


def networks(planted: PlantedContrast, draws: int) -> pd.DataFrame:
    """Each draw is a regime of its own, a width."""
    generator = np.random.default_rng([SEED, *"/".join(vars(planted).values()).encode()])
    level = LEVEL * spread_one(generator, planted.tails, (draws, 1, SEEDS))
    parts = [
        _side(arm, gain, planted, level, generator)
        for arm, gain in (("plain", GAINS[planted.gain] * SESOI), ("other", 0.0))
    ]
    return pd.concat(parts, ignore_index=True)


def _side(
    arm: str, worse: float, planted: PlantedContrast, level: Numbers, generator: np.random.Generator
) -> pd.DataFrame:
    draws, _, seeds = level.shape
    own = SIDE * spread_one(generator, planted.tails, (draws, 1, seeds))
    noise = SETTINGS[planted.noise] * spread_one(generator, planted.tails, (draws, RATES.size, seeds))
    losses = 0.5 + worse + np.array(COSTS[planted.shape])[None, :, None] + level + own + noise
    draw, rate, seed = (axis.ravel() for axis in np.indices(losses.shape))
    return pd.DataFrame(
        {"arm": arm, "width": draw, "learning_rate": RATES[rate], "seed": seed, "valid_loss": losses.ravel()}
    )
