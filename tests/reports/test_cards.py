"""The cards and the first sentences by hand: each number is that of its own arm, width, metric and end."""

import re
from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from synthetic import results_table
from test_choice import refitted
from tuned import bowl, table

from reports import CLAIMS
from reports.choice.candidates import Candidate, Choice, choose
from reports.claims.q3_hard_to_hit import AXIS_WORDS
from reports.evidence.checked import plain
from reports.judging.claim import judge
from reports.judging.intervals import Estimate, mean, nothing
from reports.judging.regimes import numbered
from reports.judging.verdict import Verdict
from reports.page import answer, hero
from reports.page import cards as cards_module
from reports.page.cards import cards
from reports.tuning.random_search import BUDGET
from reports.tuning.searching import HITS
from reports.tuning.tuned_arms import IN_ERROR

NOTHING = pd.DataFrame({"arm": []})  # that was trained
R4 = [claim for claim in CLAIMS if claim.slug == "R4"]
SUPPORTED, CONTRADICTED, ALIKE, OPEN = (
    Verdict.SUPPORTED,
    Verdict.CONTRADICTED,
    Verdict.NO_DIFFERENCE,
    Verdict.INCONCLUSIVE,
)


def run(gains: dict[int, tuple[float, float]], **more) -> pd.DataFrame:
    """By width what dropout and L2 gain, in nat; a point of error is a tenth of a nat."""
    parts = [
        table(
            {"none": bowl(0.6), "dropout_rates": bowl(0.6 - dropout, dose=0.7), "l2_rates": bowl(0.6 - l2, dose=0.01)},
            width=width,
            generator=width,
            **{"noise": 0.001, **more},
        )
        for width, (dropout, l2) in gains.items()
    ]
    return pd.concat(parts, ignore_index=True)


def by_arm(rows: pd.DataFrame, judgements=()) -> dict:
    return {card.arm: card for card in cards(rows, judgements, None)}


def test_a_card_is_of_the_width_of_the_largest_gain_and_tells_the_range_of_many_others() -> None:
    gains = {4: (0.05, 0.0), 8: (0.1, 0.1), 12: (-0.05, 0.3), 32: (0.02, 0.1), 64: (0.03, 0.1)}
    found = by_arm(run(gains))
    assert (found["dropout"].value, found["l2"].value) == ("+1.0 points", "+3.0 points")
    assert found["dropout"].label == "in accuracy from dropout, learning rates tuned, 8 units"
    assert found["l2"].label == "in accuracy from L2, learning rates tuned, 12 units"
    assert "; in loss +0.10" in found["dropout"].beside
    assert "; in loss +0.3" in found["l2"].beside
    assert "; −0.5 to +0.5 points at 4 other widths" in found["dropout"].beside
    few = by_arm(run({width: gains[width] for width in (4, 8, 12)}))["dropout"]
    assert "; +0.5 at 4 and −0.5 at 12 units" in few.beside
    more = by_arm(run({width: gains[width] for width in (4, 8, 12, 32)}))["dropout"]
    assert "; +0.5 at 4, −0.5 at 12 and +0.2 at 32 units" in more.beside


@pytest.mark.parametrize(("gain", "said"), [(0.1, False), (0.0, True)])
def test_that_nothing_counts_is_said_where_no_width_is_shown_to_gain_or_lose(gain: float, *, said: bool) -> None:
    rows = run({8: (gain, 0.1)})
    found = by_arm(rows, judge(R4, rows))
    assert ("at no width shown to reach what counts" in found["dropout"].beside) == said
    assert "at no width shown to reach what counts" not in found["l2"].beside


@pytest.mark.parametrize(("rates", "sign"), [((0.03, 0.3), "≥ "), ((0.3, 0.03), "≤ "), ((0.03, 0.03), "")])
def test_a_gain_whose_arm_may_do_better_beyond_what_was_tried_is_at_least_that(rates, sign: str) -> None:
    """And where none may do better beyond, at most."""
    none, dropout = (
        bowl(best, rate=rate, dose=dose) for best, rate, dose in zip((0.6, 0.5), rates, (None, 0.7), strict=True)
    )
    found = by_arm(table({"none": none, "dropout_rates": dropout}, noise=0.001))["dropout"]
    assert re.fullmatch(rf"{sign}\+1\.0 points", found.value)
    assert f"; in loss {sign}+0." in found.beside


