"""The ledger as a whole, the headline and the bars of the table of claims, from verdicts by hand."""

import re
from dataclasses import replace
from math import inf
from types import SimpleNamespace

import pandas as pd
import pytest
from synthetic import results_table

from reports.evidence.checked import plain
from reports.judging.claim import Claim, Judgement, Quote, in_order
from reports.judging.claim import judged as judged_claim
from reports.judging.findings import findings as findings_of
from reports.judging.intervals import Estimate, bounded, exactly, mean, nothing
from reports.judging.overview import all_tested, besides, counted, decided, named
from reports.judging.regimes import EVERYWHERE, Regime
from reports.judging.text import NARROW
from reports.judging.verdict import DecisionRule, Finding, Region, Verdict, find
from reports.page import headline as first
from reports.page import rows
from reports.page.answer import KINDS, _pays
from reports.page.bars import Scale, Zone, bar, scales
from reports.page.cards import cards
from reports.page.headline import headline, opening, rests

SUPPORTED, CONTRADICTED, ALIKE = Verdict.SUPPORTED, Verdict.CONTRADICTED, Verdict.NO_DIFFERENCE
OPEN, DEPENDS, UNTESTED = Verdict.INCONCLUSIVE, Verdict.CONDITIONAL, Verdict.UNTESTED
RULE = DecisionRule(
    text="",
    quantity="",
    reading="",
    unit="nat",
    margin=1.0,
    regions=(Region(SUPPORTED, 1.0, float("inf"), "more"), Region(ALIKE, -1.0, 1.0, "alike")),
    undecided="open",
    varying="it depends",
)


def judged(slug, verdict, *, networks="", findings=(), **more):
    letter, number = slug[0], int(slug[1:])
    claim = SimpleNamespace(
        slug=slug, place=(letter, number, ""), networks=networks or slug, statement=f"What {slug} says"
    )
    return SimpleNamespace(claim=claim, verdict=verdict, findings=findings, **more)


LEDGER = [
    judged("B10", SUPPORTED, networks="B"),
    judged("B2", SUPPORTED, networks="B"),
    judged("D1", OPEN),
    judged("Q1", UNTESTED),
    judged("D3", CONTRADICTED),
    judged("R1", DEPENDS),
    judged("R2", ALIKE),
]


def test_verdicts_are_counted_and_named_in_the_order_of_the_ledger():
    assert counted(LEDGER) == ["2 supported", "1 contradicted", "1 conditional", "1 without a difference", "1 open"]
    assert named(LEDGER) == (
        "Supported: B2 and B10. Contradicted: D3. Conditional: R1. Without a difference: R2. Open: D1."
    )
    assert [each.claim.slug for each in all_tested(LEDGER)] == ["B10", "B2", "D1", "D3", "R1", "R2"]


def test_besides_are_tested_claims_that_share_a_design_with_one_that_is_asked_for():
    assert [each.claim.slug for each in besides(LEDGER, ["B2"])] == ["B10"]
    assert besides(LEDGER, ["D1"]) == []
    assert besides([judged("Q1", UNTESTED, networks="B"), *LEDGER[1:]], ["B2"]) == []


def finding(verdict, estimate):
    return Finding(RULE, estimate, verdict, "", seeds_needed=None, corrected=False)


def test_decided_is_what_an_interval_had_to_earn():
    earned, sure = mean([1.0, 1.1]), exactly(1, regime=EVERYWHERE, notes=())
    ledger = [
        judged("B1", SUPPORTED, findings=(finding(SUPPORTED, earned), finding(OPEN, earned))),
        judged("B2", OPEN, findings=(finding(OPEN, earned),)),
        judged("B3", SUPPORTED, findings=(finding(SUPPORTED, sure),)),
    ]
    assert [each.claim.slug for each in decided(ledger)] == ["B1"]


def test_beside_the_number_of_cases_stands_what_they_share():
    def at(verdict, words, said):
        found = Estimate(value=2.0, low=1.5, high=3.0, error=0.3, seeds=8, regime=Regime(words))
        return Finding(RULE, found, verdict, said, seeds_needed=None, corrected=False)

    more, open_ = (
        "the one that is said to be ahead is ahead in loss",
        "whether the one that is said to be ahead is ahead stays open",
    )
    cases = [
        at(SUPPORTED, "width 12, 100 rows, noisy", more),
        at(SUPPORTED, "width 12, 300 rows, noisy", more),
        at(OPEN, "width 64, 100 rows, noisy", open_),
        at(OPEN, "width 12, 900 rows, noisy", open_),
    ]
    assert Judgement(None, None, tuple(cases)).brief == f"in 2 of 4 cases {more} (width 12); 2 stay open"


