"""B3: batch normalisation keeps units out of saturation, however their inputs are distributed."""

import numpy as np
import pandas as pd

from reports.evidence.measures import measured, values
from reports.evidence.paired import arm, with_regime
from reports.experiments.further_tables import DEEP, also
from reports.experiments.seeded import by_seed
from reports.judging.claim import Claim, Quote
from reports.judging.rules import Measured, at_most

RULE = at_most(
    Measured(
        what="Share of units × rows whose activation has less than a tenth of its greatest slope, with normalisation before the "
        "activation, mean over 4 hidden layers of 50 units and over the checkpoints of 300 steps at learning rate 0.1; digits, 600 clean training "
        f"rows; initial weights as usual and 5 times as large. {also(DEEP)}",
        quantity="saturated share",
        reading="0 is none",
        unit="share",
        issue="batch normalisation keeps units out of saturation",
        depends="activation and initial weights",
    ),
    limit=0.1,
    margin=0.05,
    supported="batch normalisation keeps units out of saturation",
    contradicted="batch normalisation leaves more than a tenth of the units on their flat parts",
)
REGIMES = {"activation": "{}", "init_gain": "gain {:g}"}
ARM = {
    "data": {"train": 600, "valid": 300, "label_noise": 0.0},
    "depth": 4,
    "width": 50,
    "activation": ["sigmoid", "tanh", "relu"],
    "init_gain": [1.0, 5.0],
    "learning_rate": 0.1,
    "schedule": "constant",
    "steps": 300,
    "checkpoints": 5,
    "probes": "saturation",
}


def evidence(rows: pd.DataFrame) -> pd.DataFrame:
    networks = with_regime(measured(rows, "saturation.share"), REGIMES)
    shares = networks.assign(effect=[np.mean(each) for each in values(networks, "saturation.share")])
    without = dict(iter(arm(shares, "none").groupby("regime", sort=False)["effect"].mean().items()))
    found = arm(shares, "before")[["regime", "seed", "effect", "activation"]]
    notes = [
        _note(without.get(regime), relu=activation == "relu")
        for regime, activation in zip(found["regime"], found["activation"], strict=True)
    ]
    return found.drop(columns="activation").assign(note=notes)


def _note(without: float | None, *, relu: bool) -> str:
    said = "without normalisation none survives" if without is None else f"without normalisation {without:.2f}"
    return f"{said}; half of all inputs below zero is what ReLU is made for" if relu else said


CLAIM = Claim(
    slug="B3",
    statement="Batch normalisation keeps units out of saturation, however their inputs are distributed",
    quote=Quote(
        "001",
        "BN layer is hence should be right before the activation layer to normalize the linear layer output so that the "
        "activation function is operated at the non-saturated part no matter how the linear layer output distribution is.",
    ),
    design={"none": ARM, "before": {**ARM, "batch_norm": "before"}},
    tables=DEEP,
    **by_seed(RULE, evidence, design="B3", caption="Share of units × rows on the flat part of their activation."),
)
