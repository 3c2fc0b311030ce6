"""The study file: what it may hold, and what it means."""

import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import cached_property
from typing import Annotated, Any, Self, TypeVar

from pydantic import Field, ValidationError, field_validator, model_validator

from nets.hyper import Hyper
from study.arms import Arm, read_arm
from study.data import Source
from study.designs import Design, read_design
from study.errors import UsageError, did_you_mean
from study.sampling import SAMPLERS
from study.settings import Section, Value, read_value, type_of

T = TypeVar("T")
Count = Annotated[int, Field(ge=1)]
Replicates = Annotated[int, Field(ge=1, le=500)]  # the refit's seeds begin 500 after the search's
Arms = dict[str, dict[str, Any]]


class DesignStage(Section):
    """Response curves: for each arm every point of its axes, all on the same seeds."""

    replicates: Replicates
    arms: Arms


class SearchStage(Section):
    """The search: ``trials`` in all for each arm, never more than ``window`` of them unfinished."""

    trials: Count
    replicates: Replicates
    window: Count
    sampler: str
    arms: Arms

    @field_validator("sampler")
    @classmethod
    def _known(cls, sampler: str) -> str:
        if sampler not in SAMPLERS:
            raise ValueError(
                f"{sampler} is no sampler, there are {', '.join(SAMPLERS)}{did_you_mean(sampler, SAMPLERS)}"
            )
        return sampler

    @model_validator(mode="after")
    def _window_within_trials(self) -> Self:
        if self.window > self.trials:
            raise ValueError(f"window is at most trials, {self.trials}, got {self.window}: set search.window too")
        return self


class RefitStage(Section):
    """The best trial of each arm, on fresh seeds and with the test part."""

    replicates: Replicates


class Config(Section):
    """A study is a pure function of this, and of the versions it runs on."""

    seed: Annotated[int, Field(ge=0, le=10**12)]
    data: Source
    hyper: dict[str, Any]
    design: DesignStage
    search: SearchStage
    refit: RefitStage

    @model_validator(mode="after")
    def _readable(self) -> Self:
        """Reads every setting once, where a mistake in one can still be told with its place."""
        with _placed("hyper"):
            settings: dict[str, Any] = dict(self.shared)
            Hyper(**settings, seed=0)
        _ = self.designs, self.arms
        return self

    @cached_property
    def shared(self) -> dict[str, Value]:
        """The settings of all arms."""
        return {name: read_value(name, raw) for name, raw in self.hyper.items()}

    @cached_property
    def designs(self) -> tuple[Design, ...]:
        return _read("design.arms", self.design.arms, self.shared, read_design)

    @cached_property
    def arms(self) -> tuple[Arm, ...]:
        """The arms of the search."""
        return _read("search.arms", self.search.arms, self.shared, read_arm)


def read_config(document: Mapping[str, Any]) -> Config:
    """Raises ``UsageError`` with the first rule that ``document`` breaks, the value, and the nearest valid name."""
    try:
        return Config.model_validate(document)
    except ValidationError as error:
        raise UsageError(_told(error, _dotted_names(document))) from error


def _read(
    place: str,
    arms: Mapping[str, Mapping[str, Any]],
    shared: Mapping[str, Value],
    read: Callable[[str, Mapping[str, Value], Mapping[str, Any]], T],
) -> tuple[T, ...]:
    read_arms = []
    for name, settings in arms.items():
        with _placed(f"{place}.{name}"):
            if not re.fullmatch("[A-Za-z][A-Za-z0-9_]*", name):
                raise ValueError("an arm's name is made of letters, digits and '_', a letter first")
            read_arms.append(read(name, shared, settings))
    return tuple(read_arms)


@contextmanager
def _placed(place: str) -> Iterator[None]:
    try:
        yield
    except ValueError as error:
        raise ValueError(f"{place}: {error}") from error


def _told(error: ValidationError, names: list[str]) -> str:
    """The first of pydantic's errors in one line."""
    first = error.errors()[0]
    place = ".".join(map(str, first["loc"]))
    match first["type"]:
        case "extra_forbidden":
            return f"{place} is no setting{did_you_mean(place, names)}"
        case "missing":
            return f"{place} is missing: set it in the study file, or by --set {place}=…"
        case "value_error":
            return f"{place}: {first['ctx']['error']}" if place else str(first["ctx"]["error"])
        case "model_type" | "dict_type":
            return f"{place} is a table, got {first['input']!r}"
        case _:
            return f"{first['msg'].replace('Input', place)}, got {first['input']!r}"


def _dotted_names(document: Mapping[str, Any]) -> list[str]:
    """Every name that a study file may set, with the arms that this one has."""
    names = list(Config.model_fields)
    for name, declared in Config.model_fields.items():
        if isinstance(declared.annotation, type) and issubclass(declared.annotation, Section):
            names += [f"{name}.{field}" for field in declared.annotation.model_fields]
    fields = [name for name in type_of if name != "seed"]
    names += [f"hyper.{field}" for field in fields]
    for stage in ("design", "search"):
        arms = document.get(stage, {})
        arms = arms.get("arms", {}) if isinstance(arms, Mapping) else {}
        names += [
            f"{stage}.arms.{arm}.{field}" for arm in (arms if isinstance(arms, Mapping) else ()) for field in fields
        ]
    return names
