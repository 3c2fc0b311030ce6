"""D2: the network without noise stands for the average of the networks that dropout samples."""

import pandas as pd

from reports.experiments import d300
from reports.experiments.seeded import by_seed
from reports.judging.claim import Claim, Quote
from reports.judging.rules import Measured, equivalence
from reports.judging.verdict import SESOI

RULE = equivalence(
    Measured(
        what="Validation loss of the one network with weights scaled, less that of the mean prediction of 200 sampled networks, "
        f"for dropout at its best. {d300.SETTING}",
        quantity="loss of weight scaling − loss of averaging",
        reading="above 0 averaging is better",
        unit="nat",
        issue="weight scaling equals averaging",
    ),
    margin=SESOI,
    alike="the scaled network predicts as well as the average of 200 sampled ones",
    above="averaging sampled networks predicts better than the scaled network",
    below="the scaled network predicts better than the average of 200 sampled ones",
)


def evidence(rows: pd.DataFrame) -> pd.DataFrame:
    found = d300.averaging(rows, "loss")
    return found.assign(
        note=f"one sampled network alone {found['one'].mean():.2f} nat, 200 averaged {found['low'].mean():.2f}"
    )


CLAIM = Claim(
    slug="D2",
    statement="Dropout is an efficient way of model averaging",
    quote=Quote(
        "003",
        "Another way to view the dropout procedure is as a very efficient way of performing model averaging with neural networks.",
    ),
    design=d300.DESIGN,
    shared=d300.NAME,
    tables=d300.TABLES,
    literature="Srivastava et al. 2014: weight scaling matched the average of about 50 sampled networks. Baldi & Sadowski 2013: "
    "it is the normalised geometric mean.",
    **by_seed(
        RULE, evidence, design=d300.NAME, caption="Loss of the scaled network less that of 200 sampled ones averaged."
    ),
)
