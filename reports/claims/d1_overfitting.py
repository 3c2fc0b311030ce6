"""D1: dropout reduces overfitting."""

import pandas as pd

from reports.evidence.paired import own, pair, paired_gains
from reports.experiments import overfitting
from reports.experiments.seeded import by_seed_of_all
from reports.judging.claim import Claim, Quote
from reports.judging.rules import Measured, effect
from reports.judging.verdict import SESOI

RULE = effect(
    Measured(
        what="Gain in validation loss of dropout at its best keep_prob over no regularisation, paired by seed. The best keep_prob "
        "is chosen on the other seeds and scored on the one left out, so that choosing earns nothing; so is the learning rate of "
        "either arm where a design has several of them. The number of steps is the same in both arms.",
        quantity="gain",
        reading="above 0 dropout helps",
        unit="nat",
        issue="dropout reduces overfitting",
        depends="width and data",
    ),
    margin=SESOI,
    supported="dropout reduces overfitting",
    contradicted="dropout makes the validation loss worse",
    alike="dropout makes no difference of interest to overfitting",
)


def evidence(results: pd.DataFrame) -> pd.DataFrame:
    """From the claim's own design, or where a study has none of it from the study's response curves."""
    rows = own(results, overfitting.NAME)
    if rows.empty:
        return paired_gains(results, "dropout", "none", {"strength": "keep_prob"})
    return pair(overfitting.best(rows, "none"), overfitting.best(rows, "dropout"), "valid_loss")


CLAIM = Claim(
    slug="D1",
    statement="Dropout reduces overfitting",
    quote=Quote(
        "003", "Overfitting can be reduced by using “dropout” to prevent complex co-adaptations on the training data."
    ),
    design=overfitting.DESIGN,
    shared=overfitting.NAME,
    revised=overfitting.REVISED,
    literature="Srivastava et al. 2014, MNIST: 1.60% of errors without, 1.35% with dropout; no gain at 100 and 500 rows.",
    **by_seed_of_all(
        RULE,
        evidence,
        caption=(
            "Gain over no regularisation, at settings that were best for the other seeds. R4, where it is tested, asks the "
            "same with the learning rate tuned in every arm."
        ),
    ),
)
