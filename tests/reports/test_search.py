"""Shares of variance are those that were planted; figures of the search are drawn whatever became of networks."""

import json

import numpy as np
import pandas as pd
import pytest
from drawings import page_of
from levels import one_in
from scipy.special import eval_legendre
from seen import ANEW, changed
from synthetic import OPEN, OUTCOME, SETTINGS, results_table

from reports.drawing import theme
from reports.evidence.checked import plain
from reports.evidence.search import trials
from reports.judging.text import setting
from reports.search.matters import _ticks, largest
from reports.search.names import arm_family, arm_name, arm_place
from reports.search.points import place, searched_points, spread_points, value
from reports.search.section import search_plates
from reports.search.shares import Share, fit
from reports.search.where import fates_of, parallel_plate

POINTS = 200
SEEDS = 3
PLANTED = {("a",): 0.5, ("b",): 0.25, ("a", "b"): 0.15, ("c",): 0.1, ("d",): 0.0}


def spread_over(inputs, points=POINTS):
    """Points that fill a box, (points, inputs): fractions of multiples of roots."""
    return (0.5 + np.outer(np.arange(points), np.sqrt([2, 3, 5, 7, 11])[:inputs])) % 1


def planted(generator, noise):
    """Responses with ``PLANTED`` shares, (points, seeds), of inputs a, b, c, d; seeds are far apart."""
    unit = spread_over(4)
    line = np.sqrt(12) * (unit - 0.5)
    bowl = np.sqrt(5) * (6 * unit[:, 1] ** 2 - 6 * unit[:, 1] + 1)
    wave = np.sqrt(2) * np.sin(2 * np.pi * unit[:, 2])  # no polynomial
    truth = np.sqrt(0.5) * line[:, 0] + np.sqrt(0.25) * bowl + np.sqrt(0.15) * line[:, 0] * line[:, 1]
    losses = (truth + np.sqrt(0.1) * wave)[:, None] + generator.normal(0, 3, SEEDS)
    return dict(zip("abcd", unit.T, strict=True)), losses + generator.normal(0, noise, (POINTS, SEEDS))


@pytest.mark.parametrize("noise", [0, 0.5, 1.5])
def test_shares_are_those_of_the_function_whatever_the_noise(noise):
    generator = np.random.default_rng(3)
    found = [fit(*planted(generator, noise)).shares for _ in range(12)]
    for inputs, share in PLANTED.items():
        own = [next(each for each in shares if each.inputs == inputs) for shares in found]
        assert np.mean([each.value for each in own]) == pytest.approx(share, abs=0.03)
        assert sum(each.low - 0.02 <= share <= each.high + 0.02 for each in own) >= 10  # of 95 %, and the wave's bias
        if share > 0.2:  # none of its intervals ends at 0
            middle = np.mean([(each.low + each.high) / 2 - each.value for each in own])
            assert middle == pytest.approx(0, abs=0.04)  # a draw holds the noise twice, and it is taken off


def test_shares_under_much_noise_are_numbers():
    """Where noise is taken off, in some draws nothing is left to be shared."""
    for seed in range(3):
        for each in fit(*planted(np.random.default_rng(seed), 5)).shares:
            assert 0 <= each.low <= each.high <= 1


def test_shares_are_one_together():
    shares = fit(*planted(np.random.default_rng(0), 0.2)).shares
    assert sum(each.value for each in shares) == pytest.approx(1, abs=0.02)  # those below zero are shown as none


@pytest.mark.parametrize(
    ("points", "terms"),
    [(11, 1), (12, 3), (15, 3), (16, 4), (20, 5), (24, 6), (31, 6), (32, 8), (40, 10), (47, 10), (48, 12)],
)
def test_a_fit_has_a_term_for_four_points_those_of_low_degree_first(points, terms):
    """Of two inputs: the constant, both lines, both bows or, where two are too many, their product, and by degree what is left."""
    unit = spread_over(2, points)
    found = fit({"a": unit[:, 0], "b": unit[:, 1]}, unit[:, :1])
    assert len(found.terms if found else ((),)) == terms
    degrees = [sum(term) for term in found.terms] if found else [0]
    assert degrees == sorted(degrees)


