"""B7: batch normalisation makes what a layer receives move less."""

import numpy as np
import pandas as pd

from reports.evidence.measures import measured, values
from reports.evidence.paired import arm, at_best, pair, with_regime
from reports.experiments.further_tables import DEEP, also
from reports.experiments.seeded import by_seed
from reports.judging.claim import Claim, Quote
from reports.judging.rules import Measured, effect

RULE = effect(
    Measured(
        what="How far the means of what the next layer receives move from one checkpoint to the next, in standard deviations (root "
        "mean square over units, mean over layers and over 6 checkpoints of 300 steps): without normalisation over with it before the activation, "
        "each at the learning rate whose validation loss is best. Digits, 600 clean training rows, 4 hidden layers of 50 units. "
        f"{also(DEEP)}",
        quantity="drift without ÷ with normalisation",
        reading="above 1 normalisation holds the layers still",
        unit="times",
        issue="batch normalisation reduces covariate shift",
        depends="the activation",
    ),
    margin=1.25,
    supported="batch normalisation reduces how far hidden units shift around",
    contradicted="batch normalisation increases how far hidden units shift around",
    alike="hidden units shift around as far with batch normalisation as without",
)
ARM = {
    "data": {"train": 600, "valid": 300, "label_noise": 0.0},
    "depth": 4,
    "width": 50,
    "activation": ["tanh", "relu"],
    "learning_rate": [0.016, 0.04, 0.1, 0.25],
    "schedule": "constant",
    "steps": 300,
    "checkpoints": 6,
    "probes": "moments",
}


def evidence(rows: pd.DataFrame) -> pd.DataFrame:
    networks = with_regime(measured(rows, "moments.mean_drift"), {"activation": "{}"})
    drift = [np.log(np.mean(np.array(each, float))) for each in values(networks, "moments.mean_drift")]
    best = {
        place: at_best(arm(networks.assign(drift=drift), place), tuned=["learning_rate"])
        for place in ("none", "before")
    }
    return pair(best["none"], best["before"], "drift")


CLAIM = Claim(
    slug="B7",
    statement="Batch normalisation reduces how far the hidden units’ values shift around",
    quote=Quote("002", "BN reduces the amount by what the hidden unit values shift around (covariance shift)."),
    design={"none": ARM, "before": {**ARM, "batch_norm": "before"}},
    tables=DEEP,
    literature="Santurkar et al. 2018 found no less shift with batch normalisation, and a smoother landscape.",
    revised="The design has fewer checkpoints, for the sake of their cost.",
    **by_seed(RULE, evidence, design="B7", caption="Drift without normalisation over with it, on a logarithmic axis."),
)
