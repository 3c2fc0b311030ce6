"""How far claims can be believed that have an estimator of their own: what starts to train (B6), the best strength (B11), ensembles (D4), equal loss (D5 to D8).

Each draw is one table of the preset claims: its seeds, its grid, noise as its networks have on digits, through the claim's own code and rule.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
import pandas as pd

from reports.calibration.equally_good import COMPARED, equally_good
from reports.calibration.planted_contrasts import GAINS
from reports.evidence.contrasts import Side
from reports.experiments import best_strength, d300, ensembles, speed, stuck
from reports.experiments.seeded import Compared, estimates
from reports.judging.intervals import Estimate, Numbers
from reports.judging.rules import Measured, at_least, at_most, effect
from reports.judging.text import TIMES
from reports.judging.verdict import SESOI, DecisionRule, Verdict, alone

SEED = 20170901
DRAWS = 400  # a coverage of 95 % is known to ±2.1 %
SEEDS = 12  # the fewest of the preset
AT_LIMIT = "at the limit"
CHANCE, CHANCES = (
    0.88,
    0.006,
)  # errors of a network that knows how frequent the classes are, and their spread over seeds
STUCK, STILL = 1.0, 0.005  # of chance, without normalisation, and their spread
LEARNT = {"learns": 0.1, AT_LIMIT: 0.5, "stuck": 1.0}  # of chance, with normalisation at its best rate
UNSTEADY = 0.03  # of chance: spread over seeds of what learns
RATIOS = {"as much": 1.0, AT_LIMIT: 1.25, "much less": 2.5}  # best α without normalisation by that with it
BEST = -0.6  # log α that is best with it
BOWL, SKEW = 0.03, 0.8  # nat, and how much steeper it gets towards more dropout
RATE = 0.05  # nat for each rate away from the best
LEVEL, NETWORK = 0.05, 0.02  # nat: of a seed, whatever the strength, and of a network
ENOUGH = {"one": 0.8, "two to three": 2.5, "seven": 7.0}  # networks whose ensemble is as good as dropout in the mean
ROWS, OWN = 50, 0.4  # rows, and the spread in nats of a network's loss on one of them
BETWEEN = 0.02  # nat: spread over seeds of what dropout has over an ensemble
MANY = 10_000  # seeds that the truth about ensembles is taken from

Generator = np.random.Generator


@dataclass(frozen=True)
class PlantedClaim:
    """One kind of experiment: the slug of a claim, and one of the sizes that are planted for it."""

    claim: str
    size: str


@dataclass(frozen=True)
class Planting:
    """Sizes and what each is as the rule counts it, ``truths``, and the ``rows`` of a run's table in which one is planted."""

    compared: Compared
    rule: DecisionRule
    truths: Callable[[], Mapping[str, float]]
    rows: Callable[[str, Generator], pd.DataFrame]

    def estimate(self, size: str, generator: Generator) -> Estimate:
        evidence = self.compared.evidence(self.rows(size, generator).assign(stopped="completed"))
        (found,) = estimates(evidence, rule=self.rule)
        return found


def planted_claims() -> list[PlantedClaim]:
    """All that the table holds."""
    return [PlantedClaim(slug, size) for slug, planting in PLANTINGS.items() for size in planting.truths()]


def calibrate_claims(planted: Sequence[PlantedClaim], draws: int) -> pd.DataFrame:
    """A row for each; each has random numbers of its own.

    Returns:
        Columns of ``PlantedClaim``; draws; truth and value (the mean), half_width (the median; of ratios that of their logarithm);
        covered, the share of intervals that hold the truth; decided, the share that has a verdict, and wrong, the share that has
        another than the truth.
    """
    return pd.DataFrame([_row(each, draws) for each in planted])


def _row(planted: PlantedClaim, draws: int) -> dict[str, object]:
    generator = np.random.default_rng([SEED, *"/".join(vars(planted).values()).encode()])
    planting = PLANTINGS[planted.claim]
    rule, truth = planting.rule, planting.truths()[planted.size]
    told = np.exp if rule.unit == TIMES else float
    found = [planting.estimate(planted.size, generator) for _ in range(draws)]
    known = [each for each in found if not each.void]
    right = {each.verdict for each in rule.regions if each.low < truth < each.high}
    verdicts = [alone(rule, each) for each in known]
    decided = [verdict for verdict in verdicts if verdict is not Verdict.INCONCLUSIVE]
    return {
        **vars(planted),
        "draws": draws,
        "truth": told(truth),
        "value": told(np.mean([each.value for each in known])),
        "half_width": np.median([(each.high - each.low) / 2 for each in known]),
        "covered": np.mean([each.low <= truth <= each.high for each in known]),
        "decided": len(decided) / draws,
        "wrong": sum(verdict not in right for verdict in decided) / draws,
    }


