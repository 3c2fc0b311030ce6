"""Which side a claim favours: what it says is planted through its own design, the reverse, and nothing; verdict and sentence follow.

The cases come from the ledger, and what is planted from what each claim says as data that it compares (``planting``).
"""

from dataclasses import replace
from functools import cache

import pytest
from levels import one_in, one_of_each
from planting import effect, hold, judgements, of, planted, table_of

from reports import CLAIMS
from reports.claims.b7b_cause import FELT
from reports.evidence.asked import BestByWidth, GainByWidth, Staircase
from reports.evidence.contrasts import Level, Side
from reports.evidence.quantities import VALID_LOSS
from reports.experiments.equal_loss import EqualLoss
from reports.experiments.seeded import SeededClaim, sides
from reports.experiments.speed import LargestRate
from reports.judging.claim import judge
from reports.judging.verdict import Verdict
from reports.tuning.contrasts import TunedSide

by_claim = pytest.mark.parametrize("claim", CLAIMS, ids=lambda claim: claim.slug)


def kind(case):
    """How what is planted is made and read: what is compared, and whether in error too."""
    claim, _ = case
    return frozenset(type(each) for each in claim.compared), bool(claim.error_rule)


SIMPLE_FIRST = sorted(CLAIMS, key=lambda claim: len(claim.compared))
ABOVE = [(claim, "above") for claim in CLAIMS]
BELOW = one_of_each(kind, [(claim, "below") for claim in SIMPLE_FIRST])
# a contrast without an effect, where the claim names no size: else there is nothing between its sides to plant
NONE = one_of_each(
    kind, [(claim, "none") for claim in SIMPLE_FIRST if effect(claim.rule, "below") < 0 < effect(claim.rule, "above")]
)
UP_AND_DOWN = {GainByWidth: ("more", "less"), BestByWidth: ("rises", "falls")}  # what both signs are called


@cache
def judged(slug, which):
    """The findings whose estimates are of data, where what the claim compares is so; of tuned arms those of the side that was planted."""
    found = [
        finding
        for group, judgement in judgements(slug, which)
        for finding in of_data(judgement)
        if not group or finding.estimate.regime.words.startswith(tuple(each.condition for each in group))
    ]
    assert found
    return found


def of_data(judgement):
    found = [finding for finding in judgement.findings if not finding.estimate.exact]
    assert found
    return found


def of_size(claim, finding, which):
    """To within a margin; a rate is known to a step of its grid, and what is never negative ends at 0."""
    value, size = finding.estimate.value, effect(finding.rule, which)
    ends = size < 0 and value == pytest.approx(0, abs=1e-9)
    return ends or known_to_a_step(claim) or abs(value - size) < finding.rule.margin


def known_to_a_step(claim):
    return any(isinstance(each, LargestRate) for each in claim.compared)


def is_staircase(claim):
    return any(isinstance(each, Staircase) for each in claim.compared)


def region(claim, rule, which):
    """Of the rule, where what is planted lies."""
    value = {"above": 1.0, "below": 0.0}[which] if is_staircase(claim) else effect(rule, which)
    return next(region for region in rule.regions if region.low < value < region.high)


@pytest.mark.parametrize(("claim", "which"), [*ABOVE, *BELOW], ids=lambda each: getattr(each, "slug", each))
def test_what_is_planted_beyond_the_limits_is_found_and_nothing_else(claim, which):
    """Three margins above the highest limit and below the lowest, in each regime, and in both metrics where a claim is about both."""
    for finding in judged(claim.slug, which):
        expected = region(claim, finding.rule, which)
        assert (finding.verdict, finding.words) == (expected.verdict, expected.finding)
        assert is_staircase(claim) or of_size(claim, finding, which)
    assert len({finding.rule.metric for finding in judged(claim.slug, which)}) == 1 + bool(claim.error_rule)


@pytest.mark.parametrize(("claim", "which"), NONE, ids=lambda each: getattr(each, "slug", each))
def test_where_there_is_nothing_no_side_is_favoured(claim, which):
    """The largest workable rate is known to a step of its grid only, and stays open, like half a staircase."""
    stays_open = is_staircase(claim) or known_to_a_step(claim)
    for finding in judged(claim.slug, which):
        alike = None if stays_open else region(claim, finding.rule, which)
        assert (finding.verdict, finding.words) == (
            (alike.verdict, alike.finding) if alike else (Verdict.INCONCLUSIVE, finding.rule.undecided)
        )


