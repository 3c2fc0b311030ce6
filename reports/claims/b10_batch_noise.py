"""B10: the noise of batch statistics regularises slightly."""

import pandas as pd

from reports.evidence.paired import arm, at_best, pair, with_regime
from reports.experiments.d300 import RATES
from reports.experiments.further_tables import FULL_BATCH, also
from reports.experiments.seeded import by_seed
from reports.judging import text
from reports.judging.claim import Claim, Quote
from reports.judging.rules import Measured, effect
from reports.judging.verdict import SESOI

SMALL, LARGE = 10, 300
RULE = effect(
    Measured(
        what=f"What batch normalisation (before the activation) gains in validation loss at batches of {SMALL} rows, less what it "
        f"gains where each batch is the whole training part, {LARGE} rows, and its statistics hold no noise: a difference in "
        "differences, so that the noise of small gradients, which both arms have, cancels. Digits, 300 training rows with and "
        "without 20% wrong labels, 32 units of ReLU, 900 steps, learning rates best on the other seeds. "
        f"{also(FULL_BATCH)}",
        quantity="gain at small batches − gain at full batches",
        reading="above 0 the noise regularises",
        unit="nat",
        issue="the noise of batch statistics regularises",
        depends="label noise",
    ),
    margin=SESOI,
    supported="the noise of batch statistics regularises",
    contradicted="the noise of batch statistics hurts",
    alike="the noise of batch statistics makes no difference of interest",
)
ARM = {
    "data": {"label_noise": [0.0, 0.2]},
    "batch_size": [SMALL, 50, LARGE],
    "learning_rate": RATES,
}
REGIMES = {"label_noise": "{:.0%} wrong labels"}


def evidence(rows: pd.DataFrame) -> pd.DataFrame:
    sizes = {size: _gains(rows[rows["batch_size"] == size]) for size in (SMALL, LARGE, 50)}
    paired = pair(sizes[SMALL], sizes[LARGE], "effect")
    middle = sizes[50].groupby("regime")["effect"].mean()
    return paired.assign(
        note=[
            f"gain at batches of 50: {text.quantity(middle.get(regime, float('nan')), 'nat')}"
            for regime in paired["regime"]
        ]
    )


def _gains(rows: pd.DataFrame) -> pd.DataFrame:
    best = {
        place: at_best(arm(with_regime(rows, REGIMES), place), tuned=["learning_rate"]) for place in ("none", "before")
    }
    return pair(best["none"], best["before"], "valid_loss")


CLAIM = Claim(
    slug="B10",
    statement="Batch normalisation regularises slightly, by the noise of its batches",
    quote=Quote(
        "000",
        "The mini-batch are drawn randomly, and each mini-batch is scaled by the mean and variance computed on that mini-batch, "
        "their mean and variance are also noisy for the learning process, thus cause regularization.",
    ),
    design={"none": ARM, "before": {**ARM, "batch_norm": "before"}},
    tables=FULL_BATCH,
    literature="Luo et al. 2019: batch normalisation is population normalisation plus a decay of γ that falls with the batch size.",
    revised="The learning rates of the design reach lower: the best had lain at the edge of the grid.",
    **by_seed(
        RULE, evidence, design="B10", caption="Gain of normalisation at batches of 10 rows less that at full batches."
    ),
)
