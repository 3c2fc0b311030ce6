"""Strengths at which two sides do best, by parabolas whose lowest points are known: their ratio, or why there is none."""

import numpy as np
import pandas as pd
import pytest

from reports.evidence.contrasts import Side
from reports.experiments.best_strength import RatioOfBest, Response, _vertices
from reports.judging.intervals import mean

KEPT = [0.9, 0.8, 0.6, 0.4, 0.2]  # log α rises by steps that differ
RATES = [0.1, 0.3]
SEEDS = 4
RATIO = RatioOfBest(high=Side("without it", "none"), low=Side("with it", "before"))
ENDS = [np.log((1 - kept) / kept) for kept in (KEPT[0], KEPT[-1])]


def table(kept=KEPT, **best):
    """Of each arm the losses of a parabola in log α that is lowest at its ``best``, at the rate 0.1; 1 nat worse at 0.3."""
    rows = [
        (arm, each, rate, seed, 0.5 + 0.1 * (np.log((1 - each) / each) - at) ** 2 + (rate > 0.1) + 0.01 * seed)
        for arm, at in best.items()
        for each in kept
        for rate in RATES
        for seed in range(SEEDS)
    ]
    columns = ["arm", "keep_prob", "learning_rate", "seed", "valid_loss"]
    return pd.DataFrame(rows, columns=columns).assign(label_noise=0.2)


@pytest.mark.parametrize("vertex", [-1.7, -1.0, 0.3, 0.8])
def test_the_best_strength_is_the_lowest_point_of_a_parabola_wherever_it_lies(vertex):
    found = RATIO.evidence(table(none=vertex, before=-0.5))
    assert found["effect"].to_numpy() == pytest.approx(np.full(SEEDS, vertex + 0.5))
    kept = [1 / (1 + np.exp(best)) for best in (vertex, -0.5)]
    assert set(found["note"]) == {
        f"best keep_prob {kept[0]:.2f} without and {kept[1]:.2f} with normalisation",
    }
    assert set(found["void"]) == {""}
    assert {str(regime) for regime in found["regime"]} == {"20% random labels"}


def test_three_strengths_make_a_parabola_and_of_two_the_lower_is_the_best():
    three = RATIO.evidence(table(KEPT[1:4], none=-0.1, before=-0.4))
    assert three["effect"].to_numpy() == pytest.approx(np.full(SEEDS, 0.3))
    two = RATIO.evidence(table([0.8, 0.4], none=0.1, before=-1.2))
    assert two["effect"].to_numpy() == pytest.approx(np.full(SEEDS, np.log(0.6 / 0.4) - np.log(0.2 / 0.8)))


def test_of_strengths_that_tie_the_lowest_point_lies_between():
    tied = _vertices(np.array([0.0, 1.0, 2.0, 3.0]), np.array([[1.0], [0.5], [0.5], [1.0]]))
    assert tied == pytest.approx([1.5])
    ends = _vertices(np.array([0.0, 1.0, 2.0]), np.array([[0.1, 0.9, 0.5], [0.5, 0.5, 0.5], [0.9, 0.1, 0.5]]))
    assert ends == pytest.approx([0, 2, 0])


@pytest.mark.parametrize(("none", "before"), [(-9, -9), (9, 9)], ids=["weakest", "strongest"])
def test_two_at_the_same_end_have_no_ratio(none, before):
    """Which of them is the larger is not known."""
    assert RATIO.evidence(table(none=none, before=before))["effect"].isna().all()


@pytest.mark.parametrize(
    ("none", "before", "ratio"),
    [
        (-9, 0.3, ENDS[0] - 0.3),
        (9, 0.3, ENDS[1] - 0.3),
        (0.3, 9, 0.3 - ENDS[1]),
        (9, -9, ENDS[1] - ENDS[0]),
        (0.3, 0.3, 0.0),
    ],
)
def test_where_one_alone_is_at_an_end_or_both_are_within_there_is_a_ratio(none, before, ratio):
    found = RATIO.evidence(table(none=none, before=before))
    assert mean(found["effect"]).value == pytest.approx(ratio)


def test_losses_are_means_over_seeds_at_the_best_rate_of_each_strength():
    tried = np.array([[[1.0, 3.0], [4.0, 6.0]], [[9.0, 9.0], [0.0, 1.0]]])  # [strength, rate, seed]
    assert Response(np.array([0.5, 0.9]), tried).losses() == pytest.approx([2.0, 0.5])


def test_a_rate_at_which_one_seed_diverged_is_none_and_a_strength_without_a_rate_neither():
    rows = table(none=0.3, before=-0.5)
    one = (rows["arm"] == "none") & (rows["seed"] == 1)
    lost = rows.assign(valid_loss=rows["valid_loss"].mask(one & (rows["learning_rate"] == 0.1)))
    assert RATIO.evidence(lost)["effect"].to_numpy() == pytest.approx(np.full(SEEDS, 0.8))
    holed = rows.assign(valid_loss=rows["valid_loss"].mask(one & (rows["keep_prob"] == 0.6)))
    kept = Response.of(holed[holed["arm"] == "none"], np.arange(SEEDS))
    assert kept.kept.tolist() == [0.2, 0.4, 0.8, 0.9]
    assert RATIO.evidence(holed)["effect"].to_numpy() == pytest.approx(np.full(SEEDS, 0.8))


@pytest.mark.parametrize("kept", [[], [0.6]], ids=["none", "one"])
def test_a_side_without_strengths_or_with_one_has_no_best(kept):
    rows = table(none=0.3, before=-0.5)
    lost = (rows["arm"] == "none") & ~rows["keep_prob"].isin(kept)
    found = RATIO.evidence(rows.assign(valid_loss=rows["valid_loss"].mask(lost)))
    assert len(found) == SEEDS
    assert set(found["void"]) == {"without it the response is flat within 0.04 nat: no strength is best"}
    assert found["effect"].isna().all() == (not kept)


def test_a_side_without_networks_has_no_best():
    found = RATIO.evidence(table(none=0.3))
    assert found["effect"].isna().all()
    assert set(found["void"]) == {"with it the response is flat within 0.04 nat: no strength is best"}
