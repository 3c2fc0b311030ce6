"""Kept units and losses over all masks: the exact statements of Q2."""

import json
from itertools import product

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from synthetic import results_table

from reports.claims.q2_units import CLAIM, evidence
from reports.evidence.checked import plain
from reports.judging.claim import judge
from reports.judging.verdict import Verdict
from reports.staircase.counts import BY_COUNT, bernstein, chances, enumerated, kept_units
from reports.staircase.kinds import index_of

probabilities = st.floats(0.01, 1)


def mask_losses(units, generator):
    """The loss of each of the 2^n masks, and the mean of those that keep k."""
    masks = np.array(list(product([0, 1], repeat=units)))
    losses = generator.normal(size=len(masks))
    return masks, losses, np.array([losses[masks.sum(axis=1) == k].mean() for k in range(units + 1)])


@given(st.integers(1, 8), probabilities)
def test_mean_over_all_masks_is_the_bernstein_polynomial_of_the_fixed_counts(units, keep_prob):
    masks, losses, by_count = mask_losses(units, np.random.default_rng(units))
    chance = np.prod(np.where(masks == 1, keep_prob, 1 - keep_prob), axis=1)
    assert bernstein(by_count, np.array([keep_prob]))[0] == pytest.approx(chance @ losses, abs=1e-9)


@given(st.integers(1, 40), probabilities)
def test_kept_units_are_pn_on_average(units, keep_prob):
    assert chances(units, keep_prob) @ np.arange(units + 1) == pytest.approx(units * keep_prob)


def test_post_s_example():
    table = kept_units([12]).round(3)
    assert table["mean kept"].tolist() == [11, 11.5]
    assert table["P(one less)"].tolist() == [0.384, 0.313]
    assert table[["P(all)", "P(one less)", "P(fewer)"]].sum(axis=1).to_numpy() == pytest.approx(1, abs=0.002)


def measured(table, width):
    """The table with the networks of one design width measured by a planted J_k that falls and rises again."""
    by_count = (0.6 + 0.4 * (np.arange(width + 1) / width - 0.7) ** 2).tolist()
    rows = (table["stage"] == "design") & (table["arm"] == "none") & (table["width"] == width)
    found = table.assign(measures=np.where(rows, json.dumps({BY_COUNT: by_count, "masks.other": 1}), "{}"))
    found.attrs = table.attrs
    return found


@pytest.mark.parametrize("width", [8, 12])
def test_all_masks_are_smooth_and_fixed_counts_their_staircase_without_any_sampling(width):
    rows = enumerated(plain(measured(results_table(widths=(8, 12)), width)))
    assert set(rows["width"]) == {width}
    assert index_of(rows[rows["arm"] == "dropout"], width).q.value == pytest.approx(0, abs=0.02)
    assert index_of(rows[rows["arm"] == "fixed_count"], width).q.value == pytest.approx(1, abs=0.02)


def test_all_masks_are_a_regime_where_they_were_measured():
    table = plain(measured(results_table(seeds=6), 8))
    (judgement,) = judge([CLAIM], table)
    verdicts = {str(finding.estimate.regime): finding.verdict for finding in judgement.findings}
    assert verdicts == {
        "a single draw": Verdict.SUPPORTED,
        "the mean over draws": Verdict.CONTRADICTED,
        "width 8": Verdict.CONTRADICTED,
        "width 12": Verdict.CONTRADICTED,
        "all masks, width 8": Verdict.CONTRADICTED,
    }


def test_table_without_measures_has_no_masks():
    assert enumerated(plain(results_table())).empty
    assert not evidence(plain(results_table()))["panel"].str.contains("masks").any()


def test_what_a_draw_keeps_of_two_units_by_hand():
    """At one unit less than both, ½: both, one or none; at half a unit less, ¾."""
    half, most = kept_units([2]).to_dict("records")
    assert half == pytest.approx(
        {
            "units": 2,
            "keep_prob": 0.5,
            "mean kept": 1,
            "sd": 0.5**0.5,
            "P(all)": 1 / 4,
            "P(one less)": 1 / 2,
            "P(fewer)": 1 / 4,
        }
    )
    assert most == pytest.approx(
        {
            "units": 2,
            "keep_prob": 0.75,
            "mean kept": 1.5,
            "sd": 0.375**0.5,
            "P(all)": 9 / 16,
            "P(one less)": 6 / 16,
            "P(fewer)": 1 / 16,
        }
    )


def test_losses_over_all_masks_are_of_four_keep_probs_for_each_unit_above_three_tenths():
    """Of two networks of a seed in the mean; another stage's and those without the measure are left out."""
    by_count = {"one": [5.0, 2.0, 1.0], "other": [7.0, 4.0, 3.0]}
    rows = pd.DataFrame(
        [
            {"stage": stage, "width": 2, "seed": 3, "measures": measures}
            for stage, measures in (
                *(("design", json.dumps({BY_COUNT: each})) for each in by_count.values()),
                ("score", json.dumps({BY_COUNT: [9.0, 9.0, 9.0]})),
                ("design", None),
            )
        ]
    )
    found = enumerated(rows)
    smooth, counted = (found[found["arm"] == arm] for arm in ("dropout", "fixed_count"))
    at = np.array([5, 7, 9, 11, 13, 15]) / 16
    mixed = np.array([6.0, 3.0, 2.0])
    assert smooth["strength"].tolist() == counted["strength"].tolist() == pytest.approx(at)
    assert counted["loss"].tolist() == pytest.approx(mixed[[1, 1, 1, 1, 2, 2]])
    assert smooth["loss"].tolist() == pytest.approx((1 - at) ** 2 * 6 + 2 * at * (1 - at) * 3 + at**2 * 2)
    assert set(found["seed"]) == {3}
    assert set(found["stopped"]) == {"completed"}
