"""M8: γ and β drawn at random train as fast as 1 and 0."""

from reports.evidence.contrasts import Side
from reports.experiments import deep, speed
from reports.experiments.seeded import SeededClaim
from reports.judging.rules import Measured, equivalence
from reports.judging.text import TIMES

RULE = equivalence(
    Measured(
        what=f"Steps until the validation loss is {speed.TARGET} with γ and β drawn from the standard normal, divided by those from 1 and "
        "0, each at its best learning rate. Post 002 calls them “randomly initialized parameters”; libraries start from 1 and 0, and whether that matters is our own question. Digits, 600 clean training rows, 4 hidden layers of 50 units, 300 steps. "
        f"{speed.NO_SPEED}",
        quantity="steps from random ÷ from 1 and 0",
        reading="above 1 a random start is slower",
        unit=TIMES,
        issue="γ and β may start at random",
        depends="the activation",
        says=speed.SAYS,
    ),
    margin=1.25,
    alike="γ and β may start at random",
    above="a start from 1 and 0 trains faster than a start at random",
    below="a start at random trains faster than a start from 1 and 0",
)
ARM = {
    **deep.NETWORK,
    "activation": ["tanh", "relu"],
    "batch_norm": "before",
    "learning_rate": [0.016, 0.04, 0.1, 0.25],
    "steps": 300,
    "checkpoints": 25,
    "bn_statistics": "population",
}


CONTRAST = speed.steps(
    slow=Side("a start at random", "random"),
    fast=Side("a start from 1 and 0", "identity"),
    regimes={"activation": "{}"},
)
CLAIM = SeededClaim(
    slug="M8",
    statement="γ and β that start at random train as fast as from 1 and 0",
    design={"identity": ARM, "random": {**ARM, "bn_start": "random"}},
    revised="The design has fewer steps, for the sake of its cost.",
    rule=RULE,
    compared=[CONTRAST],
    caption="Steps from a random start over from 1 and 0, on a logarithmic axis.",
)
