"""The ledger as a whole, the headline and the bars of the table of claims, from verdicts by hand."""

import re
from dataclasses import replace
from math import inf
from types import SimpleNamespace

import pandas as pd
import pytest
from synthetic import results_table

from reports.evidence.checked import plain
from reports.judging.claim import Judgement
from reports.judging.intervals import Estimate, bounded, exactly, mean, nothing
from reports.judging.overview import all_tested, besides, counted, decided, named
from reports.judging.regimes import EVERYWHERE, Regime
from reports.judging.verdict import DecisionRule, Finding, Region, Verdict, find
from reports.page import headline as first
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
    assert rests(["It holds."], table.iloc[:0], []) == "It holds."
