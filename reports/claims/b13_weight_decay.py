"""B13: under batch normalisation L2 acts only through the effective learning rate."""

import pandas as pd

from reports.evidence.paired import arm, at_best, pair, with_regime
from reports.experiments.further_tables import SMALL, also
from reports.experiments.seeded import by_seed
from reports.judging.claim import Claim, Quote
from reports.judging.rules import Measured, equivalence
from reports.judging.verdict import SESOI

RULE = equivalence(
    Measured(
        what="Validation loss of batch normalisation (before the activation) without L2, less that with L2 at its best, learning rates tuned in both: if "
        "L2 acts by lr/‖W‖² alone, tuning the rate does the same. The last layer, which nothing normalises, is shrunk too. The post only says that λ tunes. Digits, 300 training rows, 2 hidden layers of 32 units of "
        f"ReLU, 900 steps. {also(SMALL)}",
        quantity="gain of L2 under normalisation",
        reading="above 0 L2 does more than a learning rate can",
        unit="nat",
        issue="L2 under batch normalisation acts only through the learning rate",
        depends="label noise",
    ),
    margin=SESOI,
    alike="under batch normalisation L2 does nothing that a learning rate cannot",
    above="under batch normalisation L2 does more than a learning rate can",
    below="under batch normalisation L2 is worse than none",
)
ARM = {
    "data": {"label_noise": [0.0, 0.2]},
    "depth": 2,
    "width": 32,
    "batch_norm": "before",
    "learning_rate": [0.002, 0.006, 0.02, 0.06, 0.2],
}


def evidence(rows: pd.DataFrame) -> pd.DataFrame:
    networks = with_regime(rows, {"label_noise": "{:.0%} wrong labels"})
    without = at_best(arm(networks, "none"), tuned=["learning_rate"])
    return pair(without, at_best(arm(networks, "l2"), tuned=["l2", "learning_rate"]), "valid_loss")


CLAIM = Claim(
    slug="B13",
    statement="Under batch normalisation L2 acts only through the effective learning rate",
    quote=Quote("001", "This contrasted to L2 Reg., where the parameter lambda can be tuned continuously."),
    design={"none": ARM, "l2": {**ARM, "l2": [0.001, 0.003, 0.01, 0.03]}},
    tables=SMALL,
    literature="van Laarhoven 2017: L2 under normalisation regularises only by way of the effective learning rate.",
    revised="The grid of learning rates is coarser, for the sake of its cost.",
    **by_seed(
        RULE, evidence, design="B13", caption="Loss without L2 less with it, each at its best, under normalisation."
    ),
)
