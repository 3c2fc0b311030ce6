"""B13: under batch normalisation L2 acts only through the effective learning rate."""

from reports.evidence.contrasts import Contrast, Side
from reports.evidence.quantities import VALID_LOSS
from reports.experiments.further_tables import SMALL, also
from reports.experiments.seeded import SeededClaim
from reports.judging.claim import Quote
from reports.judging.rules import Measured, equivalence
from reports.judging.verdict import SESOI

RULE = equivalence(
    Measured(
        what="Validation loss of batch normalisation (before the activation) without L2, less that with L2 at its best on the weights that are normalised "
        "(the last layer’s are not, and are left alone), learning rates tuned in both: if L2 acts by lr/‖W‖² alone, tuning the rate does the same. The post only "
        "says that λ tunes. Digits, 300 training rows, 2 hidden layers of 32 units of "
        f"ReLU, 900 steps. {also(SMALL)}",
        quantity="gain of L2 under normalisation",
        reading="above 0 L2 does more than a learning rate can",
        unit="nat",
        issue="L2 under batch normalisation acts only through the learning rate",
        depends="label noise",
        says="under batch normalisation {less} has a lower loss than {more}",
    ),
    margin=SESOI,
    alike="under batch normalisation L2 does nothing that a learning rate cannot",
    above="under batch normalisation L2 has a lower loss than no L2",
    below="under batch normalisation no L2 has a lower loss than L2",
)
ARM = {
    "data": {"label_noise": [0.0, 0.2]},
    "depth": 2,
    "width": 32,
    "batch_norm": "before",
    "learning_rate": [0.0001, 0.0005, 0.002, 0.008, 0.03, 0.12, 0.5, 2.0],
}


CONTRAST = Contrast(
    high=Side("no L2", "none"),
    low=Side("L2", "l2", tuned=("l2", "learning_rate")),
    value=VALID_LOSS,
    regimes={"label_noise": "{:.0%} random labels"},
)
CLAIM = SeededClaim(
    slug="B13",
    statement="Under batch normalisation L2 acts only through the effective learning rate",
    quote=Quote("001", "This contrasted to L2 Reg., where the parameter lambda can be tuned continuously."),
    design={"none": ARM, "l2": {**ARM, "l2": [0.01, 0.1, 0.3, 1.0, 3.0, 10.0, 30.0], "shrunk": "hidden"}},
    tables=SMALL,
    literature="van Laarhoven 2017: L2 under normalisation regularises only by way of the effective learning rate.",
    revised="The grid of learning rates is coarser and wider, that of λ reaches 30: up to 1 its best lay at the end; the last layer, which nothing normalises, was shrunk too at first.",
    rule=RULE,
    compared=[CONTRAST],
    in_error=[CONTRAST.in_error],
    caption="Loss without L2 less with it, each at its best, under normalisation.",
)
