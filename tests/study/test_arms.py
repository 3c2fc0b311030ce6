"""An arm is made of fields of ``Hyper`` inside their domains, or not at all."""

import pytest
from optuna.distributions import CategoricalDistribution, FloatDistribution, IntDistribution

from nets import Hyper
from study.asked.arms import Arm, extremes, read_arm
from study.asked.settings import type_of


@pytest.mark.parametrize("field", [name for name in type_of if name != "seed"])
def test_every_field_can_be_fixed_at_its_default(field: str) -> None:
    default = Hyper.__dataclass_fields__[field].default
    assert Arm("one", {field: default}).hyper({}, seed=4) == Hyper(seed=4)


@pytest.mark.parametrize(
    ("settings", "told"),
    [
        ({"keep_prop": 0.5}, "did you mean keep_prob?"),
        ({"keep_prob": 1.5}, r"keep_prob lies in \(0, 1\], got 1.5"),
        ({"keep_prob": FloatDistribution(0.5, 1.5)}, r"keep_prob lies in \(0, 1\], got 1.5"),
        ({"width": FloatDistribution(1.5, 3)}, "width is a whole number, got 1.5"),
        ({"noise": CategoricalDistribution(["bernoulli", "poisson"])}, "poisson"),
        ({"seed": 3}, "set seed at the top"),
        ({"steps": 0}, "steps or epochs"),
    ],
)
def test_what_hyper_does_not_allow_is_refused(settings, told: str) -> None:
    with pytest.raises(ValueError, match=told):
        Arm("one", settings)


@pytest.mark.parametrize(
    ("field", "raw", "distribution"),
    [
        ("width", {"low": 4, "high": 64, "log": True}, IntDistribution(4, 64, log=True)),
        ("l2", {"low": 1e-5, "high": 1, "log": True}, FloatDistribution(1e-5, 1.0, log=True)),
        ("keep_prob", {"low": 0.2, "high": 1}, FloatDistribution(0.2, 1.0)),
        ("activation", ["relu", "tanh"], CategoricalDistribution(["relu", "tanh"])),
    ],
)
def test_the_declared_type_chooses_the_distribution(field: str, raw, distribution) -> None:
    assert read_arm("one", {field: raw}, shared={}, repeats=1).open == {field: distribution}


def test_an_arm_overrides_what_all_share() -> None:
    arm = read_arm("one", {"width": {"low": 2, "high": 3}}, shared={"width": 8, "momentum": 0.5}, repeats=1)
    assert arm.fixed == {"momentum": 0.5}
    assert arm.hyper({"width": 3}, seed=0) == Hyper(seed=0, width=3, momentum=0.5)


def test_a_field_reaches_its_extremes_or_the_one_value_that_it_has() -> None:
    arm = Arm(
        "one",
        {"depth": 3, "width": IntDistribution(4, 64), "noise": CategoricalDistribution(["bernoulli", "gaussian"])},
    )
    assert [arm.reach(field) for field in ("depth", "width", "noise", "batch_size")] == [
        (3,), (4, 64), ("bernoulli", "gaussian"), (Hyper(seed=0).batch_size,),
    ]  # fmt: skip
    odds = read_arm("one", {"keep_prob": {"low": 0.2, "high": 0.8, "axis": "odds"}}, shared={}, repeats=1)
    assert odds.reach("keep_prob") == pytest.approx((0.8, 0.2))
    with pytest.raises(TypeError, match="float, integer or categorical distribution, got"):
        extremes(range(3))


def test_open_fields_are_in_the_order_of_hypers_whatever_that_of_the_file() -> None:
    settings = {"l2": {"low": 0.1, "high": 1.0}, "keep_prob": [0.5, 1.0], "width": {"low": 2, "high": 3}}
    arm = read_arm("one", settings, shared={}, repeats=2)
    assert list(arm.axes) == list(arm.open) == sorted(settings, key=list(type_of).index)
    assert list(arm.axes) != list(settings)
    assert arm.repeats == 2
    assert read_arm("one", {**settings, "repeats": 5}, shared={}, repeats=2).repeats == 5
    assert Arm("one", {}).repeats == 1


def test_levels_are_those_of_the_arms_own_width_or_the_one_that_all_share() -> None:
    levels = {"keep_prob": {"low": 0.1, "high": 1.0, "axis": "levels"}}
    for settings, shared, most in (({"width": 4}, {"width": 8}, 4), ({}, {"width": 8}, 8), ({}, {}, 32)):
        arm = read_arm("one", {**levels, **settings}, shared=shared, repeats=1)
        assert arm.open["keep_prob_kept"].high == most
    for width in ([4, 8], {"low": 4, "high": 8}):
        with pytest.raises(ValueError, match="the width of this arm is open"):
            read_arm("one", {**levels, "width": width}, shared={"width": 8}, repeats=1)
