"""D1b: a probability of one half is a good one."""

from reports.evidence.contrasts import Contrast, Side
from reports.evidence.quantities import VALID_LOSS
from reports.experiments import overfitting
from reports.experiments.seeded import SeededClaim
from reports.judging.claim import Quote
from reports.judging.rules import Measured, at_most
from reports.judging.verdict import SESOI

RULE = at_most(
    Measured(
        what="Validation loss of dropout at keep_prob 0.5, less that at its best keep_prob of 0.3 … 0.98, chosen on the other seeds; "
        "learning rates are chosen so in both.",
        quantity="loss at 0.5 − loss at the best keep_prob",
        reading="0 is as good as the best",
        unit="nat",
        issue="a probability of 0.5 is as good as the best",
        depends="width and data",
        says="{less} has a lower loss than {more}",
    ),
    limit=SESOI,
    margin=SESOI,
    supported="a keep_prob of 0.5 is as good as the best",
    contradicted="the best keep_prob has a lower loss than a keep_prob of 0.5",
)


BEST = Side("the best keep_prob", "dropout", tuned=("keep_prob", "learning_rate"))
HALF = Side("a keep_prob of 0.5", "dropout", where={"keep_prob": 0.5})
CONTRAST = Contrast(high=HALF, low=BEST, value=VALID_LOSS, regimes=overfitting.REGIMES)
CLAIM = SeededClaim(
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
    rule=RULE,
    compared=[CONTRAST],
    caption="Loss at one half less at the best keep_prob.",
)
