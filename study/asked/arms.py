"""Arms of a search: a value fixes a field of ``Hyper``, an Optuna distribution opens it, on an axis of its own if need be."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from optuna.distributions import BaseDistribution, CategoricalDistribution, FloatDistribution, IntDistribution

from nets.hyper import Hyper
from study.asked.axes import Axis, linear, read_axis
from study.asked.settings import Value, order_of, read_count, read_value, read_values


@dataclass(frozen=True)
class Arm:
    """Raises ``ValueError`` if a setting is no field of ``Hyper`` or leaves the field's domain."""

    name: str
    settings: Mapping[str, Value | BaseDistribution | Axis]
    repeats: int = 1  # independent searches

    def __post_init__(self) -> None:
        for field, value in self.fixed.items():
            read_value(field, value)
        for field in self.axes:
            for extreme in self.reach(field):
                read_value(field, extreme)
        self.hyper({axis.parameter: extremes(axis.distribution)[0] for axis in self.axes.values()}, seed=0)

    @cached_property
    def fixed(self) -> dict[str, Value]:
        return {field: each for field, each in self.settings.items() if not isinstance(each, (BaseDistribution, Axis))}

    @cached_property
    def axes(self) -> dict[str, Axis]:
        """Of the open fields, in the order of ``Hyper``'s."""
        opened = {
            field: linear(field, each) if isinstance(each, BaseDistribution) else each
            for field, each in self.settings.items()
            if isinstance(each, (BaseDistribution, Axis))
        }
        return {field: opened[field] for field in sorted(opened, key=lambda field: order_of.get(field, -1))}

    @property
    def open(self) -> dict[str, BaseDistribution]:
        """The search space by Optuna's names."""
        return {axis.parameter: axis.distribution for axis in self.axes.values()}

    def reach(self, field: str) -> tuple[Value, ...]:
        """The extremes of a field, or the one value that it has."""
        if field in self.axes:
            axis = self.axes[field]
            return tuple(axis.value(extreme) for extreme in extremes(axis.distribution))
        value: Value = getattr(Hyper(seed=0), field)
        return (self.fixed.get(field, value),)

    def hyper(self, params: Mapping[str, Any], *, seed: int) -> Hyper:
        """The network of Optuna's ``params``."""
        opened: dict[str, Any] = {field: axis.value(params[axis.parameter]) for field, axis in self.axes.items()}
        settings: dict[str, Any] = {**self.fixed, **opened}
        return Hyper(**settings, seed=seed)


def extremes(distribution: BaseDistribution) -> tuple[Value, ...]:
    """Values whose being in a field's domain puts the whole distribution there. Raises ``TypeError`` for unknown kinds."""
    if isinstance(distribution, (FloatDistribution, IntDistribution)):
        return distribution.low, distribution.high
    if isinstance(distribution, CategoricalDistribution):
        return tuple(distribution.choices)  # type: ignore[arg-type]  # read_value refuses None and booleans
    raise TypeError(f"an arm opens a field by a float, integer or categorical distribution, got {distribution!r}")


def read_arm(name: str, settings: Mapping[str, Any], *, shared: Mapping[str, Value], repeats: int) -> Arm:
    """The arm of a study file, whose own ``repeats`` replace those of the search. Raises ``ValueError``."""
    own = {field: raw for field, raw in settings.items() if field != "repeats"}
    whole = {**shared, **own}
    width = whole.get("width", Hyper.__dataclass_fields__["width"].default)
    fixed_width = None if isinstance(width, (Mapping, list)) else width
    read = {field: _setting(field, raw, fixed_width) for field, raw in own.items()}
    return Arm(name, {**shared, **read}, read_count("repeats", settings.get("repeats", repeats)))


def _setting(field: str, raw: Any, width: Value | None) -> Value | BaseDistribution | Axis:
    if isinstance(raw, Mapping):
        return read_axis(field, raw, width=width)
    if isinstance(raw, list):
        return CategoricalDistribution(read_values(field, raw))
    return read_value(field, raw)
