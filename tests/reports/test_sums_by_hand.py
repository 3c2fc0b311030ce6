"""What estimates are made of, by sums that fit on paper, and thresholds by the last number on either side."""

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from planted import dropout, parabola
from synthetic import keep_probs
from test_hero import WIDTH, found
from tuned import bowl, table

from reports.across.questions import QUESTIONS, effects
from reports.choice.candidates import Standing, _standing
from reports.choice.lagging import Lag, seeds_to_show
from reports.evidence.contrasts import Arrival, Side
from reports.evidence.responses import complete
from reports.experiments.best_strength import RatioOfBest, Response
from reports.experiments.ensembles import _needed
from reports.experiments.resampled import weighed
from reports.judging.claim import Judgement
from reports.judging.intervals import jackknife, mean, nothing
from reports.judging.regimes import Regime, numbered
from reports.page.compare import pairs
from reports.page.extent import extent, failures_by_arm
from reports.page.sources import _limits
from reports.staircase.quantization import index
from reports.tuning.best_doses import percentiles, resamples
from reports.tuning.doses import _Tried, dose_networks, doses
from reports.tuning.effects import at_home_in, choice_error
from reports.tuning.effects import effects as tuned_effects
from reports.tuning.gains_by_width import COLUMNS, USUAL, gains_by_width, slope
from reports.tuning.grid import quantum
from reports.tuning.hitting import _error, hits
from reports.tuning.random_search import Places
from reports.tuning.searched import Found
from reports.tuning.searching import _reaching
from reports.tuning.transfer import cost
from reports.tuning.tuned_arms import IN_LOSS


def test_a_gain_rises_by_so_much_with_each_doubling_of_the_width() -> None:
    rows = [
        {**USUAL, "width": width, "seed": seed, "gain": 0.01 * np.log2(width) + seed}
        for width in (4, 16, 32)
        for seed in range(3)
    ]
    assert slope(pd.DataFrame(rows)[COLUMNS]).value == pytest.approx(0.01)


def effects_at(edges: dict[int, str], stages: tuple[str, ...] = ("design", "score")) -> list:
    """Dropout over none at three widths; of some the best rate of the one or the other lies at an end."""
    found = []
    for width in (4, 8, 16):
        at = {"dropout": 0.03, "none": 0.03} | ({edges[width]: 0.3} if width in edges else {})
        truths = {"none": bowl(0.6, rate=at["none"]), "dropout_rates": bowl(0.5, rate=at["dropout"], dose=0.7)}
        rows = table(truths, width=width, noise=0.003, generator=width)
        arms = at_home_in(rows[rows["stage"].isin(stages)])
        (effect,) = (each for each in tuned_effects(arms, "dropout", "none") if each.arm.metric == IN_LOSS)
        found.append(effect)
    return found


def test_gains_by_width_say_what_their_choice_adds_and_at_which_ends_they_are_open() -> None:
    found = effects_at({4: "dropout", 16: "none"})
    rows = gains_by_width(found)
    assert set(rows.columns) == set(COLUMNS)
    by_width = rows.groupby("width")
    assert by_width.size().to_dict() == {4: 20, 8: 20, 16: 20}
    assert by_width["gain"].mean().tolist() == pytest.approx([each.gain.value for each in found])
    assert by_width["more"].all().to_dict() == by_width["more"].any().to_dict() == {4: True, 8: False, 16: False}
    assert by_width["less"].all().to_dict() == by_width["less"].any().to_dict() == {4: False, 8: False, 16: True}
    assert rows["lacking"].isna().all()
    assert by_width["choice"].first().tolist() == [choice_error(each.arm, each.reference) for each in found]
    fresh = table({"none": bowl(0.6), "dropout_rates": bowl(0.5, dose=0.7)}, width=4, noise=0.003, generator=4)
    seeds = fresh.loc[fresh["stage"] == "score", "seed"].unique()
    assert sorted(rows.loc[rows["width"] == 4, "seed"]) == sorted(seeds)


def test_gains_by_width_without_fresh_seeds_are_of_those_that_chose() -> None:
    found = effects_at({}, ("design",))
    rows = gains_by_width(found)
    assert rows.groupby("width")["seed"].apply(list).tolist() == [list(range(8))] * 3
    assert rows.groupby("width")["gain"].mean().tolist() == pytest.approx([each.gain.value for each in found])
    lacking = rows[rows["width"] == 8]["lacking"]
    assert jackknife(found[1].gain.value, lacking).error == pytest.approx(found[1].gain.error)
    assert (rows["choice"] == 0).all()
    assert set(rows["void"]) == {""}


