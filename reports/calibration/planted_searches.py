"""How far what is said of searches can be believed: planted responses, of a run's size and noise, through the page's own code.

Mean responses are as measured on digits (300 rows, 20 % label noise, 24 seeds) at the learning rate best for dropout at 4, 12 and 32
units, above "none", and at four units and rate 0.15, where the levels cost; the others are drawn. A seed's response wanders about
the mean like a Brownian path in 1 − p that rests beyond 0.2, and every network has noise of its own. Heavy tails: the same
spreads, Student's t with three degrees of freedom.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np
import pandas as pd
from scipy.interpolate import Akima1DInterpolator

from reports.calibration.tails import TAILS, spread_one
from reports.judging.intervals import Estimate, Numbers
from reports.judging.rules import Measured, at_least, at_most, effect
from reports.judging.verdict import SESOI, DecisionRule, Verdict, alone
from reports.tuning.doses import NONE, DoseCurve, coordinate
from reports.tuning.grid import quantum
from reports.tuning.hitting import UNIT, hits
from reports.tuning.random_search import BUDGET, PLACES, extra_loss, search
from reports.tuning.strength_axes import AXES

SEED = 20170901
DRAWS = 1000  # a coverage of 95 % is known to ±1.4 %
MANY = 4000  # seeds that the truth is taken from
TRIED = np.array([0.25, 0.5, 0.625, 0.75, 0.8333333333333334, 0.9, 0.95, 0.98, 0.997])  # as in the default study
LEVELS_TRIED = np.array([0.25, 0.5, 0.75, 0.8, 0.85, 0.9, 0.925, 0.95, 0.97, 0.985])
KNOTS = np.array([0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.875, 0.925, 0.95, 0.97, 0.985, 0.997])
ROUNDING = 1e-9
EXTRA, COST = "extra loss on the linear axis", "cost of the levels"
HITS = {"linear": "hits on linear", "odds": "hits on odds"}
REGRETS = {"linear": "loss above the best on linear", "odds": "loss above the best on odds"}
SEEDS = {False: 12, True: 64}  # of a curve, and of one whose levels are asked about
RESTS = 0.2  # 1 − p beyond which a seed's path stands still


@dataclass(frozen=True)
class SearchedWorld:
    """``means`` at KNOTS above "none", in nats; ``path`` is the spread of a seed's path at 1 − p = 1 if it went on, ``network`` that of a network."""

    width: int
    means: tuple[float, ...]
    path: float
    network: float


@dataclass(frozen=True)
class PlantedSearch:
    """One kind of experiment; ``world`` is a key of ``WORLDS``."""

    world: str
    seeds: int
    tails: str


def planted_searches() -> list[PlantedSearch]:
    """All that the table holds."""
    return [PlantedSearch(world, SEEDS[world in LEVELLED], tails) for world, tails in product(WORLDS, TAILS)]


def calibrate_searches(planted: Sequence[PlantedSearch], draws: int) -> pd.DataFrame:
    """Rows of each, one for each quantity that a run shows of it; each has random numbers of its own.

    Returns:
        Columns quantity and those of ``PlantedSearch``; draws; the planted truth, value (the mean), half_width (the median);
        covered, the share of intervals that hold the truth; decided, the share with a verdict, and wrong, with one that the
        truth does not have; both NaN where no claim is judged by it.
    """
    return pd.DataFrame([row for each in planted for row in _rows(each, draws)])


def _rows(planted: PlantedSearch, draws: int) -> Iterator[dict[str, object]]:
    truths = true_values(planted)
    found = list(_experiments(planted, draws))
    for quantity, truth in truths.items():
        known = [each for each in (one[quantity] for one in found) if not each.void]
        yield {
            "quantity": quantity,
            **vars(planted),
            "draws": draws,
            "truth": truth,
            "value": np.mean([each.value for each in known]),
            "half_width": np.median([(each.high - each.low) / 2 for each in known]),
            "covered": np.mean([each.low - ROUNDING <= truth <= each.high + ROUNDING for each in known]),
            **_judged(quantity, truth, known, draws),
        }


def _judged(quantity: str, truth: float, found: Sequence[Estimate], draws: int) -> Mapping[str, float]:
    rule = RULES.get(quantity)
    if rule is None:
        return {"decided": np.nan, "wrong": np.nan}
    right = next(region.verdict for region in rule.regions if region.low <= truth <= region.high)
    verdicts = [alone(rule, each) for each in found]
    decided = sum(verdict is not Verdict.INCONCLUSIVE for verdict in verdicts)
    return {"decided": decided / draws, "wrong": (decided - verdicts.count(right)) / draws}


def _experiments(planted: PlantedSearch, draws: int) -> Iterator[Mapping[str, Estimate]]:
    generator = np.random.default_rng([SEED, *"/".join(map(str, vars(planted).values())).encode()])
    for _ in range(draws):
        yield _estimates(drawn(planted, planted.seeds, generator), levels=planted.world in LEVELLED)


def _estimates(curve: DoseCurve, *, levels: bool) -> Mapping[str, Estimate]:
    if levels:
        return {COST: quantum(curve).cost}
    linear, odds = (search(curve, AXES[axis].at(PLACES, curve.width), BUDGET) for axis in HITS)
    hit = {name: hits(each) for name, each in zip(HITS.values(), (linear, odds), strict=True)}
    regret = {name: each.regret for name, each in zip(REGRETS.values(), (linear, odds), strict=True)}
    return {EXTRA: extra_loss(linear, odds), **hit, **regret}


