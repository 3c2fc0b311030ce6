"""An arm is made of fields of ``Hyper`` inside their domains, or not at all."""

import pytest
from optuna.distributions import CategoricalDistribution, FloatDistribution, IntDistribution

from nets import Hyper
from study.asked.arms import Arm, read_arm
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
