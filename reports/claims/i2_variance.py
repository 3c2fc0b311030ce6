"""I2: dividing the inputs by their variance, as post 004 writes, does as well as dividing by the standard deviation."""

import pandas as pd

from reports.experiments import inputs
from reports.experiments.seeded import by_seed
from reports.judging.claim import Claim, Quote
from reports.judging.rules import Measured, equivalence

RULE = equivalence(
    Measured(
        what=f"Steps with centred inputs divided by their variance, over those divided by their standard deviation. {inputs.SETTING}",
        quantity="steps with σ² ÷ σ as divisor",
        reading="above 1 the standard deviation is faster",
        unit="times",
        issue="dividing by the variance does as well as by the standard deviation",
        depends="the data",
    ),
    margin=1.25,
    alike="dividing by the variance does as well as by the standard deviation",
    above="inputs divided by their variance train slower than by their standard deviation",
    below="inputs divided by their variance train faster than by their standard deviation",
)


def evidence(rows: pd.DataFrame) -> pd.DataFrame:
    return inputs.ratio(rows, slow="variance", fast="standardised")


CLAIM = Claim(
    slug="I2",
    statement="Inputs are normalised by dividing by their variance σ²",
    quote=Quote(
        "004",
        "What we did was to compute the mean, the variances and then normalized the data according to the variances: "
        "X = X / σ².",
    ),
    design=inputs.DESIGN,
    shared=inputs.NAME,
    revised=inputs.REVISED,
    **by_seed(RULE, evidence, design=inputs.NAME, caption="Steps with σ² over σ as divisor, on a logarithmic axis."),
)
