"""Designs: every point of a product of axes over ``Hyper``'s fields, or points drawn from them or spread over them, on the same seeds."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from math import ceil, floor
from typing import Any

import numpy as np

from nets.hyper import Hyper
from study.asked.draws import Drawn, read_drawn
from study.asked.settings import Value, in_type, order_of, read_count, read_log, read_range, read_value, read_values
from study.asked.source import Source
from study.data.splits import Task

MOST_REPLICATES = 500  # the seeds of refits begin here
ITERATIONS = 60  # of a contraction by less than a half
DIGITS = 12  # the powers of another machine may differ in the last ones


OF_A_DESIGN = ("data", "replicates", "draws", "spread")  # beside hyperparameters


@dataclass(frozen=True, kw_only=True)
class DesignDefaults:
    """What a design has that says nothing else: seeds, sources, and the draws of its settings, where they are drawn."""

    replicates: int
    data: Sequence[Mapping[str, Any]] = ()
    draws: int | None = None
    seed: int = 0


@dataclass(frozen=True)
class Listed:
    """The same values at every point."""

    listed: tuple[Value, ...]

    def values(self, width: int) -> Sequence[Value]:
        return self.listed


@dataclass(frozen=True)
class PerLevel:
    """keep_prob = (j + ½)/(per_level · width) inside [low, high]: ``per_level`` values for each 1/width, none on a level k/width."""

    low: float
    high: float
    per_level: int

    def values(self, width: int) -> Sequence[Value]:
        """Raises ``ValueError`` if none lies inside."""
        cells = self.per_level * width
        inside = [(j + 0.5) / cells for j in range(floor(self.low * cells - 0.5), ceil(self.high * cells))]
        points = [value for value in inside if self.low <= value <= self.high]
        if not points:
            raise ValueError(
                f"keep_prob has no point (j + ½)/{cells} inside [{self.low}, {self.high}] at width {width}"
            )
        return points


@dataclass(frozen=True)
class Space:
    """So many ``points`` of the box of ``ranges`` (low, high, log), spread evenly over all fields at once: what a share of variance is told from.

    Roberts' sequence, the fractions of 1/2 + n/φ^i with φ^(d + 1) = φ + 1: its first points fill the box for any number of them.
    """

    points: int
    ranges: Mapping[str, tuple[float, float, bool]]

    def settings(self) -> list[dict[str, Value]]:
        return [dict(zip(self.ranges, self._at(place), strict=True)) for place in self._places()]

    def _places(self) -> list[list[float]]:
        """(points, fields) in [0, 1)."""
        ratio = 2.0
        for _ in range(ITERATIONS):
            ratio = (1 + ratio) ** (1 / (len(self.ranges) + 1))
        rates = ratio ** -np.arange(1.0, len(self.ranges) + 1)
        places = (0.5 + np.outer(np.arange(1, self.points + 1), rates)) % 1
        return [[float(place) for place in row] for row in places.round(DIGITS)]

    def _at(self, place: Sequence[float]) -> list[Value]:
        return [
            _rounded(field, low * (high / low) ** at if log else low + (high - low) * at)
            for at, (field, (low, high, log)) in zip(place, self.ranges.items(), strict=True)
        ]


@dataclass(frozen=True)
class Design:
    """Raises ``ValueError`` if a setting is no field of ``Hyper`` or leaves the field's domain."""

    name: str
    sources: tuple[Source, ...]
    replicates: int
    fixed: Mapping[str, Value]
    axes: Mapping[str, Listed | PerLevel]
    drawn: Drawn | None = None  # in the place of axes
    space: Space | None = None

    def __post_init__(self) -> None:
        for settings in self.settings():
            Hyper(**settings, seed=0)

    @property
    def open(self) -> tuple[str, ...]:
        """The fields that differ from point to point, and are tuned: a space that points are spread over is looked at as a whole."""
        return tuple(self.drawn.fields if self.drawn else self.axes)

    @property
    def size(self) -> int:
        """Points, counted without looking at the data."""
        return len(self.sources) * self.per_source

    @cached_property
    def per_source(self) -> int:
        """Points on one source of data."""
        return len(self.settings())

    @cached_property
    def tasks(self) -> tuple[Task, ...]:
        """Raises ``ValueError`` where the data of one is not there, or too few."""
        return tuple(each.task for each in self.sources)

    def points(self) -> list[tuple[Task, dict[str, Any]]]:
        """Every setting on every task, tasks turning slowest. Raises ``ValueError`` where the data of one is not there, or too few."""
        return [(task, settings) for place, task in enumerate(self.tasks) for settings in self.settings(place)]

    def settings(self, place: int = 0) -> list[dict[str, Any]]:
        """The hyperparameters of each point, the seed aside, on the source at ``place``: all have the same, unless they are drawn.

        Axes turn in the order of ``Hyper``'s fields, the last one fastest: width comes before keep_prob.
        """
        if self.drawn:
            return [{**self.fixed, **each} for each in self.drawn.settings(place)]
        settings: list[dict[str, Any]] = [dict(self.fixed)]
        for field in sorted(self.axes, key=order_of.__getitem__):
            settings = [{**each, field: value} for each in settings for value in self.axes[field].values(_width(each))]
        if self.space:
            settings = [{**each, **point} for each in settings for point in self.space.settings()]
        return settings


