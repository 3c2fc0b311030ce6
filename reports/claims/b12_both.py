"""B12: batch normalisation should be used together with dropout."""

from typing import Any

import pandas as pd

from reports.evidence.contrasts import Contrast, Side
from reports.evidence.paired import Regimes, with_regime
from reports.evidence.quantities import VALID_LOSS, Probed
from reports.experiments.further_tables import SMALL, also
from reports.experiments.seeded import SeededClaim
from reports.judging.claim import Quote
from reports.judging.rules import Measured, effect
from reports.judging.verdict import SESOI

KEPT = [0.95, 0.8, 0.6, 0.4, 0.25]
RATES = [0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1.0]
RULE = effect(
    Measured(
        what="Validation loss of what it is compared with (batch normalisation alone, dropout alone, neither), less that of batch normalisation with dropout, all at settings that "
        "are best on the other seeds. Digits, 300 training rows with and without 20% random labels, two hidden layers of 32 units of ReLU, 900 steps; normalisation "
        f"before the activation or after it, dropout after both. {also(SMALL)}",
        quantity="loss of what it is compared with − loss of both together",
        reading="above 0 both together are better",
        unit="nat",
        issue="batch normalisation and dropout are better together",
        depends="what they are compared with, the place of normalisation, and label noise",
        says="{less} has a lower loss than {more}",
    ),
    margin=SESOI,
    supported="batch normalisation with dropout has a lower loss than what it is compared with",
    contradicted="what it is compared with has a lower loss than batch normalisation with dropout",
    alike="batch normalisation with dropout does as well as what it is compared with",
)
REGIMES: Regimes = {"label_noise": "{:.0%} random labels"}
ARM: dict[str, Any] = {
    "data": {"label_noise": [0.0, 0.2]},
    "depth": 2,
    "width": 32,
    "learning_rate": RATES,
    "probes": "variance",
}
DROPPED: dict[str, Any] = {**ARM, "keep_prob": KEPT}
PLACES = ("before", "after")
ALONE = "against normalisation alone"
DROPOUT = Side("what it is compared with", "dropout", tuned=("keep_prob", "learning_rate"))
NONE = Side("what it is compared with", "none")
BOTH = {
    place: Side("batch normalisation with dropout", f"both_{place}", tuned=("keep_prob", "learning_rate"))
    for place in PLACES
}
CONTRASTS = [
    Contrast(
        high=other,
        low=both,
        value=VALID_LOSS,
        regimes=REGIMES,
        condition=f"{told}, normalisation {place} the activation",
    )
    for place, both in BOTH.items()
    for told, other in (
        (ALONE, Side("what it is compared with", f"alone_{place}")),
        ("against dropout alone", DROPOUT),
        ("against neither", NONE),
    )
]
SHIFT = Probed("variance.ratio", (1,))


def _noted(rows: pd.DataFrame, found: pd.DataFrame) -> pd.DataFrame:
    """Said once for each place of normalisation, at its first cases, beside what is noted already."""
    told = {}
    for place, both in BOTH.items():
        networks = both.at_best(with_regime(rows, REGIMES))
        ratio = SHIFT.read(networks).mean() if len(networks) else float("nan")
        words = f"with both, variance of the second layer’s input in training ÷ evaluation {ratio:.2f}"
        told[f"{ALONE}, normalisation {place} the activation"] = words
    return found.assign(
        note=[
            "; ".join(filter(None, (note, told.get(", ".join(regime.words.split(", ")[:2]), ""))))
            for note, regime in zip(found["note"], found["regime"], strict=True)
        ]
    )


CLAIM = SeededClaim(
    slug="B12",
    statement="Batch normalisation should be used together with dropout",
    quote=Quote(
        "002",
        "However, we should not depend only on batch normalization for regularization; “we should better use it together with "
        "dropout”.",
    ),
    design={
        "none": ARM,
        "dropout": DROPPED,
        **{f"alone_{place}": {**ARM, "batch_norm": place} for place in PLACES},
        **{f"both_{place}": {**DROPPED, "batch_norm": place} for place in PLACES},
    },
    tables=SMALL,
    literature="Li et al. 2019: dropout before batch normalisation shifts the variance (DenseNet on CIFAR-100: 77.42% to 68.55%).",
    revised="The learning rates of the design reach lower and higher, its keep-probs lower: the best had lain at the edge of the grid. Dropout alone, neither, clean labels, and normalisation after the activation were added.",
    rule=RULE,
    compared=CONTRASTS,
    in_error=[each.in_error for each in CONTRASTS],
    noted=_noted,
    caption="Loss of what it is compared with, less that of both together.",
)
