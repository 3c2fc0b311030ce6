"""D1b: a probability of one half is a good one."""

import pandas as pd

from reports.evidence.paired import pair
from reports.experiments import overfitting
from reports.experiments.seeded import by_seed
from reports.judging.claim import Claim, Quote
from reports.judging.rules import Measured, at_most
from reports.judging.verdict import SESOI

RULE = at_most(
    Measured(
        what="Validation loss of dropout at keep_prob 0.5, less that at its best keep_prob of 0.3 … 0.95, chosen on the other seeds; "
        "learning rates are chosen so in both.",
        quantity="loss at 0.5 − loss at the best keep_prob",
        reading="0 is as good as the best",
        unit="nat",
        issue="a probability of 0.5 is as good as the best",
        depends="width and data",
    ),
    limit=SESOI,
    margin=SESOI,
    supported="a keep_prob of 0.5 is as good as the best",
    contradicted="a keep_prob of 0.5 is worse than the best",
)


def evidence(rows: pd.DataFrame) -> pd.DataFrame:
    return pair(overfitting.at(rows, 0.5), overfitting.best(rows, "dropout"), "valid_loss")


CLAIM = Claim(
    slug="D1b",
    statement="Hidden units are omitted with a probability of 0.5",
    quote=Quote(
        "003",
        "On each presentation of each training case, each hidden unit is randomly omitted from the network with a probability "
        "of 0.5.",
    ),
    design=overfitting.DESIGN,
    shared=overfitting.NAME,
    revised=overfitting.REVISED,
    literature="Srivastava et al. 2014: flat for 0.4 ≤ p ≤ 0.8 at a fixed number of units.",
    **by_seed(RULE, evidence, design=overfitting.NAME, caption="Loss at one half less at the best keep_prob."),
)
