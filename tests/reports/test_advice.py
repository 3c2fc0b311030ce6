"""Advice and headline are what the run's own numbers say, and say plainly what they lack."""

from dataclasses import replace

import pandas as pd
import pytest
from planted import design, dropout, l2s, parabola
from synthetic import results_table, where

import reports
from reports import CLAIMS
from reports.evidence.checked import plain
from reports.judging.claim import Judgement
from reports.judging.intervals import Estimate, mean
from reports.judging.regimes import numbered
from reports.judging.verdict import Finding, Verdict
from reports.page.headline import cause
from reports.tuning.advice import advise, missing
from reports.tuning.windows import TOLERANCE


def run(dropout_loss, l2_loss):
    """Seeds that agree: both arms beside none, on all axes."""
    return pd.concat([dropout(dropout_loss), design("l2", "l2", l2s(), l2_loss)])


@pytest.mark.parametrize(
    ("bowl", "arm", "axis"), [(0.1, "dropout", "keep_prob, linear"), (-0.1, "l2", "λ of L2, logarithmic")]
)
def test_the_better_arm_is_advised_on_its_axis(bowl, arm, axis):
    (advice,) = advise(run(parabola(0.7, 2.0), lambda value: parabola(-2.5, 0.2, log=True)(value) + bowl))
    assert (advice.width, advice.arm, advice.searches[0].axis) == (12, arm, axis)
    assert advice.lead.value == pytest.approx(0.1, abs=1e-3)
    assert advice.searches[0].regret.value - advice.searches[0].floor.value < TOLERANCE


def test_a_narrow_window_is_given_more_trials():
    easy, hard = (
        advise(run(parabola(0.7, bend), lambda value: 9 + 0 * value))[0].searches[0].trials for bend in (0.5, 20.0)
    )
    assert easy < hard


def test_what_does_not_help_is_not_advised():
    (advice,) = advise(run(lambda p: 0.6 - 0.1 * p, lambda value: 0.5 + value))
    ((name, words),) = advice.lines
    assert (name, words.split(";")[0]) == ("use", "none: no regulariser is shown to help")


def test_arms_that_cannot_be_told_apart_are_both_named():
    (advice,) = advise(run(parabola(0.7, 2.0), parabola(-2.5, 0.2, log=True)))
    even = replace(advice, lead=mean([-0.01, 0.01, 0.02]))
    assert "neither is shown to be ahead" in dict(even.lines)["use"]


def test_the_learning_rate_is_spoken_of_where_it_was_searched():
    results = results_table(widths=(32,))
    said = "\n".join(reports.spoken(results))
    assert (
        "once it is tuned, dropout still pays: gain on test +0.050 nat" in said
    )  # above the smallest effect of interest
    without = where(results, results["stage"] == "design")
    assert "not known here: the run has no search arms none and dropout" in "\n".join(reports.spoken(without))


@pytest.mark.parametrize(
    ("kept", "lacking"),
    [
        ("arm != 'l2'", "the design l2"),
        ("arm == 'l2'", "the design none and the design dropout"),
        ("keep_prob > 0.4", "from end to end"),
    ],
)
def test_a_run_that_holds_too_little_says_what_it_lacks(kept, lacking):
    results = results_table()
    few = where(results, results.eval(kept))
    assert lacking in missing(plain(few))
    with pytest.raises(ValueError, match=rf"^no advice without [^\n]*{lacking}[^\n]*$"):
        reports.spoken(few)


def judged(slug, *verdicts):
    claim = next(claim for claim in CLAIMS if claim.slug == slug)
    found = [
        Finding(
            claim.rule,
            Estimate(value=0, low=0, high=0, error=0, seeds=8, regime=numbered("width", width)),
            verdict,
            "",
            None,
            corrected=False,
        )
        for width, verdict in zip((8, 12), verdicts, strict=True)
    ]
    return Judgement(claim, pd.DataFrame(), tuple(found))


YES, NO, EQUAL, OPEN = Verdict.SUPPORTED, Verdict.CONTRADICTED, Verdict.NO_DIFFERENCE, Verdict.INCONCLUSIVE


@pytest.mark.parametrize(
    ("axis", "grid", "said"),
    [
        ((YES, YES), (NO, NO), ["what makes a strength hard to hit is the searched axis, not the quantum 1/n"]),
        ((OPEN, YES), (OPEN, NO), ["what makes a strength hard to hit is the searched axis at width 12"]),
        ((EQUAL, EQUAL), (YES, YES), ["what makes a strength hard to hit is the quantum 1/n, not the searched axis"]),
        ((EQUAL, EQUAL), (NO, NO), ["neither the searched axis nor the quantum 1/n makes a strength hard to hit"]),
        ((OPEN, OPEN), (NO, NO), ["what makes a strength hard to hit stays open"]),
        ((YES, YES), (YES, YES), ["what makes a strength hard to hit is the searched axis and the quantum 1/n"]),
    ],
)  # fmt: skip
def test_the_cause_of_difficulty_follows_from_the_verdicts_alone(axis, grid, said):
    assert cause([judged("R2", *axis), judged("R3", *grid)]) == said
    assert cause([]) == []
