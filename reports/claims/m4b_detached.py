"""M4b: a gradient that takes the batch's moments as constants trains better here, which no post says."""

from reports.claims import m4_gradient as m4
from reports.evidence.contrasts import Contrast
from reports.evidence.quantities import VALID_LOSS
from reports.experiments.seeded import SeededClaim
from reports.judging.rules import Measured, effect
from reports.judging.verdict import SESOI

RULE = effect(
    Measured(
        what="Validation loss with the full gradient, less that where the gradient takes the batch’s moments as constants, at one learning rate: "
        "digits, 2 hidden layers of 12 units of tanh, 300 steps.",
        quantity="loss with full − with constant gradient",
        reading="above 0 constant moments are better",
        unit="nat",
        issue="a gradient that takes the moments as constants trains better",
        says="{less} has a lower loss than {more}",
    ),
    margin=SESOI,
    supported="a gradient that takes the moments as constants has a lower loss than the full gradient",
    contradicted="the full gradient has a lower loss than a gradient that takes the moments as constants",
    alike="it makes no difference of interest to the loss whether the moments take part in the gradient",
)
CONTRAST = Contrast(high=m4.FULL, low=m4.DETACHED, value=VALID_LOSS, regimes=m4.REGIMES)
CLAIM = SeededClaim(
    slug="M4b",
    statement="A gradient that takes the batch’s moments as constants trains better",
    design=m4.CLAIM.design,
    shared="M4",
    revised="The question comes from the first results of M4.",
    rule=RULE,
    compared=[CONTRAST],
    in_error=[CONTRAST.in_error],
    caption="Loss with the full gradient less with constant moments.",
)
