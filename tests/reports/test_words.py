"""Captions, legends, notes and cards speak of what the table holds, and of nothing else."""

import re
from types import SimpleNamespace

import pandas as pd
import pytest
from matplotlib.figure import Figure
from planted import dropout, parabola
from synthetic import results_table, where

from reports import CLAIMS
from reports.drawing.keys import key
from reports.evidence.checked import plain
from reports.judging.claim import POSTS, judge
from reports.judging.text import TIMES, number, sentence
from reports.judging.verdict import Verdict
from reports.page import glossary
from reports.page.cards import cards
from reports.page.contents import shelves, verdicts
from reports.page.glossary import TERMS, Explained, Term
from reports.page.page import claim_plate

CLAIM = {claim.slug: claim for claim in CLAIMS}


@pytest.fixture(scope="module")
def results():
    return plain(results_table(widths=(12,)))


@pytest.fixture(scope="module")
def without_control(results):
    return where(results, results["arm"] != "fixed_count")


@pytest.fixture(scope="module")
def coarse(results):
    """Every eighth keep-prob of either noise: too few for the index."""
    noise = results["arm"].isin(["dropout", "fixed_count"]) & (results["stage"] == "design")
    return where(results, ~noise | (results["trial"] % 8 == 0))


def judged(slug, table):
    (judgement,) = judge([CLAIM[slug]], table)
    return judgement


def legend(slug, table):
    claim, ax = CLAIM[slug], Figure().subplots()
    return [entry.words for entry in key([claim.draw(claim.evidence(table), ax)])]


def test_the_caption_of_q1_counts_the_keep_probs_of_the_data(results, coarse):
    assert "Keep-probs for each 1/n: 4 at width 12." in claim_plate(judged("Q1", results)).caption
    assert "Keep-probs for each 1/n: 0.5 at width 12." in claim_plate(judged("Q1", coarse)).caption


def test_no_fixed_count_no_dots(results, without_control):
    assert "Dots:" in claim_plate(judged("Q2", results)).caption
    assert "fixed count (control)" in legend("Q2", results)
    assert "Dots:" not in claim_plate(judged("Q2", without_control)).caption
    assert legend("Q2", without_control) == ["dropout (Bernoulli)"]


@pytest.mark.parametrize(("table", "reason"), [("without_control", "no fixed-count arm"), ("coarse", "fewer than 4")])
def test_an_index_that_is_not_there_has_one_reason_and_no_empty_number(table, reason, request):
    (finding,) = judged("Q1", request.getfixturevalue(table)).findings
    assert reason in finding.estimate.void
    assert not [note for note in finding.estimate.notes if "–" in note]


def test_no_card_without_a_number(results, coarse):
    assert "of a full step" in "".join(card.label for card in cards(results, [judged("Q1", results)], None))
    assert "of a full step" not in "".join(card.label for card in cards(coarse, [judged("Q1", coarse)], None))


def test_no_interval_of_a_keep_prob_leaves_its_range():
    """The seeds' own best keep-probs lie so far apart that an interval of their mean would be wider than the range."""
    rows = pd.concat([dropout(parabola(0.5, 0.5), width=width, tilt=0.6) for width in (8, 16)])
    shown = CLAIM["Q5b"].table(CLAIM["Q5b"].evidence(rows))
    assert ((shown["low"] >= 0) & (shown["high"] <= 1)).all()


def test_a_sentence_begins_with_a_capital_but_a_symbol_stays_itself():
    assert sentence("dropout helps") == "Dropout helps"
    assert sentence("γ and β") == "γ and β"
    assert sentence("") == ""


def test_a_ratio_without_a_lower_end_begins_at_nothing():
    assert number(-float("inf"), TIMES) == "0"
    assert number(-float("inf"), "nat") == "−∞"
    assert number(float("inf"), TIMES) == "+∞"


def linked(page):
    """Which terms, and by which words."""
    return re.findall(r'href="#term-([^"]+)"[^>]*>([^<]+)<', page)


def test_a_term_is_linked_where_a_page_first_uses_it_and_what_is_between_stays_as_it_is():
    explained = Explained()
    first = explained("L2 & dropout at 3 units, L2 again <b>")
    assert linked(first) == [("l2", "L2"), ("dropout", "dropout"), ("width", "units")]
    assert re.sub("<[^>]*>", "", first) == "L2 &amp; dropout at 3 units, L2 again &lt;b&gt;"
    assert explained(
        "Dropout at every width, its log-loss"
    ) == 'Dropout at every width, its <a class="term" href="#term-loss" title="{}">log-loss</a>'.format(
        next(term.meaning for term in TERMS if term.slug == "loss")
    )
    assert explained(3) == "3"


def test_of_two_terms_that_overlap_the_first_is_linked_and_the_other_where_it_stands_alone(monkeypatch):
    terms = [
        Term(slug, slug, pattern, slug)
        for slug, pattern in (("last", "c d"), ("late", "b c"), ("early", "a b"), ("next", " c"))
    ]
    monkeypatch.setattr(glossary, "TERMS", terms)
    explained = Explained()
    assert linked(explained("a b c d")) == [("early", "a b"), ("next", " c")], "what begins where another ends is apart"
    assert linked(explained("b c d")) == [("late", "b c")]
    assert linked(explained("c d")) == [("last", "c d")]


def test_the_contents_name_posts_by_number_and_title_and_our_own_questions_last():
    def judged_as(slug, origin, verdict):
        letter, number = slug[0], int(slug[1:])
        claim = SimpleNamespace(slug=slug, place=(letter, number, ""), origin=origin)
        return SimpleNamespace(claim=claim, verdict=verdict)

    post, title = next(iter(POSTS.items()))
    found = [
        judged_as("Q1", post, Verdict.SUPPORTED),
        judged_as("Q2", "ours", Verdict.SUPPORTED),
        judged_as("Q3", post, Verdict.INCONCLUSIVE),
    ]
    found.append(judged_as("Q4", post, Verdict.UNTESTED))
    assert [(each.name, [one.claim.slug for one in each.judgements]) for each in shelves(found)] == [
        (f"Post {post}, {title}", ["Q1", "Q3"]),
        ("Our own questions", ["Q2"]),
    ]
    assert verdicts(found) == [(Verdict.SUPPORTED, 2), (Verdict.INCONCLUSIVE, 1)]
