"""What is said beside a verdict, on cards, in advice and in notes, gives each of two sides its own number and name."""

import re

import numpy as np
import pandas as pd
import pytest
from filled import filled_table
from planting import planted, table_of
from synthetic import results_table
from test_choice import refitted
from tuned import bowl, table

from reports import CLAIMS
from reports.choice.candidates import choose
from reports.evidence.checked import plain
from reports.evidence.paired import own
from reports.judging.regimes import Regime
from reports.page.cards import cards
from reports.tuning.axis_advice import SEARCHED, search_advice
from reports.tuning.chosen_advice import advise_from_choice
from reports.tuning.dose_gains import dose_gains
from reports.tuning.gains_by_width import COLUMNS, USUAL, slope
from reports.tuning.random_search import BUDGET
from reports.tuning.searching import HITS, searching
from reports.tuning.strength_axes import AXES
from reports.tuning.tuned_arms import tuned_arms

BY_SLUG = {claim.slug: claim for claim in CLAIMS}


def test_a_card_of_a_regulariser_has_the_accuracy_first_and_the_loss_beside():
    """A tenth of a nat, which ``tuned`` makes one point of error; 94 % against 95 % of accuracy."""
    rows = table({"none": bowl(0.6), "dropout_rates": bowl(0.5, dose=0.7)}, noise=0.001)
    (card,) = cards(rows, [], None)
    assert card.value.startswith("+1.0")
    accuracies = [float(each) for each in re.findall(r"[\d.]+(?=%)", card.beside)]
    assert accuracies[0] - accuracies[1] == pytest.approx(1, abs=0.11)
    assert "; in loss +0.1" in card.beside


def test_a_card_of_the_chosen_configuration_has_its_own_numbers_before_those_without():
    choice = choose(refitted({"l2": 0.4, "none": 0.6}, noise=0.001))
    (card,) = cards(pd.DataFrame(plain(results_table(seeds=2))).query("stage == 'search'"), [], choice)
    with_it, without = (float(each) for each in re.findall(r"([\d.]+) against ([\d.]+) nat", card.beside)[0])
    assert without - with_it == pytest.approx(0.2, abs=0.01)


@pytest.mark.parametrize(("best", "first"), [({"l2": 0.4, "bn_none": 0.5}, "no"), ({"l2": 0.5, "bn_none": 0.4}, "yes")])
def test_advice_names_the_best_with_batch_norm_and_the_best_without_it(best, first):
    told = dict(advise_from_choice(refitted({**best, "none": 0.6}), {}))["batch norm"]
    normed, plain_one = re.fullmatch(rf"{first}; the best with it is (.*), without it (.*)", told).groups()
    assert normed.startswith("batch norm, ")
    assert plain_one.startswith("L2, ")


def test_advice_names_the_narrowest_that_cannot_be_told_apart():
    rows = refitted({"l2": 0.4, "none": 0.4, "dropout": 0.4}, noise=0.02, seed=1)
    first, *others = (each.key[1] for each in choose(rows).shortlist)
    best = choose(rows).best.key[1]
    assert len(others) == 2
    narrow, between = (arm for arm in (first, *others) if arm != best)
    widths = {best: 24, narrow: 8, between: 16}
    told = dict(advise_from_choice(rows.assign(width=rows["arm"].map(widths)), {}))["width"]
    assert re.fullmatch(r"24 units; .*, 8 units cannot be told apart in validation loss", told)


def test_the_axis_that_is_advised_is_that_on_which_most_searches_hit():
    results = plain(results_table(seeds=6))
    rows = searching(results)
    hits = rows[(rows["quantity"] == HITS) & ~rows["none_first"] & (rows["void"] == "") & (rows["trials"] == BUDGET)]
    found = {key: each for key, each in search_advice(results).items() if len(SEARCHED[each.kind]) > 1}
    assert found
    for (width, kind), each in found.items():
        by_axis = hits[(hits["width"] == width) & hits["axis"].isin(SEARCHED[kind])].set_index("axis")["value"]
        assert by_axis.nunique() == len(SEARCHED[kind])
        assert AXES[by_axis.idxmax()].label == each.axis


