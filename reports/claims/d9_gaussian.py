"""D9: Gaussian noise does as well as dropout's."""

import pandas as pd

from reports.evidence.paired import pair
from reports.experiments import d300
from reports.experiments.seeded import by_seed
from reports.judging.claim import Claim, Quote
from reports.judging.rules import Measured, equivalence
from reports.judging.verdict import SESOI

RULE = equivalence(
    Measured(
        what="Validation loss with Gaussian noise of the same variance as dropout’s, at its best, less that of dropout at its "
        f"best. The post only likens the two kinds of noise. {d300.SETTING}",
        quantity="loss with Gaussian noise − loss with dropout",
        reading="below 0 Gaussian noise is better",
        unit="nat",
        issue="Gaussian noise does as well as dropout",
    ),
    margin=SESOI,
    alike="Gaussian noise does as well as dropout",
    above="dropout does better than Gaussian noise",
    below="Gaussian noise does better than dropout",
)


def evidence(rows: pd.DataFrame) -> pd.DataFrame:
    return pair(d300.best(rows, "gaussian"), d300.best(rows, "dropout"), "valid_loss")


CLAIM = Claim(
    slug="D9",
    statement="It is the noise that matters: Gaussian noise does as well as dropout",
    quote=Quote("002", "Similar to dropout, it adds some noise to each hidden layer’s activations."),
    design=d300.DESIGN,
    shared=d300.NAME,
    tables=d300.TABLES,
    literature="Srivastava et al. 2014, MNIST: 0.95% of errors with Gaussian noise, 1.08% with dropout.",
    **by_seed(
        RULE, evidence, design=d300.NAME, caption="Loss with Gaussian noise less with dropout, each at its best."
    ),
)
