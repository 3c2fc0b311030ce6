"""B12: batch normalisation should be used together with dropout."""

import pandas as pd

from reports.evidence.measures import measure
from reports.evidence.paired import arm, at_best, pair, with_regime
from reports.experiments.d300 import KEPT, RATES
from reports.experiments.further_tables import SMALL, also
from reports.experiments.seeded import by_seed
from reports.judging.claim import Claim, Quote
from reports.judging.rules import Measured, effect
from reports.judging.verdict import SESOI

RULE = effect(
    Measured(
        what="Validation loss with batch normalisation alone, less that with dropout as well, both at settings that are best on the "
        "other seeds. Digits, 300 training rows with 20% wrong labels, two hidden layers of 32 units of ReLU, 900 steps; dropout follows the activation, which "
        "normalisation precedes (dropout then stands before the next normalisation) or follows (dropout then comes right after "
        f"it). {also(SMALL)}",
        quantity="gain of dropout under normalisation",
        reading="above 0 both together are better",
        unit="nat",
        issue="batch normalisation is better together with dropout",
        depends="their order",
    ),
    margin=SESOI,
    supported="batch normalisation is better together with dropout",
    contradicted="batch normalisation is worse together with dropout",
    alike="dropout makes no difference of interest under batch normalisation",
)
REGIMES = {"batch_norm": "normalisation {} the activation"}
ARM = {"depth": 2, "width": 32, "batch_norm": ["before", "after"], "learning_rate": RATES, "probes": "variance"}


def evidence(rows: pd.DataFrame) -> pd.DataFrame:
    networks = with_regime(rows, REGIMES)
    alone = at_best(arm(networks, "alone"), tuned=["learning_rate"])
    both = at_best(arm(networks, "both"), tuned=["keep_prob", "learning_rate"])
    shift = both.assign(ratio=measure(both, "variance.ratio", 1)).groupby("regime")["ratio"].mean()
    found = pair(alone, both, "valid_loss")
    return found.assign(
        note=[
            f"variance of the second layer’s input in training ÷ evaluation {shift.get(each, float('nan')):.2f}"
            for each in found["regime"]
        ]
    )


CLAIM = Claim(
    slug="B12",
    statement="Batch normalisation should be used together with dropout",
    quote=Quote(
        "002",
        "However, we should not depend only on batch normalization for regularization; “we should better use it together with "
        "dropout”.",
    ),
    design={"alone": ARM, "both": {**ARM, "keep_prob": KEPT}},
    tables=SMALL,
    literature="Li et al. 2019: dropout before batch normalisation shifts the variance (DenseNet on CIFAR-100: 77.42% to 68.55%).",
    revised="The learning rates of the design reach lower: the best had lain at the edge of the grid.",
    **by_seed(RULE, evidence, design="B12", caption="Loss with normalisation alone less with dropout as well."),
)
