"""The ledger of claims, taken from its declarations: every claim is whole, and says what was planted."""

from dataclasses import replace
from functools import cache

import numpy as np
import pytest
from filled import designs, diverged, filled_table, own_table
from levels import one_in, one_of_each
from matplotlib.figure import Figure
from planting import judgements
from registered import drawn_by
from synthetic import results_table, where

from reports import CLAIMS
from reports.evidence.checked import plain
from reports.experiments.seeded import EVIDENCE, NEEDED, SeededClaim
from reports.judging.claim import OURS, POSTS, judge
from reports.judging.text import limit, table_name
from reports.judging.verdict import Verdict

FURTHER = ("breast_cancer", "wine", "mnist", "mnist1d")
by_slug = pytest.mark.parametrize("claim", CLAIMS, ids=lambda claim: claim.slug)


@cache
def table_of_a_study():
    """For the tests of all claims, between which others come."""
    return plain(results_table(seeds=6))


@pytest.fixture
def results():
    return table_of_a_study()


def judged(slug):
    """Of what is planted above the limits, which another law has judged already."""
    return judgements(slug, "above")[0][1]


def verdicts(table):
    judgements = judge(CLAIMS, plain(table))
    return {each.claim.slug: each.verdict for each in judgements if each.verdict is not Verdict.UNTESTED}


@by_slug
def test_claim_has_source_rule_and_words(claim):
    assert claim.origin in (*POSTS, OURS)
    assert claim.quote is None or claim.quote.words
    assert limit(claim.rule.margin, claim.rule.unit) in claim.rule.text
    assert claim.alt.endswith(".")
    assert claim.caption
    assert all(region.low < region.high and region.finding for region in claim.rule.regions)
    assert claim.rule.undecided
    assert claim.rule.varying


@by_slug
def test_rules_text_names_every_limit(claim):
    limits = {bound for region in claim.rule.regions for bound in (region.low, region.high) if np.isfinite(bound)}
    assert all(limit(bound, claim.rule.unit).strip("−") in claim.rule.text for bound in limits)


def test_slugs_differ():
    assert len({claim.slug for claim in CLAIMS}) == len(CLAIMS)


@pytest.mark.parametrize("claim", one_of_each(drawn_by, CLAIMS), ids=lambda claim: claim.slug)
def test_figure_is_drawn_on_the_given_axes_alone(claim):
    evidence = judged(claim.slug).evidence
    panel = evidence[evidence["panel"] == evidence["panel"].iloc[0]]
    figure = Figure()
    ours, other = figure.subplots(2)
    before = other.get_children()
    copy = panel.copy()
    assert claim.draw(panel, ours) is ours
    assert ours.has_data()
    assert not other.has_data()
    assert other.get_children() == before
    assert figure.axes == [ours, other]
    assert panel.equals(copy)


@by_slug
def test_the_evidence_of_seeds_has_the_columns_that_are_declared(claim):
    if not isinstance(claim, SeededClaim):
        pytest.skip("evidence of its own kind")
    columns = set(judged(claim.slug).evidence.columns)
    assert set(NEEDED) <= columns <= set(EVIDENCE)


@by_slug
def test_no_figure_draws_a_step_between_its_points(claim, results):
    """A step plot through a coarse sample makes a staircase that the data do not have."""
    evidence = claim.evidence(results)
    for _, panel in evidence.groupby("panel"):
        ax = Figure().subplots()
        claim.draw(panel, ax)
        assert {line.get_drawstyle() for line in ax.lines} == {"default"}


def test_lines_of_a_response_go_through_its_strengths_alone(results):
    claim = next(claim for claim in CLAIMS if claim.slug == "Q1")
    panel = claim.evidence(results).query("width == 8")
    means = panel.groupby(["arm", "strength"])["loss"].mean()
    ax = Figure().subplots()
    claim.draw(panel, ax)
    drawn = [line.get_xydata() for line in ax.lines if len(line.get_xdata()) == panel["strength"].nunique()]
    assert len(drawn) == 2
    for line, arm in zip(drawn, ("dropout", "fixed_count"), strict=True):
        assert line == pytest.approx(means[arm].reset_index().to_numpy())


@by_slug
def test_no_evidence_is_not_tested(claim, results):
    searched = results[results["stage"] == "search"]
    assert claim.evidence(searched).empty
    assert judge([claim], searched)[0].verdict is Verdict.UNTESTED


