"""Any interval has exactly one verdict, and Holm's correction only takes verdicts away."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from levels import examples
from scipy import special

from reports import CLAIMS
from reports.judging.intervals import Estimate
from reports.judging.text import valued
from reports.judging.verdict import (
    MANY,
    SESOI,
    SYMBOLS,
    DecisionRule,
    Region,
    Verdict,
    find,
    holm,
    overall,
    seeds_to_settle,
)
from reports.page.rows import TOO_COARSE, remark

RULES = list({claim.rule.regions: claim.rule for claim in CLAIMS}.values())


def estimate(value, error, seeds=8, void=""):
    reach = error * special.stdtrit(seeds - 1, 0.975)
    return Estimate(value=value, low=value - reach, high=value + reach, error=error, seeds=seeds, void=void)


estimates = st.builds(estimate, st.floats(-3, 3), st.floats(0, 1), st.integers(2, 14))


@given(rule=st.sampled_from(RULES), found=estimates)
def test_any_interval_has_exactly_one_verdict(rule, found):
    inside = [region for region in rule.regions if region.low < found.low and found.high < region.high]
    assert len(inside) <= 1
    (finding,) = find([(rule, found)])
    assert finding.verdict is (inside[0].verdict if inside else Verdict.INCONCLUSIVE)


@given(rule=st.sampled_from(RULES), found=estimates)
def test_a_bound_settles_only_what_its_open_end_allows(rule, found):
    open_above = Estimate(**{**vars(found), "high": np.inf})
    (finding,) = find([(rule, open_above)])
    beyond = [region for region in rule.regions if region.high == np.inf and region.low < found.low]
    assert finding.verdict is (beyond[0].verdict if beyond else Verdict.INCONCLUSIVE)
    assert finding.seeds_needed is None


@given(st.lists(estimates, min_size=2, max_size=6))
def test_a_family_only_takes_verdicts_away(family):
    rule = RULES[0]
    alone = [find([(rule, each)])[0].verdict for each in family]
    together = find([(rule, each) for each in family])
    for verdict, finding in zip(alone, together, strict=True):
        assert finding.corrected == (finding.verdict is not verdict)
        assert finding.verdict in (verdict, Verdict.INCONCLUSIVE)


@given(estimates)
def test_what_is_void_is_inconclusive(found):
    void = Estimate(**{**vars(found), "void": "no control"})
    (finding,) = find([(RULES[0], void)])
    assert finding.verdict is Verdict.INCONCLUSIVE
    assert finding.seeds_needed is None


def test_holm_by_hand():
    # 3 × 0.01, then 2 × 0.02 and 1 × 0.03, each no smaller than the one before
    assert holm(np.array([0.03, 0.01, 0.02])) == pytest.approx([0.04, 0.03, 0.04])


@given(st.lists(st.floats(0, 1), min_size=1, max_size=8))
def test_holm_keeps_order_and_lies_between_raw_and_bonferroni(raw):
    p_values = np.array(raw)
    adjusted = holm(p_values)
    assert (adjusted >= p_values).all()
    assert (adjusted <= np.minimum(1, p_values * p_values.size) + 1e-12).all()
    assert (np.diff(adjusted[np.argsort(p_values, kind="stable")]) >= 0).all()


def test_regimes_that_differ_make_it_conditional():
    rule = DecisionRule(
        text="",
        quantity="",
        reading="",
        unit="nat",
        margin=SESOI,
        undecided="open",
        varying="",
        regions=(Region(Verdict.SUPPORTED, SESOI, 9, "helps"),),
    )
    helps, open_ = find([(rule, estimate(1, 0.01)), (rule, estimate(0, 0.01))])
    assert overall([helps, helps]) is Verdict.SUPPORTED
    assert overall([helps, open_]) is Verdict.CONDITIONAL
    assert overall([]) is Verdict.UNTESTED


def test_every_verdict_has_a_symbol_of_its_own():
    assert len(set(SYMBOLS.values())) == len(Verdict)


@pytest.mark.parametrize(
    ("unit", "limits", "signed"),
    [
        ("share", (0.05, np.inf), False),  # a share of units in saturation
        ("", (0.1, np.inf), False),
        ("share", (-0.05, 0.05), True),  # one share less another
        ("", (-0.25, 0.25), True),
        ("nat", (0.02, np.inf), True),  # what a loss is higher by
        ("points", (1.0, np.inf), True),
    ],
)
def test_a_level_is_no_difference_and_has_no_sign(unit, limits, signed):
    rule = replace(effect_rule(), unit=unit, regions=(Region(Verdict.SUPPORTED, *limits, "so"),))
    assert rule.signed == signed
    assert valued(estimate(1, 0.01), rule.unit, sign=rule.signed).startswith("+") == signed


def effect_rule():
    return next(rule for rule in RULES if len(rule.regions) == 3 and rule.unit == "nat")


@pytest.mark.parametrize(
    ("value", "sd", "family", "needed"),
    [
        (0.04, 0.04, 1, 7.85 * 4),  # z 1.96 and 0.84: sd twice the distance to the margin
        (0.04, 0.04, 5, (2.576 + 0.842) ** 2 * 4),  # z at 0.5%, of five regimes
        (0.0, 0.02, 1, (1.96 + 1.282) ** 2),  # both margins to clear: 1.28 for 0.84
        (0.019, 0.02, 1, 7.85 * 400),  # near one margin the other hardly counts
    ],
)
def test_seeds_that_would_settle_it(value, sd, family, needed):
    found = estimate(value, sd / 2, seeds=4)  # an interval that is open whatever the rule
    assert seeds_to_settle(found, effect_rule(), family=family) == pytest.approx(needed, rel=0.01, abs=1)


@pytest.mark.parametrize(
    ("value", "sd", "family", "needed"),
    [
        (0.04, 0.04, 1, 32),  # 4 (1.95996 + 0.84162)² = 31.4
        (0.04, 0.04, 5, 47),  # 4 (2.57583 + 0.84162)² = 46.7
        (0.0, 0.02, 1, 11),  # (1.95996 + 1.28155)² = 10.5
        (0.1, 0.04, 1, 5),  # 2 would do, and there are four
    ],
)
def test_seeds_that_would_settle_it_are_the_next_whole_number(value, sd, family, needed):
    assert seeds_to_settle(estimate(value, sd / 2, seeds=4), effect_rule(), family=family) == needed


def test_more_seeds_than_there_are_or_none():
    assert seeds_to_settle(estimate(0, 0.001, seeds=4), effect_rule(), family=1) == 5
    assert seeds_to_settle(estimate(SESOI, 0.001, seeds=4), effect_rule(), family=1) is None
    (finding,) = find([(effect_rule(), estimate(0.0199, 0.02))])
    assert finding.on_threshold


@pytest.mark.parametrize(("known_to", "verdict"), [(0.0, "supported"), (0.019, "supported"), (0.021, "inconclusive")])
def test_what_a_value_is_known_to_is_no_matter_of_seeds(known_to, verdict):
    """SESOI + 0.02 that is off by so much, however many the seeds."""
    found = estimate(SESOI + 0.02, 1e-6, seeds=20)
    wider = replace(found, low=found.low - known_to, high=found.high + known_to, known_to=known_to)
    (finding,) = find([(effect_rule(), wider)])
    assert finding.verdict == verdict
    assert (remark(finding) == TOO_COARSE) is (verdict == "inconclusive")


@pytest.mark.parametrize("unknown", [{"high": np.inf}, {"low": np.nan, "high": np.nan}])
def test_steps_are_not_blamed_for_an_open_end_or_too_few_seeds(unknown):
    found = replace(estimate(SESOI, 0.01), known_to=0.021)
    (finding,) = find([(effect_rule(), replace(found, **unknown))])
    assert finding.verdict == "inconclusive"
    assert remark(finding) != TOO_COARSE


def test_a_value_not_known_closely_needs_more_seeds():
    found = estimate(SESOI + 0.02, 0.01, seeds=4)
    needed = [seeds_to_settle(replace(found, known_to=off), effect_rule(), family=1) for off in (0.0, 0.01)]
    assert needed[1] == pytest.approx(4 * needed[0], rel=0.05)


@given(st.floats(-0.08, 0.08), st.floats(0.01, 0.05), st.integers(1, 6))
@settings(max_examples=examples(30), deadline=None)
def test_so_many_seeds_settle_it_in_four_fifths_of_studies(value, sd, family):
    found = estimate(value, sd / 2, seeds=4)
    needed = seeds_to_settle(found, effect_rule(), family=family)
    if needed is None or not 30 <= needed <= MANY:  # fewer: the normal approximation is short
        return
    z, root = special.ndtri(1 - 0.025 / family), np.sqrt(needed)
    means = np.random.default_rng(0).normal(value, sd / root, 4000)
    below, above = np.array([means - z * sd / root, means + z * sd / root])
    region = next(each for each in effect_rule().regions if each.low < value < each.high)
    settled = np.mean((region.low < below) & (above < region.high))
    assert settled == pytest.approx(0.8, abs=0.03)  # four standard errors, and one seed more or less


@given(st.lists(estimates, min_size=2, max_size=6))
def test_a_verdict_is_the_smallest_of_three_one_sided_tests_after_holm(family):
    """By hand: θ ≤ SESOI, |θ| ≥ SESOI and θ ≥ −SESOI, each at 2.5% over the number of those that are left."""
    rule = effect_rule()
    tests = [
        {
            Verdict.SUPPORTED: special.stdtr(each.seeds - 1, (SESOI - each.value) / each.error),
            Verdict.CONTRADICTED: special.stdtr(each.seeds - 1, (SESOI + each.value) / each.error),
            Verdict.NO_DIFFERENCE: special.stdtr(each.seeds - 1, (abs(each.value) - SESOI) / each.error),
        }
        if each.error > 0
        else None
        for each in family
    ]
    if None in tests:
        return
    holding = holm(np.array([min(each.values()) for each in tests])) <= 0.025
    expected = [
        min(each, key=each.__getitem__) if held else Verdict.INCONCLUSIVE
        for each, held in zip(tests, holding, strict=True)
    ]
    assert [found.verdict for found in find([(rule, each) for each in family])] == expected


def test_cases_that_are_declared_and_were_not_trained_count_in_the_family():
    """With p of 0.0115: enough of two cases, not of three, whichever of them are missing."""
    rule = effect_rule()
    case = (rule, estimate(0.05, 0.03 / 2.9))
    assert find([case], 2)[0].verdict is find([case] * 2)[0].verdict is Verdict.SUPPORTED
    assert find([case], 3)[0].verdict is Verdict.INCONCLUSIVE
    assert find([case], 9)[0].seeds_needed == find([case] * 2, 9)[1].seeds_needed
