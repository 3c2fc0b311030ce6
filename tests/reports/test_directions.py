"""Which arm a claim favours: what it says is planted through its own design, the reverse, and nothing; verdict and sentence follow.

The cases come from the ledger. A kind of comparison without a way to plant it fails here.
"""

import json
from dataclasses import replace
from functools import cache, singledispatch

import numpy as np
import pandas as pd
import pytest
from filled import filled_table

from reports import CLAIMS
from reports.claims.b5_rates import LargestRate
from reports.claims.b6_stuck import CHANCE, Started
from reports.claims.b8b_after import Moved
from reports.claims.b11_less_dropout import Interaction
from reports.claims.d4_affordable import MEMBERS, Ensembles
from reports.evidence.checked import plain
from reports.evidence.contrasts import Contrast, Level, Side, Twofold
from reports.evidence.paired import own
from reports.evidence.quantities import VALID_LOSS, Column, Logarithm, Probed, Steps
from reports.experiments import speed
from reports.experiments.seeded import SeededClaim, sides
from reports.judging.claim import judge
from reports.judging.verdict import Verdict

SEEDED = [claim for claim in CLAIMS if isinstance(claim, SeededClaim)]
LOSS = 0.5  # nat, of every network but where a loss is what is planted
by_claim = pytest.mark.parametrize("claim", SEEDED, ids=lambda claim: claim.slug)


def flat(claim):
    """The claim's own design: every network as good as any other."""
    return design_of(claim.networks)


@cache
def design_of(networks):
    """Claims that share a design share its table."""
    table = filled_table(next(claim for claim in SEEDED if claim.networks == networks))
    return plain(table.assign(valid_loss=LOSS, valid_error=0.25, train_error=0.2))


def planted(claim, effect):
    table = flat(claim).copy()
    for each in claim.compared:
        table = plant(each, table, claim.networks, effect)
    return table


def of(side, table, design):
    """Where the table holds a side's networks."""
    return table.index.isin(side.networks(table.assign(arm=table["arm"].str.removeprefix(f"{design}_"))).index)


@singledispatch
def plant(compared, table, design, effect):
    """The table where what is compared has this effect, in the units that the claim's rule is in."""
    raise NotImplementedError(f"no way to plant {type(compared).__name__}: add one")


@singledispatch
def hold(quantity, table, rows, value):
    """The table where these rows have the quantity."""
    raise NotImplementedError(f"no way to plant {type(quantity).__name__}: add one")


@plant.register
def _(compared: Contrast, table, design, effect):
    low, high = (of(side, table, design) for side in (compared.low, compared.high))
    base = level(compared.value)
    table = hold(compared.low_value or compared.value, table, low, base)
    return hold(compared.value, table, high, base + effect)


def level(quantity):
    """Such that what is planted above and below is possible: steps within the run, shares and ratios above zero."""
    return 4.0 if isinstance(quantity, Steps) else 0.0 if isinstance(quantity, Logarithm) else 0.5


@plant.register
def _(compared: Level, table, design, effect):
    return hold(compared.value, table, of(compared.side, table, design), max(effect, 0.0))


@plant.register
def _(compared: Twofold, table, design, effect):
    return plant(compared.first, plant(compared.second, table, design, 0.0), design, effect)


@plant.register
def _(compared: LargestRate, table, design, effect):
    """Rates of the grid up to the middle one without, and as many steps further with it as the effect has, or one more."""
    step = np.log(speed.RATES[1] / speed.RATES[0])
    further = int(np.sign(effect) * np.ceil(abs(effect) / step + 1)) if effect else 0
    middle = len(speed.RATES) // 2
    for side, place in ((compared.low, middle), (compared.high, middle + further)):
        works = of(side, table, design) & (table["learning_rate"] <= speed.RATES[place] * 1.01)
        fails = of(side, table, design) & ~works
        table = table.assign(valid_loss=table["valid_loss"].mask(works, 0.0).mask(fails, 2.0))
    return table


@plant.register
def _(compared: Started, table, design, effect):
    errors = table["train_error"].mask(of(compared.stuck, table, design), table["data"].map(CHANCE))
    return table.assign(train_error=errors.mask(of(compared.side, table, design), effect * table["data"].map(CHANCE)))