def test_a_width_without_a_gain_leaves_no_slope_and_says_why() -> None:
    found = effects_at({})
    lost = [found[0], replace(found[1], gain=nothing("nothing varies")), replace(found[2], gain=nothing("none left"))]
    assert slope(gains_by_width(lost)).void == "width 8: nothing varies; width 16: none left"
    assert slope(gains_by_width(found[:1])).void == "no seed has two widths"


def test_percentiles_are_as_much_wider_as_students_t_is_than_the_normal_and_seeds_than_their_resamples() -> None:
    """Of five seeds t is 2.7764, the normal's 1.95996; the middle 95 % of an even spread from −1 to 1 end at ±0.95."""
    told = percentiles(np.concatenate([[0.0], np.linspace(-1, 1, 1001)]), seeds=5)
    reach = 2.7764 / 1.95996 * np.sqrt(5 / 4) * 0.95
    assert (told.low, told.value, told.high) == pytest.approx((-reach, 0, reach), rel=1e-4)


def test_two_seeds_have_percentiles_and_one_has_none() -> None:
    """With one degree of freedom t is 12.7062."""
    drawn = np.concatenate([[0.5], np.linspace(-1, 1, 1001)])
    two, one = (percentiles(drawn, seeds=seeds) for seeds in (2, 1))
    wider = 12.7062 / 1.95996 * np.sqrt(2)
    assert (two.low, two.high) == pytest.approx((0.5 + wider * -1.45, 0.5 + wider * 0.45), rel=1e-4)
    assert two.error == pytest.approx(wider * np.linspace(-1, 1, 1001).std(ddof=1), rel=1e-4)
    assert (one.value, one.seeds) == (0.5, 1)
    assert not one.has_interval


def test_resamples_are_of_the_seeds_and_all_of_them_come_first() -> None:
    shares = resamples(4)
    assert shares[0].tolist() == [0.25] * 4
    assert shares.sum(axis=1) == pytest.approx(np.ones(len(shares)))
    assert set(np.unique(shares * 4)) == {0, 1, 2, 3, 4}
    assert len(shares) == 1001


@pytest.mark.parametrize("seeds", [3, 8])
def test_what_each_seed_has_in_a_statistic_has_the_error_of_its_resamples(seeds: int) -> None:
    """Resamples of S seeds vary less than seeds do, by √((S − 1)/S); of a mean it is the mean's own, nearly."""
    shares, values = resamples(seeds), np.random.default_rng(seeds).normal(size=seeds)
    drawn = shares @ values
    told = mean(weighed(drawn, shares))
    assert told.value == pytest.approx(values.mean())
    assert told.error == pytest.approx(drawn[1:].std(ddof=1) * np.sqrt(seeds / (seeds - 1)))
    assert told.error == pytest.approx(mean(values).error, rel=0.1)


@pytest.mark.parametrize(("lost", "known"), [([0], False), ([-1], True), ([7], True), ([7, 8], False)])
def test_nineteen_of_twenty_are_enough_but_not_without_the_statistic_of_all(lost: list[int], *, known: bool) -> None:
    """The first of them."""
    shares = resamples(3)[:20]
    found = shares @ np.array([1.0, 2.0, 4.0])
    found[lost] = np.nan
    assert np.isfinite(weighed(found, shares)).all() == known


def test_one_seed_has_no_error_and_two_have() -> None:
    assert np.isnan(weighed(np.ones(11), np.ones((11, 1)))).all()
    shares = resamples(2)
    told = mean(weighed(shares @ np.array([1.0, 3.0]), shares))
    assert (told.value, told.error) == (pytest.approx(2), pytest.approx(1, rel=0.1))


@pytest.mark.parametrize(("lost", "known"), [(0.04, True), (0.06, False)])
def test_a_statistic_has_an_error_where_nineteen_of_twenty_resamples_have_it(lost: float, *, known: bool) -> None:
    shares = resamples(5)
    found = shares @ np.random.default_rng(0).normal(size=5)
    found[1 : 1 + round(lost * len(found))] = np.nan
    assert np.isfinite(weighed(found, shares)).all() == known


