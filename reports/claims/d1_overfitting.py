"""D1: dropout reduces overfitting."""

from collections.abc import Sequence

import pandas as pd

from reports.evidence.paired import own
from reports.experiments import overfitting
from reports.judging.claim import Claim, Quote
from reports.judging.regimes import Regime
from reports.judging.rules import Measured, effect
from reports.judging.verdict import DecisionRule
from reports.tuning.effects import Effect, all_metrics, at_home_in, effects
from reports.tuning.told import BETWEEN, by_effect, places
from reports.tuning.tuned_arms import METRICS, Metric


def rule(metric: Metric) -> DecisionRule:
    """In one metric."""
    return effect(
        Measured(
            what=f"Validation {metric.name} of no regularisation minus that of dropout. {BETWEEN}"
            if metric.name == "loss"
            else "The same in error.",
            quantity="gain of dropout over none",
            reading="above 0 dropout helps",
            unit=metric.unit,
            metric=metric.name,
            issue="dropout reduces overfitting",
            depends="width and data",
        ),
        margin=metric.margin,
        supported="dropout reduces overfitting",
        contradicted="dropout makes the validation worse",
        alike="dropout makes no difference of interest to overfitting",
    )


def gather(results: pd.DataFrame) -> Sequence[tuple[Regime, Effect]]:
    """From the claim's own design, or where a study has none of it from the study's arms."""
    rows = own(results, overfitting.NAME, stages=("design", "score"))
    arms = at_home_in(results) if rows.empty else all_metrics(rows)
    return places(effects(arms, "dropout", "none"))


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
        (rule(METRICS[0]), rule(METRICS[1])),
        gather,
        caption="Gain over no regularisation, both with their own best learning rate.",
    ),
)