@by_slug
def test_every_regime_has_a_name_a_finding_and_a_row_of_data(claim):
    judgement = judged(claim.slug)
    regimes = [finding.estimate.regime for finding in judgement.findings]
    assert regimes
    assert all(regime.words for regime in regimes)
    assert len({(each.estimate.regime, each.rule.metric) for each in judgement.findings}) == len(regimes)
    assert judgement.verdict is not Verdict.UNTESTED
    assert len(claim.table(judgement.evidence))


@by_slug
def test_a_claims_design_can_be_trained_and_is_its_own(claim):
    assert all(design.points() for design in designs(claim))
    assert all(name.startswith(f"{claim.shared or claim.slug}_") for name in claim.arms())


DAMAGES = [diverged, lambda table: table[table["seed"] == 0], lambda table: table.iloc[::2]]
OF_EACH = [(claim, DAMAGES[place % len(DAMAGES)]) for place, claim in enumerate(CLAIMS)]
DAMAGED = [
    *one_in(4, OF_EACH),
    *(
        pytest.param(claim, damage, marks=pytest.mark.slow)
        for claim in CLAIMS
        for damage in DAMAGES
        if (claim, damage) not in OF_EACH
    ),
]


@pytest.mark.parametrize(("claim", "damage"), DAMAGED, ids=lambda each: getattr(each, "slug", ""))
def test_damaged_tables_settle_nothing_by_accident(claim, damage):
    """Divergence everywhere, a single seed, or half of the networks: no error, and where there is no interval no verdict."""
    if not claim.arms():
        pytest.skip("the study's response curves: test_page.py damages those")
    for finding in judge([claim], damage(own_table(claim.networks)))[0].findings:
        assert finding.verdict is Verdict.INCONCLUSIVE or finding.estimate.has_interval


def test_claims_that_share_a_design_declare_the_same():
    arms = {}
    for claim in CLAIMS:
        for name, settings in claim.arms(FURTHER).items():
            assert arms.setdefault(name, settings) == settings


def test_claims_on_further_tables_name_known_ones_and_say_so_in_their_rules():
    assert {name for claim in CLAIMS for name in claim.tables} == set(FURTHER)
    for claim in CLAIMS:
        assert all(table_name(name) in claim.rule.text for name in claim.tables)


SEVERAL_TABLES = ["B4", "B5", "B6", "B7b", "B8b", "B11", "B13", "D4"]  # of each kind of comparison one
ALIKE = ["B3", "B7", "B9", "B12", "D7", "D9"]


@pytest.mark.parametrize(
    "slug", [*one_in(4, SEVERAL_TABLES), *(pytest.param(slug, marks=pytest.mark.slow) for slug in ALIKE)]
)
def test_each_table_of_data_is_judged_alone_and_as_if_it_were_the_only_one(slug):
    claim = next(claim for claim in CLAIMS if claim.slug == slug)
    table = plain(filled_table(claim, tables=("breast_cancer",)))
    both = {(each.regime, each.metric): each for each in claim.estimate(claim.evidence(table))}
    for name, words in (("digits", "digits"), ("breast_cancer", "breast cancer")):
        alone = claim.estimate(claim.evidence(table[table["data"] == name]))
        for each in alone:
            named = replace(each, regime=each.regime.on(words))
            assert repr(both.pop((named.regime, named.metric))) == repr(named)  # NaN is not equal to itself
    assert not both


def test_a_table_without_a_target_is_not_tested_for_speed():
    claim = next(claim for claim in CLAIMS if claim.slug == "B4")
    elsewhere = plain(filled_table(claim)).assign(data="iris")
    assert judge([claim], elsewhere)[0].verdict is Verdict.UNTESTED


@pytest.mark.parametrize(("best", "verdict"), [(0.95, Verdict.INCONCLUSIVE), (0.6, Verdict.NO_DIFFERENCE)])
def test_two_strengths_at_the_same_end_of_the_grid_are_not_called_equal(best, verdict):
    """Parabolas in log α, the same for both arms but for a shade."""
    claim = next(claim for claim in CLAIMS if claim.slug == "B11")
    table = plain(filled_table(claim))
    strength = np.log((1 - table["keep_prob"]) / table["keep_prob"])
    shade = 1e-3 * ((table["arm"] == "B11_none") + table["seed"])
    loss = (strength - np.log((1 - best) / best) - shade * (best < 0.9)) ** 2 + np.log(table["learning_rate"]) ** 2
    (judgement,) = judge([claim], table.assign(valid_loss=loss))
    assert judgement.verdict is verdict


