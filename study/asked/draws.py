"""Settings drawn at random, as many for each arm: equal budgets, whatever an arm opens."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from optuna.distributions import FloatDistribution, IntDistribution

from nets.hyper import Hyper
from nets.streams import stream
from study.asked.axes import Axis, read_axis
from study.asked.settings import Value, read_values

DRAWN = "drawn "  # before a field's name: its stream


@dataclass(frozen=True)
class Drawn:
    """``draws`` settings for each source of data, of the ``fields`` that are open: an axis, or values that are equally likely.

    Draw j of a field is the same place of its range in every arm that opens it, however many draws the arm has: arms are
    compared at the same learning rates and widths, and fewer draws are the first of more.
    """

    draws: int
    seed: int
    fields: Mapping[str, Axis | tuple[Value, ...]]

    def settings(self, place: int) -> list[dict[str, Value]]:
        """On the source at this place of the design's: each has draws of its own."""
        columns = {field: self._values(field, opened, place) for field, opened in self.fields.items()}
        return [dict(zip(columns, values, strict=True)) for values in zip(*columns.values(), strict=True)]

    def _values(self, field: str, opened: Axis | tuple[Value, ...], place: int) -> list[Value]:
        shares = stream(self.seed, DRAWN + field, place).random(self.draws)
        if isinstance(opened, tuple):
            return [opened[int(share * len(opened))] for share in shares]
        return [_at(opened, float(share)) for share in shares]


def _at(axis: Axis, share: float) -> Value:
    """The field's value at a share of its range, which rises with the share on every axis."""
    distribution = axis.distribution
    assert isinstance(distribution, (FloatDistribution, IntDistribution))
    low, high = distribution.low, distribution.high
    if axis.value(low) > axis.value(high):  # type: ignore[operator]  # both are numbers: words have no range
        share = 1 - share
    found = low * (high / low) ** share if distribution.log else low + (high - low) * share
    return axis.value(round(found) if isinstance(distribution, IntDistribution) else float(np.clip(found, low, high)))


def read_drawn(settings: Mapping[str, Any], *, draws: int, seed: int, shared: Mapping[str, Value]) -> Drawn:
    """Of an arm's settings those that are lists or ranges. Raises ``ValueError``."""
    width = {**shared, **settings}.get("width", Hyper.__dataclass_fields__["width"].default)
    fixed = width if isinstance(width, int) else None
    return Drawn(
        draws,
        seed,
        {
            field: read_values(field, raw) if isinstance(raw, list) else read_axis(field, raw, width=fixed)
            for field, raw in settings.items()
            if isinstance(raw, (list, Mapping))
        },
    )