def test_the_card_of_steps_has_the_width_that_is_farthest_from_smooth() -> None:
    found = [
        SimpleNamespace(
            estimate=Estimate(value=q, low=q - 0.1, high=q + 0.1, error=0.05, seeds=8, regime=numbered("width", width))
        )
        for width, q in ((4, 0.1), (12, -0.3), (32, 0.2))
    ]
    unknown = Estimate(value=np.nan, low=np.nan, high=np.nan, error=np.nan, seeds=1, regime=numbered("width", 64))
    void = replace(unknown, value=0.9, void="too few levels")
    found += [SimpleNamespace(estimate=each) for each in (unknown, void)]
    claim = SimpleNamespace(slug="Q1", rule=SimpleNamespace(unit=""))
    (card,) = cards(NOTHING, [SimpleNamespace(claim=claim, verdict=OPEN, findings=found)], None)
    assert card.value == "−0.30"
    assert card.label == "of a full step in dropout’s response, 12 units, the farthest from 0 of 3 widths"
    assert card.interval == "[−0.40, −0.20], 8 seeds"


def test_accuracies_are_what_errors_leave_with_their_ends_in_order() -> None:
    choice = choose(refitted({"l2": 0.4, "none": 0.6}, noise=0.05))
    (card,) = cards(NOTHING, [], choice)
    value, low, high = (float(each) for each in re.findall(r"[\d.]+", f"{card.value} {card.interval}")[:3])
    best, none = (each.scores["test_error"] for each in (choice.best, choice.none))
    assert (value, low, high) == pytest.approx((100 - best.value, 100 - best.high, 100 - best.low), abs=0.051)
    assert low < value < high
    assert card.beside.startswith(f"against {100 - none.value:.1f}% without; ")
    assert card.arm == "joint"


GAIN = {"value": 0.1, "low": 0.05, "high": 0.2, "error": 0.01, "seeds": 8}


@pytest.mark.parametrize(
    ("gain", "said"),
    [
        ({}, "against 88.0% without; in loss, by which settings are chosen, 0.400 against 0.700 nat"),
        ({"low": 0.01}, "nat; the gain is shown to be above zero, not above what counts, 0.02 nat"),
        ({"low": 0.01, "high": 0.015}, "nat; the gain is less than what counts, 0.02 nat"),
        ({"low": 0.0}, "nat, not shown to be lower"),
        ({"low": -0.1, "high": 0.0}, "nat, not shown to be lower"),
        ({"low": -0.1, "high": -0.01}, "0.400 against 0.700 nat"),
    ],
)
def test_beside_the_chosen_stands_the_one_without_and_how_sure_the_gain_is(gain: dict, said: str) -> None:
    best, none = scored("a", 0.4, 9.0, gain={"test_loss": Estimate(**{**GAIN, **gain})}), scored("none", 0.7, 12.0)
    (card,) = cards(NOTHING, [], Choice([best, none]))
    assert card.beside.endswith(said)
    assert (card.value, card.interval) == ("91.0%", "[89.0, 93.0], 8 fresh seeds")


def test_the_chosen_may_be_the_one_without_or_have_none_beside_it() -> None:
    best, none = scored("a", 0.4, 1.0), scored("none", 0.3, 99.5)
    (alone,) = cards(NOTHING, [], Choice([best]))
    assert alone.beside == "without regularisation none was trained again"
    assert alone.interval == "[97.0, 100.0], 8 fresh seeds", "accuracies end at 100 %"
    (itself,) = cards(NOTHING, [], Choice([none, best]))
    assert itself.beside == "it is the one without regularisation"
    assert itself.interval == "[0.0, 2.5], 8 fresh seeds"
    untold = replace(best, scores={**best.scores, "test_error": mean([9.0])})
    assert cards(NOTHING, [], Choice([untold])) == []


