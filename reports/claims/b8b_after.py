"""B8b: mean and variance remain the same, also after γ and β."""

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from reports.evidence.contrasts import Level, Side
from reports.evidence.quantities import Probed, Quantity
from reports.experiments import deep
from reports.experiments.further_tables import DEEP, also
from reports.experiments.seeded import SeededClaim
from reports.judging.intervals import Numbers
from reports.judging.rules import Measured, at_most

RULE = at_most(
    Measured(
        what="The post’s sentence is the identity of B8; how far γ and β move is our own question. How far the units’ means after γ and β are from 0 (root mean square over units), or their variance from 1 (mean over units), whichever is more: 0 and 1 are where they start; at the end of 300 steps at rate 0.1, mean over 4 hidden "
        f"layers of 50 units with normalisation before the activation; digits, 600 clean training rows. {also(DEEP)}",
        quantity="change of mean or variance",
        reading="0 is where they were",
        unit="",
        issue="mean and variance remain the same after γ and β",
        depends="the activation",
    ),
    limit=0.1,
    margin=0.1,
    supported="mean and variance remain the same after γ and β, or nearly",
    contradicted="after γ and β, mean and variance change as the network learns",
)
LAST = -1


MEAN, VARIANCE = (Probed(f"moments.scaled_{name}", (LAST,)) for name in ("mean", "variance"))


@dataclass(frozen=True)
class Moved(Quantity):
    """How far means are from 0, or variances from 1, whichever is more; mean over layers, at the last checkpoint."""

    def known(self, rows: pd.DataFrame) -> pd.DataFrame:
        return MEAN.known(rows)

    def read(self, rows: pd.DataFrame) -> Numbers:
        return np.maximum(MEAN.read(rows), np.abs(VARIANCE.read(rows) - 1))


LEVEL = Level(side=Side("normalisation", "before", tuned=()), value=Moved(), regimes={"activation": "{}"})


def _noted(rows: pd.DataFrame, found: pd.DataFrame) -> pd.DataFrame:
    levels = [replace(LEVEL, value=value).evidence(rows) for value in (MEAN, VARIANCE)]
    mean, variance = (level.groupby("regime")["effect"].mean().to_dict() for level in levels)
    return found.assign(note=[f"mean {mean[each]:.2f}, variance {variance[each]:.2f}" for each in found["regime"]])


CLAIM = SeededClaim(
    slug="B8b",
    statement="Mean and variance remain the same: after γ and β, as the next step sees them",
    design={
        "before": {
            **deep.NETWORK,
            "activation": ["sigmoid", "tanh", "relu"],
            "batch_norm": "before",
            "learning_rate": 0.1,
            "steps": 300,
            "checkpoints": 5,
            "probes": "moments",
        }
    },
    tables=DEEP,
    revised="The first rule looked at means alone; a change of variance counts, too, now.",
    rule=RULE,
    compared=[LEVEL],
    noted=_noted,
    caption="Change of mean or variance after γ and β by the end of training.",
)