def _width(settings: Mapping[str, Any]) -> int:
    return Hyper(**settings, seed=0).width


def read_design(
    name: str, settings: Mapping[str, Any], *, shared: Mapping[str, Value], source: Source, stage: DesignDefaults
) -> Design:
    """The design of a study file: a list or a table is an axis; ``data`` (one or several), ``replicates`` and ``draws`` replace those of the stage.

    Raises ``ValueError``.
    """
    own = {field: raw for field, raw in settings.items() if field not in OF_A_DESIGN}
    opened = [field for field, raw in own.items() if isinstance(raw, (list, Mapping))]
    fixed = {field: read_value(field, raw) for field, raw in own.items() if field not in opened}
    space = _space(settings["spread"], own) if "spread" in settings else None
    draws, drawn = settings.get("draws", stage.draws), None
    if draws is not None and opened and not space:
        drawn = read_drawn(own, draws=read_count("draws", draws), seed=stage.seed, shared=shared)
    listed = [] if drawn else [field for field in opened if not (space and field in space.ranges)]
    return Design(
        name,
        tuple(source.varied(settings.get("data", stage.data or {}))),
        read_count("replicates", settings.get("replicates", stage.replicates), most=MOST_REPLICATES),
        {**shared, **fixed},
        {field: _axis(field, own[field]) for field in listed},
        drawn,
        space,
    )


def _space(points: Any, own: Mapping[str, Any]) -> Space:
    """Of all ranges that name no number of points of their own."""
    ranges = {
        field: (*read_range(field, raw, also=("log",)), read_log(field, raw))
        for field, raw in own.items()
        if isinstance(raw, Mapping) and not {"points", "per_level"} & set(raw)
    }
    if not ranges:
        raise ValueError(
            "spread lays points over ranges, and there is none: give fields from low to high, without points"
        )
    return Space(
        read_count("spread", points), {field: ranges[field] for field in sorted(ranges, key=order_of.__getitem__)}
    )


def _axis(field: str, raw: Sequence[Any] | Mapping[str, Any]) -> Listed | PerLevel:
    if not isinstance(raw, Mapping):
        return Listed(read_values(field, raw))
    if "per_level" in raw:
        return _per_level(field, raw)
    low, high = read_range(field, raw, also=("log", "points"))
    spaced = np.geomspace if read_log(field, raw) else np.linspace
    points = spaced(low, high, read_count(f"{field}.points", raw.get("points")))
    return Listed(tuple(dict.fromkeys(_rounded(field, float(point)) for point in points)))


def _per_level(field: str, raw: Mapping[str, Any]) -> PerLevel:
    if field != "keep_prob":
        raise ValueError(f"per_level counts values of keep_prob for each 1/width, {field} has no levels: give points")
    low, high = read_range(field, raw, also=("per_level",))
    return PerLevel(low, high, read_count(f"{field}.per_level", raw.get("per_level")))


def _rounded(field: str, point: float) -> Value:
    """A whole number where the field is one."""
    return in_type(field, round(point) if isinstance(in_type(field, 0), int) else point)
