"""B10: the noise of batch statistics regularises slightly."""

import pandas as pd

from reports.evidence.contrasts import Contrast, Side, Twofold
from reports.evidence.paired import Regimes
from reports.evidence.quantities import VALID_LOSS
from reports.experiments.d300 import RATES
from reports.experiments.further_tables import FULL_BATCH, also
from reports.experiments.seeded import SeededClaim
from reports.judging import text
from reports.judging.claim import Quote
from reports.judging.rules import Measured, effect
from reports.judging.verdict import SESOI

SMALL, LARGE = 10, 300
RULE = effect(
    Measured(
        what=f"What batch normalisation (before the activation) gains in validation loss at batches of {SMALL} rows, less what it "
        f"gains where each batch is the whole training part, {LARGE} rows, and its statistics hold no noise: a difference in "
        "differences, so that the noise of small gradients, which both arms have, cancels in part. What normalisation gains as a whole stands beside. Digits, 300 training rows with and "
        "without 20% wrong labels, 32 units of ReLU, 900 steps, learning rates best on the other seeds. "
        f"{also(FULL_BATCH)}",
        quantity="gain at small batches − gain at full batches",
        reading="above 0 the noise regularises",
        unit="nat",
        issue="the noise of batch statistics regularises",
        depends="label noise",
        says="normalisation gains more {more} than {less}",
    ),
    margin=SESOI,
    supported="normalisation gains more at small batches than at full batches",
    contradicted="normalisation gains more at full batches than at small batches",
    alike="the noise of batch statistics makes no difference of interest",
)
ARM = {
    "data": {"label_noise": [0.0, 0.2]},
    "batch_size": [SMALL, 50, LARGE],
    "learning_rate": RATES,
}


REGIMES: Regimes = {"label_noise": "{:.0%} wrong labels"}


def _gain(batch: int, words: str) -> Contrast:
    """Of normalisation, at batches of so many rows."""
    none, before = (Side(f"at {words}", arm, where={"batch_size": batch}) for arm in ("none", "before"))
    return Contrast(high=none, low=before, value=VALID_LOSS, regimes=REGIMES)


NOISE = Twofold(first=_gain(SMALL, "small batches"), second=_gain(LARGE, "full batches"))


def _noted(rows: pd.DataFrame, found: pd.DataFrame) -> pd.DataFrame:
    """The net effect beside that of the noise alone: one may help where the other hurts."""
    gains = {size: _gain(size, "").evidence(rows).groupby("regime")["effect"].mean().to_dict() for size in (SMALL, 50)}
    return found.assign(
        note=[
            "; ".join(
                f"net gain of normalisation at batches of {size}: {text.quantity(gain.get(regime, float('nan')), 'nat')}"
                for size, gain in gains.items()
            )
            for regime in found["regime"]
        ]
    )


CLAIM = SeededClaim(
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
    rule=RULE,
    compared=[NOISE],
    noted=_noted,
    caption="Gain of normalisation at batches of 10 rows less that at full batches.",
)
