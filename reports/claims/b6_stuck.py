"""B6: networks that did not train start to train with batch normalisation."""

from dataclasses import dataclass

import pandas as pd

from reports.evidence.contrasts import Side
from reports.evidence.paired import at_best, with_regime
from reports.experiments import speed
from reports.experiments.seeded import SeededClaim
from reports.judging.claim import Quote
from reports.judging.rules import Measured, at_most

RULE = at_most(
    Measured(
        what="Share of training errors at the end with normalisation before the activation, by that of chance (of a network that knows how frequent the classes are and no more), at the learning rate that is best, where without it "
        f"at no rate of {speed.RATES[0]:g} … {speed.RATES[-1]:g} a seed comes below nine tenths of chance: it did not train. Regimes where it does say nothing about this claim and "
        f"are left out. {speed.SETTING}",
        quantity="training errors with normalisation ÷ chance",
        reading="1 is chance, 0 is learnt",
        unit="share",
        issue="what did not train starts to train",
        depends="activation and initial weights",
        metric="training error",
    ),
    limit=0.5,
    margin=0.1,
    supported="what did not train starts to train with normalisation before the activation",
    contradicted="what did not train does not train with normalisation before the activation either",
)


STUCK = 0.9  # of chance: a network that errs no less has learnt nothing


@dataclass(frozen=True)
class Started:
    """Training errors by those of chance, where no network of ``stuck`` trained at any rate.

    Chance is what ``constant`` errs on the seed's training rows: a network that knows how frequent the classes are and no more.
    """

    side: Side = speed.BEFORE
    stuck: Side = speed.NONE
    constant: Side = speed.GUESSING

    def evidence(self, rows: pd.DataFrame) -> pd.DataFrame:
        chance = self.constant.networks(rows).set_index("seed")["train_error"].astype(float)
        networks = with_regime(rows[rows["data"].isin(speed.TARGETS)], speed.REGIMES)
        errors = networks["train_error"].astype(float).fillna(1)  # diverged: nothing learnt
        networks = networks.assign(effect=errors / networks["seed"].map(chance))
        least = self.stuck.networks(networks).groupby("regime")["effect"].min()
        told = {regime: f"without it {error:.0%} of chance at best" for regime, error in least.items() if error > STUCK}
        side = self.side.networks(networks)
        found = at_best(side[side["regime"].isin(told)], tuned=list(self.side.tuned), cost="effect")
        return found[["regime", "seed", "effect", "chosen"]].assign(note=found["regime"].map(told).astype(object))


CLAIM = SeededClaim(
    slug="B6",
    statement="Things that did not train start to train",
    quote=Quote("002", "Things that didn't train earlier will start to train."),
    design=speed.DESIGN,
    shared=speed.NAME,
    tables=speed.TABLES,
    literature="Ioffe & Szegedy 2015: an Inception network with sigmoid stayed at chance without batch normalisation and "
    "reached 69.8% with it.",
    rule=RULE,
    compared=[Started()],
    caption="Training errors by those of chance, where nothing trained without normalisation.",
)
