"""M4: the statistics take part in the gradient, and must."""

import numpy as np
import pandas as pd

from reports.evidence.contrasts import Contrast, Side
from reports.evidence.paired import Regimes
from reports.evidence.quantities import Probed
from reports.experiments.seeded import SeededClaim
from reports.judging.claim import Quote
from reports.judging.rules import Measured, effect

RULE = effect(
    Measured(
        what="How far the biases before normalisation drift (root mean square; they begin at 0, and no loss depends on them) where "
        "the gradient takes the batch’s moments as constants, less the drift where the moments take part: digits, 2 hidden layers of 12 units of tanh, 300 steps, "
        "in float64.",
        quantity="drift with constant − with full gradient",
        reading="above 0 the bias drifts without effect on the loss",
        unit="",
        issue="the statistics must take part in the gradient",
        says="biases drift less with {less} than with {more}",
    ),
    margin=0.01,
    supported="biases drift less with the full gradient than with a gradient that takes the moments as constants",
    contradicted="biases drift less with a gradient that takes the moments as constants than with the full gradient",
    alike="biases stay where they are whether or not the statistics take part in the gradient",
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
CONTRAST = Contrast(high=DETACHED, low=FULL, value=Probed("identities.bias_drift"), regimes=REGIMES)


def _noted(rows: pd.DataFrame, found: pd.DataFrame) -> pd.DataFrame:
    losses = rows.groupby("arm")["valid_loss"].mean()
    return found.assign(
        note=f"drift with the full gradient {found['low'].max():.0e}; validation loss with the full gradient "
        f"{losses.get('full', np.nan):.3f} nat, with constant moments {losses.get('detached', np.nan):.3f}"
    )


CLAIM = SeededClaim(
    slug="M4",
    statement="The statistics used for normalisation fully participate in the gradient",
    quote=Quote(
        "003", "This way, the statistics used for normalization can fully participate in the gradient backpropagation."
    ),
    design={"full": ARM, "detached": {**ARM, "bn_gradient": "detached"}},
    literature="Ioffe & Szegedy 2015: without it “the model blows up”, the bias growing while the loss stays.",
    rule=RULE,
    compared=[CONTRAST],
    noted=_noted,
    caption="Drift of the biases with a gradient that takes the moments as constants.",
)