@by_claim
def test_the_sentence_names_the_side_that_has_more_and_the_side_that_has_less(claim):
    """By hand beside the regions, and here from the sides themselves: a side that changes places makes them differ."""
    for rule in filter(None, (claim.rule, claim.error_rule)):
        above, below = (region(claim, rule, which).finding for which in ("above", "below"))
        for each in claim.compared:
            if isinstance(each, tuple(UP_AND_DOWN)):
                up, down = UP_AND_DOWN[type(each)]
                assert (above, below) == (rule.says.format(more=up), rule.says.format(more=down))
            elif named := high_and_low(each):
                high, low = named
                assert above == rule.says.format(more=high.words, less=low.words)
                if len([each for each in rule.regions if each.verdict is not Verdict.NO_DIFFERENCE]) > 2:
                    assert below == rule.says.format(more=low.words, less=high.words)


@by_claim
def test_a_claim_that_names_no_other_side_is_answered_in_the_words_of_its_question(claim):
    """“Whether units are whole stays open”: what begins with these words is the finding for it, and no other is."""
    for rule in filter(None, (claim.rule, claim.error_rule)):
        issue = rule.undecided.removeprefix("whether ").removesuffix(" stays open")
        answers = {each.verdict for each in rule.regions if each.finding.startswith(issue)}
        assert rule.says or answers == {Verdict.SUPPORTED}


def high_and_low(compared):
    return (compared.high, compared.low) if hasattr(compared, "high") else None


@by_claim
def test_the_sentence_of_one_side_speaks_of_it_and_of_no_other(claim):
    """Where one side alone is judged, another that stands beside it as reference or control cannot have taken its place."""
    for each in claim.compared:
        side = getattr(each, "of", getattr(each, "side", None))
        if side is None or isinstance(each, Level):
            continue
        others = [getattr(each, name, None) for name in ("over", "control", "stuck")]
        for said in (found.finding for found in claim.rule.regions):
            assert side.words in said
            assert not any(other.words in said for other in others if other)


@by_claim
def test_a_claims_sides_are_arms_of_its_design(claim):
    """A name that no design has would leave the claim untested without a word."""
    if not isinstance(claim, SeededClaim):
        pytest.skip("arms of a study, by their kind")
    assert sides(claim.compared) or claim.slug == "D4"
    with pytest.raises(ValueError, match="compares the arm"):
        replace(
            claim, design={"elsewhere": {}}, compared=[Level(side=Side("it", "here"), value=VALID_LOSS, regimes={})]
        )
    assert all(of(side, table_of(claim), claim.networks).any() for side in sides(claim.compared))


# What a side's words mean in settings of its networks, at any setting that is tuned
MEANINGS = {
    "normalisation": "batch_norm == 'before'",
    "no normalisation": "batch_norm == 'none'",
    "normalisation before the activation": "batch_norm == 'before'",
    "normalisation after the activation": "batch_norm == 'after'",
    "noisy normalisation": "batch_norm == 'before' and bn_noise > 0",
    "with normalisation": "batch_norm == 'before'",
    "without normalisation": "batch_norm == 'none'",
    "batch normalisation with dropout": "batch_norm != 'none' and keep_prob < 1",
    "normalisation by all 300 rows": "batch_norm == 'before' and batch_size == 300 and ghost_rows == 0",
    "normalisation by 10 rows at a time": "batch_norm == 'before' and batch_size == 300 and ghost_rows == 10",
    "what it is compared with": "batch_norm == 'none' or keep_prob == 1",
    "its rival": "batch_norm == 'none' or keep_prob == 1",
    "L2": "l2 > 0 and keep_prob == 1 and (batch_norm == 'none' or shrunk == 'hidden')",
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
    "chance": "max_norm > 0",
    "a keep_prob of 0.5": "keep_prob == 0.5",
    "a tuned learning rate alone": "keep_prob == 1 and l2 == 0 and weights == 'last' and batch_norm == 'none'",
    "the regulariser": "batch_norm == 'none' and (keep_prob < 1 or l2 > 0 or weights == 'best')",
    "the batch-normalised arm": "batch_norm == 'before'",
    "the best keep_prob or none": "l2 == 0",
    "dropout’s response": "keep_prob < 1",
    "exactly round(pn) units kept": "keep_prob < 1",
    "exactly k units kept": "keep_prob < 1",
    "the right keep-prob": "keep_prob < 1",
    "the best keep-prob": "keep_prob < 1",
    "having only the keep-probs k/n": "keep_prob <= 1",
    "keep_prob": "keep_prob < 1",
    "λ": "l2 > 0",
    "L2’s": "l2 > 0",
}
AXES = {"the linear axis": "linear", "log-odds": "odds"}  # sides that are axes and no arms
# What a condition says of the networks of one of the sides under it
CONDITIONS = {
    "against normalisation alone": "batch_norm != 'none' and keep_prob == 1",
    "normalisation before the activation": "batch_norm == 'before'",
    "normalisation after the activation": "batch_norm == 'after'",
    "against dropout alone": "batch_norm == 'none' and keep_prob < 1",
    "against neither": "batch_norm == 'none' and keep_prob == 1",
    "against none": "keep_prob == 1 and l2 == 0",
    "against L2": "keep_prob == 1 and l2 > 0",
}