@pytest.mark.parametrize(("needed", "on"), [(None, False), (199, False), (200, False), (201, True)])
def test_a_value_is_on_a_threshold_where_more_than_200_seeds_would_settle_it(needed, on):
    assert Finding(RULE, mean([1.0]), OPEN, "", seeds_needed=needed, corrected=False).on_threshold == on


@pytest.mark.parametrize(
    ("low", "high", "verdict"),
    [(1.0, 2.0, OPEN), (1.001, 2.0, SUPPORTED), (-1.0, 0.5, OPEN), (-0.999, 0.999, ALIKE), (-0.5, 1.0, OPEN)],
)
def test_an_interval_that_touches_a_limit_is_not_inside(low, high, verdict):
    value = (low + high) / 2
    (found,) = find([(RULE, Estimate(value=value, low=low, high=high, error=1e-9, seeds=8))])
    assert found.verdict is verdict


def test_bars_of_one_unit_have_one_scale_that_holds_zero_all_limits_and_all_intervals():
    wide = Estimate(value=2.0, low=1.5, high=3.0, error=0.3, seeds=8)
    found = scales([judged("B1", SUPPORTED, findings=(finding(SUPPORTED, wide),))])
    # from −1, a limit, to 3, an end, and a twentieth of that beyond either
    assert found == {"nat": Scale(pytest.approx(-1.2), pytest.approx(3.2))}


def test_a_bar_is_in_per_cent_of_its_scale():
    scale = Scale(-2.0, 2.0)
    assert [scale.share(value) for value in (-3, -2, -1, 0, 1.234, 2, 9)] == [0, 0, 25, 50, 80.85, 100, 100]
    found = bar(Estimate(value=0.5, low=0.0, high=1.0, error=0.2, seeds=8), RULE, scale)
    assert (found.low, found.value, found.high, found.line) == (50, 62.5, 75, 50)
    assert found.zones == (Zone(25, 50),), "of the bounded region alone"
    assert bar(bounded(mean([0.0, 1.0]), 1), RULE, scale).high == 100
    assert bar(nothing("no control"), RULE, scale) is None
    halves = replace(RULE, regions=(Region(SUPPORTED, -inf, 1.0, "less"), Region(CONTRADICTED, 1.0, inf, "more")))
    assert bar(mean([0.0, 1.0]), halves, scale).line == 75, "where its verdict turns"


IN_ERROR = replace(RULE, metric="error", unit="points")


def noted(rule, words, notes, seeds=8, verdict=OPEN):
    found = Estimate(value=2.0, low=1.5, high=3.0, error=0.3, seeds=seeds, regime=Regime(words), notes=notes)
    return Finding(rule, found, verdict, "", seeds_needed=None, corrected=False)


CASES = [
    noted(RULE, "a", ("of both", "of loss"), 8, SUPPORTED), noted(IN_ERROR, "a", ("of both",), 8),
    noted(RULE, "b", (), 8), noted(IN_ERROR, "b", ("of error",), 7, ALIKE), noted(IN_ERROR, "c", ("alone",), 1),
]  # fmt: skip


def test_a_case_has_its_finding_in_each_metric_and_its_notes_once():
    found = rows.by_case(Judgement(None, None, tuple(CASES)))
    assert [each.name for each in found] == ["a", "b", "c"]
    assert [each.findings for each in found] == [tuple(CASES[:2]), tuple(CASES[2:4]), (None, CASES[4])]
    assert [each.notes for each in found] == [("of both", "loss: of loss"), ("error: of error",), ("alone",)]
    assert [each.seeds for each in found] == ["8 seeds", "8 seeds / 7 seeds", "1 seed"]


