"""The task D300: little data with wrong labels, so that regularisers can be told apart; one hidden layer, four kinds of arm."""

from collections.abc import Callable, Mapping
from typing import Any

import pandas as pd

from reports.evidence.measures import measure, measured
from reports.evidence.paired import arm, at_best, in_regimes, pair, with_regime
from reports.experiments.further_tables import SMALL, also
from reports.judging.intervals import Numbers

NAME = "d300"
TABLES = SMALL
REGIMES = {"width": None}
KEPT = [0.9, 0.8, 0.7, 0.6, 0.5, 0.4]
RATES = [0.003, 0.008, 0.02, 0.05, 0.15]  # low ones are early stopping in disguise, and the best that none can do
SETTING = (
    "Digits, 300 training rows with 20% of the labels drawn anew, one hidden layer of ReLU, 900 steps; keep_prob or λ, and the "
    f"learning rate, are those that are best on the other seeds. {also(TABLES)}"
)
PROBES = "correlation+deletion+shift+sparsity"
ARM: dict[str, Any] = {"width": [32], "learning_rate": RATES, "probes": PROBES}
DESIGN: dict[str, dict[str, Any]] = {
    "none": ARM,
    "dropout": {**ARM, "keep_prob": KEPT, "probes": f"averaging+{PROBES}"},
    "gaussian": {**ARM, "keep_prob": KEPT, "noise": "gaussian"},
    "l2": {**ARM, "l2": [0.001, 0.003, 0.01, 0.02, 0.04, 0.08]},
}
TUNED = {
    "none": ["learning_rate"],
    "dropout": ["keep_prob", "learning_rate"],
    "gaussian": ["keep_prob", "learning_rate"],
    "l2": ["l2", "learning_rate"],
}


def best(rows: pd.DataFrame, name: str) -> pd.DataFrame:
    """A row for each width and seed: the arm at its best setting by validation loss."""
    return at_best(arm(with_regime(rows, REGIMES), name), tuned=TUNED[name])


def probed(rows: pd.DataFrame, name: str, measure: str) -> pd.DataFrame:
    """The same, of the networks that have the measure."""
    return best(measured(rows, measure), name)


def averaging(rows: pd.DataFrame, quantity: str, factor: float = 1) -> pd.DataFrame:
    """Weight scaling (high) against the mean prediction of 200 sampled networks (low), and that of one of them; for dropout at its best."""
    networks = probed(rows, "dropout", f"averaging.{quantity}")
    scaled = factor * measure(networks, f"averaging.scaled_{quantity}")
    one, many = (factor * measure(networks, f"averaging.{quantity}", place) for place in (0, -1))
    return networks[["regime", "seed", "chosen"]].assign(high=scaled, low=many, one=one, effect=scaled - many)


def matched(rows: pd.DataFrame, name: str, target: pd.DataFrame) -> pd.DataFrame:
    """The arm where its mean validation loss is nearest to that of ``target``, so that what differs is not how well it learnt."""
    candidates = arm(with_regime(rows, REGIMES), name)
    aims = candidates["regime"].map(target.groupby("regime")["valid_loss"].mean())
    level = candidates.groupby(["regime", *TUNED[name]])["valid_loss"].transform("mean")
    return at_best(candidates.assign(distance=(level - aims).abs()), tuned=TUNED[name], cost="distance")


def against_l2(rows: pd.DataFrame, costs: Mapping[str, Callable[[pd.DataFrame], Numbers]]) -> pd.DataFrame:
    """For each cost that damage has: that to L2 less that to dropout, where both do equally well before; columns of ``difference``."""
    dropout = best(rows, "dropout")
    l2 = matched(rows, "l2", dropout)
    note = f"validation loss {dropout['valid_loss'].mean():.3f} nat with dropout, {l2['valid_loss'].mean():.3f} with L2"
    parts = [_added(l2, told, cost).pipe(pair, _added(dropout, told, cost), "cost") for told, cost in costs.items()]
    return pd.concat(parts, ignore_index=True).assign(note=note)


def _added(rows: pd.DataFrame, told: str, cost: Callable[[pd.DataFrame], Numbers]) -> pd.DataFrame:
    return in_regimes(rows.assign(cost=cost(rows)), [regime.under(told) for regime in rows["regime"]])