def holds(rows, condition):
    """In every row. pandas makes a series of each column that it is given."""
    return rows[[column for column in rows if column in condition]].eval(condition).all()


def named(claim):
    """Every side of what is compared, contrasts within too."""
    found = [*sides(claim.compared)]
    found += [part for each in claim.compared for part in vars(each).values() if isinstance(part, (Side, TunedSide))]
    return found


@by_claim
def test_a_side_is_what_its_words_say(claim):
    for side in named(claim):
        if side.words in AXES:
            assert side.arm == AXES[side.words]
        else:
            table = table_of(claim) if claim.design or isinstance(side, TunedSide) else planted(claim, "above")
            chosen = of(side, table, claim.networks)
            assert chosen.any()
            assert holds(table[chosen], MEANINGS[side.words])


@by_claim
def test_a_condition_is_what_its_words_say(claim):
    table = table_of(claim) if claim.design else None
    for each in claim.compared:
        for told in getattr(each, "condition", "").split(", "):
            if told in CONDITIONS:
                both = [table[of(side, table, claim.networks)] for side in (each.high, each.low)]
                assert any(holds(rows, CONDITIONS[told]) for rows in both)


@by_claim
def test_where_one_network_is_read_twice_its_sides_are_what_is_read(claim):
    for each in claim.compared:
        if getattr(each, "low_value", None):
            assert ("scaled" in each.value.name) == (each.high.words == "the scaled network")
            assert ("scaled" in each.low_value.name) == (each.low.words == "the scaled network")


EQUAL_LOSS = [claim for claim in CLAIMS if any(isinstance(each, EqualLoss) for each in getattr(claim, "compared", ()))]


@pytest.mark.parametrize("claim", EQUAL_LOSS, ids=lambda claim: claim.slug)
@pytest.mark.parametrize(("apart", "judged"), one_in(2, [(0.006, False), (0.004, True)]))
def test_at_equal_loss_the_better_side_is_weakened_or_nothing_is_judged(claim, apart, judged):
    """L2 is better at its best by 0.1 nat, where damage is great; at the λ that is as good as dropout damage is as with it."""
    table = planted(claim, "none")
    equally = [each for each in claim.compared if isinstance(each, EqualLoss)]
    l2 = of(next(side for side in (equally[0].high, equally[0].low) if side.arm == "l2"), table, claim.networks)
    weak = l2 & (table["l2"] == table.loc[l2, "l2"].max())
    for each in equally:
        table = hold(each.value, table, l2 & ~weak, 0.5 + 9 * claim.rule.margin)
    losses = table["valid_loss"].mask(l2, table["valid_loss"] - 0.1).mask(weak, table["valid_loss"] - apart)
    (judgement,) = judge([claim], table.assign(valid_loss=losses))
    found = {str(finding.estimate.regime): finding for finding in judgement.findings}
    less, more = (
        [next(found[told] for told in found if told.startswith(each.condition)) for each in equally if each.less == way]
        for way in (True, False)
    )
    assert more
    assert all(finding.estimate.void for finding in less)
    assert all(finding.estimate.value == pytest.approx(0, abs=1e-9) for finding in more)
    assert {bool(finding.estimate.void) for finding in more} == {not judged}
    assert all((finding.verdict is Verdict.NO_DIFFERENCE) == judged for finding in more)


@pytest.mark.parametrize(("drifts", "dose"), [((0.1, 0.6, 0.7), 0.3), ((0.1, 0.2, 0.3), None)])
def test_noise_is_the_weakest_that_restores_the_shift_or_nothing_is_judged(drifts, dose):
    """Without normalisation units move by 0.5 spreads; faster at every noise but the weakest that restores it."""
    (claim,) = (claim for claim in CLAIMS if claim.slug == "B7b")
    (restored,), table = claim.compared, planted(claim, "above")
    moved, noisy = (of(side, table, claim.networks) for side in (restored.low_drift, restored.low))
    for noise, drift in zip(restored.doses, drifts, strict=True):
        table = hold(FELT, table, moved & (table["bn_noise"] == noise), drift)
    slow = table.loc[of(restored.high, table, claim.networks), "curve"].iloc[0]
    table = table.assign(curve=table["curve"].mask(noisy & (table["bn_noise"] == dose), slow))
    for finding in judge([claim], table)[0].findings:
        assert bool(finding.estimate.void) == (dose is None)
        assert finding.verdict is (Verdict.SUPPORTED if dose else Verdict.INCONCLUSIVE)
