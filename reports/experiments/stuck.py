"""Networks so deep that without normalisation none may train: training errors beside those of chance."""

from dataclasses import dataclass
from typing import Any

import pandas as pd

from reports.evidence.contrasts import Side, with_lacking
from reports.evidence.lost import ended
from reports.evidence.paired import Regimes, at_best, chosen_again, with_regime
from reports.experiments import speed

SEEDS = 8  # all or nothing: more would say no more
ARM: dict[str, Any] = {
    **speed.ARM,
    "depth": 8,
    "activation": "sigmoid",
    "init_gain": 1.0,
    "steps": 600,
    "checkpoints": 2,
    "replicates": SEEDS,
}
# Weights of norm 0 or nearly: what is learnt is how frequent the classes are, the same for every row, and its errors are chance
CHANCE: dict[str, Any] = {
    "data": ARM["data"],
    "width": 1,
    "max_norm": 1e-9,
    "schedule": "constant",
    "steps": 300,
    "checkpoints": 1,
    "replicates": SEEDS,
}
DESIGN = {"none": ARM, "before": {**ARM, "batch_norm": "before"}, "chance": CHANCE}
REGIMES: Regimes = {"activation": "{}", "depth": "{} layers"}
GUESSING = Side("chance", "chance", tuned=())
TRAINED = "it trains without normalisation too, to {:.0%} of chance: there is nothing that did not train"
STUCK = 0.9  # of chance: a network that errs no less has learnt nothing


@dataclass(frozen=True)
class Started:
    """Training errors by those of chance, where no network of ``stuck`` trained at any rate.

    Chance is what ``constant`` errs on the seed's training rows: a network that knows how frequent the classes are and no more.
    """

    side: Side = speed.BEFORE
    stuck: Side = speed.NONE
    constant: Side = GUESSING

    def evidence(self, rows: pd.DataFrame) -> pd.DataFrame:
        chance = self.constant.networks(rows).set_index("seed")["train_error"].astype(float)
        networks = with_regime(rows[~ended(rows)], REGIMES)
        errors = networks["train_error"].astype(float).fillna(1)  # diverged: nothing learnt
        networks = networks.assign(effect=errors / networks["seed"].map(chance))
        least = self.stuck.networks(networks).groupby("regime")["effect"].min()
        side = self.side.networks(networks)
        known, tuned = side[side["regime"].isin(least.index)], list(self.side.tuned)
        found = at_best(known, tuned=tuned, cost="effect")
        found = with_lacking(found, chosen_again(known, tuned=tuned, cost="effect"))
        trained = {regime: TRAINED.format(error) for regime, error in least.items() if error < STUCK}
        return found[["regime", "seed", "effect", "lacking", "chosen"]].assign(
            note=[f"without it {least[regime]:.0%} of chance at best" for regime in found["regime"]],
            void=[trained.get(regime, "") for regime in found["regime"]],
        )
