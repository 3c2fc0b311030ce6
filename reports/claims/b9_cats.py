"""B9: with batch normalisation a network stands inputs that changed after training ("coloured cats")."""

from dataclasses import dataclass, field, replace

import pandas as pd

from reports.evidence.contrasts import Choose, Contrast, Side, with_lacking
from reports.evidence.paired import Regimes, at_best, chosen_again, in_regimes, pair, with_regime
from reports.evidence.quantities import VALID_LOSS, Probed, Quantity, in_error
from reports.experiments.d300 import RATES
from reports.experiments.further_tables import Tables, also
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
TABLES: Tables = {  # with rows enough in half of each class
    "breast_cancer": {"train": 100, "valid": 100},
    "mnist": {"train": 600, "valid": 300},
    "mnist1d": {"train": 1000, "valid": 300},
}
ELSEWHERE = "the other half of each class"
RULE = effect(
    Measured(
        what="Validation loss that a change after training adds without normalisation, less what it adds with it before the activation, each at the "
        "learning rate that is best on unchanged rows. The change that the post speaks of, black cats and then coloured ones: training on the half of each class whose "
        "inputs sum to less (pale digits), validation on the other half, against validation on the same half. Beside it contrast, brightness and missing inputs, every dose of them; "
        "normalised by the statistics of training, and where inputs are missing also by those of the changed rows themselves; contrast and brightness cancel under these by identity. "
        "Digits, 400 clean training rows, one hidden layer of 32 units of ReLU, 900 steps. "
        f"{also(TABLES)}",
        quantity="loss added without − with normalisation",
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
    "data": {"train": 400, "valid": 300, "label_noise": 0.0, "shift": ["within", "across"]},
    "learning_rate": [*RATES[1:], 1.0],  # normalised networks err least at high ones
    "probes": "shift",
}
REGIMES: Regimes = {"activation": "{}"}


@dataclass(frozen=True, kw_only=True)
class Added:
    """Loss across the halves above that within one, of ``high`` less of ``low``, at the settings of least loss within on the other seeds."""

    high: Side
    low: Side
    condition: str = ""
    value: Quantity = VALID_LOSS
    regimes: Regimes = field(default_factory=lambda: REGIMES, hash=False)

    @property
    def in_error(self) -> "Added":
        """The same in error."""
        return replace(self, value=in_error(self.value))

    def evidence(self, rows: pd.DataFrame) -> pd.DataFrame:
        """Columns of ``pair``, and lacking."""
        found, again = (
            pair(self._added(self.high, rows, choose), self._added(self.low, rows, choose), "added")
            for choose in (at_best, chosen_again)
        )
        found = with_lacking(found, again)
        return in_regimes(found, [each.under(self.condition) for each in found["regime"]])

    def _added(self, side: Side, rows: pd.DataFrame, choose: Choose) -> pd.DataFrame:
        """Columns regime, seed, chosen or without, added."""
        networks = with_regime(side.networks(rows), self.regimes)
        within, across = (networks[networks["shift"] == name] for name in ("within", "across"))
        best = choose(within.assign(here=self.value.read(within)), tuned=list(side.tuned), cost="here")
        keys = ["regime", "seed", *side.tuned]
        both = best.merge(across.assign(there=self.value.read(across))[[*keys, "there"]], on=keys)
        return both.assign(added=both["there"] - both["here"])


NONE = Side("no normalisation", "none")
BEFORE = Side("normalisation before the activation", "before")
WITHIN = {"shift": "within"}
# contrast and brightness cancel under statistics of the changed rows, by identity
TRIED = [(name, dose, "") for name in CHANGES for dose in range(len(CHANGES[name]))]
CONTRASTS: list[Added | Contrast] = [
    Added(high=NONE, low=BEFORE, condition=ELSEWHERE),
    *(
        Contrast(
            high=replace(NONE, where=WITHIN),
            low=replace(BEFORE, where=WITHIN),
            value=Probed(f"shift.{name}_loss{suffix}", (dose,), less="valid_loss"),
            regimes=REGIMES,
            condition=f"{CHANGES[name][dose]}{MOMENTS[suffix]}",
        )
        for name, dose, suffix in [*TRIED, *(("missing", dose, "_adapted") for dose in range(3))]
    ),
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
    tables=TABLES,
    revised="Only changes of all rows alike were tried, and the whole loss was compared; now training and validation also have other halves of each class, and "
    "what is compared is the loss that a change adds. The learning rates reach higher: the best by error had lain at the end.",
    rule=RULE,
    compared=CONTRASTS,
    in_error=[each.in_error for each in CONTRASTS],
    caption="Loss that a change adds without normalisation less with it.",
)
