"""One side against another, as values: which arms, what is compared, and at which settings; paired by regime and seed."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import pandas as pd

from reports.evidence.ends import at_ends
from reports.evidence.paired import Regimes, at_best
from reports.evidence.quantities import VALID_ERROR, VALID_LOSS, Quantity, Steps, in_error
from reports.evidence.standing import Networks, Places, Standing, again_values, by_regime, lacking, standings
from reports.judging.intervals import Numbers
from reports.judging.text import setting

Choose = Callable[..., pd.DataFrame]  # at_best or chosen_again
NOTHING = pd.DataFrame(columns=["regime", "seed", "high", "low", "effect", "lacking"])
LEARNT = 0.1  # of the training rows: a network that errs on fewer has learnt them


@dataclass(frozen=True)
class Side:
    """``words`` are what sentences call it: the networks of an ``arm`` whose columns hold what ``where`` says, at the best of ``tuned``."""

    words: str
    arm: str
    tuned: Sequence[str] = ("learning_rate",)
    where: Mapping[str, Any] = field(default_factory=dict, hash=False)

    def among(self, rows: pd.DataFrame) -> Places:
        """The places of its networks."""
        own = rows["arm"].to_numpy() == self.arm
        for column, value in self.where.items():
            own = own & (rows[column].to_numpy() == value)
        return np.flatnonzero(own)

    def networks(self, rows: pd.DataFrame) -> pd.DataFrame:
        return rows.iloc[self.among(rows)]

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
        """Columns regime, seed, high, low, effect, chosen of each side that is tuned, lacking, and as far as they are known note, bound and void.

        Of steps a side that never arrives counts as one of all its steps, and there is no effect where neither arrives.
        """
        networks = Networks.of(self.value.known(rows), self.regimes, self.condition)
        sides = [Stood.of(side, networks, self.cost) for side in (self.high, self.low)]
        read = [
            networks.read(value, *each.places)
            for value, each in zip((self.value, self.low_value or self.value), sides, strict=True)
        ]
        parts = [
            self._paired(networks, sides, read, regime, seeds)
            for regime, *seeds in by_regime(sides[0].standings, sides[1].standings)
        ]
        found = pd.concat([part for part in parts if len(part)] or [NOTHING], ignore_index=True)
        told = (
            self._timed(found, networks, sides)
            if isinstance(self.value, Steps)
            else self._ended(found, networks, sides)
        )
        return told.assign(
            regime=pd.Series([networks.names[each] for each in told["regime"]], told.index, dtype=object)
        )

    def _paired(
        self,
        networks: Networks,
        sides: Sequence["Stood"],
        read: Sequence[tuple[Numbers, Numbers]],
        regime: int,
        seeds: Sequence[Places],
    ) -> pd.DataFrame:
        """Of one regime, by the numbers of the seeds that both sides have, in the order of the networks of the high side."""
        standing = [side.standings[regime] for side in sides]
        order = np.argsort(standing[0].places[seeds[0]], kind="stable")
        at = [each.places[some[order]] for each, some in zip(standing, seeds, strict=True)]
        (high, high_reached), (low, low_reached) = (
            (values[places], reached[places]) for (values, reached), places in zip(read, at, strict=True)
        )
        found = {"regime": regime, "seed": standing[0].seeds[seeds[0][order]], "high": high}
        if self.high.tuned:
            found["high_chosen"] = networks.spelled(at[0], self.high.tuned)
        found["low"] = low
        if self.low.tuned:
            found["low_chosen"] = networks.spelled(at[1], self.low.tuned)
        found["effect"] = _effects(high, low, high_reached + low_reached)
        if self.high.tuned or self.low.tuned:
            again = [
                [again_values(each, some, values) for values in both]
                for each, some, both in zip(standing, seeds, read, strict=True)
            ]
            found["lacking"] = lacking(_effects(again[0][0], again[1][0], again[0][1] + again[1][1]))[order]
        if isinstance(self.value, Steps):
            found["bound"] = (low_reached - high_reached).astype(int)
        return pd.DataFrame(found)

    def _ended(self, found: pd.DataFrame, networks: Networks, sides: Sequence["Stood"]) -> pd.DataFrame:
        """A side whose best lies at the end of what was tried may be better still: then the difference is a bound, if of both nothing."""
        if self.value != self.cost:
            return found
        ends = [at_ends(networks, side.own, side.side.tuned, self.cost) if side.side.tuned else {} for side in sides]
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

    def _timed(self, found: pd.DataFrame, networks: Networks, sides: Sequence["Stood"]) -> pd.DataFrame:
        errors = [side.least_errors(networks) for side in sides]
        arrivals = {
            regime: [
                Arrival(
                    side.side,
                    networks.rows.iloc[np.sort(side.standings[regime].places)],
                    self.value,
                    least[regime],
                )
                for side, least in zip(sides, errors, strict=True)
            ]
            for regime in found["regime"].unique()
        }
        told = {regime: "; ".join(each.told for each in both) for regime, both in arrivals.items()}
        void = {regime: "; ".join(filter(None, (each.void for each in both))) for regime, both in arrivals.items()}
        return found.assign(
            note=[told[regime] for regime in found["regime"]],
            void=[void[regime] for regime in found["regime"]],
        )


@dataclass(frozen=True, eq=False)
class Stood:
    """A side with the places of its networks, and where it stands in each regime."""

    side: Side
    own: Places
    standings: Mapping[int, Standing]

    @classmethod
    def of(cls, side: Side, networks: Networks, cost: Quantity) -> "Stood":
        own = side.among(networks.rows)
        return cls(side, own, standings(networks, own, side.tuned, cost))

    @property
    def places(self) -> list[Places]:
        """Of all networks that it stands at."""
        both = [(each.places, each.again) for each in self.standings.values()]
        return [each for pair in both for each in pair if each is not None]

    def least_errors(self, networks: Networks) -> dict[int, float]:
        """By regime the mean over seeds of the training errors, the least of any setting; a network that diverged errs always."""
        errors = pd.Series(networks.column("train_error")[self.own].astype(float)).fillna(1)
        settings = [networks.column(field)[self.own] for field in self.side.tuned]
        least = errors.groupby([networks.regimes[self.own], *settings], sort=False).mean().groupby(level=0).min()
        return {int(str(regime)): float(error) for regime, error in least.items()}


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


@dataclass(frozen=True, kw_only=True)
class Level:
    """``value`` of one side at its best settings, where the claim names a size and not another side."""

    side: Side
    value: Quantity
    regimes: Regimes = field(hash=False)

    def evidence(self, rows: pd.DataFrame) -> pd.DataFrame:
        """Columns regime, seed, effect, and chosen and lacking where settings are tuned."""
        networks = Networks.of(self.value.known(rows), self.regimes)
        stood = Stood.of(self.side, networks, VALID_LOSS)
        values, _ = networks.read(self.value, *stood.places)
        parts = [self._of_regime(networks, each, values, regime) for regime, each in stood.standings.items()]
        return pd.concat(parts or [NOTHING[["regime", "seed", "effect"]]], ignore_index=True)

    def _of_regime(self, networks: Networks, standing: Standing, values: Numbers, regime: int) -> pd.DataFrame:
        order = np.argsort(standing.places, kind="stable")
        places, name = standing.places[order], networks.names[regime]
        found = {"regime": pd.Series([name] * places.size, dtype=object), "seed": standing.seeds[order]}
        if not self.side.tuned:
            return pd.DataFrame({**found, "effect": values[places]})
        again = again_values(standing, np.arange(places.size), values)
        chosen = networks.spelled(places, self.side.tuned)
        return pd.DataFrame({**found, "chosen": chosen, "effect": values[places], "lacking": lacking(again)[order]})


def _effects(high: Numbers, low: Numbers, reached: Numbers) -> Numbers:
    """None where neither side arrived."""
    return np.asarray(np.where(reached > 0, high - low, np.nan))


def with_lacking(found: pd.DataFrame, again: pd.DataFrame) -> pd.DataFrame:
    """With the mean effect of all other seeds where each seed chooses nothing either: ``again`` has it by the seed ``without``."""
    means = again.groupby(["regime", "without"])["effect"].mean().rename("lacking")
    return found.merge(means.rename_axis(index={"without": "seed"}).reset_index(), how="left", on=["regime", "seed"])
