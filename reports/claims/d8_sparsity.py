"""D8: dropout makes activations sparse."""

import pandas as pd

from reports.evidence.measures import measure
from reports.evidence.paired import pair
from reports.experiments import d300
from reports.experiments.seeded import by_seed
from reports.judging.claim import Claim, Quote
from reports.judging.rules import Measured, effect

RULE = effect(
    Measured(
        what="Share of hidden activations near zero (at most 1% of the largest) on the validation rows, for dropout at its best "
        f"less for none. The post speaks of features useful on their own; that they are sparse is Srivastava et al.’s. {d300.SETTING}",
        quantity="share near zero with dropout − without",
        reading="above 0 dropout makes activations sparser",
        unit="share",
        issue="dropout makes activations sparser",
    ),
    margin=0.05,
    supported="dropout makes activations sparser",
    contradicted="dropout makes activations less sparse",
    alike="dropout leaves activations as sparse as they are",
)


def evidence(rows: pd.DataFrame) -> pd.DataFrame:
    sides = (d300.probed(rows, name, "sparsity.near_zero") for name in ("dropout", "none"))
    high, low = (side.assign(share=measure(side, "sparsity.near_zero", 0)) for side in sides)
    return pair(high, low, "share")


CLAIM = Claim(
    slug="D8",
    statement="Dropout’s features are useful on their own, and so activations are sparse",
    quote=Quote(
        "003",
        "This should make each hidden unit more robust and drive it towards creating useful features on its own without relying "
        "on other hidden units to correct its mistakes.",
    ),
    design=d300.DESIGN,
    shared=d300.NAME,
    tables=d300.TABLES,
    literature="Srivastava et al. 2014 saw sparser activations with dropout, even without a term that asks for them.",
    **by_seed(RULE, evidence, design=d300.NAME, caption="Share of activations near zero, with dropout less without."),
)
