"""How far the ratios of the speed claims can be believed: steps to a loss, and the largest learning rate that reaches it.

The preset claims has 12 to 20 seeds, the fewest here, and the nine rates of ``experiments.speed``. On digits the logarithm of a network's steps at its best
rate has a spread of 0.1 to 0.25 over seeds where training is easy and up to 0.6 where it is not, of which a third is the seed's; the
next lower rate takes 1.5 times the steps, and two rates above the best nothing arrives.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np
import pandas as pd

from reports.calibration.planted_contrasts import GAINS
from reports.evidence.contrasts import Contrast
from reports.experiments import speed
from reports.experiments.seeded import estimates
from reports.judging.intervals import Numbers
from reports.judging.rules import Measured, effect
from reports.judging.text import TIMES
from reports.judging.verdict import Verdict, alone

SEED = 20170901
DRAWS = 1000
SEEDS = 12
REGIMES = {"width": None}  # each draw is a regime of its own
MARGIN = float(np.log(1.25))
RATES = np.array(speed.RATES)
USUAL = float(np.log(40))  # steps at the best rate
BEST, DEAD = 4, 2  # place of the best rate, and how far above it nothing arrives
SLOPES = {"inside": 0.4, "flat": 0.0}  # of the logarithm, for each rate away from the best
SPREADS = {"easy": 0.2, "hard": 0.6}
SHARE = 1 / 3  # of the variance that the seed has, whatever side and rate
LARGEST = 5.5  # place of the largest workable rate, between two of those tried
NEAR = {"easy": 0.3, "hard": 1.0}  # rates: its spread over seeds
RULE = effect(
    Measured(what="", quantity="ratio", reading="", unit=TIMES, issue="it is faster"),
    margin=1.25,
    supported="faster",
    contradicted="slower",
    alike="as fast",
)


@dataclass(frozen=True)
class PlantedSpeed:
    """One kind of experiment: keys of ``QUANTITIES``, ``GAINS`` (times the margin), ``SLOPES`` and ``SPREADS``."""

    quantity: str
    gain: str
    shape: str
    training: str


def planted_speeds() -> list[PlantedSpeed]:
    """All that the table holds; the largest rate has no shape."""
    every = [PlantedSpeed(*each) for each in product(QUANTITIES, GAINS, SLOPES, SPREADS)]
    return [each for each in every if each.quantity == STEPS or each.shape == "inside"]


def calibrate_speeds(planted: Sequence[PlantedSpeed], draws: int) -> pd.DataFrame:
    """A row for each; each has random numbers of its own.

    Returns:
        Columns of ``PlantedSpeed``; draws; truth and value (the geometric mean), as ratios, half_width (the median) of their logarithm;
        covered, the share of intervals that hold the truth; decided, the share that has a verdict, and wrong, the share that has
        another than the truth.
    """
    return pd.DataFrame([_row(each, draws) for each in planted])


def _row(planted: PlantedSpeed, draws: int) -> dict[str, object]:
    generator = np.random.default_rng([SEED, *"/".join(vars(planted).values()).encode()])
    compared, grow = QUANTITIES[planted.quantity]
    truth = GAINS[planted.gain] * MARGIN
    found = estimates(compared.evidence(grow(planted, truth, draws, generator)), rule=RULE)
    verdicts = [alone(RULE, each) for each in found]
    right = (Verdict.NO_DIFFERENCE, Verdict.INCONCLUSIVE, Verdict.SUPPORTED)[GAINS[planted.gain]]
    decided = np.array([each is not Verdict.INCONCLUSIVE for each in verdicts])
    return {
        **vars(planted),
        "draws": draws,
        "truth": np.exp(truth),
        "value": np.exp(np.mean([each.value for each in found])),
        "half_width": np.median([(each.high - each.low) / 2 for each in found]),
        "covered": np.mean([each.low <= truth <= each.high for each in found]),
        "decided": decided.mean(),
        "wrong": (decided & np.array([each is not right for each in verdicts])).mean(),
    }


def _timed(planted: PlantedSpeed, truth: float, draws: int, generator: np.random.Generator) -> pd.DataFrame:
    """Networks that come down to the target after so many steps, or not within the run."""
    away = np.arange(RATES.size) - BEST
    cost = np.where(away >= DEAD, np.inf, SLOPES[planted.shape] * np.abs(away))
    spread = SPREADS[planted.training]
    seed = spread * np.sqrt(SHARE) * generator.standard_normal((draws, 1, SEEDS))
    parts = []
    for arm, slower in (("none", truth), ("before", 0.0)):
        own = spread * np.sqrt(1 - SHARE) * generator.standard_normal((draws, RATES.size, SEEDS))
        steps = np.exp(USUAL + slower + cost[None, :, None] + seed + own)
        parts.append(_networks(arm, steps <= speed.ARM["steps"], steps))
    return pd.concat(parts, ignore_index=True)


def _workable(planted: PlantedSpeed, truth: float, draws: int, generator: np.random.Generator) -> pd.DataFrame:
    """Networks that reach the target at all rates below one of their own."""
    seed = NEAR[planted.training] * np.sqrt(SHARE) * generator.standard_normal((draws, 1, SEEDS))
    base = LARGEST + generator.uniform(-0.5, 0.5, (draws, 1, 1))
    parts = []
    for arm, higher in (("none", 0.0), ("before", truth / speed.STEP)):
        own = NEAR[planted.training] * np.sqrt(1 - SHARE) * generator.standard_normal((draws, 1, SEEDS))
        works = np.arange(RATES.size)[None, :, None] <= base + higher + seed + own
        parts.append(_networks(arm, works, np.full(works.shape, np.exp(USUAL))))
    return pd.concat(parts, ignore_index=True)


def _networks(arm: str, arrived: "np.ndarray[tuple[int, ...], np.dtype[np.bool_]]", steps: Numbers) -> pd.DataFrame:
    """As a table of results has them; ``arrived`` and ``steps`` are draws × rates × seeds."""
    draw, rate, seed = (axis.ravel() for axis in np.indices(steps.shape))
    rows, batch = speed.ARM["data"]["train"], 50
    epochs = np.minimum(steps, speed.ARM["steps"]).ravel() * batch / rows
    loss = np.where(arrived.ravel(), speed.TARGETS["digits"], 2 * speed.TARGETS["digits"])
    fixed = {
        "data": "digits",
        "train_rows": rows,
        "batch_size": batch,
        "steps": speed.ARM["steps"],
        "stopped": "completed",
    }
    return pd.DataFrame(
        {
            "arm": arm,
            "width": draw,
            "learning_rate": RATES[rate],
            "seed": seed,
            "valid_loss": loss,
            "valid_error": 0.1,
            "train_error": 0.0,
            "curve": [f"[[{epoch}, {end}]]" for epoch, end in zip(epochs, loss, strict=True)],
        }
    ).assign(**fixed)


STEPS, RATE = "steps to a loss", "largest learning rate"
Experiment = Callable[[PlantedSpeed, float, int, np.random.Generator], pd.DataFrame]
QUANTITIES: Mapping[str, tuple[Contrast | speed.LargestRate, Experiment]] = {
    STEPS: (speed.steps(slow=speed.NONE, fast=speed.BEFORE, regimes=REGIMES), _timed),
    RATE: (speed.LargestRate(high=speed.BEFORE, low=speed.NONE, regimes=REGIMES), _workable),
}