def test_a_strength_that_was_chosen_at_another_rate_costs_what_it_is_worse_by() -> None:
    """At one rate the first strength is 1 better, at the other the second is 3: the mean over both ways is 2."""
    losses = np.array([[[0.0, 0.0], [1.0, 1.0]], [[3.0, 3.0], [0.0, 0.0]]])
    assert cost(losses) == 2
    three = np.concatenate([losses, losses[:1]])  # of six ordered pairs two cost nothing
    assert cost(three) == pytest.approx((1 + 3 + 0 + 0 + 3 + 1) / 6)


def test_a_search_hits_where_it_ends_no_further_than_what_counts_above_the_lowest() -> None:
    lowest = np.zeros((1, 3))
    ends = np.array([[0.0199] * 3, [0.0201] * 3, [0.0, 0.0, 0.059], [0.0, 0.0, 0.061]])
    assert Found(ends, lowest, np.zeros(1)).hits == 2


def test_seeds_that_agree_prove_as_much_as_with_half_a_seed_that_always_and_half_a_seed_that_never_hit() -> None:
    """Of four that always hit: a centre of 4.5/5, squares of 4 · 0.01 + 0.5 · (0.01 + 0.81)."""
    assert _error(np.ones(4)) == pytest.approx(np.sqrt(0.45 / 4 / 5))


