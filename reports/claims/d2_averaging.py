"""D2: the network without noise stands for the average of the networks that dropout samples."""

import pandas as pd

from reports.evidence.contrasts import Level
from reports.evidence.quantities import Probed
from reports.experiments import d300
from reports.experiments.seeded import SeededClaim
from reports.judging import text
from reports.judging.claim import Quote
from reports.judging.rules import Measured, at_most
from reports.judging.verdict import SESOI

RULE = at_most(
    Measured(
        what="Validation loss of the one network with weights scaled, less that of the mean prediction of 200 sampled networks: of their "
        "normalised geometric mean, which weight scaling stands for, and of the mean of their probabilities; for dropout at its best. "
        f"One-sided: to be better than the average is no evidence against it. {d300.SETTING}",
        quantity="loss of weight scaling − loss of averaging",
        reading="above 0 averaging is better",
        unit="nat",
        issue="weight scaling does as well as averaging",
        depends="which average it is",
        says="{less} have a lower loss than {more}",
    ),
    limit=SESOI,
    margin=SESOI,
    supported="the scaled network predicts as well as 200 sampled networks averaged, or better",
    contradicted="200 sampled networks have a lower loss than the scaled network",
)


CONTRASTS = d300.averaging(
    Probed("averaging.scaled_loss"),
    {
        "the geometric mean": Probed("averaging.geometric_loss"),
        "the arithmetic mean": Probed("averaging.loss", (-1,)),
    },
)


def _noted(rows: pd.DataFrame, found: pd.DataFrame) -> pd.DataFrame:
    one = Level(side=d300.DROPOUT, value=Probed("averaging.loss", (0,)), regimes=d300.REGIMES).evidence(rows)
    return found.assign(note=f"one sampled network alone {text.quantity(one['effect'].mean(), 'nat', sign=False)}")


CLAIM = SeededClaim(
    slug="D2",
    statement="Dropout is an efficient way of model averaging",
    quote=Quote(
        "003",
        "Another way to view the dropout procedure is as a very efficient way of performing model averaging with neural networks.",
    ),
    design=d300.DESIGN,
    shared=d300.NAME,
    tables=d300.TABLES,
    revised=d300.REVISED,
    literature="Srivastava et al. 2014: weight scaling matched the average of about 50 sampled networks; their section 10 scales by 1/p while training, as the networks here do. Baldi & Sadowski 2013: "
    "it is the normalised geometric mean.",
    rule=RULE,
    compared=CONTRASTS,
    noted=_noted,
    caption="Loss of the scaled network less that of 200 sampled ones averaged.",
)
