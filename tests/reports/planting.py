"""What a claim compares, planted: in its own design, or in a study's, with an effect of the size that is asked for.

By the kind of comparison: one without a way to plant it fails.
"""

import json
from functools import cache, lru_cache, singledispatch
from itertools import product
from types import SimpleNamespace

import numpy as np
import pandas as pd
from filled import SEEDS, own_table
from planted import design, dropout, parabola
from synthetic import SETTINGS, results_table

from reports import CLAIMS
from reports.claims.b7b_cause import DRIFT, FELT, Restored
from reports.claims.b8b_after import Moved
from reports.claims.b9_cats import Added
from reports.evidence.asked import AxisCost, BestByWidth, GainByWidth, Hits, LevelsCost, MovingCost, Staircase
from reports.evidence.checked import plain
from reports.evidence.contrasts import Contrast, Level
from reports.evidence.quantities import Column, Logarithm, Probed, Steps
from reports.experiments import speed
from reports.experiments.best_strength import RatioOfBest
from reports.experiments.ensembles import MEMBERS, Ensembles
from reports.experiments.speed import LargestRate
from reports.experiments.stuck import Started
from reports.judging.claim import judge
from reports.staircase.quantization import log_position
from reports.tuning.contrasts import TunedContrast, TunedSide
from reports.tuning.random_search import BUDGET, PLACES
from reports.tuning.strength_axes import AXES
from reports.tuning.tuned_arms import METRICS

LOSS = 0.5  # nat, of every network but where a loss is what is planted
KINDS = {  # what the settings of a tuned arm's networks say
    "none": "keep_prob == 1 and l2 == 0 and weights == 'last'",
    "early stopping": "keep_prob == 1 and l2 == 0 and weights == 'best'",
    "dropout": "keep_prob < 1 and l2 == 0",
    "L2": "keep_prob == 1 and l2 > 0",
    "both": "keep_prob < 1 and l2 > 0",
}


def planted(claim, which, compared=()):
    """The claim's table where what it compares, or what is ``compared``, is ``which``: "above" its limits, "below" them, or "none"."""
    table = table_of(claim).copy()
    for each in compared or claim.compared:
        table = plant(each, table, claim, which)
    for each in getattr(claim, "in_error", ()):
        table = plant(each, table, SimpleNamespace(rule=claim.error_rule, networks=claim.networks), which)
    return table.reset_index(drop=True)


@cache
def judgements(slug, which):
    """What is judged of the planted table, made once for all that asks: pairs of what is compared, or nothing for all, and a judgement.

    A tuned arm may be the high side of one contrast and the low side of another: those of one high side are planted together.
    """
    (claim,) = (claim for claim in CLAIMS if claim.slug == slug)
    groups = [()]
    if any(isinstance(each, TunedContrast) for each in claim.compared):
        highs = dict.fromkeys(each.high for each in claim.compared)
        groups = [tuple(each for each in claim.compared if each.high == high) for high in highs]
    return [(group, judge([claim], planted(claim, which, group))[0]) for group in groups]


def table_of(claim):
    """Every network of the claim's own design as good as any other, or of a study's tuned arms; claims that share one share it."""
    return _design_of(claim.networks) if claim.design else _home()


@cache
def _design_of(networks):
    table = own_table(networks)
    level = LOSS + 0.01 * table["seed"]  # of the seed, so that something varies
    measures = [_level_measures(raw) for raw in table["measures"]]
    return table.assign(
        valid_loss=level, valid_error=0.25 + 0.01 * table["seed"], train_error=0.2, measures=words(measures, table)
    )


@cache
def _home():
    """Arms of every kind, with batch norm and without, at two learning rates and strengths."""
    doses = {"none": ((1.0, 0.0),), "early_stopping": ((1.0, 0.0),), "dropout_rates": ((0.5, 0.0), (0.8, 0.0))}
    doses |= {"l2_rates": ((1.0, 0.01), (1.0, 0.1)), "both_rates": tuple(product((0.5, 0.8), (0.01, 0.1)))}
    rows = [
        {
            "stage": "design", "arm": f"{prefix}{arm}", "repeat": 0, "trial": trial, "replicate": seed, "seed": seed, "data": "digits", "design": "", "variant": f"{prefix}{arm}",
            "train_rows": 300, "label_noise": 0.2, "width": 12, "batch_norm": "before" if prefix else "none",
            "weights": "best" if arm == "early_stopping" else "last", "learning_rate": rate, "keep_prob": keep_prob, "l2": l2,
            "valid_loss": LOSS + 0.01 * seed, "valid_error": 0.25 + 0.01 * seed, "noise": "bernoulli", "shrunk": "all", "stopped": "completed",
        }
        for prefix, arm in product(("", "bn_"), doses)
        for trial, (rate, (keep_prob, l2)) in enumerate(product((0.01, 0.1), doses[arm]))
        for seed in range(SEEDS)
    ]  # fmt: skip
    return pd.DataFrame(rows)


