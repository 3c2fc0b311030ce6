"""One tuned arm against another, as values: which kinds they are, at which settings they may stand; by place and metric."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from reports.tuning.effects import Effect, effect
from reports.tuning.tuned_arms import TunedArm


@dataclass(frozen=True)
class TunedSide:
    """``words`` are what sentences call it: the arms of a ``kind``, where they stand ``at`` these values, or with none among their settings."""

    words: str
    kind: str
    batch_norm: bool = False
    at: Mapping[str, float] = field(default_factory=dict, hash=False)
    or_none: bool = False

    def of(self, arms: Sequence[TunedArm]) -> dict[object, TunedArm]:
        """By place and metric."""
        found = _by_place(arms, self.kind, batch_norm=self.batch_norm)
        if self.or_none:
            nones = _by_place(arms, "none", batch_norm=self.batch_norm)
            found = {place: arm.or_none(nones[place]) for place, arm in found.items() if place in nones}
        return {place: arm.where_equal(self.at) for place, arm in found.items()} if self.at else found


@dataclass(frozen=True, kw_only=True)
class TunedContrast:
    """Loss or error of ``high`` minus that of ``low``: what ``low`` gains. ``condition`` goes before the regimes."""

    high: TunedSide
    low: TunedSide
    condition: str = ""

    def effects(self, arms: Sequence[TunedArm]) -> list[Effect]:
        """Wherever both were tuned."""
        high, low = self.high.of(arms), self.low.of(arms)
        return [effect(arm, high[place]) for place, arm in low.items() if place in high]


def _by_place(arms: Sequence[TunedArm], kind: str, *, batch_norm: bool) -> dict[object, TunedArm]:
    return {(arm.where, arm.metric): arm for arm in arms if (arm.kind, arm.batch_norm) == (kind, batch_norm)}