def gained(
    width: int, points: float, *, void: str = "", scores=(), means=(30.0,), without=(40.0,), none_chosen=False, **ends
):
    """What an arm gains over none in error at a width."""
    gain = (
        nothing(void) if void else Estimate(**{**GAIN, "value": points, "low": points - 1, "high": points + 1, **ends})
    )
    arm, reference = (
        SimpleNamespace(width=width, metric=IN_ERROR, scores=pd.Series(each, dtype=float), means=np.array(lowest))
        for each, lowest in ((scores, means), ((), without))
    )
    return SimpleNamespace(arm=arm, reference=reference, gain=gain, none_chosen=none_chosen)


@pytest.mark.parametrize(("shown_at", "told"), [(set(), 12), ({4}, 4), ({4, 8}, 8), ({32}, 32), ({99}, 12)])
def test_a_card_is_of_the_largest_gain_or_loss_of_those_widths_at_which_one_is_shown(shown_at: set, told: int) -> None:
    pairs = [
        (None, gained(4, 1.0)),
        (None, gained(8, -2.0)),
        (None, gained(12, 3.0)),
        (None, gained(32, 0, void="lost")),
    ]
    assert cards_module._told(pairs, shown_at)[1].arm.width == told
    assert cards_module._told([(None, gained(4, 0, void="lost")), (None, gained(8, 0.0))], set())[1].arm.width == 8


@pytest.mark.parametrize(
    ("others", "told"),
    [
        ([], ""),
        ([gained(4, 0, void="lost")], ""),
        ([gained(4, 1.0), gained(8, 0, void="lost")], "; +1.0 at 4 units"),
        ([gained(width, width / 10) for width in (4, 8, 12)], "; +0.4 at 4, +0.8 at 8 and +1.2 at 12 units"),
        ([gained(width, width / 10) for width in (4, 8, 12, 16)], "; +0.4 to +1.6 points at 4 other widths"),
    ],
)
def test_other_widths_are_told_each_or_by_their_range(others: list, told: str) -> None:
    assert cards_module._others(others) == told


@pytest.mark.parametrize(
    ("effect", "value", "interval"),
    [
        (gained(4, 2.0), "+2.0 points", "[+1.0, +3.0], 8 seeds"),
        (gained(4, 2.0, high=np.inf), "≥ +2.0 points", "[+1.0, +∞], 8 seeds"),
        (gained(4, 2.0, low=-np.inf), "≤ +2.0 points", "[−∞, +3.0], 8 seeds"),
        (gained(4, 2.0, low=-np.inf, high=np.inf), "+2.0 points", "[−∞, +∞], 8 seeds"),
        (gained(4, 0, void="lost"), "–", "lost"),
        (
            gained(4, -2.0, none_chosen=True),
            "nothing",
            "no dropout at all was best; the best dose above it gains −2.0 points [−3.0, −1.0]",
        ),
    ],
)
def test_the_value_of_a_card_is_a_bound_where_its_interval_is_open(effect, value: str, interval: str) -> None:
    assert cards_module._value(effect) == (value, interval)


@pytest.mark.parametrize(
    ("effect", "said"),
    [
        (gained(4, 2.0, scores=[10.0, np.nan, 12.0]), "89.0% against 60.0% without"),
        (gained(4, 2.0, scores=[np.nan], means=(31.0, 30.0, 35.0)), "70.0% against 60.0% without"),
        (gained(4, 2.0, means=()), "nothing to compare"),
        (gained(4, 2.0, without=()), "nothing to compare"),
    ],
)
def test_accuracies_are_those_of_fresh_seeds_or_where_there_are_none_of_those_that_chose(effect, said: str) -> None:
    assert cards_module._accuracies(effect) == said


def scored(arm: str, loss: float, error: float, **more) -> Candidate:
    scores = {
        "test_loss": Estimate(value=loss, low=loss - 0.1, high=loss + 0.1, error=0.01, seeds=8),
        "test_error": Estimate(value=error, low=error - 2, high=error + 2, error=1, seeds=8),
    }
    settings = {"width": 8, "l2": 0.0 if arm == "none" else 0.1}
    return Candidate(("refit", arm, 0, 1), settings, scores, mean([]), {}, more.get("gain", {}), 0)