@lru_cache(maxsize=4096)
def _level_measures(raw):
    """Every number 0.5, so that few texts differ and each is read once."""
    return json.dumps({name: fill(places, 0.5) for name, places in json.loads(raw).items()})


def of(side, table, design):
    """Where the table holds a side's networks."""
    if isinstance(side, TunedSide):
        meant = table.eval(KINDS[side.kind]) & (table["batch_norm"].ne("none") == side.batch_norm)
        return np.logical_and.reduce([meant, *(np.isclose(table[field], value) for field, value in side.at.items())])
    return table.index.isin(
        side.networks(table.assign(arm=table["variant"]) if design in set(table["design"]) else table).index
    )


def effect(rule, which):
    """Three margins beyond the highest limit of the rule, or below the lowest."""
    ends = [end for region in rule.regions for end in (region.low, region.high) if np.isfinite(end)]
    return {"above": max(ends) + 3 * rule.margin, "below": min(ends) - 3 * rule.margin, "none": 0.0}[which]


@singledispatch
def plant(compared, table, claim, which):
    """The table where what is compared is above the limits of the claim's rule, below them, or nothing."""
    raise NotImplementedError(f"no way to plant {type(compared).__name__}: add one")


@plant.register
def _(compared: TunedContrast, table, claim, which):
    """In both metrics, by the rule for each."""
    for metric, rule in zip(METRICS, (claim.rule, claim.error_rule), strict=True):
        base, lift = table_of(claim)[metric.column], effect(rule, which) / metric.scale
        values = table[metric.column].mask(of(compared.low, table, claim.networks), base)
        table = table.assign(**{metric.column: values.mask(of(compared.high, table, claim.networks), base + lift)})
    return table


STEPPED = {"above": 1.0, "below": 0.0, "none": 0.5}  # a staircase, smooth, and half of each, which is neither


@plant.register
def _(compared: Staircase, table, claim, which):
    """Stepped or smooth, or half of each."""
    if compared.control:
        return plain(results_table(widths=(12,), seeds=6, q=STEPPED[which]))

    def response(strengths):
        position, share = log_position(strengths), STEPPED[which]
        return 0.5 + 2 * ((1 - share) * position + share * np.round(position * 8) / 8 - 0.4) ** 2

    return design(compared.of.arm, "l2", np.geomspace(1e-5, 1, 33), response, width=12, tilt=0.01)


@plant.register
def _(compared: Hits, table, claim, which):
    """A window of 0.02 nat that is as wide on both axes, at keep_prob 0.873: ten tries hit it with 1 − (1 − w)^10; of many seeds."""
    missed = 1 - effect(claim.rule, which) / 100
    width = (0.997 - 0.2) * (1 - missed**0.1)
    few = dropout(parabola(0.873, 0.02 / (width / 2) ** 2), width=32)
    return pd.concat(few.assign(seed=few["seed"] + 4 * again) for again in range(5))


@plant.register
def _(compared: AxisCost, table, claim, which):
    """What lies near none is found where the axis is dense there, what lies in the middle where it is not; as steep as the effect asks."""
    if which == "none":
        return dropout(lambda strengths: 0.5 + 0.01 * strengths, width=16, tilt=0.02)
    towards = {"odds": lambda at: np.sqrt(np.maximum(1 - at, 0)), "linear": lambda at: (at - 0.5) ** 2}
    easy = towards[{"above": compared.low.arm, "below": compared.high.arm}[which]]
    high, low = (_found(easy(AXES[side.arm].at(PLACES, 16))) for side in (compared.high, compared.low))
    steep = effect(claim.rule, which) / (high - low)
    return dropout(lambda strengths: 0.5 + steep * easy(strengths), width=16)


def _found(losses):
    """The lowest of ten of these, each as likely, in the mean."""
    chances = (1 - np.arange(losses.size + 1) / losses.size) ** BUDGET
    return float(np.sort(losses) @ -np.diff(chances))


@plant.register
def _(compared: LevelsCost, table, claim, which):
    """Best between the last level, 3/4, and none, a tenth from both; or on a level."""
    points = np.array([0.25, 0.5, 0.75, 0.8, 0.85, 0.9, 0.925, 0.95, 0.97, 0.985, 1.0])
    cost = effect(claim.rule, which)
    response = parabola(0.9, cost / 0.1**2) if cost > 0 else parabola(0.75, 10.0)
    return design("dropout", "keep_prob", points, response, width=4)


