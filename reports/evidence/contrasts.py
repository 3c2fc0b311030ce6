"""One side against another, as values: which arms, what is compared, and at which settings; paired by regime and seed."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import pandas as pd

from reports.evidence.ends import at_ends
from reports.evidence.paired import Regimes, arm, at_best, chosen_again, in_regimes, pair, with_regime
from reports.evidence.quantities import VALID_ERROR, VALID_LOSS, Quantity, Steps, in_error
from reports.judging.regimes import Regime
from reports.judging.text import setting

Choose = Callable[..., pd.DataFrame]  # at_best or chosen_again
LEARNT = 0.1  # of the training rows: a network that errs on fewer has learnt them


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

    def at_best(self, rows: pd.DataFrame, cost: Quantity = VALID_LOSS, *, choose: Choose = at_best) -> pd.DataFrame:
        """A row for each regime and seed: at the settings of least cost on the other seeds, if any are tuned."""
        networks = self.networks(rows)
        if not self.tuned:
            return networks
        return choose(networks.assign(cost=cost.read(networks)), tuned=list(self.tuned), cost="cost")


@dataclass(frozen=True, kw_only=True)
class Contrast:
    """``value`` of ``high`` minus ``value`` of ``low`` (or ``low_value``), each at the settings of least ``cost`` on the other seeds.

    ``condition`` goes before the regimes.
    """

    high: Side
    low: Side
    value: Quantity
    low_value: Quantity | None = None
    regimes: Regimes = field(hash=False)
    cost: Quantity = VALID_LOSS
    condition: str = ""

    @property
    def in_error(self) -> "Contrast":
        """The same in error, at settings of least error."""
        return replace(self, value=in_error(self.value), cost=VALID_ERROR)

    def evidence(self, rows: pd.DataFrame) -> pd.DataFrame:
        """Columns of ``pair``, lacking, note, and of steps bound: a side that never arrives counts as one of all its steps."""
        regimes = _numbered(with_regime(self.value.known(rows), self.regimes))
        if self.condition:
            regimes = in_regimes(regimes, [each.under(self.condition) for each in regimes["regime"]])
        high, low = self._sides(regimes)
        found = self._paired(high, low)
        if self.high.tuned or self.low.tuned:
            found = with_lacking(found, self._paired(*self._sides(regimes, choose=chosen_again)))
        if isinstance(self.value, Steps):
            least = {side: _least_errors(side, regimes) for side in (self.high, self.low)}
            told = self._timed(found, high, low, least)
        else:
            told = self._ended(found, regimes)
        return told.drop(columns=["high_reached", "low_reached"])

    def _paired(self, high: pd.DataFrame, low: pd.DataFrame) -> pd.DataFrame:
        """No effect where neither side arrived."""
        sides = _read(high, self.value), _read(low, self.low_value or self.value)
        found = pair(*sides, "value")
        return found.assign(effect=found["effect"].where(found["high_reached"] + found["low_reached"] > 0))

    def _sides(self, rows: pd.DataFrame, choose: Choose = at_best) -> tuple[pd.DataFrame, pd.DataFrame]:
        high, low = (side.at_best(rows, self.cost, choose=choose) for side in (self.high, self.low))
        return high, low

    def _ended(self, found: pd.DataFrame, rows: pd.DataFrame) -> pd.DataFrame:
        """A side whose best lies at the end of what was tried may be better still: then the difference is a bound, if of both nothing."""
        if self.value != self.cost:
            return found
        ends = [
            at_ends(side.networks(rows), side.tuned, self.cost) if side.tuned else {} for side in (self.high, self.low)
        ]
        high, low = (np.array([each.get(regime, "") for regime in found["regime"]], dtype=object) for each in ends)
        told = [
            "; ".join(
                f"the best {end} of {side.words} lies at the end of those tried"
                for end, side in zip(both, (self.high, self.low), strict=True)
                if end
            )
            for both in zip(high, low, strict=True)
        ]
        of_both = (high != "") & (low != "")
        return found.assign(
            bound=((low != "").astype(int) - (high != "").astype(int)) * ~of_both,
            note=told,
            void=np.where(of_both, told, ""),
        )

    def _timed(
        self, found: pd.DataFrame, high: pd.DataFrame, low: pd.DataFrame, errors: Mapping[Side, Mapping[Regime, float]]
    ) -> pd.DataFrame:
        """``errors`` are the fewest training errors of a side at any of its settings."""
        parts = [
            (named, dict(list(rows.groupby("regime", sort=False))))
            for rows, named in ((high, self.high), (low, self.low))
        ]
        arrivals = {
            regime: [Arrival(named, rows[regime], self.value, errors[named].get(regime, 1.0)) for named, rows in parts]
            for regime in found["regime"].unique()
        }
        told = {regime: "; ".join(each.told for each in both) for regime, both in arrivals.items()}
        void = {regime: "; ".join(filter(None, (each.void for each in both))) for regime, both in arrivals.items()}
        return found.assign(
            bound=(found["low_reached"] - found["high_reached"]).astype(int),
            note=[told[regime] for regime in found["regime"]],
            void=[void[regime] for regime in found["regime"]],
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
        return f"{self.side.words}: learns the training rows, {self.error:.0%} of errors, and most seeds never reach the target: that is no matter of speed, and nothing is judged"


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
        """Columns regime, seed, effect, and chosen and lacking where settings are tuned."""
        regimes = _numbered(with_regime(self.value.known(rows), self.regimes))
        found = _read(self.side.at_best(regimes), self.value).rename(columns={"value": "effect"})
        if self.side.tuned:
            again = _read(self.side.at_best(regimes, choose=chosen_again), self.value)
            found = with_lacking(found, again.rename(columns={"value": "effect"}))
        return found[[column for column in ("regime", "seed", "chosen", "effect", "lacking") if column in found]]


@dataclass(frozen=True, kw_only=True)
class Twofold:
    """The effect of one contrast less that of another, paired by regime and seed."""

    first: Contrast
    second: Contrast

    def evidence(self, rows: pd.DataFrame) -> pd.DataFrame:
        parts = self.first.evidence(rows), self.second.evidence(rows)
        found = pair(*parts, "effect")
        if not all("lacking" in part for part in parts):
            return found
        lacking = pair(*parts, "lacking").rename(columns={"effect": "lacking"})
        return found.merge(lacking[["regime", "seed", "lacking"]], on=["regime", "seed"])


def _numbered(rows: pd.DataFrame) -> pd.DataFrame:
    return rows.assign(network=range(len(rows)))


def with_lacking(found: pd.DataFrame, again: pd.DataFrame) -> pd.DataFrame:
    """With the mean effect of all other seeds where each seed chooses nothing either: ``again`` has it by the seed ``without``."""
    means = again.groupby(["regime", "without"], sort=False)["effect"].mean().rename("lacking")
    return found.merge(means.rename_axis(index={"without": "seed"}).reset_index(), how="left", on=["regime", "seed"])


def _read(side: pd.DataFrame, value: Quantity) -> pd.DataFrame:
    """With value and reached; a network that stands for several seeds is read once."""
    _, first, again = np.unique(side["network"].to_numpy(), return_index=True, return_inverse=True)
    once = side.iloc[first]
    return side.reset_index(drop=True).assign(value=value.read(once)[again], reached=value.reached(once)[again])
