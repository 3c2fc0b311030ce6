"""B6: networks that did not train start to train with batch normalisation."""

from dataclasses import dataclass
from typing import Any

import pandas as pd

from reports.evidence.contrasts import Side
from reports.evidence.paired import Regimes, at_best, with_regime
from reports.experiments import speed
from reports.experiments.further_tables import DEEP, also
from reports.experiments.seeded import SeededClaim
from reports.judging.claim import Quote
from reports.judging.rules import Measured, at_most

TABLES = {name: sizes for name, sizes in DEEP.items() if name in ("breast_cancer", "mnist")}
RULE = at_most(
    Measured(
        what="Share of training errors at the end with normalisation before the activation, by that of chance (of a network that knows how frequent the classes are and no more), at the learning rate that is best, where without it "
        f"at no rate of {speed.RATES[0]:g} … {speed.RATES[-1]:g} a seed comes below nine tenths of chance: it did not train. Where it does train nothing is judged. Digits, 600 clean training rows, "
        f"8 hidden layers of 50 sigmoid units, the usual initial weights, constant learning rate, 600 steps. {also(TABLES)}",
        quantity="training errors with normalisation ÷ chance",
        reading="1 is chance, 0 is learnt",
        unit="share",
        issue="what did not train starts to train",
        depends="the table of data",
        metric="training error",
    ),
    limit=0.5,
    margin=0.1,
    supported="what did not train starts to train with normalisation before the activation",
    contradicted="what did not train does not train with normalisation before the activation either",
)
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
REGIMES: Regimes = {"activation": "{}", "depth": "{} layers"}


GUESSING = Side("chance", "chance", tuned=())
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
        networks = with_regime(rows, REGIMES)
        errors = networks["train_error"].astype(float).fillna(1)  # diverged: nothing learnt
        networks = networks.assign(effect=errors / networks["seed"].map(chance))
        least = self.stuck.networks(networks).groupby("regime")["effect"].min()
        side = self.side.networks(networks)
        found = at_best(side[side["regime"].isin(least.index)], tuned=list(self.side.tuned), cost="effect")
        trained = {regime: TRAINED.format(error) for regime, error in least.items() if error <= STUCK}
        return found[["regime", "seed", "effect", "chosen"]].assign(
            note=[f"without it {least[regime]:.0%} of chance at best" for regime in found["regime"]],
            void=[trained.get(regime, "") for regime in found["regime"]],
        )


TRAINED = "it trains without normalisation too, to {:.0%} of chance: there is nothing that did not train"
CLAIM = SeededClaim(
    slug="B6",
    statement="Things that did not train start to train",
    quote=Quote("002", "Things that didn't train earlier will start to train."),
    design={"none": ARM, "before": {**ARM, "batch_norm": "before"}, "chance": CHANCE},
    tables=TABLES,
    revised="Its design was that of B4, where every network trains at some rate: nothing could be judged. It has 8 hidden layers now.",
    literature="Ioffe & Szegedy 2015: an Inception network with sigmoid stayed at chance without batch normalisation and "
    "reached 69.8% with it.",
    rule=RULE,
    compared=[Started()],
    caption="Training errors with normalisation by those of chance.",
)
