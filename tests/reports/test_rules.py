"""Rules built from one declaration: what is true is seldom missed, what is not true is seldom found."""

import numpy as np
import pandas as pd
import pytest
from filled import filled_table
from levels import one_in

from reports import CLAIMS
from reports.evidence.checked import plain
from reports.evidence.paired import in_regimes
from reports.experiments.seeded import estimates
from reports.judging.claim import judge
from reports.judging.regimes import Regime, numbered
from reports.judging.rules import EXACT, Measured, at_least, at_most, effect, equivalence, exact
from reports.judging.verdict import Verdict, find

SUPPORTED, CONTRADICTED, ALIKE, OPEN = (
    Verdict.SUPPORTED,
    Verdict.CONTRADICTED,
    Verdict.NO_DIFFERENCE,
    Verdict.INCONCLUSIVE,
)
MEASURED = Measured(what="It.", quantity="it", reading="more is more", unit="nat", issue="it is so")
TIMES = Measured(what="It.", quantity="it", reading="more is more", unit="times", issue="it is so")
RULES = {
    "effect": effect(MEASURED, 0.02, supported="a", contradicted="b", alike="c"),
    "ratio": effect(TIMES, 1.25, supported="a", contradicted="b", alike="c"),
    "equivalence": equivalence(MEASURED, 0.02, alike="a", above="b", below="c"),
    "at least": at_least(TIMES, 10, 1.25, supported="a", contradicted="b"),
    "at most": at_most(MEASURED, 0.3, 0.02, supported="a", contradicted="b"),
    "exact": exact("It.", issue="it is so", supported="a", contradicted="b"),
}


def verdict(rule, effects, **columns):
    evidence = pd.DataFrame({"seed": range(len(effects)), "effect": effects, **columns})
    evidence = in_regimes(evidence, [Regime("here")] * len(effects))
    (finding,) = find([(rule, each) for each in estimates(evidence, rule=rule)])
    return finding.verdict


@pytest.mark.parametrize(
    ("name", "value", "found"),
    [
        ("effect", 0.1, SUPPORTED),
        ("effect", -0.1, CONTRADICTED),
        ("effect", 0.0, ALIKE),
        ("effect", 0.02, OPEN),
        ("ratio", np.log(2), SUPPORTED),
        ("ratio", np.log(0.5), CONTRADICTED),
        ("ratio", np.log(1.02), ALIKE),
        ("equivalence", 0.0, SUPPORTED),
        ("equivalence", 0.1, CONTRADICTED),
        ("equivalence", -0.1, CONTRADICTED),
        ("at least", np.log(12), SUPPORTED),
        ("at least", np.log(8), CONTRADICTED),
        ("at most", 0.2, SUPPORTED),
        ("at most", 0.4, CONTRADICTED),
        ("exact", 1e-13, SUPPORTED),
        ("exact", 1e-6, CONTRADICTED),
    ],
)
def test_a_planted_effect_has_its_verdict(name, value, found):
    spread = 0 if name == "exact" else 0.005
    assert verdict(RULES[name], value + spread * np.array([-1.5, -1, -0.5, -0.1, 0.1, 0.5, 1, 1.5])) is found


def test_an_identity_that_one_seed_breaks_is_not_supported():
    assert verdict(RULES["exact"], [1e-16] * 7 + [10 * EXACT]) is OPEN


@pytest.mark.parametrize(("bound", "found"), [(0, CONTRADICTED), (1, OPEN), (-1, CONTRADICTED)])
def test_a_bound_below_the_limit_does_not_contradict_what_may_be_larger(bound, found):
    assert verdict(RULES["at least"], np.log(8) + 0.01 * np.arange(8), bound=bound) is found


@pytest.mark.whole
@pytest.mark.parametrize(
    ("name", "truth", "wrong"), one_in(2, [("effect", 0.02, SUPPORTED), ("equivalence", 0.02, SUPPORTED)])
)
def test_at_the_limit_itself_a_verdict_is_rare(name, truth, wrong):
    """An effect that just reaches the limit is called beyond it, or within it, in 2.5% of studies."""
    generator = np.random.default_rng(5)
    studies = generator.normal(truth, 0.01, (800, 8))
    rate = np.mean([verdict(RULES[name], effects) is wrong for effects in studies])
    assert rate == pytest.approx(0.025, abs=0.017)  # three standard errors of 800 studies


@pytest.mark.whole
def test_a_family_of_forty_finds_nothing_that_is_not_there():
    """Holm: any false verdict among forty tests of effects at the limit, in at most 5% of families (here: 200)."""
    generator = np.random.default_rng(6)
    rule = RULES["effect"]
    regimes = np.array([numbered("r", number) for number in range(40)], object)
    wrong = 0
    for _ in range(200):
        evidence = pd.DataFrame(
            {"regime": np.repeat(regimes, 8), "seed": 0, "effect": generator.normal(0.02, 0.01, 320)}
        )
        findings = find([(rule, each) for each in estimates(evidence, rule=rule)])
        wrong += any(finding.verdict is not OPEN for finding in findings)
    assert wrong / 200 <= 0.05 + 3 * np.sqrt(0.05 * 0.95 / 200)


def claim(slug):
    return next(each for each in CLAIMS if each.slug == slug)


def test_a_planted_identity_runs_through_the_whole_claim():
    table = filled_table(claim("M1"))
    exact_to = table.assign(measures='{"identities.one_example": 1e-16}')
    broken = table.assign(measures='{"identities.one_example": 0.3}')
    assert judge([claim("M1")], plain(exact_to))[0].verdict is SUPPORTED
    assert judge([claim("M1")], plain(broken))[0].verdict is CONTRADICTED


@pytest.mark.parametrize(("factor", "found"), [(20, SUPPORTED), (3, CONTRADICTED)])
def test_a_planted_speed_up_runs_through_the_whole_claim(factor, found):
    """Losses that fall below 0.3 nat at an epoch that the seed sets, and ``factor`` times later without normalisation."""
    table = filled_table(claim("B4"), seeds=4)
    late = np.where(table["batch_norm"] == "none", factor, 1) * (1 + 0.01 * table["seed"])
    curves = [f"[[1, 0.9], [{5 * epoch}, 0.3], [100, 0.25]]" for epoch in late]
    (judgement,) = judge([claim("B4")], plain(table.assign(curve=curves)))
    # the factor itself, but for the first epoch, at which both begin
    assert {finding.verdict for finding in judgement.findings} == {found}
