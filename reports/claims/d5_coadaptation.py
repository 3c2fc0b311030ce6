"""D5: with dropout no unit relies on the others."""

import pandas as pd

from reports.evidence.measures import measure
from reports.experiments import d300
from reports.experiments.seeded import by_seed
from reports.judging.claim import Claim, Quote
from reports.judging.rules import Measured, effect
from reports.judging.verdict import SESOI

DAMAGES = {
    "a quarter of the units deleted": lambda rows: measure(rows, "deletion.quarter"),
    "one unit deleted": lambda rows: measure(rows, "deletion.one_mean", 0),
    "weights disturbed by 30%": lambda rows: measure(rows, "deletion.weight_noise", 1),
}
UNTRIED = (
    "Units are not swapped between networks: a network here ignores those that train beside it, and a second one trained inside "
    "each would double the cost of the design. A swap takes units away and puts in what fits nowhere; deletion and disturbed "
    "weights are damage of either kind."
)
RULE = effect(
    Measured(
        what="Validation loss that damage adds to a network trained with L2, less what the same damage adds to one trained with "
        "dropout at its best. λ is that whose validation loss is nearest to dropout’s, so that the two do equally well before the "
        f"damage. {d300.SETTING}",
        quantity="loss added with L2 − loss added with dropout",
        reading="above 0 dropout stands it better",
        unit="nat",
        issue="dropout makes units rely less on each other",
        depends="the kind of damage",
    ),
    margin=SESOI,
    supported="units trained with dropout rely less on each other",
    contradicted="units trained with dropout rely more on each other",
    alike="units trained with dropout rely on each other as much as with L2",
)


def evidence(rows: pd.DataFrame) -> pd.DataFrame:
    return d300.against_l2(rows, DAMAGES)


CLAIM = Claim(
    slug="D5",
    statement="With dropout a hidden unit cannot rely on other hidden units being present",
    quote=Quote(
        "003",
        "On each presentation of each training case, each hidden unit is randomly omitted from the network with a probability of "
        "0.5, so a hidden unit cannot rely on other hidden units being present.",
    ),
    design=d300.DESIGN,
    shared=d300.NAME,
    tables=d300.TABLES,
    **by_seed(RULE, evidence, design=d300.NAME, caption=f"Loss that damage adds with L2, less with dropout. {UNTRIED}"),
)
