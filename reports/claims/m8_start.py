"""M8: γ and β drawn at random train as fast as 1 and 0."""

import pandas as pd

from reports.evidence.arrival import ratio_of_steps, timed
from reports.evidence.paired import arm
from reports.experiments import speed
from reports.experiments.seeded import by_seed
from reports.judging.claim import Claim, Quote
from reports.judging.rules import Measured, equivalence

RULE = equivalence(
    Measured(
        what=f"Steps until the validation loss is {speed.TARGET} with γ and β drawn from the standard normal, divided by those from 1 and "
        "0, each at its best learning rate. Digits, 600 clean training rows, 4 hidden layers of 50 units, 300 steps.",
        quantity="steps from random ÷ from 1 and 0",
        reading="above 1 a random start is slower",
        unit="times",
        issue="γ and β may start at random",
        depends="the activation",
    ),
    margin=1.25,
    alike="γ and β may start at random",
    above="γ and β that start at random train slower",
    below="γ and β that start at random train faster",
)
ARM = {
    "data": {"train": 600, "valid": 300, "label_noise": 0.0},
    "depth": 4,
    "width": 50,
    "activation": ["tanh", "relu"],
    "batch_norm": "before",
    "learning_rate": [0.016, 0.04, 0.1, 0.25],
    "schedule": "constant",
    "steps": 300,
    "checkpoints": 25,
}


def evidence(rows: pd.DataFrame) -> pd.DataFrame:
    networks = timed(rows, {"activation": "{}"}, speed.TARGETS)
    return ratio_of_steps(arm(networks, "random"), arm(networks, "identity"), names=("random", "1 and 0"))


CLAIM = Claim(
    slug="M8",
    statement="γ and β are initialised at random",
    quote=Quote("002", "After this shift/scale of activation outputs by some randomly initialized parameters."),
    design={"identity": ARM, "random": {**ARM, "bn_start": "random"}},
    revised="The design has fewer steps, for the sake of its cost.",
    **by_seed(
        RULE, evidence, design="M8", caption="Steps from a random start over from 1 and 0, on a logarithmic axis."
    ),
)
