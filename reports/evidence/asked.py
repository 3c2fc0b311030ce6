"""What claims about responses ask, as values: of one side, or of one against another, by strength, width or axis."""

from dataclasses import dataclass

from reports.evidence.contrasts import Side


@dataclass(frozen=True)
class Staircase:
    """How far the response of a side moves in steps: 0 smooth, 1 a staircase; ``control`` is known to be one."""

    of: Side
    control: Side | None = None


@dataclass(frozen=True)
class Hits:
    """How many of 100 searches of a side's strength end near the best."""

    of: Side


@dataclass(frozen=True)
class LevelsCost:
    """What it costs a side to have only the keep-probs k/n."""

    of: Side


@dataclass(frozen=True, kw_only=True)
class AxisCost:
    """The loss where searches on one axis end, above where those on the other do; ``arm`` of a side is the axis."""

    high: Side
    low: Side


@dataclass(frozen=True, kw_only=True)
class MovingCost:
    """What a strength loses that was chosen at another learning rate: that of one side less that of the other."""

    high: Side
    low: Side


@dataclass(frozen=True)
class GainByWidth:
    """How the gain of a side over another changes with each doubling of the width."""

    of: Side
    over: Side


@dataclass(frozen=True)
class BestByWidth:
    """How the best strength of a side changes with each doubling of the width."""

    of: Side
