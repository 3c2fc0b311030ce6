"""Doses: which learning rate is the best, what lies between two strengths, and what lies on no line."""

import numpy as np
import pandas as pd
import pytest
from planted import SEEDS, design, dropout, keep_probs, l2s, parabola

from reports.evidence.checked import TableError
from reports.evidence.lost import ENDED
from reports.tuning.best_doses import best_keep_probs
from reports.tuning.doses import _filled, at_widths, dose_networks, doses


def rates(losses, **more):
    """Designs at several learning rates, the lowest loss of each given."""
    return pd.concat(
        dropout(lambda strengths, loss=loss: loss + parabola(0.7, 2.0)(strengths), learning_rate=rate, **more)
        for rate, loss in losses.items()
    )


def only(table, kind="dropout"):
    (found,) = doses(dose_networks(table, kind))
    return found


def test_the_best_rate_is_that_of_the_lowest_loss_above_none():
    found = only(rates({0.01: 0.3, 0.1: 0.1, 1.0: 0.5}))
    assert found.tuned
    assert found.best.rate == 0.1
    assert not found.at_edge
    assert [curve.rate for curve in found.plausible] == [0.1]
    assert only(rates({0.01: 0.3, 0.1: 0.1})).at_edge


def test_two_rates_that_seeds_cannot_tell_apart_are_both_plausible():
    table = rates({0.01: 0.3, 0.1: 0.3})
    shaken = np.random.default_rng(0).normal(0, 0.05, (2, SEEDS))
    table["valid_loss"] += shaken[(table["learning_rate"] > 0.05).astype(int), table["seed"]]
    assert len(only(table).plausible) == 2


def test_between_strengths_a_curve_bends_with_them_and_none_lies_on_no_line():
    curve = only(dropout(lambda strengths: np.where(strengths == 1, 9.0, parabola(0.7, 2.0)(strengths)))).best
    at = np.linspace(0.25, 0.98, 50)
    assert curve.seen(at)[:, 0] == pytest.approx(parabola(0.7, 2.0)(at), abs=2e-3)
    assert curve.seen(np.array([0.999, 1.0]))[:, 0] == pytest.approx([parabola(0.7, 2.0)(keep_probs()[-1]), 9.0])


def test_a_network_that_diverged_is_never_the_best_and_loses_no_strength():
    table = dropout(parabola(0.7, 2.0))
    lost = (table["seed"] == 1) & (table["keep_prob"] < 0.4)
    found = only(table.assign(valid_loss=table["valid_loss"].mask(lost))).best
    assert found.strengths.size == keep_probs().size
    assert found.losses[0, 1] > found.losses[:, 1][~np.isclose(found.losses[:, 1], found.losses[0, 1])].max() + 0.99


@pytest.mark.parametrize("reason", ENDED)
def test_a_network_that_the_machine_ended_counts_as_if_it_had_not_been_trained(reason):
    table = dropout(parabola(0.7, 2.0))
    weakest = table["keep_prob"] == table["keep_prob"].min()
    for ended in ((table["seed"] == 1) & (table["keep_prob"] < 0.4), weakest & (table["seed"] > 0)):
        of_seed = not (ended & (table["seed"] == 2)).any()
        without = table[~ended] if of_seed else table[~weakest]  # most of a point: it goes, and no seed
        lost = table.assign(valid_loss=table["valid_loss"].mask(ended), stopped=table["stopped"].mask(ended, reason))
        found, expected = only(lost).best, only(without).best
        assert (found.seeds, len(found.seeds)) == (expected.seeds, SEEDS - of_seed)
        assert found.strengths.tolist() == expected.strengths.tolist()
        assert found.losses.tolist() == expected.losses.tolist()


def test_a_seed_that_lacks_any_network_is_left_out_where_all_lack_as_many():
    """Of what was not trained no loss is made up."""
    table = dropout(parabola(0.7, 2.0))
    rank = table["keep_prob"].rank(method="dense")
    assert not doses(dose_networks(table[rank != table["seed"] + 1], "dropout"))


@pytest.mark.parametrize(("best", "found"), [(0.4, 0.4), (0.7, 0.7), (1.5, 1.0)])
def test_the_best_keep_prob_of_each_resample_is_the_lowest_point_of_its_smoothed_mean_or_none(best, found):
    """Where no seed differs from another; to a step of what is looked at."""
    told = best_keep_probs(only(dropout(parabola(best, 2.0))).best)
    assert told.shape == (1001,)
    assert told == pytest.approx(np.full(1001, found), abs=0.8 / 500)


