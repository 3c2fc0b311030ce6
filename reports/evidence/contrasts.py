"""One side against another, as values: which arms, what is compared, and at which settings; paired by regime and seed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import pandas as pd

from reports.evidence.paired import Regimes, arm, at_best, in_regimes, pair, with_regime
from reports.evidence.quantities import VALID_ERROR, VALID_LOSS, Quantity, Steps, in_error
from reports.judging.regimes import Regime
from reports.judging.text import setting

LEARNT = 0.1  # of the training rows: a network that errs on fewer has learnt them
MATCHED = 0.005  # nat: two sides whose mean losses differ by no more are equally good


@dataclass(frozen=True)
class Side:
    """``words`` are what sentences call it: the networks of an ``arm`` whose columns hold what ``where`` says, at the best of ``tuned``."""

    words: str
    arm: str
    tuned: Sequence[str] = ("learning_rate",)
    where: Mapping[str, Any] = field(default_factory=dict, hash=False)

    def networks(self, rows: pd.DataFrame) -> pd.DataFrame:
        found = arm(rows, self.arm)
        for column, value in self.where.items():
            found = found[found[column] == value]
        return found

    def at_best(self, rows: pd.DataFrame, cost: Quantity = VALID_LOSS) -> pd.DataFrame:
        """A row for each regime and seed: at the settings of least cost on the other seeds, if any are tuned."""
        networks = self.networks(rows)
        if not self.tuned:
            return networks
        return at_best(networks.assign(cost=cost.read(networks)), tuned=list(self.tuned), cost="cost")


@dataclass(frozen=True, kw_only=True)
class Contrast:
    """``value`` of ``high`` minus ``value`` of ``low`` (or ``low_value``), each at the settings of least ``cost`` on the other seeds.

    Where it is ``matched`` the side that is better at its best is taken where its mean validation loss is nearest to the other's,
    so that what differs is not how well they learnt. ``condition`` goes before the regimes.
    """

    high: Side
    low: Side
    value: Quantity
    low_value: Quantity | None = None
    regimes: Regimes = field(hash=False)
    cost: Quantity = VALID_LOSS
    condition: str = ""
    matched: bool = False

    @property
    def in_error(self) -> "Contrast":
        """The same in error, at settings of least error."""
        return replace(self, value=in_error(self.value), cost=VALID_ERROR)

    def evidence(self, rows: pd.DataFrame) -> pd.DataFrame:
        """Columns of ``pair``, note, and of steps bound: a side that never arrives counts as one of all its steps."""
        regimes = with_regime(self.value.known(rows), self.regimes)
        if self.condition:
            regimes = in_regimes(regimes, [each.under(self.condition) for each in regimes["regime"]])
        high, low = self._sides(regimes)
        found = pair(
            high.assign(value=self.value.read(high)),
            low.assign(value=(self.low_value or self.value).read(low)),
            "value",
        )
        if isinstance(self.value, Steps):
            return self._timed(found, high, low, {side: _least_errors(side, regimes) for side in (self.high, self.low)})
        return self._judged(found, high, low)

    def _sides(self, rows: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
        high, low = (side.at_best(rows, self.cost) for side in (self.high, self.low))
        if not self.matched:
            return high, low
        losses = {name: side.groupby("regime")["valid_loss"].mean() for name, side in (("high", high), ("low", low))}
        weaker = losses["high"].combine(losses["low"], max)  # the better side is weakened to the other
        return _nearest(self.high, rows, weaker), _nearest(self.low, rows, weaker)

    def _judged(self, found: pd.DataFrame, high: pd.DataFrame, low: pd.DataFrame) -> pd.DataFrame:
        if not self.matched:
            return found
        losses = [side.groupby("regime")["valid_loss"].mean().to_dict() for side in (high, low)]
        apart = [abs(losses[0][regime] - losses[1][regime]) for regime in found["regime"]]
        said = [
            f"validation loss {losses[0][each]:.3f} nat with {self.high.words}, {losses[1][each]:.3f} with {self.low.words}"
            for each in found["regime"]
        ]
        void = [
            "" if each <= MATCHED else f"the two differ by {each:.3f} nat before, more than {MATCHED:g}"
            for each in apart
        ]
        return found.assign(note=said, void=void)

    def _timed(
        self, found: pd.DataFrame, high: pd.DataFrame, low: pd.DataFrame, errors: Mapping[Side, Mapping[Regime, float]]
    ) -> pd.DataFrame:
        """``errors`` are the fewest training errors of a side at any of its settings."""
        keys = ["regime", "seed"]
        there = [
            found.merge(side.assign(reached=self.value.reached(side))[[*keys, "reached"]], on=keys)["reached"].to_numpy(
                bool
            )
            for side in (high, low)
        ]
        arrivals = {
            regime: [
                Arrival(named, rows[rows["regime"] == regime], self.value, errors[named].get(regime, 1.0))
                for rows, named in ((high, self.high), (low, self.low))
            ]
            for regime in found["regime"].unique()
        }
        return found.assign(
            bound=there[1].astype(int) - there[0].astype(int),
            effect=found["effect"].where(there[0] | there[1]),
            note=["; ".join(each.told for each in arrivals[regime]) for regime in found["regime"]],
            void=["; ".join(filter(None, (each.void for each in arrivals[regime]))) for regime in found["regime"]],
        )


@dataclass(frozen=True, eq=False)
class Arrival:
    """How one side of a regime comes to the target, at its best settings; ``error`` is its fewest training errors at any setting."""

    side: Side
    rows: pd.DataFrame
    steps: Quantity
    error: float

    @property
    def told(self) -> str:
        """Median steps, rates and where they end; never is said where the training rows were not learnt either."""
        arrived = self.steps.reached(self.rows)
        name, errors = self.side.words, f"{self.error:.0%} of training errors at best"
        ends = f"{self.rows['valid_error'].astype(float).mean():.1%} of validation errors at the end"
        if not arrived.any():
            return f"{name}: {'not in this run' if self.error < LEARNT else 'never'}, {errors}"
        median = round(float(np.exp(np.median(self.steps.read(self.rows)))))
        rates = [setting(rate) for rate in sorted(self.rows["learning_rate"].unique())]
        return f"{name}: {setting(median)} steps at rate {', '.join(rates)}, {int(arrived.sum())} of {len(self.rows)} seeds, {ends}"

    @property
    def void(self) -> str:
        """A network that learns the training rows and seldom comes down to the target does not lack speed."""
        if self.error >= LEARNT or self.steps.reached(self.rows).mean() >= 1 / 2:
            return ""
        return f"{self.side.words}: learns the training rows, {self.error:.0%} of errors, and most seeds never reach the target: no matter of speed"


def _least_errors(side: Side, rows: pd.DataFrame) -> dict[Regime, float]:
    """Mean over seeds of the training errors, the least of any setting; a network that diverged errs always."""
    networks = side.networks(rows)
    errors = networks.assign(train_error=networks["train_error"].astype(float).fillna(1))
    means = errors.groupby(["regime", *side.tuned], sort=False)["train_error"].mean()
    least = means.groupby("regime", sort=False).min()
    return dict(zip(least.index, least.astype(float), strict=True))


@dataclass(frozen=True, kw_only=True)
class Level:
    """``value`` of one side at its best settings, where the claim names a size and not another side."""

    side: Side
    value: Quantity
    regimes: Regimes = field(hash=False)

    def evidence(self, rows: pd.DataFrame) -> pd.DataFrame:
        """Columns regime, seed, effect, and chosen where settings are tuned."""
        networks = self.side.at_best(with_regime(self.value.known(rows), self.regimes))
        kept = [column for column in ("regime", "seed", "chosen") if column in networks]
        return networks[kept].assign(effect=self.value.read(networks))


@dataclass(frozen=True, kw_only=True)
class Twofold:
    """The effect of one contrast less that of another, paired by regime and seed."""

    first: Contrast
    second: Contrast

    def evidence(self, rows: pd.DataFrame) -> pd.DataFrame:
        return pair(self.first.evidence(rows), self.second.evidence(rows), "effect")


def _nearest(side: Side, rows: pd.DataFrame, target: "pd.Series[float]") -> pd.DataFrame:
    """The side at the setting whose mean validation loss, over the other seeds too, is nearest to each regime's target."""
    networks, tuned = side.networks(rows), list(side.tuned)
    level = networks.groupby(["regime", *tuned])["valid_loss"].transform("mean")
    away = (level - networks["regime"].map(target).astype(float)).abs()
    return at_best(networks.assign(distance=away), tuned=tuned, cost="distance")
