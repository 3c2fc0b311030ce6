"""How a value of a study file becomes a hyperparameter: its name, its type and its domain come from ``Hyper``."""

from collections.abc import Mapping, Sequence
from dataclasses import fields
from typing import Any

from nets.hyper import Hyper, check
from study.errors import did_you_mean

type_of = {declared.name: declared.type for declared in fields(Hyper)}
order_of = {name: place for place, name in enumerate(type_of)}

Value = int | float | str


def check_name(name: str) -> None:
    """Raises ``ValueError`` unless ``name`` is a hyperparameter that a study file may set."""
    if name == "seed":
        raise ValueError("the seeds of networks follow from the study's: set seed at the top of the study file")
    if name not in type_of:
        raise ValueError(f"{name} is no hyperparameter{did_you_mean(name, type_of)}")


def read_value(name: str, raw: Any) -> Value:
    """``raw`` in the field's own type. Raises ``ValueError`` if the name or the value is not allowed."""
    check_name(name)
    if not isinstance(raw, (int, float, str)):
        raise ValueError(f"{name} takes one value here, got {raw!r}")
    check(name, raw)
    return in_type(name, raw)


def in_type(name: str, value: Value) -> Value:
    converted: Value = type_of[name](value)  # type: ignore[operator]  # the types of Hyper's fields are int, float and str
    return converted


def read_values(name: str, raw: Sequence[Any]) -> tuple[Value, ...]:
    """A list of values, none twice. Raises ``ValueError``."""
    values = tuple(read_value(name, each) for each in raw)
    if not values:
        raise ValueError(f"{name} takes at least one value, got []")
    if len(set(values)) < len(values):
        raise ValueError(f"{name} takes each value once, got {list(values)}")
    return values


def read_range(name: str, raw: Mapping[str, Any], *, also: tuple[str, ...]) -> tuple[float, float]:
    """``low`` and ``high`` of a table that may hold the keys ``also`` besides. Raises ``ValueError``."""
    check_name(name)
    if type_of[name] is str:
        raise ValueError(f"{name} is a word and has no range: list the words")
    allowed = ("low", "high", *also)
    for key in raw:
        if key not in allowed:
            raise ValueError(f"{name}.{key} is no setting{did_you_mean(key, allowed)}")
    for key in ("low", "high"):
        if key not in raw:
            raise ValueError(f"{name} has a range from low to high, {key} is missing")
        check(name, raw[key])
    if not raw["low"] < raw["high"]:
        raise ValueError(f"{name}.low lies below {name}.high, got {raw['low']} and {raw['high']}")
    return raw["low"], raw["high"]


def read_log(name: str, raw: Mapping[str, Any]) -> bool:
    """Whether the range of a table is logarithmic. Raises ``ValueError``."""
    log = raw.get("log", False)
    if not isinstance(log, bool):
        raise ValueError(f"{name}.log is true or false, got {log!r}")
    if log and raw["low"] <= 0:
        raise ValueError(f"{name}.low lies above 0 where log is true, got {raw['low']}")
    return log


def read_count(name: str, raw: Any, *, most: int = 10_000) -> int:
    """A whole number from 1. Raises ``ValueError``."""
    if not isinstance(raw, int) or isinstance(raw, bool) or not 1 <= raw <= most:
        raise ValueError(f"{name} is a whole number in 1 … {most}, got {'nothing' if raw is None else repr(raw)}")
    return raw