@pytest.mark.whole
def test_each_table_of_data_has_a_panel_whose_rows_do_not_repeat_its_name():
    claim = next(claim for claim in CLAIMS if claim.slug == "D7")
    evidence = claim.evidence(plain(filled_table(claim, tables=("breast_cancer", "wine"))))
    panels = dict(list(evidence.groupby("panel", sort=False)))
    assert list(panels) == ["digits", "breast cancer", "wine"]
    for panel in panels.values():
        labels = [label.get_text() for label in claim.draw(panel, Figure().subplots()).texts]
        assert labels
        assert not any(" on " in label for label in labels)


def test_verdicts_on_a_smooth_response():
    assert verdicts(results_table(seeds=6)) == {
        "Q1": Verdict.CONTRADICTED,
        "Q2": Verdict.CONDITIONAL,
        "Q3": Verdict.CONTRADICTED,
        "Q4": Verdict.SUPPORTED,
        "Q4b": Verdict.NO_DIFFERENCE,
        "Q5": Verdict.CONDITIONAL,  # what is planted does not depend on the width, but a seed's level at p·n does
        "Q5b": Verdict.CONTRADICTED,
        "R1": Verdict.SUPPORTED,
        "R2": Verdict.NO_DIFFERENCE,
        "R3": Verdict.CONTRADICTED,
        "R4": Verdict.SUPPORTED,
        "R4b": Verdict.SUPPORTED,
        "D1": Verdict.SUPPORTED,
    }


@pytest.mark.whole
def test_verdict_on_a_staircase():
    assert verdicts(results_table(seeds=6, q=1.0))["Q1"] is Verdict.SUPPORTED


@pytest.mark.whole
def test_without_its_control_the_index_is_not_believed():
    table = results_table(seeds=6)
    found = verdicts(where(table, table["arm"] != "fixed_count"))
    assert found["Q1"] is Verdict.INCONCLUSIVE
    assert found["Q4"] is Verdict.SUPPORTED


def test_a_control_that_is_no_staircase_voids_the_index():
    table = results_table(seeds=6)
    smooth = table.query("arm == 'dropout'").assign(arm="fixed_count")
    swapped = table.query("arm != 'fixed_count'")
    broken = plain(swapped).merge(plain(smooth), how="outer")
    (judgement,) = judge([claim for claim in CLAIMS if claim.slug == "Q1"], broken)
    assert judgement.verdict is Verdict.INCONCLUSIVE
    assert all("unproven" in finding.estimate.void for finding in judgement.findings)


def test_regimes_that_differ_are_named():
    table = results_table(seeds=6)
    spoilt = (table["arm"] == "dropout_rates") & (table["width"] == 12)
    changed = table.assign(valid_loss=table["valid_loss"] + 0.3 * spoilt)
    (judgement,) = judge([claim for claim in CLAIMS if claim.slug == "D1"], plain(changed))
    assert judgement.verdict is Verdict.CONDITIONAL
    assert judgement.clause == (
        "in log-loss, dropout overfits less than no regularisation at width 8; no regularisation overfits less than dropout "
        "at width 12; in error, dropout overfits less than no regularisation"
    )


def test_what_stays_open_is_no_disagreement():
    """One width is contradicted; at the other the control is missing, so that it stays open."""
    table = results_table(seeds=6)
    kept = where(table, (table["arm"] != "fixed_count") | (table["width"] == 12))
    (judgement,) = judge([claim for claim in CLAIMS if claim.slug == "Q1"], plain(kept))
    assert judgement.verdict is Verdict.CONDITIONAL
    assert judgement.clause == (
        "dropout’s response is smooth, not stepped at width 12; whether dropout’s response is stepped stays open at width 8"
    )


@pytest.mark.whole
def test_one_diverged_network_changes_no_verdict():
    table = results_table(seeds=6)
    lost = (table["arm"] == "dropout") & (table["seed"] == 3) & (table["keep_prob"] < 0.35)
    holed = table.assign(valid_loss=table["valid_loss"].mask(lost), stopped=table["stopped"].mask(lost, "diverged"))
    assert verdicts(holed) == verdicts(table)
    notes = [
        note for judgement in judge(CLAIMS, plain(holed)) for each in judgement.findings for note in each.estimate.notes
    ]
    assert any("diverged" in note for note in notes)
