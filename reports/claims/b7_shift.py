"""B7: batch normalisation makes what a layer receives move less."""

from reports.evidence.contrasts import Contrast, Side
from reports.evidence.quantities import Logarithm, Probed
from reports.experiments.further_tables import DEEP, also
from reports.experiments.seeded import SeededClaim
from reports.judging.claim import Quote
from reports.judging.rules import Measured, effect

RULE = effect(
    Measured(
        what="How far the means of what the next layer receives move from one checkpoint to the next, in standard deviations (root "
        "mean square over units, mean over layers and over 6 checkpoints of 300 steps): without normalisation over with it before the activation, "
        "each at the learning rate whose validation loss is best. Digits, 600 clean training rows, 4 hidden layers of 50 units. "
        f"{also(DEEP)}",
        quantity="drift without ÷ with normalisation",
        reading="above 1 normalisation holds the layers still",
        unit="times",
        issue="batch normalisation reduces covariate shift",
        depends="the activation",
        says="hidden units shift less with {less} than with {more}",
    ),
    margin=1.25,
    supported="hidden units shift less with normalisation before the activation than with no normalisation",
    contradicted="hidden units shift less with no normalisation than with normalisation before the activation",
    alike="hidden units shift around as far with batch normalisation as without",
)
ARM = {
    "data": {"train": 600, "valid": 300, "label_noise": 0.0},
    "depth": 4,
    "width": 50,
    "activation": ["tanh", "relu"],
    "learning_rate": [0.016, 0.04, 0.1, 0.25],
    "schedule": "constant",
    "steps": 300,
    "checkpoints": 6,
    "probes": "moments",
}


CONTRAST = Contrast(
    high=Side("no normalisation", "none"),
    low=Side("normalisation before the activation", "before"),
    value=Logarithm(Probed("moments.mean_drift")),
    regimes={"activation": "{}"},
)
CLAIM = SeededClaim(
    slug="B7",
    statement="Batch normalisation reduces how far the hidden units’ values shift around",
    quote=Quote("002", "BN reduces the amount by what the hidden unit values shift around (covariance shift)."),
    design={"none": ARM, "before": {**ARM, "batch_norm": "before"}},
    tables=DEEP,
    literature="Santurkar et al. 2018 found no less shift with batch normalisation, and a smoother landscape.",
    revised="The design has fewer checkpoints, for the sake of their cost.",
    rule=RULE,
    compared=[CONTRAST],
    caption="Drift without normalisation over with it, on a logarithmic axis.",
)
