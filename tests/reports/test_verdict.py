"""Any interval has exactly one verdict, and Holm's correction only takes verdicts away."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import special

from reports import CLAIMS
from reports.judging.intervals import Estimate
from reports.judging.text import listed
from reports.judging.verdict import SESOI, SYMBOLS, DecisionRule, Region, Verdict, find, holm, overall, seeds_to_settle

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


def test_seeds_that_would_settle_it():
    # sd 0.04 is twice the smallest effect of interest: 7.85 × 4 seeds
    assert seeds_to_settle(estimate(0, 0.02, seeds=4), SESOI) == 32
    assert seeds_to_settle(estimate(0, 0.001, seeds=4), SESOI) is None


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["width 8"], "width 8"),
        (["width 8", "width 12", "width 32"], "widths 8, 12 and 32"),
        (["a", "b"], "a and b"),
        (["the mean", "width 8", "width 12"], "the mean and widths 8 and 12"),
        (["relu, gain 1", "depth 0", "tanh"], "(relu, gain 1), depth 0 and tanh"),
    ],
)
def test_regimes_are_listed_as_one_says_them(words, said):
    assert listed(words) == said
