"""D2b: the network without noise errs as often as the average of the networks that dropout samples."""

import pandas as pd

from reports.experiments import d300
from reports.experiments.seeded import by_seed
from reports.judging.claim import Claim, Quote
from reports.judging.rules import Measured, equivalence

RULE = equivalence(
    Measured(
        what="Percentage of errors of the one network with weights scaled, less that of the mean prediction of 200 sampled networks, "
        f"for dropout at its best. {d300.SETTING}",
        quantity="errors of weight scaling − errors of averaging",
        reading="above 0 averaging is better",
        unit="points",
        issue="weight scaling errs as often as averaging",
    ),
    margin=0.5,
    alike="the scaled network errs as often as the average of 200 sampled ones",
    above="averaging sampled networks errs less than the scaled network",
    below="the scaled network errs less than the average of 200 sampled ones",
)


def evidence(rows: pd.DataFrame) -> pd.DataFrame:
    found = d300.averaging(rows, "error", factor=100)
    return found.assign(
        note=f"one sampled network alone {found['one'].mean():.1f}%, 200 averaged {found['low'].mean():.1f}%"
    )


CLAIM = Claim(
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
    literature="Srivastava et al. 2014: weight scaling matched the average of about 50 sampled networks. Baldi & Sadowski 2013: "
    "it is the normalised geometric mean.",
    **by_seed(
        RULE,
        evidence,
        design=d300.NAME,
        caption="Errors of the scaled network less those of 200 sampled ones averaged.",
    ),
)
