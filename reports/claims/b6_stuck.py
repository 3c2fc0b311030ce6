"""B6: networks that did not train start to train with batch normalisation."""

import pandas as pd

from reports.evidence.arrival import timed
from reports.evidence.measures import lowest_loss
from reports.evidence.paired import arm, at_best
from reports.experiments import speed
from reports.experiments.seeded import by_seed
from reports.judging import text
from reports.judging.claim import Claim, Quote
from reports.judging.rules import Measured, at_most
from reports.judging.verdict import SESOI

RULE = at_most(
    Measured(
        what="The lowest validation loss on the way of networks with normalisation before the activation, less the target, at their best learning "
        f"rate, where without it no seed reaches the target, {speed.TARGET}, at its best learning rate; other regimes say nothing about "
        f"this claim and are left out. {speed.SETTING}",
        quantity="lowest validation loss with normalisation − target",
        reading="below 0 the network trains",
        unit="nat",
        issue="what did not train starts to train",
        depends="activation and initial weights",
    ),
    limit=0,
    margin=SESOI,
    supported="what did not train starts to train with batch normalisation",
    contradicted="what did not train does not train with batch normalisation either",
)


def evidence(rows: pd.DataFrame) -> pd.DataFrame:
    networks = timed(rows, speed.REGIMES, speed.TARGETS)
    networks = networks.assign(short=lowest_loss(networks) - networks["data"].map(speed.TARGETS))
    best = {place: at_best(arm(networks, place), tuned=["learning_rate"], cost="short") for place in ("none", "before")}
    stuck = best["none"].groupby("regime")["short"].agg(["min", "mean"])
    told = {
        regime: f"without it {text.quantity(short['mean'], 'nat')} in the mean"
        for regime, short in stuck.iterrows()
        if short["min"] > 0
    }
    found = best["before"][best["before"]["regime"].isin(told)]
    shown = found[["regime", "seed", "short", "chosen"]].rename(columns={"short": "effect"})
    return shown.assign(note=shown["regime"].map(told))


CLAIM = Claim(
    slug="B6",
    statement="Things that did not train start to train",
    quote=Quote("002", "Things that didn't train earlier will start to train."),
    design=speed.DESIGN,
    shared=speed.NAME,
    tables=speed.TABLES,
    literature="Ioffe & Szegedy 2015: an Inception network with sigmoid stayed at chance without batch normalisation and "
    "reached 69.8% with it.",
    **by_seed(
        RULE,
        evidence,
        design=speed.NAME,
        caption="Lowest validation loss, less the target, where nothing trained without it.",
    ),
)
