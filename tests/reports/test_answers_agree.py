"""Whatever was planted, the opening, the cards, the claims R4 and D1 and the advice say one thing of each regulariser."""

import re

import numpy as np
import pandas as pd
import pytest
from levels import one_in
from tuned import bowl, table

from reports import CLAIMS
from reports.judging.claim import judge
from reports.judging.verdict import Verdict
from reports.page.answer import answer
from reports.page.cards import cards
from reports.tuning.advice import advise

ARMS = {"dropout": ("dropout_rates", 0.7), "L2": ("l2_rates", 0.01)}
WIDTHS = (4, 32)
PROVENANCE = {"data": {"name": "digits", "train": 300, "label_noise": 0.2}}
JUDGED = [claim for claim in CLAIMS if claim.slug in ("R4", "D1")]
GAINS = [  # of dropout and L2, at few and at more units
    ((0.06, -0.06), (-0.06, 0.0)),
    ((-0.06, 0.0), (0.0, 0.06)),
    ((0.0, 0.06), (0.06, 0.06)),
    ((-0.06, -0.06), (-0.06, -0.06)),
]
NAMES = {"loss": "log-loss", "error": "error"}


def run(gains, noise):
    """Each regulariser gains so much, by width; error is as the loss, a hundred times as large."""
    parts = []
    for width, (dropout, l2) in zip(WIDTHS, gains, strict=True):
        truths = {"none": bowl(0.6)} | {
            arm: bowl(0.6 - gain, dose=dose) for (arm, dose), gain in zip(ARMS.values(), (dropout, l2), strict=True)
        }
        parts.append(table(truths, width=width, fresh=24, noise=noise, generator=width))
    return pd.concat(parts, ignore_index=True).assign(valid_error=lambda rows: rows["valid_loss"])


@pytest.mark.parametrize("noise", one_in(2, [0.005, 0.07]))
@pytest.mark.parametrize("gains", one_in(3, map(pytest.param, GAINS)), ids=str)
def test_nothing_that_is_said_contradicts_what_a_claim_shows(gains, noise):
    rows = run(gains, noise)
    judgements = judge(JUDGED, rows)
    (pays, _) = answer(judgements, PROVENANCE, 24)
    clauses = {kind: clause for kind in ARMS for clause in pays.split("; ") if re.search(rf"(^|, ){kind} ", clause)}
    shown_first = {card.arm: card for card in cards(rows, judgements, None)}
    labels = {arm: card.beside for arm, card in shown_first.items()}
    advised = {each.width: dict(zip(("loss", "error"), each.metrics, strict=True)) for each in advise(rows, 10)}
    for judgement in judgements:
        for finding, row in zip(judgement.findings, judgement.evidence.to_dict("records"), strict=True):
            if row["kind"] not in ARMS or finding.verdict is Verdict.INCONCLUSIVE:
                continue
            clause, told = clauses[row["kind"]], advised[row["width"]][row["metric"]]
            lowered, raised = (said_of(clause, verb, row) for verb in ("lowers", "raises"))
            ahead = {each.arm.kind for each in told.shortlist}
            assert lowered == (finding.verdict is Verdict.SUPPORTED)
            assert raised == (finding.verdict is Verdict.CONTRADICTED)
            if finding.verdict is Verdict.CONTRADICTED:
                widths = re.search(r"worse than none at ([0-9 ,and]+) units", labels[row["kind"].lower()])
                assert widths
                assert str(row["width"]) in re.findall(r"\d+", widths[1])
                assert row["kind"] in {each.arm.kind for each in told.worse}
            assert not (finding.verdict is Verdict.CONTRADICTED and row["kind"] in ahead)
            assert not (finding.verdict is Verdict.SUPPORTED and not told.shortlist)
            assert all(each.gain.low > told.metric.margin for each in told.shortlist)
    for kind in ARMS:
        at = [
            widths
            for words in re.findall(r"at ([0-9 ,and]+) units", clauses[kind])
            for widths in re.findall(r"\d+", words)
        ]
        named = {*at, *(map(str, WIDTHS) if "every width" in clauses[kind] else ())}
        assert not named or re.findall(r"(\d+) units", shown_first[kind.lower()].label)[0] in named


def said_of(clause, verb, row):
    """Whether the clause says this verb of the row's metric at its width; widths are said for each metric."""
    words = re.search(rf"{verb} (.*?)(?=, lowers|, raises| but |\.|$)", clause)
    if not words or f"not {verb}" in clause or f"{verb} neither" in clause:
        return False
    here = re.search(rf"{NAMES[row['metric']]} (at every width|at [0-9 ,and]+ units)", words[1])
    return bool(here) and (here[1] == "at every width" or str(row["width"]) in re.findall(r"\d+", here[1]))


def test_what_one_claim_decides_is_said_where_another_leaves_it_open():
    """R4 judges more regimes, so that Holm asks more of each: dropout is worse by D1 alone, and that is said."""
    for noise in np.arange(0.165, 0.25, 0.005):  # less of it leaves nothing open
        rows = run([(-0.06, 0.0), (0.0, 0.0)], noise)
        found = {each.claim.slug: each for each in judge(JUDGED, rows)}
        verdicts = {
            slug: {
                (row["width"], row["metric"]): finding.verdict
                for finding, row in zip(each.findings, each.evidence.to_dict("records"), strict=True)
                if row["kind"] == "dropout"
            }
            for slug, each in found.items()
        }
        alone = [
            key
            for key, verdict in verdicts["D1"].items()
            if verdict is Verdict.CONTRADICTED and verdicts["R4"][key] is Verdict.INCONCLUSIVE
        ]
        if alone:
            said = answer(list(found.values()), PROVENANCE, 24)[0]
            assert all(
                f"raises {NAMES[metric]} at {width} units" in said or "and error at" in said for width, metric in alone
            )
            return
    pytest.fail("no noise at which only D1 decides")