def test_a_best_keep_prob_moves_with_the_seeds_that_are_drawn():
    """Tilted by ±0.2 about the mean of all: the best of the seeds alone lie 0.05 to either side, and of all in the middle."""
    told = best_keep_probs(only(dropout(parabola(0.6, 2.0), tilt=0.2)).best)
    assert told[0] == pytest.approx(0.6, abs=0.002)
    assert (told.min(), told.max()) == pytest.approx((0.55, 0.65), abs=0.005)


def test_where_every_network_above_none_was_lost_there_is_no_curve():
    table = dropout(parabola(0.7, 2.0))
    assert not doses(
        dose_networks(table.assign(valid_loss=table["valid_loss"].where(table["keep_prob"] == 1)), "dropout")
    )


def test_a_seed_that_was_not_trained_everywhere_is_left_out():
    table = dropout(parabola(0.7, 2.0))
    missing = (table["seed"] == 2) & (table["keep_prob"] < 0.3)
    assert only(table[~missing]).best.seeds == (0, 1, 3)


def test_networks_that_differ_in_more_are_told():
    table = dropout(parabola(0.7, 2.0))
    with pytest.raises(TableError, match="a design of its own"):
        dose_networks(pd.concat([table, table.assign(valid_loss=1.0)]), "dropout")


def test_without_none_beside_it_there_is_no_curve():
    alone = design("dropout", "keep_prob", keep_probs(), parabola(0.7, 2.0))
    assert not list(doses(dose_networks(alone, "dropout")))


def test_a_network_that_diverged_is_a_nat_worse_than_the_worst_of_its_seed_or_of_all():
    lost = np.nan
    losses = np.array([[0.5, 0.7, lost], [0.9, lost, lost]])
    assert _filled(losses).tolist() == [[0.5, 0.7, 1.9], [0.9, 1.7, 1.9]]


@pytest.mark.parametrize(
    ("arm", "settings", "is_none"),
    [
        ("none", {}, True),
        ("none_rates", {}, True),
        ("dropout", {}, True),
        ("dropout_levels", {}, True),
        ("l2_rates", {}, True),
        ("none", {"keep_prob": 0.9}, False),
        ("dropout", {"l2": 0.1}, False),
        ("dropout_rates", {"keep_prob": 0.9}, False),
        ("gaussian", {}, False),
        ("B4_none", {}, False),
    ],
)
def test_none_is_what_does_nothing_in_designs_of_none_or_of_a_strength(arm, settings, is_none):
    """Whatever else its design tries."""
    strengths = design("l2", "l2", l2s(), parabola(-2, 0.1, log=True))
    one = design(arm, "momentum", np.ones(1), parabola(0.5, 1.0)).assign(**settings)
    found = dose_networks(pd.concat([strengths, one]), "l2")
    assert (len(found) - len(strengths) == SEEDS) == is_none
    assert (found["strength"] == 0).any() == is_none
    assert bool(doses(found)) == is_none


def test_doses_are_those_of_the_designs_that_are_named_and_searches_are_none():
    table = dropout(parabola(0.7, 2.0))
    other = dropout(parabola(0.5, 2.0)).query("arm == 'dropout'").assign(arm="B11_dropout", learning_rate=0.5)
    elsewhere = table.assign(stage="search", learning_rate=0.9)
    found = dose_networks(pd.concat([table, other, elsewhere]), "dropout", ("B11_dropout",))
    above = found[found["strength"] < 1]
    assert set(above["learning_rate"]) == {0.5}
    assert len(above) == len(other)
    assert found["train"].tolist() == [0.4] * len(found)
    assert dose_networks(table.drop(columns="train_loss"), "dropout")["train"].isna().all()


def test_networks_of_all_widths_are_the_same_table_and_of_some_their_own():
    table = dose_networks(pd.concat([dropout(parabola(0.7, 2.0), width=width) for width in (8, 16)]), "dropout")
    assert at_widths(table, {8, 16, 32}) is table, "of which everything is known already"
    assert set(at_widths(table, {16})["width"]) == {16}
    assert [each.width for each in doses(table.sample(frac=1, random_state=0))] == [8, 16]


@pytest.mark.parametrize(("seeds", "curves"), [(2, 0), (3, 2)])
def test_a_curve_takes_three_seeds_that_every_rate_has(seeds, curves):
    first, second = (rates({rate: 0.3}) for rate in (0.01, 0.1))
    table = pd.concat([first, second[second["seed"] < seeds]])
    found = [curve for each in doses(dose_networks(table, "dropout")) for curve in each.curves]
    assert [curve.seeds for curve in found] == [tuple(range(seeds))] * curves
    for curve, loss in zip(found, (0.3, 0.3), strict=False):
        assert curve.losses == pytest.approx(loss + parabola(0.7, 2.0)(keep_probs())[:, None] + np.arange(seeds))
        assert curve.none == pytest.approx(loss + parabola(0.7, 2.0)(1.0) + np.arange(seeds))
        assert curve.train.shape == curve.losses.shape
