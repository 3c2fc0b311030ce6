"""An axis decides how a field is searched, and nothing about what the field may be."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from optuna.distributions import FloatDistribution, IntDistribution

from study.asked.arms import read_arm
from study.asked.axes import AXES, FITTING
from study.searched.sampling import Brain

RANGE = {"low": 0.2, "high": 0.997}


@pytest.mark.parametrize("axis", AXES)
def test_every_proposal_lies_in_the_range(axis: str) -> None:
    arm = read_arm("one", {"width": 12, "keep_prob": {**RANGE, "axis": axis}}, shared={}, repeats=1)
    brain = Brain(arm.open, sampler="random", seed=0, search="one")
    drawn = [arm.hyper(brain.ask(), seed=0).keep_prob for _ in range(50)]
    assert min(drawn) >= 0.2
    assert max(drawn) <= 0.997 + 1e-15  # a rounding of 1/(1 + (1 − p)/p)
    assert len(set(drawn)) > 5


def test_the_odds_of_every_field_between_0_and_1_can_be_searched() -> None:
    assert {"keep_prob", "momentum", "bn_momentum"} <= set(FITTING["odds"])
    assert not {"l2", "init_gain", "learning_rate", "width"} & set(FITTING["odds"])


@pytest.mark.parametrize("field", FITTING["odds"])
@given(low=st.floats(0.01, 0.5), high=st.floats(0.51, 0.999))
def test_odds_are_searched_between_those_of_the_ends(field: str, low: float, high: float) -> None:
    arm = read_arm("one", {field: {"low": low, "high": high, "axis": "odds"}}, shared={}, repeats=1)
    distribution = arm.open[f"{field}_odds"]
    assert isinstance(distribution, FloatDistribution)
    assert distribution.log
    assert sorted(arm.reach(field)) == pytest.approx([low, high], rel=1e-12)  # two roundings


@given(width=st.integers(2, 200), low=st.floats(0.05, 0.4))
def test_levels_are_those_of_the_width_and_none_is_left_out(width: int, low: float) -> None:
    arm = read_arm("one", {"keep_prob": {"low": low, "high": 1, "axis": "levels"}}, shared={"width": width}, repeats=1)
    distribution = arm.open["keep_prob_kept"]
    assert isinstance(distribution, IntDistribution)
    assert distribution.high == width
    assert (distribution.low - 1) / width < low <= distribution.low / width
    assert arm.hyper({"keep_prob_kept": distribution.low}, seed=0).keep_prob == distribution.low / width


@pytest.mark.parametrize(
    ("settings", "told"),
    [
        ({"keep_prob": {**RANGE, "axis": "odd"}}, "did you mean odds?"),
        ({"keep_prob": {"low": 0.2, "high": 1.0, "axis": "odds"}}, "keep_prob.high lies below 1"),
        ({"keep_prob": {**RANGE, "axis": "odds", "log": True}}, "keep_prob.log is no setting"),
        ({"width": {"low": 4, "high": 8}, "keep_prob": {**RANGE, "axis": "levels"}}, "fix it, or drop axis"),
        ({"width": 3, "keep_prob": {"low": 0.4, "high": 0.6, "axis": "levels"}}, r"no level k/3 inside \[0.4, 0.6\]"),
        ({"momentum": {"low": 0, "high": 0.9, "axis": "odds"}}, "momentum.low lies above 0"),
        ({"momentum": {"low": 0.1, "high": 0.9, "axis": "levels"}}, "levels belongs to keep_prob"),
        ({"l2": {"low": 0.1, "high": 1.0, "axis": "odds"}}, "l2.axis is linear, got odds"),
    ],
)
def test_a_mistake_is_told(settings, told: str) -> None:
    with pytest.raises(ValueError, match=told):
        read_arm("one", settings, shared={}, repeats=1)