def _stuck(size: str, generator: Generator) -> pd.DataFrame:
    """Deep networks, and those that know how frequent the classes are."""
    seeds = range(stuck.SEEDS)
    chance = CHANCE + CHANCES * generator.standard_normal(len(seeds))
    rates = len(speed.RATES)
    better = 1 + 0.2 * np.abs(np.arange(rates) - rates // 2)  # times the errors at the best rate
    errors = {
        "none": (np.full(rates, STUCK), STILL),
        "before": (np.minimum(LEARNT[size] * better, STUCK), STILL if size == "stuck" else UNSTEADY),
    }
    parts = [
        _grid(
            (mean[:, None] + spread * generator.standard_normal((rates, len(seeds)))) * chance,
            {"learning_rate": speed.RATES},
            value="train_error",
        ).assign(arm=arm)
        for arm, (mean, spread) in errors.items()
    ]
    guessing = pd.DataFrame({"arm": "chance", "seed": seeds, "train_error": chance})
    return pd.concat([*parts, guessing], ignore_index=True).assign(activation="sigmoid", depth=8)


def _less_dropout(size: str, generator: Generator) -> pd.DataFrame:
    """Bowls of the logarithm of α that are steeper on one side."""
    kept = np.array(best_strength.KEPT)
    away = np.abs(np.arange(len(d300.RATES)) - 2)
    seed = LEVEL * generator.standard_normal(SEEDS)
    parts = []
    for arm, best in (("none", BEST + np.log(RATIOS[size])), ("before", BEST)):
        distance = SKEW * (np.log((1 - kept) / kept) - best)
        bowl = 2 * BOWL / SKEW**2 * (np.exp(distance) - distance - 1)
        noise = NETWORK * generator.standard_normal((kept.size, away.size, SEEDS))
        losses = 0.5 + bowl[:, None, None] + RATE * away[:, None] + seed + noise
        axes = {"keep_prob": kept, "learning_rate": d300.RATES}
        parts.append(_grid(losses, axes, value="valid_loss").assign(arm=arm))
    return pd.concat(parts, ignore_index=True).assign(label_noise=0.2)


def _ensembles(size: str, generator: Generator) -> pd.DataFrame:
    """Networks alone at each rate, and one with dropout for each seed."""
    rates = ensembles.ARM["learning_rate"]
    away = RATE * np.abs(np.arange(len(rates)) - 1)
    dropout, losses = _of_seeds(size, (len(rates), SEEDS), away[:, None, None, None], generator)
    written = np.array([str(each.tolist()) for each in losses.reshape(-1, ROWS).round(6)])
    axes = {"learning_rate": rates}
    members = [
        _grid(ones, axes, value="measures").assign(arm="plain", member=member)
        for member, ones in enumerate(np.moveaxis(written.reshape(losses.shape[:-1]), -1, 0))
    ]
    plain = pd.concat(members, ignore_index=True)
    plain["measures"] = '{"losses.valid": ' + plain["measures"] + "}"
    other = pd.DataFrame({"arm": "dropout", "seed": range(SEEDS), "valid_loss": dropout, "keep_prob": 0.8})
    return pd.concat([plain, other.assign(learning_rate=rates[1])], ignore_index=True).assign(width=32)


def _of_seeds(
    size: str, shape: tuple[int, ...], worse: Numbers | float, generator: Generator
) -> tuple[Numbers, Numbers]:
    """Losses with dropout, of the last of ``shape``, and of the members of an ensemble, (..., members, rows)."""
    members = OWN * generator.standard_normal((*shape, ensembles.MEMBERS, ROWS))
    members += 1 + worse - members.mean(axis=-1, keepdims=True)
    members += NETWORK * generator.standard_normal((*members.shape[:-1], 1))
    between = BETWEEN * generator.standard_normal(shape[-1])
    return 1 - OWN**2 / 2 * (1 - 1 / ENOUGH[size]) + between, members


@cache
def _enough() -> Mapping[str, float]:
    """Logarithms of the networks that an ensemble needs, in the mean over very many seeds; where the most are not enough, the most."""
    generator = np.random.default_rng(SEED)
    found = {}
    for size in ENOUGH:
        dropout, losses = _of_seeds(size, (MANY,), 0.0, generator)
        networks = np.arange(1, ensembles.MEMBERS + 1)
        mixed = (np.log(networks)[:, None] - np.logaddexp.accumulate(-losses, axis=1)).mean(axis=2)
        enough = mixed <= dropout[:, None]
        found[size] = float(np.log(np.where(enough.any(axis=1), enough.argmax(axis=1) + 1, networks[-1])).mean())
    return found


def _equally_good(way: str) -> Planting:
    """What damage costs more on one side, where both do equally well ``way``."""
    sizes = {size: times * SESOI for size, times in GAINS.items()}
    return Planting(
        COMPARED[way],
        effect(_measured("nat"), SESOI, **LIMIT, alike="as much"),
        lambda: sizes,
        lambda size, generator: equally_good(way, sizes[size], generator, seeds=SEEDS),
    )


def _grid(
    values: "np.ndarray[tuple[int, ...], np.dtype[np.generic]]",
    axes: Mapping[str, Any],
    *,
    value: str,
) -> pd.DataFrame:
    """A row for each of ``values``, whose axes are those named and, as the last, the seeds."""
    places = np.indices(values.shape)
    columns = {
        name: np.asarray(known)[place.ravel()] for (name, known), place in zip(axes.items(), places, strict=False)
    }
    return pd.DataFrame({**columns, "seed": places[-1].ravel(), value: values.ravel()})


def _measured(unit: str) -> Measured:
    return Measured(what="", quantity="", reading="", unit=unit, issue="it does")


LIMIT = {"supported": "it does", "contradicted": "it does not"}
BEST_STRENGTHS = best_strength.RatioOfBest(high=Side("without", "none"), low=Side("with", "before"))
PLANTINGS: Mapping[str, Planting] = {
    "B6": Planting(stuck.Started(), at_most(_measured("share"), 0.5, 0.1, **LIMIT), lambda: LEARNT, _stuck),
    "B11": Planting(
        BEST_STRENGTHS,
        effect(_measured(TIMES), 1.25, **LIMIT, alike="as much"),
        lambda: {size: float(np.log(ratio)) for size, ratio in RATIOS.items()},
        _less_dropout,
    ),
    "D4": Planting(ensembles.Ensembles(), at_least(_measured(TIMES), 1.25, 1.25, **LIMIT), _enough, _ensembles),
    **{f"D5 to D8, {way}": _equally_good(way) for way in COMPARED},
}