@pytest.mark.parametrize(
    ("data", "seeds", "said"),
    [
        (
            {"name": "digits", "train": 300, "label_noise": 0.2},
            24,
            "Shown on digits: 300 training rows, 20% random labels, 24 fresh seeds.",
        ),
        ({"name": "mnist", "train": 5, "label_noise": 0}, 0, "Shown on MNIST: 5 training rows."),
    ],
)
def test_an_answer_ends_with_what_it_rests_on(data: dict, seeds: int, said: str) -> None:
    steps = SimpleNamespace(claim=SimpleNamespace(slug="Q1"), verdict=SUPPORTED, findings=[1])
    assert answer.answer([steps], {"data": data}, seeds) == ["Dropout moves in steps.", said]
    assert answer.answer([], {"data": data}, seeds) == []


@pytest.mark.parametrize(
    ("steps", "hard", "said"),
    [
        (
            CONTRADICTED,
            CONTRADICTED,
            "Dropout does not move in steps; its keep probability is not hard to hit in ten tries",
        ),
        (OPEN, SUPPORTED, "Whether dropout moves in steps stays open; its keep probability is hard to hit"),
        (
            Verdict.CONDITIONAL,
            OPEN,
            "Whether dropout moves in steps depends on the number of units; whether its keep probability is hard to hit stays open",
        ),
        (None, CONTRADICTED, "Its keep probability is not hard to hit in ten tries"),
    ],
)
def test_the_first_sentence_is_of_steps_and_of_how_hard_they_are_to_hit(steps, hard, said: str) -> None:
    found = [
        SimpleNamespace(claim=SimpleNamespace(slug=slug), verdict=verdict, findings=[SimpleNamespace(verdict=verdict)])
        for slug, verdict in (("Q1", steps), ("Q3", hard))
        if verdict
    ]
    data = {"name": "digits", "train": 300, "label_noise": 0}
    assert answer.answer(found, {"data": data}, 0)[0] == f"{said}."


def test_the_second_names_each_regulariser_and_the_first_of_them_both_metrics() -> None:
    rows = pd.DataFrame(
        [
            (kind, width, metric)
            for kind in ("dropout", "L2", "both")
            for width in (4, 12)
            for metric in ("loss", "error")
        ],
        columns=["kind", "width", "metric"],
    ).assign(effect="gain")
    pays = SimpleNamespace(
        claim=SimpleNamespace(slug="R4"),
        evidence=rows,
        findings=[SimpleNamespace(verdict=ALIKE, estimate=Estimate(**GAIN)) for _ in range(len(rows))],
    )
    (said,) = answer._pays({"R4": pays})
    assert said == "Learning rates tuned, L2 lowers neither log-loss nor error; dropout lowers neither."
    unknown = [mean([1.0]) if kind == "L2" else Estimate(**GAIN) for kind in rows["kind"]]
    pays.findings = [SimpleNamespace(verdict=ALIKE, estimate=each) for each in unknown]
    (said,) = answer._pays({"R4": pays})
    assert said == "Learning rates tuned, dropout lowers neither log-loss nor error; what L2 does stays open."


def decided(*rows: tuple[int, str, Verdict]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["width", "metric", "verdict"])


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        (
            [(4, "loss", SUPPORTED), (12, "loss", SUPPORTED), (4, "error", SUPPORTED), (12, "error", ALIKE)],
            "L2 lowers log-loss at every width and error at 4 units",
        ),
        (
            [(4, "loss", CONTRADICTED), (12, "loss", SUPPORTED), (4, "error", ALIKE), (12, "error", ALIKE)],
            "L2 lowers log-loss at 12 units, raises log-loss at 4 units but does not lower error",
        ),
        ([(4, "loss", SUPPORTED), (4, "error", OPEN)], "L2 lowers log-loss at 4 units but is not shown to lower error"),
        ([(4, "loss", ALIKE), (4, "error", ALIKE)], "L2 lowers neither log-loss nor error"),
        ([(4, "loss", ALIKE), (4, "error", OPEN)], "L2 is shown to lower neither log-loss nor error"),
        (
            [(4, "loss", CONTRADICTED), (12, "loss", ALIKE), (4, "error", CONTRADICTED), (12, "error", OPEN)],
            "L2 raises log-loss at 4 units and error at 4 units but is shown to lower neither",
        ),
    ],
)
def test_what_a_regulariser_does_is_said_of_each_metric_and_width(rows: list, said: str) -> None:
    assert answer._of_kind("L2", decided(*rows), first=True) == said