def test_too_few_points_and_a_response_that_does_not_move_have_no_shares():
    unit, losses = planted(np.random.default_rng(0), 0.2)
    assert fit({name: each[:6] for name, each in unit.items()}, losses[:6]) is None
    assert fit(unit, np.ones_like(losses)) is None


@pytest.mark.parametrize("bounds", OPEN.values(), ids=OPEN)
def test_a_field_s_place_is_even_in_its_sampling_scale(bounds):
    at = np.linspace(0, 1, 5)
    assert place(value(at, bounds), bounds) == pytest.approx(at)
    middle = (bounds["low"] * bounds["high"]) ** 0.5 if bounds["log"] else (bounds["low"] + bounds["high"]) / 2
    assert value(np.array(0.5), bounds) == pytest.approx(middle)


def table(fate="completed", loss=None):
    """A run with a design spread over all five fields, whose last network has met this fate."""
    whole = results_table(widths=(8,), opened=tuple(OPEN))
    names = list(OPEN)
    rows = [
        {**SETTINGS, **OUTCOME, "stage": "design", "arm": "space", "repeat": 0, "trial": trial, "replicate": seed}
        | {"seed": seed, "curve": json.dumps([[1, 2.0], [150, 0.5 + unit[0]]]), "valid_loss": 0.5 + unit[0]}
        | {name: float(value(unit[at], OPEN[name])) for at, name in enumerate(names)}
        for trial, unit in enumerate(spread_over(5, 60))
        for seed in range(2)
    ]
    rows[-1] |= {"stopped": fate, "valid_loss": np.nan if fate != "completed" else loss or rows[-1]["valid_loss"]}
    found = pd.concat([whole, pd.DataFrame(rows)[whole.columns]], ignore_index=True)
    provenance = whole.attrs["provenance"]
    provenance["config"]["design"] = {"arms": {"space": {"spread": 60, **OPEN}}}
    return plain(found), provenance


def drawn(results, provenance):
    with theme.drawing():
        opened = list((provenance["search"] or {"open": {}})["open"])
        return {each.name: each for each in search_plates(results, provenance, trials(results, opened))}


def test_the_field_that_decides_all_has_the_whole_variance_and_is_named_first():
    plates = drawn(*table())
    assert "failures" not in plates
    first = plates["shares"].table.rows[0]
    assert first[:2] == ("Points that fill the space", "width")
    assert float(first[2]) > 0.97  # of 60 points
    assert "variance. width " in plates["shares"].panels[0]
    assert set(plates) == {"shares", "surfaces", "parallel", "learning", "history"}


@pytest.mark.parametrize(
    ("fate", "loss", "said"),
    one_in(
        3,
        [
            ("diverged", None, "1 network: diverged"),
            ("out of memory", None, "1 network: out of memory"),
            ("completed", 2.31, "1 network: no better than guessing"),
        ],
    ),
)
def test_what_became_of_networks_is_told_by_its_name(fate, loss, said):
    assert said in drawn(*table(fate, loss))["failures"].caption


@pytest.mark.parametrize(("below", "fate"), [(0.06, "learnt something"), (0.04, "no better than guessing")])
def test_a_network_has_learnt_that_is_a_twentieth_of_a_nat_better_than_guessing(below, fate):
    assert fates_of(spread_points(*table("completed", np.log(10) - below))).iloc[-1] == fate


@pytest.mark.parametrize(
    ("second", "said"),
    [
        (0.39, "Width matters most: 50% of the variance of the loss."),
        (0.41, "Width has the largest share of the variance of the loss, 50%; the intervals of others reach it."),
    ],
)
def test_a_field_matters_most_where_no_other_interval_reaches_its_own(second, said):
    shares = [Share(("l2",), 0.3, 0.2, second), Share(("width",), 0.5, 0.4, 0.6)]
    assert largest(shares) == said


