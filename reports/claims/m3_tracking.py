"""M3: moving averages let one track accuracy while training."""

import pandas as pd

from reports.evidence.paired import arm, pair, with_regime
from reports.experiments.seeded import by_seed
from reports.judging.claim import Claim, Quote
from reports.judging.rules import Measured, equivalence
from reports.judging.verdict import SESOI

STEPS = [30, 60, 120, 300, 900]
RULE = equivalence(
    Measured(
        what="Validation loss by the moving averages, less that by exact averages over the training rows, of the same network after "
        f"{', '.join(map(str, STEPS[:-1]))} and {STEPS[-1]} steps: digits, 600 clean training rows, 2 hidden layers of 32 units of ReLU with normalisation "
        "before the activation, weight of the new batch 0.1, constant learning rate 0.05.",
        quantity="loss by moving − by exact averages",
        reading="0 is the same",
        unit="nat",
        issue="moving averages tell how good the model is",
        depends="how many steps were made",
    ),
    margin=SESOI,
    alike="moving averages tell how good the model is while it trains",
    above="moving averages make the model look worse than it is",
    below="moving averages make the model look better than it is",
)
ARM = {
    "data": {"train": 600, "valid": 600, "label_noise": 0.0},
    "depth": 2,
    "width": 32,
    "batch_norm": "before",
    "schedule": "constant",
    "steps": STEPS,
}


def evidence(rows: pd.DataFrame) -> pd.DataFrame:
    networks = with_regime(rows, {"steps": "step {}"})
    return pair(arm(networks, "moving"), arm(networks, "exact"), "valid_loss")


CLAIM = Claim(
    slug="M3",
    statement="With moving averages we can track the accuracy of a model as it trains",
    quote=Quote("003", "Using moving averages instead, we can track the accuracy of a model as it trains."),
    design={"moving": ARM, "exact": {**ARM, "bn_statistics": "population"}},
    **by_seed(RULE, evidence, design="M3", caption="Loss by moving averages less by exact ones, of the same networks."),
)
