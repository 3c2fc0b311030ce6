"""Arms of a search: a value fixes a field of ``Hyper``, an Optuna distribution opens it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from optuna.distributions import BaseDistribution, CategoricalDistribution, FloatDistribution, IntDistribution

from nets.hyper import Hyper
from study.settings import Value, order_of, read_log, read_range, read_value, read_values, type_of


@dataclass(frozen=True)
class Arm:
    """Raises ``ValueError`` if a setting is no field of ``Hyper`` or leaves the field's domain."""

    name: str
    settings: Mapping[str, Value | BaseDistribution]

    def __post_init__(self) -> None:
        for field, setting in self.settings.items():
            for value in extremes(setting) if isinstance(setting, BaseDistribution) else (setting,):
                read_value(field, value)
        self.hyper({field: extremes(distribution)[0] for field, distribution in self.open.items()}, seed=0)

    @property
    def fixed(self) -> dict[str, Value]:
        return {field: value for field, value in self.settings.items() if not isinstance(value, BaseDistribution)}

    @property
    def open(self) -> dict[str, BaseDistribution]:
        """The search space, in the order of ``Hyper``'s fields."""
        opened = {field: value for field, value in self.settings.items() if isinstance(value, BaseDistribution)}
        return dict(sorted(opened.items(), key=lambda item: order_of[item[0]]))

    def hyper(self, params: Mapping[str, Any], *, seed: int) -> Hyper:
        """The network that has ``params`` for the open fields."""
        settings: dict[str, Any] = {**self.fixed, **params}
        return Hyper(**settings, seed=seed)


def extremes(distribution: BaseDistribution) -> tuple[Value, ...]:
    """Values whose being in a field's domain puts the whole distribution there. Raises ``TypeError`` for unknown kinds."""
    if isinstance(distribution, (FloatDistribution, IntDistribution)):
        return distribution.low, distribution.high
    if isinstance(distribution, CategoricalDistribution):
        return tuple(distribution.choices)  # type: ignore[arg-type]  # read_value refuses None and booleans
    raise TypeError(f"an arm opens a field by a float, integer or categorical distribution, got {distribution!r}")


def read_arm(name: str, settings: Mapping[str, Any], *, shared: Mapping[str, Value]) -> Arm:
    """The arm of a study file. Raises ``ValueError``."""
    return Arm(name, {**shared, **{field: _setting(field, raw) for field, raw in settings.items()}})


def _setting(field: str, raw: Any) -> Value | BaseDistribution:
    if isinstance(raw, Mapping):
        return _range(field, raw)
    if isinstance(raw, list):
        return CategoricalDistribution(read_values(field, raw))
    return read_value(field, raw)


def _range(field: str, raw: Mapping[str, Any]) -> BaseDistribution:
    low, high = read_range(field, raw, also=("log",))
    log = read_log(field, raw)
    if type_of[field] is int:
        return IntDistribution(int(low), int(high), log=log)
    return FloatDistribution(float(low), float(high), log=log)
