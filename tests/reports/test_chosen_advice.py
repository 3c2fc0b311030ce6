"""Advice from refitted searches: what it says of the chosen setting, of none and of the others is what the table holds."""

import re

import numpy as np
import pandas as pd
import pytest
from test_choice import refitted

from reports.choice.candidates import choose
from reports.judging.intervals import mean
from reports.tuning.chosen_advice import _at_end, advise_from_choice, compared, foreseen

CONFIG = {"search": {"arms": {"l2": {"l2": {"low": 1e-5, "high": 1.0, "log": True}}}}}


def lines(table: pd.DataFrame, config: dict = CONFIG) -> dict[str, str]:
    return dict(reversed(advise_from_choice(table, config)))


@pytest.mark.parametrize(
    ("none", "said"),
    [
        (0.5, "it pays: in loss better than none by"),
        (0.401, "none does as well .*: in loss .*what counts"),
    ],
)
def test_a_regulariser_is_advised_where_it_pays_and_not_where_it_does_not(none: float, said: str) -> None:
    table = refitted({"l2": 0.4, "none": none, "dropout": 0.6}, noise=0.002)
    told = lines(table)
    assert told["use"].startswith("L2, ")
    assert re.match(said, told["regulariser"])


def test_what_pays_in_one_metric_and_costs_in_the_other_is_said_of_each() -> None:
    """The validation loss chose it; on the test part its loss is worse than none's and its error better, or the other way."""
    table = refitted({"l2": 0.4, "none": 0.5}, noise=0.002)
    chosen = table["arm"] == "l2"
    for dearer, cheaper in (("loss", "error"), ("error", "loss")):
        turned = table.copy()
        turned.loc[chosen, f"test_{dearer}"] += 0.3
        turned.loc[chosen, f"test_{cheaper}"] -= 0.3
        said = lines(turned)["regulariser"]
        assert said.startswith(f"it pays in {cheaper} and costs in {dearer}: ")
        assert re.search(f"in {dearer} worse than none", said)
        assert re.search(f"in {cheaper} better than none", said)


def test_where_none_is_best_none_is_advised() -> None:
    assert lines(refitted({"none": 0.4, "l2": 0.5}))["regulariser"].startswith("none: no other setting")


def test_the_best_of_every_other_kind_stands_beside_it() -> None:
    table = refitted({"l2": 0.4, "none": 0.5, "dropout": 0.6, "bn_none": 0.7})
    beside = [words for name, words in advise_from_choice(table, CONFIG) if name == "beside"]
    assert [words.split(", ")[0] for words in beside] == [
        "better than dropout",
        "better than batch norm",
    ]


def test_a_best_at_the_end_of_its_axis_is_told() -> None:
    table = refitted({"l2": 0.4, "none": 0.5})
    at_end = {"search": {"arms": {"l2": {"l2": {"low": 0.001, "high": 0.0101, "log": True}}}}}
    assert "the best L2 λ lies at the end of what was tried" in "\n".join(
        map(" ".join, advise_from_choice(table, at_end))
    )
    assert "lies at the end" not in "\n".join(map(" ".join, advise_from_choice(table, CONFIG)))


def test_a_setting_that_the_test_part_prefers_is_told() -> None:
    table = refitted({"l2": 0.4, "none": 0.41})
    table.loc[table["arm"] == "none", "test_loss"] -= 0.1
    assert "on the test part no regularisation" in lines(table)["beware"] or any(
        "on the test part no regularisation" in words for _, words in advise_from_choice(table, CONFIG)
    )


@pytest.mark.parametrize(
    ("losses", "said"),
    [
        ({"l2": 0.4, "none": 0.402}, "1 other setting cannot be told apart in validation loss, the simplest no regularisation, 12 units"),
        ({"none": 0.4, "l2": 0.402}, "1 other setting cannot be told apart in validation loss"),
        ({"l2": 0.4, "none": 0.6}, None),
    ],
)  # fmt: skip
def test_the_simplest_of_those_that_cannot_be_told_apart_is_named_unless_it_is_used(
    losses: dict[str, float], said: str | None
) -> None:
    table = refitted(losses, noise=0.005, seed=3).assign(valid_rows=600)
    told = [words for name, words in advise_from_choice(table, CONFIG) if name == "beware"]
    assert [words for words in told if "told apart" in words] == ([said] if said else [])


def test_without_fresh_seeds_there_is_no_advice() -> None:
    table = refitted({"l2": 0.4, "none": 0.5})
    assert choose(table) is not None
    assert not advise_from_choice(table[table["stage"] == "search"], CONFIG)


