"""What a condition says is measured is what the claim reads: the probe's measure, and of its doses the one that is named."""

import pytest

from nets.probes import deletion, shift
from reports import CLAIMS
from reports.evidence.contrasts import Contrast, Level
from reports.evidence.quantities import Logarithm, Probed
from reports.experiments import d300
from reports.experiments.equal_loss import EqualLoss

SAID = {  # a measure, and a dose
    "contrast a quarter": ("shift.contrast", 0.25),
    "contrast halved": ("shift.contrast", 0.5),
    "contrast doubled": ("shift.contrast", 2),
    "contrast times four": ("shift.contrast", 4),
    "brightness −0.3": ("shift.brightness", -0.3),
    "brightness −0.1": ("shift.brightness", -0.1),
    "brightness +0.1": ("shift.brightness", 0.1),
    "brightness +0.3": ("shift.brightness", 0.3),
    "a tenth missing": ("shift.missing", 0.1),
    "a quarter missing": ("shift.missing", 0.25),
    "half missing": ("shift.missing", 0.5),
    "a quarter of the inputs missing": ("shift.missing", 0.25),
    "half of the inputs missing": ("shift.missing", 0.5),
    "weights disturbed by 30%": ("deletion.weight_noise", 0.3),
    "a quarter of the units deleted": ("deletion.quarter", None),
    "one unit deleted": ("deletion.one_mean", None),
    "at the start": ("coupling.change_at_start", None),
    "after the start": ("coupling.change_later", None),
    "the largest": ("correlation.max", None),
    "the mean": ("correlation.mean", None),
    "against the geometric mean": ("averaging.geometric", None),
    "against the arithmetic mean": ("averaging", None),
}
OF_SIDES = (
    "against none",
    "against L2",
    "statistics taken anew",
    *d300.WAYS,
    "",
)  # which networks are read, and by what statistics
DOSES = {
    **{f"shift.{name}": doses for name, (_, doses) in shift.CHANGES.items()},
    "deletion.weight_noise": deletion.DOSES,
}
ENDINGS = ("_adapted", "_error", "_loss", ".loss", ".error")


def read():
    """Claim, condition and probe's measure of every contrast, in loss and in error."""
    for claim in CLAIMS:
        for each in (*claim.compared, *getattr(claim, "in_error", ())):
            if isinstance(each, Contrast):
                value = each.low_value or each.value
                found = value.of if isinstance(value, Logarithm) else value
                if isinstance(found, Probed):
                    yield pytest.param(each.condition, found, id=f"{claim.slug}-{each.condition}-{found.name}")


def measure(name):
    """Without what it is a measure of, loss or error."""
    for ending in ENDINGS:
        name = name.removesuffix(ending)
    return name


@pytest.mark.parametrize(("condition", "found"), list(read()))
def test_a_condition_names_the_measure_and_the_dose_that_are_read(condition, found):
    *_, words = [part for part in condition.split(", ") if part not in OF_SIDES] or [""]
    if not words:
        return
    name, dose = SAID[words]
    assert measure(found.name) == name
    if dose is not None:
        assert DOSES[name][found.place[0]] == dose
    assert ("statistics taken anew" in condition) == found.name.endswith("_adapted")


def test_a_condition_names_the_way_in_which_both_came_to_do_equally_well():
    found = [each for claim in CLAIMS for each in claim.compared if isinstance(each, EqualLoss)]
    assert {each.less for each in found} == {True, False}
    assert all(each.condition.endswith(f"regularised {'less' if each.less else 'more'}") for each in found)


def test_of_relu_dead_units_are_counted_and_of_others_saturated_ones():
    (claim,) = (claim for claim in CLAIMS if claim.slug == "B3")
    counted = {each.side.where["activation"]: each.value.name for each in claim.compared if isinstance(each, Level)}
    assert counted == {"sigmoid": "saturation.share", "tanh": "saturation.share", "relu": "saturation.dead"}
