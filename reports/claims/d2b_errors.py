"""D2b: the network without noise errs as often as the average of the networks that dropout samples."""

import pandas as pd

from reports.evidence.contrasts import Level
from reports.evidence.quantities import Probed
from reports.experiments import d300
from reports.experiments.seeded import SeededClaim
from reports.judging import text
from reports.judging.claim import Quote
from reports.judging.intervals import ERROR
from reports.judging.rules import Measured, at_most
from reports.judging.verdict import SESOI_IN_POINTS

RULE = at_most(
    Measured(
        what="Percentage of errors of the one network with weights scaled, less that of the mean prediction of 200 sampled networks: of "
        "their normalised geometric mean, and of the mean of their probabilities; for dropout at its best. One-sided: to be better than "
        f"the average is no evidence against it. {d300.SETTING}",
        quantity="errors of weight scaling − errors of averaging",
        reading="above 0 averaging is better",
        unit="points",
        issue="weight scaling errs as seldom as averaging",
        depends="which average it is",
        metric=ERROR,
        says="{less} err less than {more}",
    ),
    limit=SESOI_IN_POINTS,
    margin=SESOI_IN_POINTS,
    supported="the scaled network errs as seldom as 200 sampled networks averaged, or less",
    contradicted="200 sampled networks err less than the scaled network",
)


CONTRASTS = d300.averaging(
    Probed("averaging.scaled_error", factor=100),
    {
        "the geometric mean": Probed("averaging.geometric_error", factor=100),
        "the arithmetic mean": Probed("averaging.error", (-1,), factor=100),
    },
)


def _noted(rows: pd.DataFrame, found: pd.DataFrame) -> pd.DataFrame:
    one = Level(side=d300.DROPOUT, value=Probed("averaging.error", (0,), factor=100), regimes=d300.REGIMES).evidence(
        rows
    )
    return found.assign(note=f"one sampled network alone {text.quantity(one['effect'].mean(), 'points', sign=False)}")


CLAIM = SeededClaim(
    slug="D2b",
    statement="Dropout’s averaging reduces the error on the test set as an average of many networks does",
    quote=Quote(
        "003",
        "A good way to reduce the error on the test set is to average the predictions produced by a very large number of "
        "different networks.",
    ),
    design=d300.DESIGN,
    shared=d300.NAME,
    tables=d300.TABLES,
    revised=d300.REVISED,
    literature="Srivastava et al. 2014: weight scaling matched the average of about 50 sampled networks. Baldi & Sadowski 2013: "
    "it is the normalised geometric mean.",
    rule=RULE,
    compared=CONTRASTS,
    noted=_noted,
    caption="Errors of the scaled network less those of 200 sampled ones averaged.",
)