def test_nineteen_of_twenty_further_seeds_lie_where_they_are_foreseen() -> None:
    draw = np.random.default_rng(0)
    seen, new = draw.normal(3, 2, (4000, 6)), draw.normal(3, 2, 4000)
    inside = [(found := foreseen(mean(row))).low < value < found.high for row, value in zip(seen, new, strict=True)]
    assert np.mean(inside) == pytest.approx(0.95, abs=0.011)  # three standard errors of 4,000 draws


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ([0.03, 0.031, 0.032], "better than none by"),
        ([0.003, 0.0031, 0.0032], "less than what counts, 0.02 nat"),
        ([0.015, 0.025, 0.035], "shown to be above zero, not above what counts, 0.02 nat"),
        ([-0.03, -0.031, -0.032], "worse than none: −0.031 nat [−0.033, −0.029]"),
        ([-0.003, -0.0031, -0.0032], "worse than none: −0.003 nat [−0.003, −0.003], less than what counts, 0.02 nat"),
        ([-0.001, 0.0, 0.001], "no difference that counts from none"),
        ([-0.1, 0.0, 0.13], "not told apart from none"),
        ([-0.1, 0.0, 0.2], "too few seeds to tell it from none: +0.033 nat [−0.346, +0.413]; it takes 165"),
        ([0.2, 0.0, -0.3], "too few seeds to tell it from none: −0.033 nat"),
        ([0.1], "one seed cannot tell it from none"),
        ([0.0, 0.0, 0.0], "no difference that counts from none"),
        ([0.005, 0.01, 0.015], "not told apart from none: +0.010 nat [−0.002, +0.022]"),
        ([-0.005, -0.01, -0.015], "not told apart from none: −0.010 nat [−0.022, +0.002]"),
        ([0.0, 0.02, 0.04], "not told apart from none: +0.020 nat"),
    ],
)
def test_a_difference_is_told_by_its_interval(values: list[float], said: str) -> None:
    assert said in compared(mean(values), "test_loss", "none")


def test_what_was_searched_is_told_whether_it_is_a_range_or_a_list() -> None:
    """What is fixed is not; of what regularises and of the rate the chosen value stands first."""
    axes = {
        "l2": {"low": 1e-5, "high": 1.0, "log": True},
        "keep_prob": [0.8, 1.0],
        "activation": ["relu", "tanh"],
        "momentum": {"low": 0.5, "high": 0.95, "axis": "odds"},
        "width": {"low": 4, "high": 64},
        "batch_size": 50,
        "repeats": 2,
    }
    told = lines(refitted({"l2": 0.4, "none": 0.6}).assign(activation="relu"), {"search": {"arms": {"l2": axes}}})
    assert told["use"].startswith("L2, 12 units: learning rate 0.05, keep-prob 1, L2 λ 0.01, no batch norm, ")
    assert told["search"].startswith(
        "L2 λ 1e−05 to 1 (logarithmic), keep-prob among 0.8, 1, activation among relu, tanh,"
        " momentum 0.5 to 0.95 (odds), width 4 to 64 (linear); 1 try, "
    )


KEEP, DECADES = {"low": 0.2, "high": 0.9}, {"low": 1e-5, "high": 1.0, "log": True}
ODDS = {"low": 0.2, "high": 0.997, "axis": "odds"}


@pytest.mark.parametrize(
    ("value", "axis", "at_end"),
    [
        (0.234, KEEP, True),  # within a twentieth of the range
        (0.236, KEEP, False),
        (0.864, KEEP, False),
        (0.866, KEEP, True),
        (0.99, {"low": 0.2, "high": 1.0}, False),  # beyond it lies none
        (0.21, {"low": 0.2, "high": 1.0}, True),
        (10**-4.76, DECADES, True),  # of five decades a quarter
        (10**-4.74, DECADES, False),
        (0.03, {"low": 0.01, "high": 0.1, "log": False}, False),
        ("relu", ["relu", "tanh"], False),
        (0.5, ODDS, False),
        (0.263, ODDS, True),  # log-odds from −1.386 to 5.806, of which a twentieth is 0.360
        (0.264, ODDS, False),
        (0.9958, ODDS, True),
        (0.9957, ODDS, False),
    ],
)
def test_a_value_lies_at_an_end_within_a_twentieth_of_its_axis(value: float, axis: dict, *, at_end: bool) -> None:
    assert _at_end(value, axis) is at_end


@pytest.mark.parametrize(
    ("losses", "tries", "enough"),
    [
        ([0.6, 0.5, 0.41, 0.4, 0.7], "5 tries", 3),
        ([0.4], "1 try", 1),
        ([0.52, 0.5], "2 tries", 1),
        ([0.6, None, 0.43, 0.5, 0.4], "5 tries", 5),
    ],
)
def test_so_many_tries_came_within_what_counts_of_what_all_of_them_found(losses: list, tries: str, enough: int) -> None:
    """A try that lost a network found nothing."""
    rows = refitted({"l2": 0.4, "none": 0.5})
    one = rows[(rows["stage"] == "search") & (rows["arm"] == "l2")]
    tried = pd.concat(
        one.assign(trial=trial, valid_loss=[np.nan if loss is None else loss, *[loss or 0.1] * (len(one) - 1)])
        for trial, loss in enumerate(losses)
    )
    told = lines(pd.concat([rows[rows["stage"] == "refit"], tried]).assign(valid_rows=600))["search"]
    assert told.startswith("L2 λ 1e−05 to 1 (logarithmic); ")
    assert f"{tries}, of which the first {enough} came within 0.02 nat" in told


@pytest.mark.parametrize(("rows", "few"), [(99, True), (100, False), (600, False)])
def test_too_few_validation_rows_for_a_point_are_told(rows: int, *, few: bool) -> None:
    table = refitted({"l2": 0.4, "none": 0.5}).assign(valid_rows=rows)
    told = [words for name, words in advise_from_choice(table, CONFIG) if name == "beware"]
    assert any(f"{rows} validation rows of a seed are too few to tell 1 point apart" in words for words in told) == few
