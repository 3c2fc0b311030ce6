"""What a reviewer would vary changes no reading, and a placebo finds nothing; any arm may be absent."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from synthetic import results_table

from reports.claims import q2_units as units
from reports.claims.q1_steps import CLAIM, evidence
from reports.drawing.theme import label
from reports.evidence.checked import plain
from reports.evidence.responses import NOISES, complete
from reports.staircase.kinds import kinds
from reports.staircase.quantization import USUAL, Shape, shape, steppedness
from reports.staircase.sensitivity import EVERYWHERE, VARIANTS, sensitivity


@pytest.fixture(scope="module")
def table():
    return plain(results_table(widths=(12,), seeds=8))


def of_arm(table, arm):
    rows = evidence(table)
    return complete(rows[rows["arm"] == arm])


@pytest.mark.parametrize("variant", VARIANTS, ids=lambda variant: variant.name)
def test_variant_reads_a_smooth_response_and_a_staircase_as_it_must(table, variant):
    smooth, counted = (variant.steppedness(of_arm(table, arm), 12) for arm in ("dropout", "fixed_count"))
    placebo = variant.name.startswith("placebo")
    assert shape(smooth) is Shape.SMOOTH
    assert (shape(counted) is Shape.STAIRCASE) is not placebo


SAID = {
    "as the rule says": {},
    "spline: at most 6 degrees of freedom": {"degrees": 6},
    "spline: at most 10": {"degrees": 10},
    "placebo: steps a quarter of a level late": {"phase": 0.25},
    "placebo: half a level late": {"phase": 0.5},
    "placebo: three quarters late": {"phase": 0.75},
    "placebo: 0.7 n levels": {"level_share": 0.7},
    "weights: equal": {"smoothing": EVERYWHERE},
    "weights: each strength by itself": {"smoothing": 1},
    "strengths: within 0.5 nat of the best": {"within": 0.5},
    "strengths: all": {"within": np.inf},
    "seeds: the first half": {"seed_share": 0.5},
}


def test_a_variant_differs_from_the_rule_in_the_one_choice_that_its_name_says():
    usual = VARIANTS[0]
    choices = {
        each.name: {**changed(each.instrument, USUAL), **changed(replace(each, name="", instrument=USUAL), replace(usual, name=""))}
        for each in VARIANTS
    }  # fmt: skip
    assert choices == SAID


def changed(variant, usual):
    return {name: value for name, value in vars(variant).items() if value != vars(usual)[name]}


def test_table_of_variants_has_a_row_for_each_width_and_a_column_for_each_arm_there_is():
    found = sensitivity(evidence(plain(results_table(seeds=4))))
    assert len(found) == 2 * len(VARIANTS)
    assert list(found.columns) == ["width", "what is changed", label("dropout"), label("fixed_count")]


def every_noise(table):
    copies = [table[table["arm"] == "dropout"].assign(arm=arm) for arm in ("gaussian", "batch", "frozen")]
    return pd.concat([table, *copies], ignore_index=True)


def test_every_kind_of_noise_is_beside_the_others(table):
    found = kinds(evidence(every_noise(table))).set_index("noise")
    assert list(found.index) == [label(arm) for arm in NOISES]
    assert found["reads as"].to_dict() == {label(arm): "smooth" for arm in NOISES} | {label("fixed_count"): "staircase"}
    assert found.loc[label("fixed_count"), "D"].startswith("0.2")
    told = found.map(lambda cell: float(str(cell).split(" ")[0].replace("−", "-")) if "[" in str(cell) else np.nan)
    smooth, counted = (told.loc[label(arm)] for arm in ("dropout", "fixed_count"))
    assert abs(smooth["U"]) < 0.1 < 0.2 < smooth["J"] < 0.7 < smooth["D"]
    assert counted["U"] == counted["J"] == 1
    assert set(found["seeds"]) == {8}
    assert found["strengths"].between(9, 48).all()
    assert not found[["A [nat]", "D", "J"]].map(lambda cell: "+" in cell).any(axis=None), "no differences"


@pytest.mark.parametrize("absent", [arm for arm in NOISES if arm != "dropout"])
def test_any_other_kind_may_be_absent(table, absent):
    lacking = every_noise(table).query("arm != @absent")
    details = CLAIM.details(evidence(lacking))
    assert label(absent) not in set(details[0].data["noise"])
    assert all(len(detail.data) for detail in details)


def test_an_absent_arm_leaves_numbers_numbers(table):
    assert evidence(table)["loss"].dtype == float
    assert units.evidence(table)["strength"].dtype == float


def test_without_bernoulli_dropout_there_is_nothing_to_test(table):
    assert evidence(table.query("arm != 'dropout'")).empty


def test_a_variant_takes_its_share_of_seeds_and_of_levels():
    """Half of three seeds are two; 0.7 of 12 levels are eight."""
    at = (np.arange(9, 48) + 0.5) / 48
    losses = pd.DataFrame(
        {seed: at**2 + 0.1 * seed + 0.01 * np.cos(40 * (seed + 1) * at) for seed in range(3)}, index=at
    )
    half, fewer = (replace(VARIANTS[0], **{name: share}) for name, share in (("seed_share", 0.5), ("level_share", 0.7)))
    assert half.steppedness(losses, 12) == steppedness(at, losses[[0, 1]].to_numpy(), 12)
    assert fewer.steppedness(losses, 12) == steppedness(at, losses.to_numpy(), 8)