@plant.register
def _(compared: Interaction, table, design, effect):
    """Parabolas in log α."""
    strength = np.log((1 - table["keep_prob"]) / table["keep_prob"])
    best = -0.5 + effect * of(compared.high, table, design) + 1e-3 * (table["seed"] - 1)
    return table.assign(valid_loss=LOSS + 0.1 * (strength - best) ** 2 + 0.1 * np.log(table["learning_rate"]) ** 2)


@plant.register
def _(compared: Ensembles, table, design, effect):
    """An ensemble of k has the loss that one network would have at 1/k of a nat; dropout that of as many as the effect says."""
    needed = min(max(round(np.exp(effect)), 1), MEMBERS)
    plain_arm = (table["arm"] == f"{design}_plain").to_numpy()
    right = np.where(table["member"] < needed - 1, 0.1, 0.9 + 0.1 * (needed == 1))
    losses = [json.dumps({"losses.valid": [float(-np.log(each))] * 3}) for each in right]
    table = table.assign(measures=table["measures"].mask(plain_arm, pd.Series(losses, table.index)))
    mean = np.cumsum([0.1 if k < needed - 1 else 0.9 + 0.1 * (needed == 1) for k in range(MEMBERS)]) / np.arange(
        1, MEMBERS + 1
    )
    return table.assign(valid_loss=table["valid_loss"].mask(~plain_arm, float(-np.log(mean[needed - 1])) + 1e-9))


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
    curves = [
        json.dumps([[1e-6, target + 1], [float(np.exp(value)) / each, target], [1e6, target]])
        for target, each in zip(targets, batches, strict=True)
    ]
    return table.assign(curve=table["curve"].mask(rows, pd.Series(curves, table.index)))


def write(table, rows, name, values):
    """A measure in these rows' JSON, the same wherever a probe has a number."""
    measures = [
        json.dumps(json.loads(raw) | {name: fill(json.loads(raw)[name], value)}) if taken and name in raw else raw
        for raw, taken, value in zip(table["measures"], rows, values, strict=True)
    ]
    return table.assign(measures=measures)


def fill(places, value):
    return [fill(each, value) for each in places] if isinstance(places, list) else float(value)


def limits(rule):
    return [end for region in rule.regions for end in (region.low, region.high) if np.isfinite(end)]


def region_at(rule, effect):
    return next(region for region in rule.regions if region.low < effect < region.high)


def findings(claim, effect):
    (judgement,) = judge([claim], planted(claim, effect))
    assert judgement.findings
    return judgement.findings


@by_claim
def test_what_is_planted_beyond_the_limits_is_found_and_nothing_else(claim):
    """Three margins above the highest limit and below the lowest, each in every regime."""
    for effect in (max(limits(claim.rule)) + 3 * claim.rule.margin, min(limits(claim.rule)) - 3 * claim.rule.margin):
        expected = region_at(claim.rule, effect)
        found = {(finding.verdict, finding.words) for finding in findings(claim, effect)}
        assert found == {(expected.verdict, expected.finding)}


@by_claim
def test_where_there_is_nothing_no_side_is_favoured(claim):
    """A contrast without an effect; the largest workable rate is known to a step of its grid only, and stays open."""
    if not min(limits(claim.rule)) < 0 < max(limits(claim.rule)):
        pytest.skip("the claim names a size: between its sides there is nothing to plant")
    alike = region_at(claim.rule, 0.0)
    open_ = claim.rule.undecided
    found = {(finding.verdict, finding.words) for finding in findings(claim, 0.0)}
    known_to_a_step = any(isinstance(each, LargestRate) for each in claim.compared)
    assert found == {(Verdict.INCONCLUSIVE, open_) if known_to_a_step else (alike.verdict, alike.finding)}


@by_claim
def test_the_sentence_names_the_side_that_has_more_and_the_side_that_has_less(claim):
    """By hand beside the regions, and here from the sides themselves: a side that changes places makes them differ."""
    whole = [(each.first, each.second) for each in claim.compared if isinstance(each, Twofold)]
    words = {(each.high.words, each.low.words) for each in claim.compared if hasattr(each, "high")}
    words |= {(first.low.words, second.low.words) for first, second in whole}
    if not words:
        pytest.skip("one side, whose size is judged")
    above, below = (
        region_at(claim.rule, max(limits(claim.rule)) + 1),
        region_at(claim.rule, min(limits(claim.rule)) - 1),
    )
    for high, low in words:
        assert above.finding == claim.rule.says.format(more=high, less=low)
        if len(set(limits(claim.rule))) > 1:
            assert below.finding == claim.rule.says.format(more=low, less=high)