def drawn(planted: PlantedSearch, seeds: int, generator: np.random.Generator) -> DoseCurve:
    """The networks of one run."""
    world, tried = WORLDS[planted.world], LEVELS_TRIED if planted.world in LEVELLED else TRIED
    strengths = np.append(tried, NONE["dropout"])
    time = np.minimum(1 - strengths[::-1], RESTS)
    steps = np.sqrt(np.diff(time, prepend=0.0))[:, None] * spread_one(generator, planted.tails, (strengths.size, seeds))
    path = world.path * np.cumsum(steps, axis=0)[::-1]
    own = world.network * spread_one(generator, planted.tails, (strengths.size, seeds))
    losses = true_means(world, strengths)[:, None] + path + own
    return DoseCurve(
        kind="dropout",
        width=world.width,
        rate=0.03,
        strengths=tried,
        seeds=tuple(range(seeds)),
        losses=losses[:-1],
        none=losses[-1],
        train=losses[:-1],
    )


def true_means(world: SearchedWorld, keep_probs: Numbers) -> Numbers:
    """The planted response, 0 at "none"."""
    inside = np.clip(keep_probs, KNOTS[0], KNOTS[-1])
    curve = Akima1DInterpolator(coordinate("dropout", KNOTS), np.array(world.means), method="makima")
    return np.where(keep_probs == NONE["dropout"], 0.0, curve(coordinate("dropout", inside)))


def true_values(planted: PlantedSearch) -> Mapping[str, float]:
    """What an endless run would find: choices of very many seeds, scored on the planted response itself."""
    world = WORLDS[planted.world]
    if planted.world in LEVELLED:
        candidates = true_means(world, np.append(np.linspace(0.25, 0.997, 2000), 1.0))
        return {COST: float(true_means(world, np.arange(1, world.width + 1) / world.width).min() - candidates.min())}
    many = drawn(planted, MANY, np.random.default_rng(SEED))
    kept = {axis: search(many, AXES[axis].at(PLACES, world.width), BUDGET).kept for axis in HITS}
    worth = {axis: np.append(true_means(world, AXES[axis].at(PLACES, world.width)), 0.0) for axis in HITS}
    lowest = min(0.0, float(true_means(world, np.linspace(KNOTS[0], KNOTS[-1], 2000)).min()))
    ends = {axis: float((kept[axis].T @ worth[axis]).mean()) for axis in HITS}
    return {
        EXTRA: ends["linear"] - ends["odds"],
        **{name: 100 * float((kept[axis].T @ (worth[axis] <= lowest + SESOI)).mean()) for axis, name in HITS.items()},
        **{name: ends[axis] - lowest for axis, name in REGRETS.items()},
    }


def _measured(quantity: str, unit: str) -> Measured:
    return Measured(what="", quantity=quantity, reading="", unit=unit, issue="it does")


LIMIT = {"supported": "it does", "contradicted": "it does not"}
RULES: Mapping[str, DecisionRule] = {
    EXTRA: effect(_measured(EXTRA, "nat"), SESOI, supported="one", contradicted="the other", alike="neither"),
    COST: at_least(_measured(COST, "nat"), SESOI, SESOI, **LIMIT),
    **{name: at_most(_measured(name, UNIT), 50, 10, **LIMIT) for name in HITS.values()},
}
SEARCHED_WORLDS = {
    "few units": SearchedWorld(
        4, (1.04, 0.863, 0.7, 0.575, 0.448, 0.328, 0.214, 0.128, 0.064, 0.039, 0.02, 0.01, 0.003), 0.18, 0.012
    ),
    "few units, half as steep": SearchedWorld(
        4, (0.62, 0.52, 0.42, 0.345, 0.27, 0.2, 0.13, 0.08, 0.04, 0.025, 0.014, 0.007, 0.002), 0.18, 0.012
    ),
    "some units": SearchedWorld(
        12, (0.938, 0.666, 0.474, 0.326, 0.22, 0.138, 0.076, 0.04, 0.021, 0.012, 0.006, 0.002, 0.0), 0.06, 0.003
    ),
    "many units": SearchedWorld(
        32,
        (0.128, -0.044, -0.109, -0.134, -0.144, -0.135, -0.117, -0.095, -0.074, -0.058, -0.04, -0.024, -0.004),
        0.08,
        0.004,
    ),
    "flat": SearchedWorld(
        12, (0.01, 0.008, 0.006, 0.005, 0.004, 0.003, 0.002, 0.001, 0.001, 0.0, 0.0, 0.0, 0.0), 0.06, 0.003
    ),
    "narrow": SearchedWorld(
        12, (0.9, 0.75, 0.55, 0.25, 0.02, 0.0, 0.06, 0.2, 0.3, 0.35, 0.37, 0.38, 0.39), 0.06, 0.003
    ),
}
LEVELLED = {  # where the levels are asked about
    "levels cost": SearchedWorld(
        4, (0.75, 0.53, 0.37, 0.223, 0.14, 0.05, -0.03, -0.077, -0.098, -0.104, -0.087, -0.055, -0.012), 0.4, 0.03
    ),
    "levels cost 0.04": SearchedWorld(
        4, (0.4, 0.3, 0.2, 0.12, 0.07, 0.025, -0.012, -0.03, -0.038, -0.04, -0.033, -0.02, -0.005), 0.2, 0.015
    ),
    "levels cost nothing": SearchedWorld(
        32,
        (0.128, -0.044, -0.109, -0.134, -0.144, -0.135, -0.117, -0.095, -0.074, -0.058, -0.04, -0.024, -0.004),
        0.08,
        0.004,
    ),
    "flat, by levels": SearchedWorld(
        12, (0.01, 0.008, 0.006, 0.005, 0.004, 0.003, 0.002, 0.001, 0.001, 0.0, 0.0, 0.0, 0.0), 0.06, 0.003
    ),
}
WORLDS = SEARCHED_WORLDS | LEVELLED