def test_a_line_of_a_claim_has_its_main_number_in_its_own_measure_and_in_error():
    both = rows.overviewed(Judgement(None, None, tuple(CASES)), provisional=True)
    assert (both.main, both.error, both.cases, both.provisional) == (CASES[0], CASES[3], 3, True)
    alone = rows.overviewed(Judgement(None, None, (CASES[1],)), provisional=False)
    assert (alone.main, alone.error, alone.cases) == (CASES[1], None, 1)


@pytest.mark.parametrize(
    ("more", "said"),
    [
        (
            {"corrected": True},
            "inside a region of the rule, but not after Holm’s correction over all of this claim’s cases",
        ),
        ({"seeds_needed": 201}, "more than 200 seeds would settle it"),
        ({"seeds_needed": 200}, "about 200 seeds would settle it"),
        ({"estimate": nothing("no control"), "corrected": True}, "no control"),
        ({}, ""),
    ],
)
def test_why_a_case_stays_open_is_said_in_a_few_words(more, said):
    assert rows.remark(replace(noted(RULE, "a", ()), **more)) == said


def test_cards_of_regularisers_tell_every_width():
    found = [card for card in cards(plain(results_table(widths=(8, 12, 4))), [], None) if "accuracy" in card.label]
    assert found
    for card in found:
        assert {"4", "8", "12"} <= set(re.findall(r"\d+(?= units)|(?<=at )\d+", f"{card.label}; {card.beside}"))


def test_a_headline_is_the_answer_or_what_few_claims_found_or_how_many_have_which_verdict():
    few = [judged("B2", SUPPORTED, brief="it helps"), judged("D1", OPEN, brief="x")]
    assert headline(["First.", "Second.", "Basis."], few, None) == "First"
    assert opening(["First.", "Second.", "Basis."], few, None) == "Second."
    tuned = "Learning rates tuned, L2 is shown to lower neither."
    assert opening(["First.", tuned, "Basis."], few, None).startswith(f"{tuned} Less than 0.02 nat or 1 point")
    assert rests(["First.", "Second.", "Basis."], pd.DataFrame(), few) == "Basis."
    assert headline([], few, None) == "It helps; x"
    assert not opening([], few, None), "it would say it again"
    split = [few[0], judged("D2", DEPENDS, brief="in 1 of 2 cases it helps")]
    assert headline([], split, None) == "It helps; What D2 says: it depends"
    assert opening([], split, None) == "In 1 of 2 cases it helps."
    third = judged("D4", SUPPORTED, brief="y")
    assert headline([], [*few, third], None) == "3 claims tested: 2 supported, 1 open"
    assert opening([], [*few, third], None) == "Supported: B2 and D4. Open: D1."
    assert headline([], LEDGER, None) == (
        "6 claims tested: 2 supported, 1 contradicted, 1 conditional, 1 without a difference, 1 open"
    )
    assert opening([], LEDGER, None) == named(all_tested(LEDGER))
    assert headline([], [judged("Q1", UNTESTED)], None) == "Nothing is decided yet"
    choice = SimpleNamespace(candidates=[0, 0], best=SimpleNamespace(name="dropout, 12 units"))
    assert headline([], [], choice) == "Of 2 settings that were trained again, dropout, 12 units did best"
    alone = SimpleNamespace(candidates=[choice.best], best=choice.best)
    assert headline([], [], alone) == "One setting was trained again: dropout, 12 units"
    assert [each.claim.slug for each in first.tested(LEDGER, ("D3", "Q1", "B2", "X9"))] == ["D3", "B2"]


@pytest.mark.parametrize(("kinds", "told"), [(["dropout"], "what dropout does"), (KINDS, "what L2 and dropout do")])
def test_what_nothing_is_known_of_stays_open(monkeypatch, kinds, told):
    monkeypatch.setitem(_pays.__globals__, "shown", lambda _: pd.DataFrame({"kind": kinds, "known": False}))
    assert list(_pays({})) == [f"Learning rates tuned, {told} stays open."]