@by_claim
def test_a_claims_sides_are_arms_of_its_design(claim):
    """A name that no design has would leave the claim untested without a word."""
    assert sides(claim.compared) or claim.slug == "D4"
    with pytest.raises(ValueError, match="compares the arm"):
        replace(
            claim, design={"elsewhere": {}}, compared=[Level(side=Side("it", "here"), value=VALID_LOSS, regimes={})]
        )
    assert all(len(side.networks(own(flat(claim), claim.networks))) for side in sides(claim.compared))


# What a side's words mean in settings of its networks, at any setting that is tuned
MEANINGS = {
    "normalisation": "batch_norm == 'before'",
    "no normalisation": "batch_norm == 'none'",
    "normalisation before the activation": "batch_norm == 'before'",
    "normalisation after the activation": "batch_norm == 'after'",
    "noisy normalisation": "batch_norm == 'before' and bn_noise > 0",
    "with normalisation": "batch_norm == 'before'",
    "without normalisation": "batch_norm == 'none'",
    "at small batches": "batch_size == 10",
    "at full batches": "batch_size == 300",
    "batch normalisation with dropout": "batch_norm == 'before' and keep_prob < 1",
    "what it is compared with": "batch_norm == 'none' or keep_prob == 1",
    "L2": "l2 > 0 and keep_prob == 1",
    "no L2": "l2 == 0",
    "no regularisation": "l2 == 0 and keep_prob == 1",
    "dropout": "keep_prob < 1 and noise == 'bernoulli'",
    "with dropout": "keep_prob < 1 and noise == 'bernoulli'",
    "without dropout": "keep_prob == 1",
    "Gaussian noise": "keep_prob < 1 and noise == 'gaussian'",
    "the scaled network": "keep_prob < 1",
    "200 sampled networks": "keep_prob < 1",
    "raw inputs": "scaling == 'raw'",
    "inputs divided by their standard deviation": "scaling == 'standardised'",
    "inputs divided by their variance": "scaling == 'variance'",
    "moving averages": "bn_statistics == 'running'",
    "exact averages": "bn_statistics == 'population'",
    "a gradient that takes the moments as constants": "bn_gradient == 'detached'",
    "the full gradient": "bn_gradient == 'full'",
    "a start at random": "bn_start == 'random'",
    "a start from 1 and 0": "bn_start == 'identity'",
}


@by_claim
def test_a_side_is_what_its_words_say(claim):
    rows = own(flat(claim), claim.networks)
    for side in sides(claim.compared):
        assert side.networks(rows).eval(MEANINGS[side.words]).all()


@by_claim
def test_where_one_network_is_read_twice_its_sides_are_what_is_read(claim):
    for each in claim.compared:
        if getattr(each, "low_value", None):
            assert ("scaled" in each.value.name) == (each.high.words == "the scaled network")
            assert ("scaled" in each.low_value.name) == (each.low.words == "the scaled network")


EQUAL_LOSS = [claim for claim in SEEDED if any(getattr(each, "matched", False) for each in claim.compared)]


@pytest.mark.parametrize("claim", EQUAL_LOSS, ids=lambda claim: claim.slug)
@pytest.mark.parametrize(("apart", "judged"), [(0.004, True), (0.006, False)])
def test_at_equal_loss_the_better_side_is_weakened_or_nothing_is_judged(claim, apart, judged):
    """L2 is better at its best by 0.1 nat, where damage is great; at the λ that is as good as dropout damage is as with it."""
    table = planted(claim, 0.0)
    matched = [each for each in claim.compared if each.matched]
    l2 = of(matched[0].high, table, claim.networks)
    weak = l2 & (table["l2"] == table.loc[l2, "l2"].max())
    for each in matched:
        table = hold(each.value, table, l2 & ~weak, 0.5 + 9 * claim.rule.margin)
    losses = table["valid_loss"].mask(l2, LOSS - 0.1).mask(weak, LOSS - apart)
    (judgement,) = judge([claim], table.assign(valid_loss=losses))
    found = [
        finding
        for finding in judgement.findings
        if "L2" in str(finding.estimate.regime) or len(matched) == len(claim.compared)
    ]
    assert found
    assert all(finding.estimate.value == pytest.approx(0, abs=1e-9) for finding in found)
    assert {bool(finding.estimate.void) for finding in found} == {not judged}
    assert all((finding.verdict is Verdict.NO_DIFFERENCE) == judged for finding in found)
