"""M4: the statistics take part in the gradient."""

import pandas as pd

from reports.evidence.contrasts import Level, Side
from reports.evidence.paired import Regimes
from reports.evidence.quantities import Probed
from reports.experiments.seeded import SeededClaim
from reports.judging.claim import Quote
from reports.judging.rules import Measured, at_most

RULE = at_most(
    Measured(
        what="How far the gradient that training follows is from the slope of the training loss, whose batch moments move with the weights: "
        "backward against central differences of fourth order in ten random directions, root mean square as a share of the slope; digits, 2 hidden layers of "
        "12 units of tanh with normalisation before the activation, after 300 steps, in float64. Beside it stands the same of a gradient that takes the moments as "
        "constants.",
        quantity="gradient against differences of the loss",
        reading="0 is the slope of the loss itself",
        unit="share",
        issue="the statistics take part in the gradient",
        metric="gradient",
    ),
    limit=0.001,
    margin=0.001,
    supported="the statistics take part in the gradient: it is that of the loss with them",
    contradicted="the gradient is not that of the loss with its statistics: they do not take part",
)
ARM = {
    "width": 12,
    "depth": 2,
    "activation": "tanh",
    "batch_norm": "before",
    "steps": 300,
    "checkpoints": 1,
    "precision": "float64",
    "probes": "identities",
}


DETACHED = Side("a gradient that takes the moments as constants", "detached", tuned=())
FULL = Side("the full gradient", "full", tuned=())
REGIMES: Regimes = {"precision": "{}"}
APART, DRIFT = Probed("identities.gradient"), Probed("identities.bias_drift")


def _noted(rows: pd.DataFrame, found: pd.DataFrame) -> pd.DataFrame:
    """What constants make of it, and where the biases before normalisation go, on which no loss depends."""
    apart, drift, kept = (
        Level(side=side, value=value, regimes=REGIMES).evidence(rows)["effect"].mean()
        for side, value in ((DETACHED, APART), (DETACHED, DRIFT), (FULL, DRIFT))
    )
    return found.assign(
        note=f"with the moments as constants it is off by {apart:.0%}, and biases that the loss does not feel drift by {drift:.2f} ({kept:.0e} with the full "
        "gradient)"
    )


CLAIM = SeededClaim(
    slug="M4",
    statement="The statistics used for normalisation fully participate in the gradient",
    quote=Quote(
        "003", "This way, the statistics used for normalization can fully participate in the gradient backpropagation."
    ),
    design={"full": ARM, "detached": {**ARM, "bn_gradient": "detached"}},
    literature="Ioffe & Szegedy 2015: without it “the model blows up”, the bias growing while the loss stays.",
    revised="It was judged by how far biases drift, which is a consequence; now by the gradient itself.",
    rule=RULE,
    compared=[Level(side=FULL, value=APART, regimes=REGIMES)],
    noted=_noted,
    caption="How far the gradient is from differences of the loss.",
)