@pytest.mark.parametrize(("width", "tilt"), [(2, 0.3), (12, 0.05)])
def test_the_error_of_a_cost_is_that_towards_what_it_is_judged_by(width: int, tilt: float) -> None:
    """Down where it counts, else up: Student's t times the error is the reach to that end."""
    (only,) = doses(
        dose_networks(dropout(parabola((width // 2 - 0.5) / width, 2.0), width=width, tilt=tilt), "dropout")
    )
    told = quantum(only.best).cost
    down, up = told.value - told.low, told.high - told.value
    assert (told.value > 0.02) == (width == 2)
    quantile = mean(np.arange(told.seeds)).high - mean(np.arange(told.seeds)).value
    quantile /= mean(np.arange(told.seeds)).error
    assert told.error * quantile == pytest.approx(down if told.value > 0.02 else up)


@pytest.mark.parametrize(("value", "spread", "needed"), [(10.0, 0.001, 6), (0.1, 0.1, 8), (0.0, 0.1, None)])
def test_more_seeds_are_needed_than_there_are(value: float, spread: float, needed: int | None) -> None:
    """(1.96 + 0.84)² is 7.85."""
    assert seeds_to_show(value, spread, seeds=5, level=0.025) == needed
    assert seeds_to_show(-value, spread, seeds=5, level=0.025) == needed


@pytest.mark.parametrize(
    ("value", "spread", "standing"),
    [
        (0.0199, 1.0, Standing.CLOSE),
        (0.0201, 1.0, Standing.OPEN),
        (0.0199, 1e-6, Standing.WORSE),
        (-0.5, 1.0, Standing.CLOSE),
    ],
)
def test_a_setting_is_close_as_far_as_what_counts(value: float, spread: float, standing: Standing) -> None:
    assert _standing(Lag(value, spread, freedom=7.0, seeds=8, level=0.05)) is standing


@pytest.mark.parametrize(("step", "seen"), [(0.019, False), (0.021, True)])
def test_steps_are_looked_for_where_one_would_count(step: float, *, seen: bool) -> None:
    """On a straight line every step would be as high."""
    assert len(found(0, slope=step * WIDTH)) == (len(keep_probs(WIDTH)) if seen else 0)


@pytest.mark.parametrize(
    ("low", "high", "flat"), [(0.5, 0.539, True), (0.5, 0.541, False), (0.0, 0.04, True), (-0.04, 0.0, True)]
)
def test_a_response_that_moves_by_no_more_than_twice_what_counts_has_no_best_strength(
    low: float, high: float, *, flat: bool
) -> None:
    sides = Side("there", "a"), Side("here", "b")
    steep, other = (
        Response(np.array([0.5, 0.9]), np.array([[[each[0]]], [[each[1]]]])) for each in ((0.5, 1.5), (low, high))
    )
    told = RatioOfBest(high=sides[0], low=sides[1])._flat(steep, other)
    assert told == ("here the response is flat within 0.04 nat: no strength is best" if flat else "")


@pytest.mark.parametrize(("reached", "error", "judged"), [(4, 0.05, True), (3, 0.05, False), (3, 0.1, True)])
def test_speed_is_judged_where_half_of_the_seeds_arrive_or_little_was_learnt(reached, error, *, judged: bool) -> None:
    steps = SimpleNamespace(reached=lambda rows: (np.arange(8) < reached).astype(float))
    assert bool(Arrival(Side("it", "it"), pd.DataFrame(), steps, error).void) != judged


def test_an_arm_awaits_networks_where_it_has_fewer_than_planned() -> None:
    rows = pd.DataFrame({"stage": ["design"] * 4 + ["score"], "arm": [*"aabbc"], "stopped": "completed"})
    told = extent(rows, {"planned": {"design": 5, "score": 2}, "designs": {"a": 2, "b": 3}, "unfinished": "stopped"})
    assert (told.arms, told.planned) == ({"b"}, {"a", "b"})
    assert (told.networks, told.of, told.scored) == (5, 7, False)


def test_labels_drawn_at_random_are_right_as_often_as_chance_has_it() -> None:
    data = {"name": "digits", "test": 360, "label_noise": 0.2, "classes": 10}
    said = " ".join(_limits(pd.DataFrame(), data))
    assert "20% of the training labels were drawn at random from the 10 classes, so that about 18% are wrong" in said
    assert "one test part of 360 rows" in said


def test_two_runs_are_compared_as_the_second_less_the_first_on_the_rows_of_each_stage() -> None:
    """Designs on validation rows, what was trained again on the test part."""
    columns = {"arm": "none", "repeat": 0, "trial": 0, "width": 8, "learning_rate": 0.1}
    rows = [
        {
            **columns,
            "stage": stage,
            "seed": seed,
            "valid_loss": 1.0 + seed,
            "valid_error": 0.1,
            "test_loss": 5.0,
            "test_error": 0.5,
        }
        for stage in ("design", "score", "refit")
        for seed in range(3)
    ]
    first = pd.DataFrame(rows)
    second = first.assign(valid_loss=first["valid_loss"] + 0.25, test_error=0.4)
    told = {pair.stage: pair for pair in pairs(first, second)}
    assert list(told) == ["design", "score", "refit"]
    differences = {stage: tuple(each.value for each in pair.differences) for stage, pair in told.items()}
    assert differences["design"] == pytest.approx((0.25, 0))
    assert differences["score"] == differences["refit"] == pytest.approx((0, -10))
    assert told["design"].means[0] == pytest.approx((2.0, 2.25))


def test_an_effect_on_a_table_has_three_paired_seeds_and_an_error_of_a_tenth_of_what_counts_at_least() -> None:
    question = next(each for each in QUESTIONS if each.slug == "dropout")
    scored = {"still": [(0.5, 0.4)] * 3, "few": [(0.5, 0.4)] * 2, "wide": [(0.5, 0.3), (0.5, 0.4), (0.5, 0.5)]}
    by_seed = pd.DataFrame(
        [(150, name, 150, seed, *pair) for name, pairs in scored.items() for seed, pair in enumerate(pairs)],
        columns=["step", "table", "rows", "seed", "none", "dropout"],
    ).set_index(["step", "table", "rows", "seed"])
    told = effects(by_seed, question, "loss", 150).set_index("table")
    assert told["effect"].to_dict() == pytest.approx({"still": 0.1, "wide": 0.1})
    assert told["error"].to_dict() == pytest.approx({"still": 0.002, "wide": 0.1 / np.sqrt(3)})
    assert effects(by_seed, question, "error", 150)["error"].min() == pytest.approx(0.1), "of a point"
    assert effects(by_seed, question, "loss", 500).empty


@pytest.mark.parametrize(("apart", "hit"), [(0.23, 100), (0.25, 0)])
def test_a_search_hits_within_what_counts_of_halfway_between_two_views_of_the_best(apart: float, hit: int) -> None:
    """Two places that seeds disagree on. What a seed keeps is a third of it above the lowest mean of the others; the best
    that others choose is a half above the lowest mean of all, and half of that is granted.
    """
    losses = np.array([[0.0, apart] * 2, [apart, 0.0] * 2, [1.0] * 4])
    assert hits(Places(losses).search(np.inf)).value == pytest.approx(hit)


def test_an_ensemble_is_as_good_where_its_loss_is_the_same() -> None:
    """Of the networks that were trained; where none are enough it takes more than there are."""
    rows = [
        {
            "regime": numbered("width", 8),
            "seed": seed,
            "networks": networks,
            "valid_loss": loss,
            "valid_loss_of_dropout": dropout,
        }
        for seed, dropout in ((0, 0.4), (1, 0.1))
        for networks, loss in ((1, 0.5), (2, 0.4), (5, 0.3))
    ]
    told = _needed(pd.DataFrame(rows)).set_index("seed")
    assert told["networks"].to_dict() == {0: 2, 1: 5}
    assert told["bound"].to_dict() == {0: 0, 1: 1}
    assert np.exp(told["effect"]).to_dict() == pytest.approx({0: 2, 1: 5})


def test_a_seed_that_lacks_half_of_the_points_goes_and_one_that_lacks_fewer_takes_points_with_it() -> None:
    losses = {0: [1, 2, 3, 4], 1: [1, 2, np.nan, np.nan], 2: [1, np.nan, 3, 4]}
    rows = [
        {"strength": 0.2 * (place + 1), "seed": seed, "loss": loss}
        for seed, each in losses.items()
        for place, loss in enumerate(each)
    ]
    told = complete(pd.DataFrame(rows))
    assert list(told.columns) == [0, 2]
    assert list(told.index) == pytest.approx([0.2, 0.6, 0.8])


@pytest.mark.parametrize(("above", "is_curve"), [(5, True), (4, False)])
def test_five_strengths_above_none_make_a_curve(above: int, *, is_curve: bool) -> None:
    strengths = np.append(np.linspace(0.3, 0.9, above), 1.0)
    losses = np.ones((above + 1, 2))
    tried = _Tried(strengths, np.arange(2), losses, losses, np.full(2, above + 1))
    assert tried.is_curve("dropout") is is_curve
    assert not replace(tried, strengths=strengths - 0.1).is_curve("dropout"), "without none beside them"


@pytest.mark.parametrize(("low", "high", "spans"), [(0.25, 0.98, True), (0.26, 0.98, False), (0.25, 0.97, False)])
def test_searches_of_keep_probs_are_replayed_on_curves_that_span_them(low: float, high: float, *, spans: bool) -> None:
    for kind, reaches in (("dropout", spans), ("l2", True)):
        curve = SimpleNamespace(kind=kind, strengths=np.array([low, 0.5, high]))
        assert bool(list(_reaching([SimpleNamespace(kind=kind, curves=(curve,))]))) == reaches


@pytest.mark.parametrize(("spacing", "shows"), [(0.25, True), (0.26, False)])
def test_steps_show_on_four_strengths_for_each_of_them(spacing: float, *, shows: bool) -> None:
    strengths = 0.3 + np.arange(32) * spacing / 12
    told = index(strengths, strengths[:, None] + np.array([0.0, 0.1]), 12).q
    assert bool(told.void) != shows
    assert shows or told.void == "a grid with fewer than 4 values per 1/12 shows no steps"


def test_what_is_at_home_is_on_the_table_of_the_first_finding() -> None:
    cases = [
        SimpleNamespace(estimate=SimpleNamespace(regime=Regime(words, table)))
        for words, table in (
            ("width 8", "digits"),
            ("width 8", "wine"),
            ("width 12", "digits"),
            ("width 12", "covtype"),
        )
    ]
    assert Judgement(None, None, tuple(cases)).at_home == [cases[0], cases[2]]
    assert Judgement(None, None, tuple(cases[:1])).at_home == cases[:1]


@pytest.mark.parametrize(("arms", "more"), [(15, 0), (17, 2)])
def test_fifteen_arms_that_lost_networks_are_named(arms: int, more: int) -> None:
    rows = pd.DataFrame({"stage": "design", "arm": [f"a{each:02}" for each in range(arms)], "stopped": "diverged"})
    told = failures_by_arm(rows)[1:]
    assert [row[0] for row in told[:15]] == [f"design a{each:02}" for each in range(15)]
    assert told[15:] == ([(f"{more} other arms", f"{more}", f"{more}")] if more else [])


def test_arms_that_lost_most_networks_come_first() -> None:
    rows = pd.DataFrame({"stage": "design", "arm": [*"abbbcc"], "stopped": "crashed"})
    assert [row[:2] for row in failures_by_arm(rows)[1:]] == [("design b", "3"), ("design c", "2"), ("design a", "1")]
