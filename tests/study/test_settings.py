"""Numbers of a study file at their limits: the last one that is taken and the first that is not."""

from itertools import pairwise

import pytest
from small_study import small_study

from study.asked.designs import MOST_REPLICATES, PerLevel
from study.asked.networks import baseline_seeds, design_networks, refit_networks, refit_seeds, trial_networks
from study.asked.settings import read_count, read_log, read_range, read_value, read_values
from study.errors import UsageError


@pytest.mark.parametrize("raw", [1, 2, 9, 10])
def test_a_count_is_taken(raw: int) -> None:
    assert read_count("trials", raw, most=10) == raw


@pytest.mark.parametrize("raw", [0, -1, 11, 1.0, True, "3", None])
def test_a_count_is_refused(raw: object) -> None:
    with pytest.raises(ValueError, match=r"trials is a whole number in 1 … 10, got (nothing|.*\S)"):
        read_count("trials", raw, most=10)
    assert read_count("points", 10_000) == 10_000
    with pytest.raises(ValueError, match="1 … 10000, got 10001"):
        read_count("points", 10_001)


@pytest.mark.parametrize(("low", "high"), [(0.2, 0.2), (0.3, 0.2)])
def test_a_range_has_its_low_end_below_its_high_end(low: float, high: float) -> None:
    with pytest.raises(ValueError, match=f"keep_prob.low lies below keep_prob.high, got {low} and {high}"):
        read_range("keep_prob", {"low": low, "high": high}, also=())
    assert read_range("keep_prob", {"low": 0.2, "high": 0.3}, also=()) == (0.2, 0.3)


def test_a_logarithmic_range_begins_above_zero() -> None:
    with pytest.raises(ValueError, match=r"l2\.low lies above 0 where log is true, got 0"):
        read_log("l2", {"low": 0, "high": 1, "log": True})
    assert read_log("l2", {"low": 1e-9, "high": 1, "log": True})
    assert not read_log("l2", {"low": 0, "high": 1})
    assert not read_log("l2", {"low": 0, "high": 1, "log": False})
    with pytest.raises(ValueError, match=r"l2\.log is true or false, got 1"):
        read_log("l2", {"low": 1, "high": 2, "log": 1})


def test_a_word_has_no_range_and_a_list_no_value_twice() -> None:
    with pytest.raises(ValueError, match="activation is a word and has no range"):
        read_range("activation", {"low": "relu", "high": "tanh"}, also=())
    with pytest.raises(ValueError, match=r"width takes each value once, got \[3, 3\]"):
        read_values("width", [3, 3])
    with pytest.raises(ValueError, match=r"width takes at least one value, got \[\]"):
        read_values("width", [])
    with pytest.raises(ValueError, match="the seeds of networks follow from the study's"):
        read_value("seed", 3)
    assert read_values("width", [3, 4]) == (3, 4)
    assert isinstance(read_value("l2", 1), float)


@pytest.mark.parametrize("per_level", [1, 2, 4])
@pytest.mark.parametrize("width", [1, 3, 12])
def test_points_lie_half_a_cell_from_the_levels_and_both_ends_belong(per_level: int, width: int) -> None:
    cells = per_level * width
    every = [(2 * place + 1) / (2 * cells) for place in range(cells)]
    assert PerLevel(0.0, 1.0, per_level).values(width) == pytest.approx(every)
    first, last = every[0], every[-1]
    assert PerLevel(first, last, per_level).values(width)[0] == first
    assert PerLevel(first, last, per_level).values(width)[-1] == last
    assert all(high - low == pytest.approx(1 / cells) for low, high in pairwise(every))


def test_seeds_that_score_are_not_those_that_choose() -> None:
    """Designs and searches share their seeds, and so are paired; refits have others, from ``MOST_REPLICATES`` on."""
    config = small_study()
    (arm, repeat), params = (
        config.searches[0],
        {"width": 4, "keep_prob": 0.5, "activation": "tanh", "learning_rate": 1.0},
    )
    told = {
        "design": design_networks(config, config.designs[0], 0),
        "search": trial_networks(config, arm, repeat, 5, params),
        "refit": refit_networks(config, arm, repeat, 5, params),
    }
    seeds = {stage: sorted({each.hyper.seed for each in networks.values()}) for stage, networks in told.items()}
    assert MOST_REPLICATES == 500
    assert seeds == {"design": [3000, 3001], "search": [3000, 3001], "refit": [3500, 3501]}
    assert refit_seeds(config) == [3500, 3501]
    assert [(key.stage, key.trial, key.replicate) for key in told["refit"]] == [("refit", 5, 0), ("refit", 5, 1)]
    assert [key.is_tested for networks in told.values() for key in networks] == 14 * [False] + 2 * [True]


@pytest.mark.parametrize(("asked", "seeds"), [({}, 5), ({"replicates": 3}, 3), ({"replicates": 9}, 5)])
def test_other_methods_have_the_first_fresh_seeds_of_the_scores_or_all_of_the_refit(asked: dict, seeds: int) -> None:
    arms = {"none": {"learning_rate": [0.1, 0.2]}}
    scored = small_study(
        design={"replicates": 2, "arms": arms}, score={"replicates": 5}, search=None, refit=None, baselines=asked
    )
    assert baseline_seeds(scored) == [3500, 3501, 3502, 3503, 3504][:seeds]
    assert baseline_seeds(small_study(baselines={})) == [3500, 3501]


LEAST = {
    "seed": 0,
    "design__replicates": 1,
    "search__trials": 1,
    "search__replicates": 1,
    "search__window": 1,
    "search__repeats": 1,
    "search__patience": 1,
    "search__history": 50,
    "refit__trials": 1,
    "refit__replicates": 1,
}


@pytest.mark.parametrize("name", LEAST)
def test_the_least_of_a_setting_is_taken_and_one_less_is_not(name: str) -> None:
    small_study(**{name: LEAST[name]})
    with pytest.raises(UsageError, match=rf"{name.replace('__', '.')} is a whole number in {LEAST[name]} …"):
        small_study(**{name: LEAST[name] - 1})
