"""How an open field is searched: on which of Optuna's distributions, and which value of the field each of its values is."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from typing import Any

from optuna.distributions import BaseDistribution, FloatDistribution, IntDistribution

from nets.hyper import Hyper
from study.asked.settings import Value, read_log, read_range, type_of
from study.errors import did_you_mean


@dataclass(frozen=True)
class Axis:
    """``parameter`` is Optuna's name of what is searched; it is the field's own where ``value`` is the identity."""

    parameter: str
    distribution: BaseDistribution
    value: Callable[[Any], Value]


def linear(field: str, distribution: BaseDistribution) -> Axis:
    """The field itself, also where its distribution is logarithmic."""
    return Axis(field, distribution, lambda value: value)


def read_axis(field: str, raw: Mapping[str, Any], *, width: Value | None) -> Axis:
    """The range of a study file; ``width`` is that of the arm, if it is fixed. Raises ``ValueError``."""
    axis = raw.get("axis", "linear")
    if not isinstance(axis, str) or axis not in AXES:
        raise ValueError(f"{field}.axis is one of {', '.join(AXES)}, got {axis!r}{did_you_mean(str(axis), AXES)}")
    if axis in FITTING and field not in FITTING[axis]:
        fitting = ", ".join(FITTING[axis])
        raise ValueError(
            f"{field}.axis is linear, got {axis}: {axis} belongs to {fitting}{did_you_mean(field, FITTING[axis])}"
        )
    return AXES[axis](field, raw, width)


def _linear(field: str, raw: Mapping[str, Any], width: Value | None) -> Axis:
    low, high = read_range(field, raw, also=("log", "axis"))
    log = read_log(field, raw)
    if type_of[field] is int:
        return linear(field, IntDistribution(int(low), int(high), log=log))
    return linear(field, FloatDistribution(float(low), float(high), log=log))


def _odds(field: str, raw: Mapping[str, Any], width: Value | None) -> Axis:
    """α = (1 − p)/p, log-uniform: of a share p that is kept, and of a momentum p, whose 1 − p is what counts near 1."""
    low, high = read_range(field, raw, also=("axis",))
    if low == 0:
        raise ValueError(f"{field}.low lies above 0 where axis is odds, whose (1 − p)/p is logarithmic, got {low}")
    if high == 1:
        raise ValueError(f"{field}.high lies below 1 where axis is odds, whose (1 − p)/p is logarithmic, got {high}")
    return Axis(
        f"{field}_odds", FloatDistribution((1 - high) / high, (1 - low) / low, log=True), lambda odds: 1 / (1 + odds)
    )


def _levels(field: str, raw: Mapping[str, Any], width: Value | None) -> Axis:
    """Only k/n, for the width n."""
    low, high = read_range(field, raw, also=("axis",))
    if not isinstance(width, int):
        raise ValueError(f"{field} has the levels k/width, and the width of this arm is open: fix it, or drop axis")
    kept = [k for k in range(1, width + 1) if low <= k / width <= high]
    if not kept:
        raise ValueError(f"{field} has no level k/{width} inside [{low}, {high}]: widen the range")
    return Axis(f"{field}_kept", IntDistribution(kept[0], kept[-1]), lambda k: k / width)


AXES: dict[str, Callable[[str, Mapping[str, Any], Value | None], Axis]] = {
    "linear": _linear,
    "odds": _odds,
    "levels": _levels,
}
FITTING = {
    "odds": tuple(each.name for each in fields(Hyper) if getattr(each.metadata["domain"], "bounds", None) == (0, 1)),
    "levels": ("keep_prob",),
}  # the fields on which an axis other than the linear one makes sense