@plant.register
def _(compared: MovingCost, table, claim, which):
    """The best of one side moves with the learning rate, by so much that it costs the effect; that of the other stays."""
    cost = effect(claim.rule, which)
    moving = {"above": compared.high.arm, "below": compared.low.arm, "none": ""}[which]
    fields = {
        "dropout": ("keep_prob", np.linspace(0.25, 0.95, 15), (0.4, 0.6, 0.8)),
        "l2": ("l2", np.geomspace(1e-5, 1, 16), (-3, -2, -1)),
    }
    parts = []
    for arm, (field, strengths, bests) in fields.items():
        squares = np.mean([(one - other) ** 2 for one in bests for other in bests if one != other])
        bend = abs(cost) / squares if cost else 1.0
        for rate, best in zip((0.01, 0.05, 0.2), bests if arm == moving else bests[1:2] * 3, strict=True):
            loss = parabola(best, bend, log=field == "l2")
            parts.append(design(arm, field, strengths, loss, learning_rate=rate, tilt=0.01))
    nones = [
        design("none", "keep_prob", np.ones(1), lambda one: one + 1, learning_rate=rate) for rate in (0.01, 0.05, 0.2)
    ]
    return pd.concat([*parts, *nones])


@plant.register
def _(compared: GainByWidth, table, claim, which):
    """At every keep_prob and rate the same, over none at the same width and over the narrowest, in loss and in error."""
    slopes = [effect(rule, which) for rule in (claim.rule, claim.error_rule)]
    parts = []
    for width in (8, 16, 32):
        doublings = np.log2(width / 8)
        loss, error = 0.5 - slopes[0] * doublings, 0.5 - slopes[1] / 100 * doublings
        dense = dropout(lambda strengths, loss=loss: loss + 0 * strengths, width=width).query("arm == 'dropout'")
        parts.append(dense.replace({"arm": {"dropout": compared.of.arm}}))
        for rate in (0.01, SETTINGS["learning_rate"]):
            every = {"width": width, "learning_rate": rate, "valid_error": error}
            parts.append(
                design(
                    f"{compared.of.arm}_rates",
                    "keep_prob",
                    np.array([0.5, 0.8]),
                    lambda at, loss=loss: loss + 0 * at,
                    **every,
                )
            )
            parts.append(
                design(compared.over.arm, "keep_prob", np.ones(1), lambda at: 0.5 * at, **every | {"valid_error": 0.5})
            )
    planted = pd.concat(parts, ignore_index=True)
    return planted.assign(
        trial=planted.groupby("arm")["trial"].transform(lambda trials: np.arange(trials.size) // 4),
        valid_error=planted["valid_error"] + 0.01 * planted["seed"],
    )


@plant.register
def _(compared: BestByWidth, table, claim, which):
    slope = effect(claim.rule, which)
    bests = [(width, 0.7 + slope * (np.log2(width) - 4)) for width in (8, 16, 32)]
    return pd.concat(dropout(parabola(best, 2.0), width=width, tilt=0.02) for width, best in bests)


@plant.register
def _(compared: Contrast, table, claim, which):
    low, high = (of(side, table, claim.networks) for side in (compared.low, compared.high))
    base = level(compared.value)
    table = hold(compared.low_value or compared.value, table, low, base)
    return hold(compared.value, table, high, base + effect(claim.rule, which))


def level(quantity):
    """Such that what is planted above and below is possible: steps within the run, shares and ratios above zero."""
    return 4.0 if isinstance(quantity, Steps) else 0.0 if isinstance(quantity, Logarithm) else 0.5


@plant.register
def _(compared: Level, table, claim, which):
    return hold(compared.value, table, of(compared.side, table, claim.networks), max(effect(claim.rule, which), 0.0))


@plant.register
def _(compared: Added, table, claim, which):
    """Within the half nothing; across the halves the effect."""
    high = of(compared.high, table, claim.networks) & (table["shift"] == "across")
    return hold(compared.value, table, high, compared.value.read(table) + effect(claim.rule, which))


@plant.register
def _(compared: Restored, table, claim, which):
    """Units move as far with every noise as without normalisation; the steps are those of a contrast at every noise."""
    for side, quantity in ((compared.high_drift, DRIFT), (compared.low_drift, FELT)):
        table = hold(quantity, table, of(side, table, claim.networks), 0.5)
    return plant(speed.steps(compared.high, compared.low, {}), table, claim, which)


@plant.register
def _(compared: LargestRate, table, claim, which):
    """Rates of the grid up to the middle one without, and as many steps further with it as the effect has, or one more."""
    step, ratio = np.log(speed.RATES[1] / speed.RATES[0]), effect(claim.rule, which)
    further = int(np.sign(ratio) * np.ceil(abs(ratio) / step + 1)) if ratio else 0
    middle = len(speed.RATES) // 2
    for side, place in ((compared.low, middle), (compared.high, middle + further)):
        works = of(side, table, claim.networks) & (table["learning_rate"] <= speed.RATES[place] * 1.01)
        fails = of(side, table, claim.networks) & ~works
        table = table.assign(valid_loss=table["valid_loss"].mask(works, 0.0).mask(fails, 2.0))
    return table


@plant.register
def _(compared: Started, table, claim, which):
    constant, stuck, started = (
        of(side, table, claim.networks) for side in (compared.constant, compared.stuck, compared.side)
    )
    errors = table["train_error"].mask(constant | stuck, 0.9)
    return table.assign(train_error=errors.mask(started, 0.9 * effect(claim.rule, which)))


@plant.register
def _(compared: RatioOfBest, table, claim, which):
    """Parabolas in log α."""
    strength = np.log((1 - table["keep_prob"]) / table["keep_prob"])
    best = -0.5 + effect(claim.rule, which) * of(compared.high, table, claim.networks) + 1e-3 * (table["seed"] - 1)
    return table.assign(valid_loss=LOSS + 0.1 * (strength - best) ** 2 + 0.1 * np.log(table["learning_rate"]) ** 2)


@plant.register
def _(compared: Ensembles, table, claim, which):
    """An ensemble of k has the loss that one network would have at 1/k of a nat; dropout that of as many as the effect says."""
    needed = min(max(round(np.exp(effect(claim.rule, which))), 1), MEMBERS)
    plain_arm = (table["arm"] == f"{claim.networks}_plain").to_numpy()
    right = np.where(table["member"] < needed - 1, 0.1, 0.9 + 0.1 * (needed == 1))
    losses = [json.dumps({"losses.valid": [float(-np.log(each))] * 3}) for each in right]
    table = table.assign(measures=table["measures"].mask(plain_arm, words(losses, table)))
    mean = np.cumsum([0.1 if k < needed - 1 else 0.9 + 0.1 * (needed == 1) for k in range(MEMBERS)]) / np.arange(
        1, MEMBERS + 1
    )
    return table.assign(valid_loss=table["valid_loss"].mask(~plain_arm, float(-np.log(mean[needed - 1])) + 1e-9))


@singledispatch
def hold(quantity, table, rows, value):
    """The table where these rows have the quantity."""
    raise NotImplementedError(f"no way to plant {type(quantity).__name__}: add one")


@hold.register
def _(quantity: Column, table, rows, value):
    return table.assign(**{quantity.name: table[quantity.name].mask(rows, value / quantity.factor)})


@hold.register
def _(quantity: Probed, table, rows, value):
    added = table[quantity.less] if quantity.less else 0.0 * table["valid_loss"]
    return write(table, rows, quantity.name, value / quantity.factor + added)


@hold.register
def _(quantity: Logarithm, table, rows, value):
    return hold(quantity.of, table, rows, float(np.exp(value)))


@hold.register
def _(quantity: Moved, table, rows, value):
    table = write(table, rows, "moments.scaled_mean", 0 * table["valid_loss"])
    return write(table, rows, "moments.scaled_variance", 0 * table["valid_loss"] + 1 + value)


@hold.register
def _(quantity: Steps, table, rows, value):
    """A straight fall to the target after so many steps."""
    targets = table["data"].map(quantity.targets)
    batches = np.ceil(table["train_rows"] / table["batch_size"])
    curves = [_falling(target, float(np.exp(value)) / each) for target, each in zip(targets, batches, strict=True)]
    return table.assign(curve=table["curve"].mask(rows, words(curves, table)))


@lru_cache(maxsize=4096)
def _falling(target, epochs):
    return json.dumps([[1e-6, target + 1], [epochs, target], [1e6, target]])


def write(table, rows, name, values):
    """A measure in these rows' JSON, the same wherever a probe has a number."""
    measures = [
        _written(raw, name, value) if taken and name in raw else raw
        for raw, taken, value in zip(table["measures"], rows, values, strict=True)
    ]
    return table.assign(measures=words(measures, table))


@lru_cache(maxsize=4096)
def _written(raw, name, value):
    """Few texts differ, as few values do."""
    read = json.loads(raw)
    return json.dumps(read | {name: fill(read[name], value)})


def words(texts, table):
    """A column of Python's own words, as ``plain`` makes them: pandas' take ten times longer to select."""
    return pd.Series(texts, table.index, dtype=object)


def fill(places, value):
    return [fill(each, value) for each in places] if isinstance(places, list) else float(value)
