"""B8b: mean and variance remain the same, also after γ and β."""

import numpy as np
import pandas as pd

from reports.evidence.measures import measured, values
from reports.evidence.paired import with_regime
from reports.experiments.further_tables import DEEP, also
from reports.experiments.seeded import by_seed
from reports.judging.claim import Claim, Quote
from reports.judging.rules import Measured, at_most

RULE = at_most(
    Measured(
        what="How far the units’ means after γ and β are from 0 (root mean square over units), or their variance from 1 (mean over units), whichever is more: 0 and 1 are where they start; at the end of 300 steps at rate 0.1, mean over 4 hidden "
        f"layers of 50 units with normalisation before the activation; digits, 600 clean training rows. {also(DEEP)}",
        quantity="change of mean or variance",
        reading="0 is where they were",
        unit="",
        issue="mean and variance remain the same after γ and β",
        depends="the activation",
    ),
    limit=0.1,
    margin=0.1,
    supported="mean and variance remain nearly the same after γ and β too",
    contradicted="after γ and β, mean and variance change as the network learns",
)
LAST = -1


def evidence(rows: pd.DataFrame) -> pd.DataFrame:
    networks = with_regime(measured(rows, "moments.scaled_mean"), {"activation": "{}"})
    means, variances = (
        [np.mean(each[LAST]) for each in values(networks, f"moments.{name}")]
        for name in ("scaled_mean", "scaled_variance")
    )
    found = networks[["regime", "seed"]].assign(mean=means, variance=variances)
    change = found.assign(effect=np.maximum(found["mean"], (found["variance"] - 1).abs()))
    of_regime = change.groupby("regime")[["mean", "variance"]].transform("mean")
    return change.assign(note=[f"mean {mean:.2f}, variance {variance:.2f}" for mean, variance in of_regime.to_numpy()])


CLAIM = Claim(
    slug="B8b",
    statement="Mean and variance remain the same: after γ and β, as the next step sees them",
    quote=Quote(
        "000",
        "The input to the BN layer may change much but they have same mean and variance, i.e. the BN parameters we are learning γ "
        "and β.",
    ),
    design={
        "before": {
            "data": {"train": 600, "valid": 300, "label_noise": 0.0},
            "depth": 4,
            "width": 50,
            "activation": ["sigmoid", "tanh", "relu"],
            "batch_norm": "before",
            "learning_rate": 0.1,
            "schedule": "constant",
            "steps": 300,
            "checkpoints": 5,
            "probes": "moments",
        }
    },
    tables=DEEP,
    revised="The first rule looked at means alone; a change of variance counts, too, now.",
    **by_seed(RULE, evidence, design="B8b", caption="Change of mean or variance after γ and β by the end of training."),
)
