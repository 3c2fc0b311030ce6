"""Speed: deep networks with normalisation nowhere, before or after the activation, at nine learning rates, to a fixed loss."""

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from reports.evidence.contrasts import Contrast, Side
from reports.evidence.paired import Regimes, pair, with_regime
from reports.evidence.quantities import Steps
from reports.experiments import deep
from reports.experiments.further_tables import DEEP, also
from reports.judging.text import listed, table_name

NAME = "speed"
# Nats that a trained network goes well below and a stuck one never reaches: 1.3 times or more what a network with one hidden
# layer came down to on each of 8 other seeds. MNIST-1D has none, as such networks hardly learn it.
TARGETS = {"digits": 0.3, "breast_cancer": 0.25, "mnist": 0.6}
TABLES = {name: sizes for name, sizes in DEEP.items() if name in TARGETS}
TARGET = f"{TARGETS['digits']} nat"
OTHER_TARGETS = f"Their targets are {listed([f'{TARGETS[name]} nat ({table_name(name)})' for name in TABLES])}."
RATES = [0.0025, 0.0063, 0.0158, 0.04, 0.1, 0.25, 0.63, 1.58, 4.0]
REGIMES: Regimes = {"activation": "{}", "init_gain": "gain {:g}"}
SETTING = (
    "Digits, 600 clean training rows, 4 hidden layers of 50 units, constant learning rate, 1,200 steps without normalisation and, at the upper seven rates, 600 with it; the usual initial "
    "weights (Glorot’s or He’s) times a gain of 1 or 5; evaluated with the moments of all training rows. "
    f"{also(TABLES)} {OTHER_TARGETS}"
)
ARM: dict[str, Any] = {
    **deep.NETWORK,
    "activation": ["sigmoid", "tanh", "relu"],
    "init_gain": [1.0, 5.0],
    "learning_rate": RATES,
    "steps": 1200,
    "checkpoints": 100,
    "bn_statistics": "population",  # running moments are not warm yet after a few hundred steps
}
# With normalisation what arrives does so within some 300 steps, and soonest at rates from 0.04 to 0.25
NORMALISED: dict[str, Any] = {"learning_rate": RATES[2:], "steps": 600, "checkpoints": 50}
DESIGN = {"none": ARM, **{place: {**ARM, **NORMALISED, "batch_norm": place} for place in ("before", "after")}}
REVISED = (
    "Networks with normalisation trained for 1,200 steps as well, and at two lower rates: none that arrives needs them."
)
NO_SPEED = "Nothing is judged where a side learns the training rows (under 10% of errors) and most of its seeds never reach the target: it lacks no speed."
CENSORING = (
    "A run that never reaches the target, or diverges, counts as one of all its steps; the ratio is then a bound, and its interval is open "
    f"on that side. {NO_SPEED}"
)


NONE = Side("no normalisation", "none")
BEFORE = Side("normalisation before the activation", "before")
AFTER = Side("normalisation after the activation", "after")
STEP = float(np.log(RATES[-1] / RATES[-2]))
LACKING = "no ratio is known of {} of {} seeds: with normalisation or without it no rate ends at the target"
FEW = 0.5  # of a side's seeds; where more end at the target at no rate it does not train, whatever the rate
SAYS = "{less} trains faster than {more}"


def steps(slow: Side, fast: Side, regimes: Regimes = REGIMES) -> Contrast:
    """Log of the steps that ``slow`` takes over those of ``fast``, each at its own best learning rate."""
    return Contrast(high=slow, low=fast, value=Steps(TARGETS), cost=Steps(TARGETS), regimes=regimes)


@dataclass(frozen=True)
class LargestRate:
    """Log of the largest learning rate at which ``high`` still ends at its table's target, less that of ``low``.

    A seed that ends there at no rate, where most of its side do at some, counts as at the lowest: the ratio is a bound.
    """

    high: Side
    low: Side
    regimes: Regimes = field(default_factory=lambda: REGIMES, hash=False)

    def evidence(self, rows: pd.DataFrame) -> pd.DataFrame:
        networks = with_regime(rows[rows["data"].isin(TARGETS)], self.regimes)
        high, low = self.high.networks(networks), self.low.networks(networks)
        paired = pair(_largest(high), _largest(low), "log_rate")
        below = _seldom_none(paired)
        lowest = [networks["learning_rate"].min() for networks in (high, low)]
        known = paired[["high", "low"]].mask(below, pd.Series(np.log(lowest), ["high", "low"]), axis="columns")
        at_end = np.isclose(known, np.log(max(RATES)))
        beyond = at_end.astype(int) - below.to_numpy(int)  # whether the true rate may be larger, +1, or smaller
        effect = known["high"] - known["low"]
        lacking = effect.isna().groupby(paired["regime"]).agg(["sum", "size"])
        told = {regime: LACKING.format(*counts) for regime, *counts in lacking[lacking["sum"].gt(0)].itertuples()}
        return paired.assign(
            **known,
            effect=effect,
            bound=np.sign(beyond[:, 0] - beyond[:, 1]),
            void=[told.get(regime, "") for regime in paired["regime"]],
            known_to=STEP,
        )


def _seldom_none(paired: pd.DataFrame) -> pd.DataFrame:
    """Columns high and low: whether that side alone has no workable rate at this seed, and at most of its regime's has one."""
    none = paired[["high", "low"]].isna()
    seldom = none.groupby(paired["regime"]).transform("mean") < FEW
    return (none & seldom).mask(none.all(axis=1), other=False)


def _largest(networks: pd.DataFrame) -> pd.DataFrame:
    """Columns regime, seed and log_rate, which is NaN where no rate works."""
    ends = networks["valid_loss"] <= networks["data"].map(TARGETS)
    workable = networks.assign(log_rate=np.log(networks["learning_rate"]).where(ends))
    return workable.groupby(["regime", "seed"], sort=False)["log_rate"].max().reset_index()