def test_of_decided_claims_a_twentieth_may_be_wrong_by_chance():
    earned = (finding(SUPPORTED, mean([1.0, 1.1])),)
    table = pd.DataFrame({"stage": ["design", "design", "search"], "width": [8, 12, 99], "stopped": "completed"})
    for claims, chance in ((20, 1), (21, 2)):
        said = rests(["It pays.", "It holds."], table, [judged("B1", SUPPORTED, findings=earned)] * claims)
        assert said.startswith("It holds. 3 trained networks with 8 and 12 units in a layer; arms are compared")
        assert f"Of {claims} decided claims about {chance} may be decided wrongly" in said
    few = rests(["It pays.", "It holds."], table, [judged("B1", SUPPORTED, findings=earned)])
    assert "A claim that is decided may be decided wrongly by chance, in one study of twenty" in few
    lost = rests(["It holds."], table.assign(stopped=["crashed", "completed", "completed"]), [])
    assert lost.startswith("It holds. 2 of 3 networks completed with 8 and 12 units")
    assert "decided" not in rests([], table, [])
    for widths, told in ((6, " with 1, 2, 3, 4, 5 and 6 units in a layer"), (7, "")):
        many = pd.DataFrame({"stage": "design", "width": range(1, widths + 1), "stopped": "completed"})
        assert rests([], many, []) == f"{widths} trained networks{told}; arms are compared on the same seeds."
    searched = pd.DataFrame({"stage": ["search"], "width": [8], "stopped": "pruned"})
    assert rests([], searched, []) == "0 of 1 network completed; arms are compared on the same seeds."
    thousands = pd.DataFrame({"stage": "search", "width": 8, "stopped": ["completed"] * 1200 + ["pruned"]})
    assert rests([], thousands, []).startswith(f"1{NARROW}200 of 1{NARROW}201 networks completed")
    assert rests(["It holds."], table.iloc[:0], []) == "It holds."


def case(verdict, words, *, said="so", metric="loss", table="", seeds=8):
    rule = replace(RULE, metric=metric)
    found = Estimate(value=2.0, low=1.5, high=3.0, error=0.3, seeds=seeds, regime=Regime(words, table))
    return Finding(rule, found, verdict, said, seeds_needed=None, corrected=False)


@pytest.mark.parametrize(("signs", "whole"), [(150, True), (151, False)])
def test_a_brief_is_the_clause_where_that_has_150_signs_at_most(signs, whole):
    words = ["it helps: by much", "it " + "x" * (signs - len("it helps: by much at a; it  at b"))]
    judgement = Judgement(None, None, (case(SUPPORTED, "a", said=words[0]), case(OPEN, "b", said=words[1])))
    assert len(judgement.clause) == signs
    assert (judgement.brief == judgement.clause) == whole
    assert whole or judgement.brief == "in 1 of 2 cases it helps (a); 1 stays open"


def test_a_brief_counts_the_cases_once_and_says_in_which_metric_where_words_do_not():
    much = "x" * 150
    cases = (
        case(SUPPORTED, "width 8", said=much),
        case(SUPPORTED, "width 12", said=much),
        case(ALIKE, "width 8", said="no error is saved: none", metric="error"),
        case(ALIKE, "width 12", said="nothing is", metric="error"),
        case(ALIKE, "width 12", said="nothing is", metric="error"),
    )
    assert Judgement(None, None, cases).brief == (
        f"in 2 of 5 cases {much} (in log-loss); in 1 no error is saved (width 8); in 2 nothing is (width 12, in error)"
    )


def test_the_main_finding_is_the_last_that_is_settled_at_home_else_the_last_that_has_an_interval():
    first, last = case(SUPPORTED, "a", table="digits"), case(CONTRADICTED, "b", table="digits")
    open_, away = case(OPEN, "c", table="digits"), case(SUPPORTED, "d", table="wine")
    alone = Finding(RULE, mean([1.0]), OPEN, "", seeds_needed=None, corrected=False)
    home = replace(alone, estimate=replace(alone.estimate, regime=Regime("e", "digits")))

    def main(*findings):
        return Judgement(None, None, findings).main("loss")

    assert main(first, last, open_, away) is last
    assert main(open_, home, away) is open_
    assert main(home) is home
    in_error = case(SUPPORTED, "a", metric="error")
    assert main(in_error, home) is None
    assert Judgement(None, None, (in_error, case(SUPPORTED, "b"))).main("error") is in_error


