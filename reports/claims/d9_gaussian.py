"""D9: Gaussian noise does as well as dropout's."""

from reports.evidence.contrasts import Contrast
from reports.evidence.quantities import VALID_LOSS
from reports.experiments import d300
from reports.experiments.seeded import SeededClaim
from reports.judging.rules import Measured, equivalence
from reports.judging.verdict import SESOI

RULE = equivalence(
    Measured(
        what="Validation loss with Gaussian noise of the same variance as dropout’s, at its best, less that of dropout at its "
        f"best. A post likens batch normalisation’s noise to dropout’s; this question is our own. {d300.SETTING}",
        quantity="loss with Gaussian noise − loss with dropout",
        reading="below 0 Gaussian noise is better",
        unit="nat",
        issue="Gaussian noise does as well as dropout",
        says="{less} has a lower loss than {more}",
    ),
    margin=SESOI,
    alike="Gaussian noise does as well as dropout",
    above="dropout has a lower loss than Gaussian noise",
    below="Gaussian noise has a lower loss than dropout",
)


CONTRAST = Contrast(high=d300.GAUSSIAN, low=d300.DROPOUT, value=VALID_LOSS, regimes=d300.REGIMES)
CLAIM = SeededClaim(
    slug="D9",
    statement="It is the noise that matters: Gaussian noise does as well as dropout",
    design=d300.DESIGN,
    shared=d300.NAME,
    tables=d300.TABLES,
    revised=d300.REVISED,
    literature="Srivastava et al. 2014, MNIST: 0.95% of errors with Gaussian noise, 1.08% with dropout.",
    rule=RULE,
    compared=[CONTRAST],
    in_error=[CONTRAST.in_error],
    caption="Loss with Gaussian noise less with dropout, each at its best.",
)
