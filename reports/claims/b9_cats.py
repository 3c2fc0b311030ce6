"""B9: with batch normalisation a network stands inputs that changed after training ("coloured cats")."""

from reports.evidence.contrasts import Contrast, Side
from reports.evidence.quantities import Probed
from reports.experiments.d300 import RATES
from reports.experiments.further_tables import DEEP, also
from reports.experiments.seeded import SeededClaim
from reports.judging.claim import Quote
from reports.judging.rules import Measured, effect
from reports.judging.verdict import SESOI

CHANGES = {
    "contrast": ("contrast a quarter", "contrast halved", "contrast doubled", "contrast times four"),
    "brightness": ("brightness −0.3", "brightness −0.1", "brightness +0.1", "brightness +0.3"),
    "missing": ("a tenth missing", "a quarter missing", "half missing"),
}
MOMENTS = {"": "", "_adapted": ", statistics taken anew"}
RULE = effect(
    Measured(
        what="Validation loss on changed inputs without normalisation, less that with it before the activation, each at the "
        "learning rate that is best on unchanged inputs; normalised by the statistics of training, and where inputs are missing also by those of the changed rows "
        "themselves; contrast and brightness cancel under these by identity. Every dose is shown. That the classes themselves change, as cats do, is not tried."
        "  Digits, 600 clean training rows, one hidden layer of 32 units of ReLU, 900 steps. "
        f"{also(DEEP)}",
        quantity="loss without − loss with normalisation",
        reading="above 0 normalisation stands the change better",
        unit="nat",
        issue="normalisation before the activation stands changed inputs better than no normalisation",
        depends="the change and the statistics",
        says="{less} stands changed inputs better than {more}",
    ),
    margin=SESOI,
    supported="normalisation before the activation stands changed inputs better than no normalisation",
    contradicted="no normalisation stands changed inputs better than normalisation before the activation",
    alike="batch normalisation makes no difference of interest to changed inputs",
)
ARM = {
    "data": {"train": 600, "label_noise": 0.0},
    "learning_rate": RATES,
    "probes": "shift",
}


NONE = Side("no normalisation", "none")
BEFORE = Side("normalisation before the activation", "before")
# contrast and brightness cancel under statistics of the changed rows, by identity
TRIED = [(name, dose, "") for name in CHANGES for dose in range(len(CHANGES[name]))]
CONTRASTS = [
    Contrast(
        high=NONE,
        low=BEFORE,
        value=Probed(f"shift.{name}_loss{suffix}", (dose,)),
        regimes={"activation": "{}"},
        condition=f"{CHANGES[name][dose]}{MOMENTS[suffix]}",
    )
    for name, dose, suffix in [*TRIED, *(("missing", dose, "_adapted") for dose in range(3))]
]
CLAIM = SeededClaim(
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
    rule=RULE,
    compared=CONTRASTS,
    caption="Loss on changed inputs without normalisation less with it.",
)
