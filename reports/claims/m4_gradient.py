"""M4: the statistics take part in the gradient, and must."""

import pandas as pd

from reports.evidence.measures import measure, measured
from reports.evidence.paired import arm, pair, with_regime
from reports.experiments.seeded import by_seed
from reports.judging.claim import Claim, Quote
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
    ),
    margin=0.01,
    supported="where the statistics take no part in the gradient, biases drift without effect on the loss",
    contradicted="where the statistics take part in the gradient, biases drift more",
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


def evidence(rows: pd.DataFrame) -> pd.DataFrame:
    networks = with_regime(measured(rows, "identities.bias_drift"), {"precision": "{}"})
    drift = networks.assign(drift=measure(networks, "identities.bias_drift"))
    full, detached = arm(drift, "full"), arm(drift, "detached")
    found = pair(detached, full, "drift")
    losses = [f"{side['valid_loss'].mean():.3f}" for side in (full, detached)]
    return found.assign(
        note=f"drift with the full gradient {full['drift'].max():.0e}; validation loss {' and '.join(losses)} nat"
    )


CLAIM = Claim(
    slug="M4",
    statement="The statistics used for normalisation fully participate in the gradient",
    quote=Quote(
        "003", "This way, the statistics used for normalization can fully participate in the gradient backpropagation."
    ),
    design={"full": ARM, "detached": {**ARM, "bn_gradient": "detached"}},
    literature="Ioffe & Szegedy 2015: without it “the model blows up”, the bias growing while the loss stays.",
    **by_seed(
        RULE, evidence, design="M4", caption="Drift of the biases with a gradient that takes the moments as constants."
    ),
)
