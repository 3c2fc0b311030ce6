"""I2: dividing the inputs by their variance, as post 004 writes, does as well as dividing by the standard deviation."""

from reports.experiments import inputs
from reports.experiments.seeded import SeededClaim
from reports.judging.claim import Quote
from reports.judging.rules import Measured, equivalence
from reports.judging.text import TIMES

RULE = equivalence(
    Measured(
        what=f"Steps with centred inputs divided by their variance, over those divided by their standard deviation. {inputs.SETTING}",
        quantity="steps with σ² ÷ σ as divisor",
        reading="above 1 the standard deviation is faster",
        unit=TIMES,
        issue="dividing by the variance does as well as by the standard deviation",
        depends="the data",
        says=inputs.SAYS,
    ),
    margin=1.25,
    alike="dividing by the variance does as well as by the standard deviation",
    above="networks with inputs divided by their standard deviation train faster than with inputs divided by their variance",
    below="networks with inputs divided by their variance train faster than with inputs divided by their standard deviation",
)


CONTRAST = inputs.steps(slow=inputs.BY_VARIANCE, fast=inputs.STANDARDISED)
CLAIM = SeededClaim(
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
    rule=RULE,
    compared=[CONTRAST],
    caption="Steps with σ² over σ as divisor, on a logarithmic axis.",
)