def test_neither_is_spelled_out_by_the_first_to_say_it() -> None:
    alike = decided((4, "loss", ALIKE), (4, "error", ALIKE))
    assert answer._of_kind("dropout", alike, first=False) == "dropout lowers neither"


@pytest.mark.parametrize(("low", "mends"), [(51, True), (50, False), (49, False)])
def test_trying_none_first_mends_only_where_more_than_half_of_searches_are_shown_to_hit_then(
    low: float, *, mends: bool
) -> None:
    """Of the axis that is hard; what it does on the other one is of no account."""
    hits = {("linear", False): 20, ("odds", False): 90, ("linear", True): low, ("odds", True): 10}
    evidence = pd.DataFrame(
        [
            {
                "quantity": HITS,
                "trials": BUDGET,
                "axis": axis,
                "none_first": first,
                "width": 16,
                "low": each,
                "high": 99,
            }
            for (axis, first), each in hits.items()
        ]
    )
    found = [SimpleNamespace(verdict=each) for each in (SUPPORTED, CONTRADICTED)]
    assert list(AXIS_WORDS) == ["linear", "odds"]
    said = answer._hard(SimpleNamespace(verdict=Verdict.CONDITIONAL, findings=found, evidence=evidence))
    remedy = "; trying no dropout first mends that" if mends else ""
    assert said == f"its keep probability is hard to hit at 16 units on the linear axis{remedy}"


def test_the_words_of_the_opening_figure_name_its_extremes() -> None:
    stepped = pd.DataFrame({"arm": ["fixed_count"] * 2 + ["dropout"] * 2, "mean": [-0.5, 0.4, 0.01, -0.02]})
    assert list(hero._said(stepped)) == [
        "Control: built to step: at most 0.50 of a step from the smooth fit.",
        "Dropout: at most 0.02 of a step from the smooth fit.",
    ]
    gained = pd.DataFrame({"strength": [0.5, 0.7, 0.9], "mean": [-0.2, 0.1, 0.05]})
    gained = gained.assign(kind="dropout", metric="loss", unit="nat", width=8)
    assert list(hero._peaks(gained)) == ["dropout at 8 units gains at most +0.100 nat in loss, at 0.7."]


@pytest.mark.parametrize(("widths", "drawn"), [((8, 12), 12), ((4, 8), 4), ((16, 12), 12), ((4,), 4)])
def test_steps_are_drawn_of_the_narrowest_width_with_six_in_sight(widths: tuple, drawn: int) -> None:
    """Of 4 and 8 units four are in sight."""
    found = hero._beside_smooth(plain(results_table(widths=widths, seeds=2)))
    assert set(found["width"]) == {drawn}
    counts = found.groupby("arm")["strength"].agg(list)
    assert counts["dropout"] == counts["fixed_count"], "where both have a value"


def test_of_more_than_four_widths_four_are_drawn_and_the_caption_says_so() -> None:
    some, every = (pd.DataFrame({"width": widths, "metric": "loss"}) for widths in ([4, 8, 32, 12], [64, 4, 8, 12, 32]))
    assert "widths are drawn" not in " ".join(hero._caption(pd.DataFrame(), some))
    assert "4 of 5 widths are drawn; the data behind the figure hold all." in hero._caption(pd.DataFrame(), every)
    assert [sorted(hero._drawn(each)["width"]) for each in (some, every)] == [[4, 8, 12, 32], [4, 8, 32, 64]]
    nothing_gained = hero._caption(pd.DataFrame(), every.iloc[:0])
    assert list(nothing_gained) == [hero.MARKS]


def test_the_narrowest_width_with_six_steps_in_sight_is_drawn_else_the_narrowest() -> None:
    for steps, enough in ((5, False), (6, True)):
        found = pd.DataFrame({"arm": "dropout", "width": 12, "strength": np.arange(1, steps + 1) / 12})
        assert (hero._teeth(found) >= hero.TEETH) == enough