@pytest.mark.parametrize(
    ("width", "column", "ends"),
    [
        (4, "more", (True, False)),
        (4, "less", (False, True)),
        (16, "more", (False, True)),
        (16, "less", (True, False)),
    ],
)
def test_a_gain_that_may_be_larger_at_the_wide_end_leaves_the_slope_open_above(width, column, ends):
    rows = pd.DataFrame(
        [{**USUAL, "width": at, "seed": seed, "gain": 0.01 * at + 0.001 * seed} for at in (4, 16) for seed in range(5)]
    )[COLUMNS]
    rows[column] = rows["width"] == width
    found = slope(rows)
    assert (np.isinf(found.low), np.isinf(found.high)) == ends


def test_dose_gains_are_of_plain_networks_alone():
    truths = {"none": bowl(0.8), "dropout_rates": bowl(0.7, dose=0.7)}
    normed = {f"bn_{name}": bowl(0.3 + 0.1 * place, dose=0.7) for place, name in enumerate(truths)}
    found, alone = (dose_gains(tuned_arms(table(each, noise=0.0))) for each in ({**truths, **normed}, truths))
    pd.testing.assert_frame_equal(found, alone)


def test_the_best_keep_probs_are_told_of_the_side_that_has_them():
    claim = BY_SLUG["B11"]
    rows = plain(filled_table(claim))
    best = rows["arm"].map({"B11_none": 0.8, "B11_before": 0.5})
    odds = np.log((1 - rows["keep_prob"]) / rows["keep_prob"]) - np.log((1 - best) / best)
    notes = claim.evidence(rows.assign(valid_loss=odds**2 + np.log(rows["learning_rate"]) ** 2))["note"]
    assert set(notes) == {"best keep_prob 0.80 without and 0.50 with normalisation"}


def test_condition_numbers_are_told_of_the_scaling_that_has_them():
    claim = BY_SLUG["I1"]
    rows = table_of(claim)
    contours = rows["measures"].str.contains("input_condition")
    numbers = rows["scaling"].map({"raw": 1e6, "standardised": 10.0}).fillna(1.0)
    told = [f'{{"curvature.input_condition": {number}}}' for number in numbers]
    found = claim.evidence(rows.assign(measures=rows["measures"].mask(contours, told)))
    assert all(note.endswith("condition number 1.0e+06 raw, 1.0e+01 standardised") for note in found["note"])


def test_the_best_keep_prob_is_told_of_the_width_that_has_it():
    """Planted to rise with the width."""
    claim = BY_SLUG["Q5b"]
    for found in claim.estimate(claim.evidence(planted(claim, "above"))):
        told = [re.fullmatch(r"p\* = (.*) at width (\d+)", note).groups() for note in found.notes]
        best = [float(value.split()[0]) for value, _ in sorted(told, key=lambda each: int(each[1]))]
        assert best == sorted(set(best))


def test_the_variance_of_both_together_is_told_of_the_place_that_has_it():
    claim = BY_SLUG["B12"]
    rows = own(table_of(claim), claim.networks)
    ratios = np.where(rows["batch_norm"] == "before", 1.5, 0.5)
    rows = rows.assign(measures=[f'{{"variance.ratio": [1.0, {ratio}]}}' for ratio in ratios])
    conditions = [each.condition for each in claim.compared]
    named = [Regime("20% random labels").under(each) for each in conditions]
    regimes = pd.DataFrame({"regime": named, "note": [*([""] * 3), *(["bounded"] * 3)]}, dtype=object)
    for condition, before, note in zip(conditions, regimes["note"], claim.noted(rows, regimes)["note"], strict=True):
        for place, ratio in (("before", "1.50"), ("after", "0.50")):
            told = f"training ÷ evaluation {ratio}" in note
            assert told == (condition == f"against normalisation alone, normalisation {place} the activation")
        assert note == before or note.startswith("bounded; with both" if before else "with both")