def test_what_is_left_for_three_or_more_is_no_field_that_matters():
    shares = [Share((), 0.7, 0.6, 0.8), Share(("width",), 0.3, 0.2, 0.4)]
    assert largest(shares).startswith("No field and no pair matters most: three or more at once decide 70%")


def test_a_figure_of_the_search_says_over_it_what_it_shows():
    plates = drawn(*table("diverged"))
    assert not changed(page_of(list(plates.values())), "search"), ANEW
    first = plates["shares"].table.rows[0]
    assert plates["shares"].takeaway.startswith(f"{first[1].capitalize()} matters most: 9"), "width decides all"
    assert plates["parallel"].takeaway.startswith("The best tenth agree most on width: ")
    assert plates["failures"].takeaway == "Of 120 networks 1 learnt nothing or was lost."
    assert plates["history"].takeaway == (
        "Joint search (all five at once) came lowest of 3 arms on the seeds that it searched with; fresh ones decide."
    )


def test_a_network_that_diverged_guesses_and_of_one_that_the_machine_ended_nothing_is_known():
    whole, bad, unknown = (spread_points(*table(fate)) for fate in ("completed", "diverged", "crashed"))
    assert (bad.losses.shape, bad.losses.max()) == (whole.losses.shape, bad.guess)
    assert unknown.losses.tolist() == whole.losses[:-1].tolist()


def test_without_a_spread_design_the_history_is_marked_as_biased():
    results, provenance = table()
    provenance["config"]["design"] = None
    assert spread_points(results, provenance) is None
    assert not searched_points(results, provenance).spread


@pytest.mark.parametrize("kept", ["space", "joint", "none", "nothing"])
def test_figures_of_whatever_there_is(kept):
    results, provenance = table()
    drawn(results[results["arm"] == kept], provenance)


def designed(arms):
    """A run whose design has these arms, each trained as the one of the whole space."""
    results, provenance = table()
    provenance["config"]["design"] = {"arms": arms}
    rows = results[results["arm"] == "space"]
    return pd.concat([rows.assign(arm=arm) for arm in arms]), provenance


def test_the_space_is_that_of_the_design_with_the_most_fields_that_are_spread():
    three, two = ({name: OPEN[name] for name in list(OPEN)[:count]} for count in (3, 2))
    levels = {
        "l2": {"low": 1, "high": 2, "points": 3},
        "learning_rate": {"low": 1, "high": 2, "per_level": 3},
        "bn_momentum": 0.1,
    }
    arms = {"two": {"spread": 60, **two, **levels}, "three": {"spread": 60, **three}, "not": {**OPEN}}
    found = spread_points(*designed(arms))
    assert (found.arm, list(found.bounds), found.spread) == ("three", list(three), True)
    assert found.losses.shape == (60, 2)
    alone = spread_points(*designed({"two": {"spread": 60, **two, **levels}}))
    assert list(alone.bounds) == list(two)
    assert spread_points(*designed({"one": {"spread": 60, "width": OPEN["width"]}})) is None, (
        "it has nothing to share with"
    )
    assert spread_points(*designed({"not": {**OPEN}})) is None


def test_the_history_is_the_first_search_of_the_arm_that_opened_the_most_numbers():
    results, provenance = table()
    search = results[(results["stage"] == "search") & (results["arm"] == "joint")]
    twice = pd.concat([search, search.assign(repeat=1), search.assign(arm="few"), search.assign(arm="words")])
    fields = list(OPEN)
    provenance["search"]["open"] |= {"activation": {"choices": ["relu", "tanh"]}, "absent": {"low": 0, "high": 1}}
    provenance["search"]["axes"] = {
        "few": fields[:2],
        "joint": fields[:3],
        "words": [*fields[:2], "activation", "absent"],
    }
    found = searched_points(twice, provenance)
    assert (found.arm, list(found.bounds)) == ("joint", fields[:3])
    assert len(found.networks) == len(search)
    provenance["search"]["axes"] = {"one": fields[:1]}
    assert searched_points(twice, provenance) is None
    assert searched_points(twice, {**provenance, "search": None}) is None


