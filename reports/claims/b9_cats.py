"""B9: with batch normalisation a network stands inputs that changed after training ("coloured cats")."""

import pandas as pd

from reports.evidence.measures import measure, measured
from reports.evidence.paired import arm, at_best, in_regimes, pair, with_regime
from reports.experiments.d300 import RATES
from reports.experiments.further_tables import DEEP, also
from reports.experiments.seeded import by_seed
from reports.judging.claim import Claim, Quote
from reports.judging.regimes import Regime
from reports.judging.rules import Measured, effect
from reports.judging.verdict import SESOI

CHANGES = {
    "contrast doubled": ("contrast", 2),
    "brightness +0.3": ("brightness", 3),
    "a quarter missing": ("missing", 1),
}
MOMENTS = {"training statistics": "", "statistics taken anew": "_adapted"}
RULE = effect(
    Measured(
        what="Validation loss on changed inputs without normalisation, less that with it before the activation, each at the "
        "learning rate that is best on unchanged inputs; normalised by the statistics of training, or by those of the changed rows "
        "themselves. Digits, 600 clean training rows, one hidden layer of 32 units of ReLU, 900 steps. "
        f"{also(DEEP)}",
        quantity="loss without − loss with normalisation",
        reading="above 0 normalisation stands the change better",
        unit="nat",
        issue="batch normalisation helps with changed inputs",
        depends="the change and the statistics",
    ),
    margin=SESOI,
    supported="batch normalisation helps with changed inputs",
    contradicted="batch normalisation makes changed inputs worse",
    alike="batch normalisation makes no difference of interest to changed inputs",
)
ARM = {
    "data": {"train": 600, "label_noise": 0.0},
    "learning_rate": RATES,
    "probes": "shift",
}


def evidence(rows: pd.DataFrame) -> pd.DataFrame:
    networks = with_regime(measured(rows, "shift.contrast_loss"), {"activation": "{}"})
    none, before = (at_best(arm(networks, place), tuned=["learning_rate"]) for place in ("none", "before"))
    parts = [
        _lead(none, before, f"{name}_loss{suffix}", dose).pipe(_in, Regime(f"{change}, {moments}"))
        for change, (name, dose) in CHANGES.items()
        for moments, suffix in MOMENTS.items()
    ]
    return pd.concat(parts, ignore_index=True)


def _in(rows: pd.DataFrame, regime: Regime) -> pd.DataFrame:
    return in_regimes(rows, [regime] * len(rows))


def _lead(none: pd.DataFrame, before: pd.DataFrame, quantity: str, dose: int) -> pd.DataFrame:
    high, low = (side.assign(changed=measure(side, f"shift.{quantity}", dose)) for side in (none, before))
    return pair(high, low, "changed")


CLAIM = Claim(
    slug="B9",
    statement="Batch normalisation helps where inputs change: black cats in training, coloured cats later",
    quote=Quote(
        "004",
        "If you try to apply this network to dataset with coloured cats where the positive examples are not just black cats, then "
        "your classifier or prediction will perform poorly. … So what batch norm does is to reduce the amount that the distribution "
        "of the hidden units shift around.",
    ),
    design={"none": ARM, "before": {**ARM, "batch_norm": "before"}},
    tables=DEEP,
    **by_seed(RULE, evidence, design="B9", caption="Loss on changed inputs without normalisation less with it."),
)
