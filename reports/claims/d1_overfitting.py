"""D1: dropout reduces overfitting."""

from collections.abc import Sequence

import pandas as pd

from reports.evidence.paired import own
from reports.experiments import overfitting
from reports.judging.claim import Claim, Quote
from reports.judging.intervals import ERROR, LOSS
from reports.judging.rules import Measured, effect
from reports.judging.verdict import DecisionRule
from reports.tuning.contrasts import TunedContrast, TunedSide
from reports.tuning.effect_claims import BETWEEN, by_effect
from reports.tuning.effects import at_home_in
from reports.tuning.tuned_arms import Metric, TunedArm, tuned_arms


def rule(metric: Metric) -> DecisionRule:
    """In one metric."""
    return effect(
        Measured(
            what={
                LOSS: f"Validation loss of no regularisation minus that of dropout. {BETWEEN}",
                ERROR: "The same in error.",
            }[metric.name],
            quantity="gain of dropout over none",
            reading="above 0 dropout helps",
            unit=metric.unit,
            metric=metric.name,
            issue="dropout reduces overfitting",
            depends="width and data",
            says="{less} overfits less than {more}",
        ),
        margin=metric.margin,
        supported="dropout overfits less than no regularisation",
        contradicted="no regularisation overfits less than dropout",
        alike="dropout makes no difference of interest to overfitting",
    )


def _arms(results: pd.DataFrame) -> Sequence[TunedArm]:
    """Of the claim's own design, or where a study has none of it the study's own."""
    rows = own(results, overfitting.NAME, stages=("design", "score"))
    return at_home_in(results) if rows.empty else tuned_arms(rows)


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
    **by_effect(
        rule,
        [TunedContrast(high=TunedSide("no regularisation", "none"), low=TunedSide("dropout", "dropout"))],
        arms=_arms,
        caption="Gain over no regularisation, both with their own best learning rate.",
    ),
)