@pytest.mark.parametrize(("points", "best"), [(1, 1), (4, 1), (14, 1), (16, 2), (60, 6)])
def test_the_best_tenth_is_one_point_at_least(points, best):
    results, provenance = table()
    some = spread_points(results[(results["stage"] != "design") | (results["trial"] < points)], provenance)
    widths = np.sort(some.settings["width"])[:best]  # width decides all
    assert (
        f"width [units] {setting(float(widths[0]))} to {setting(float(widths[-1]))}" in parallel_plate(some).panels[0]
    )


@pytest.mark.parametrize(
    ("low", "high", "ticks"),
    [
        (1e-9, 1e5, [10.0**power for power in range(-9, 6)]),
        (1, 300, [1, 10, 100, 3, 30, 300]),
        (1, 301, [1, 10, 100]),
        (0.2, 2.5, [1, 0.3]),
        (0.1, 0.3, [0.1, 0.3]),
    ],
)
def test_a_logarithmic_side_has_a_tick_at_each_power_and_on_a_short_range_at_three_times_that(low, high, ticks):
    assert sorted(_ticks({"low": low, "high": high, "log": True})) == pytest.approx(sorted(ticks))


@pytest.mark.parametrize(("seeds", "slope"), [(3, 1.0), (1, 1.0), (3, 0.0)])
def test_a_share_is_what_leaving_out_each_point_in_turn_leaves_of_it(seeds, slope):
    """Noise of a squared coefficient: the sum of squares of what each point, left out, would have moved it by."""
    generator = np.random.default_rng(0)
    unit = spread_over(1, 20)
    losses = slope * (unit + 2 * (unit - 0.5) ** 2 + unit**7) + generator.normal(0, 0.2, (20, seeds))
    found = fit({"a": unit[:, 0]}, losses)
    means, at = losses.mean(axis=1), 2 * unit[:, 0] - 1
    basis = np.stack([np.sqrt(2 * degree + 1) * eval_legendre(degree, at) for degree in range(5)], axis=1)

    def fitted(kept):
        return np.linalg.lstsq(basis[kept], means[kept], rcond=None)[0]

    whole = fitted(np.ones(20, bool))
    moved = np.array([fitted(np.arange(20) != left_out) - whole for left_out in range(20)])
    own = (whole**2 - (moved**2).sum(axis=0))[1:].sum()
    variance = means.var(ddof=1) - (losses.var(axis=1, ddof=1).mean() / seeds if seeds > 1 else 0)
    of_field, rest = found.shares
    assert found.coefficients == pytest.approx(whole)
    assert (of_field.inputs, rest.inputs) == (("a",), ())
    assert (own < 0) == (slope == 0), "noise alone, from which more is taken than there is"
    share = max(own, 0) / max(own, variance)
    assert of_field.value == pytest.approx(share)
    assert rest.value == pytest.approx(1 - share)
    assert of_field.low <= of_field.value < of_field.high


def test_a_point_that_alone_decides_a_coefficient_does_not_make_noise_of_it():
    """What the others would say of it is not known: its leverage is 1."""
    unit = np.append(np.linspace(0.2, 0.5, 40), 0.9)
    losses = np.repeat((unit**2)[:, None], 2, axis=1) + np.random.default_rng(0).normal(0, 0.01, (41, 2))
    of_field, _ = fit({"a": unit}, losses).shares
    assert of_field.value == pytest.approx(1, abs=0.05)


def test_arms_have_names_and_an_order():
    arms = ["bn_none", "lambda", "odds_16", "odds_4", "both", "none", "mine_10", "mine_9", "mine", "bn_both"]
    ordered = ["none", "both", "odds_4", "odds_16", "lambda", "mine", "mine_9", "mine_10", "bn_none", "bn_both"]
    assert sorted(arms, key=arm_place) == ordered
    assert arm_name("bn_both") == "dropout with L2"
    assert arm_family("bn_both") == "With batch norm"
    assert arm_family("odds_4") == "One strength alone, 4 units"
    assert arm_name("my_arm") == "my arm"
