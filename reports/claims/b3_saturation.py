"""B3: batch normalisation keeps units out of saturation, however their inputs are distributed."""

from dataclasses import replace
from typing import Any

import pandas as pd

from reports.evidence.contrasts import Level, Side
from reports.evidence.paired import Regimes
from reports.evidence.quantities import Probed
from reports.experiments import deep
from reports.experiments.further_tables import DEEP, also
from reports.experiments.seeded import SeededClaim
from reports.judging.claim import Quote
from reports.judging.rules import Measured, at_most

LIMIT = 0.1
OUT = "without normalisation units are out of saturation too: there is nothing to keep them out of"
RULE = at_most(
    Measured(
        what="Share of units × rows whose activation has less than a tenth of its greatest slope (of ReLU, which is flat for half of all inputs by design, the share of units "
        "that are so on every row), with normalisation before the activation, mean over 4 hidden layers of 50 units and over the checkpoints of 300 steps at learning rate 0.1; digits, 600 clean training "
        f"rows; initial weights as usual and 5 times as large. Where units are as seldom saturated without normalisation nothing is judged. {also(DEEP)}",
        quantity="saturated share",
        reading="0 is none",
        unit="share",
        issue="batch normalisation keeps units out of saturation",
        depends="activation and initial weights",
    ),
    limit=LIMIT,
    margin=0.05,
    supported="batch normalisation keeps units out of saturation",
    contradicted="batch normalisation leaves more than a tenth of the units on their flat parts",
)
REGIMES: Regimes = {"activation": "{}", "init_gain": "gain {:g}"}
MEASURES = {"sigmoid": "share", "tanh": "share", "relu": "dead"}
ARM: dict[str, Any] = {
    **deep.NETWORK,
    "activation": list(MEASURES),
    "init_gain": [1.0, 5.0],
    "learning_rate": 0.1,
    "steps": 300,
    "checkpoints": 5,
    "probes": "saturation",
}


LEVELS = [
    Level(
        side=Side("normalisation", "before", tuned=(), where={"activation": activation}),
        value=Probed(f"saturation.{measure}"),
        regimes=REGIMES,
    )
    for activation, measure in MEASURES.items()
]
WITHOUT = [replace(each, side=replace(each.side, arm="none")) for each in LEVELS]


def _noted(rows: pd.DataFrame, found: pd.DataFrame) -> pd.DataFrame:
    without = pd.concat([each.evidence(rows) for each in WITHOUT]).groupby("regime")["effect"].mean().to_dict()
    said = [
        f"without normalisation {without[regime]:.2f}" if regime in without else "without normalisation none survives"
        for regime in found["regime"]
    ]
    idle = [OUT if regime in without and without[regime] <= LIMIT else "" for regime in found["regime"]]
    return found.assign(note=said, void=idle)


CLAIM = SeededClaim(
    slug="B3",
    statement="Batch normalisation keeps units out of saturation, however their inputs are distributed",
    quote=Quote(
        "001",
        "BN layer is hence should be right before the activation layer to normalize the linear layer output so that the "
        "activation function is operated at the non-saturated part no matter how the linear layer output distribution is.",
    ),
    design={"none": ARM, "before": {**ARM, "batch_norm": "before"}},
    tables=DEEP,
    revised="Networks were judged whose units are out of saturation without normalisation too.",
    rule=RULE,
    compared=LEVELS,
    noted=_noted,
    caption="Share of units × rows on the flat part of their activation.",
)