def test_a_clause_names_metrics_and_regimes_where_they_differ_and_what_stays_open_last():
    both = [case(SUPPORTED, "a", said="it helps", metric=metric) for metric in ("loss", "error")]
    assert Judgement(None, None, tuple(both)).clause == "it helps"
    apart = (both[0], case(OPEN, "b", said="it stays open"), case(ALIKE, "c", said="it is as good"))
    assert Judgement(None, None, apart).clause == "it helps at a; it is as good at c; it stays open at b"
    last = Judgement(None, None, (apart[1], apart[0]))
    assert last.clause == "it helps at a; it stays open at b"
    mixed = Judgement(None, None, (both[0], case(ALIKE, "a", said="it is as good", metric="error")))
    assert mixed.clause == "in log-loss, it helps; in error, it is as good"


def claim_of(slug, **more):
    def nothing_of(*each):
        return []

    told = {"statement": "", "compared": (), "rule": RULE, "alt": "", "caption": "", **more}
    return Claim(slug=slug, evidence=nothing_of, estimate=nothing_of, draw=nothing_of, table=nothing_of, **told)


def test_claims_come_by_post_then_by_their_place_our_own_last():
    slugs = {"D2": "001", "B10": "002", "B4": "002", "B7b": "002", "B7": "002", "Q1": None}
    claims = [claim_of(slug, quote=post and Quote(post, "")) for slug, post in slugs.items()]
    assert [each.slug for each in in_order(claims[::-1])] == ["D2", "B4", "B7", "B7b", "B10", "Q1"]
    assert claims[-1].origin == "ours"
    assert claims[0].quote.title == "About Batch Normalization and Dropout"
    assert claims[3].place == ("B", 7, "b")


@pytest.mark.parametrize("slug", ["B", "4", "b4", "B4bb", "B 4", "BB4", "xB4"])
def test_a_slug_without_a_place_in_the_ledger_is_refused(slug):
    with pytest.raises(ValueError, match="slug"):
        claim_of(slug)


def test_error_is_judged_by_its_own_rule_where_there_is_one():
    loss, error = mean([1.0, 2.0]), replace(mean([1.0, 2.0]), metric="error")
    own = replace(RULE, unit="points")
    assert [claim_of("B4", error_rule=own).rule_for(each) for each in (loss, error)] == [RULE, own]
    assert claim_of("B4").rule_for(error) is RULE


def test_arms_are_trained_on_further_tables_with_what_differs_there():
    design = {"none": {"width": 8, "data": {"name": "digits", "train": 300, "label_noise": 0.2}}, "bare": {"l2": 1.0}}
    tables = {"wine": {"train": 90}, "mnist": {"train": 500}}
    claim = claim_of("B4", design=design, tables=tables)
    assert claim.arms() == {"B4_none": design["none"], "B4_bare": design["bare"]}
    assert claim.arms(["mnist", "letter"]) == {
        "B4_none": {
            "width": 8,
            "data": [design["none"]["data"], {"name": "mnist", "train": 500, "label_noise": 0.2}],
        },
        "B4_bare": {"l2": 1.0, "data": [{}, {"name": "mnist", "train": 500}]},
    }
    assert list(claim_of("B4", design=design, shared="B").arms()) == ["B_none", "B_bare"]
    assert (claim_of("B4").networks, claim_of("B4", shared="B").networks) == ("B4", "B")


def test_a_claim_is_judged_in_a_family_as_large_as_it_declares():
    """A p-value of 1.15 % is enough of two cases, and not of three."""
    sure = Estimate(value=1.1, low=1.04, high=1.16, error=0.1 / 2.9, seeds=8)
    two, three = (
        judged_claim(
            replace(claim_of("B4", family=lambda estimates, cases=cases: cases), estimate=lambda _: [sure]), None
        )
        for cases in (2, 3)
    )
    assert (two.verdict, three.verdict) == (SUPPORTED, OPEN)
    assert Judgement(None, None, ()).verdict is UNTESTED


def test_a_finding_is_a_row_that_says_where_of_what_and_how_sure():
    found = case(SUPPORTED, "width 8", said="γ helps", metric="error", table="wine", seeds=7)
    claim = claim_of("B4", quote=Quote("002", ""))
    (row,) = findings_of([Judgement(claim, None, (found,))]).to_dict("records")
    assert row == {
        "claim": "B4",
        "origin": "002",
        "regime": "width 8",
        "table": "wine",
        "metric": "error",
        "estimate": 2.0,
        "unit": "nat",
        "low": 1.5,
        "high": 3.0,
        "n": 7,
        "verdict": "supported",
        "sentence": "γ helps",
    }
