"""R4b: the learning rate tuned in every arm, batch norm gains something, alone or with a regulariser."""

from collections.abc import Sequence

import pandas as pd

from reports.claims import r4_budget
from reports.judging.claim import Claim
from reports.judging.regimes import Regime
from reports.judging.rules import Measured, effect
from reports.judging.verdict import DecisionRule
from reports.tuning.effects import Effect, at_home_in, effects
from reports.tuning.told import BETWEEN, by_effect, places
from reports.tuning.tuned_arms import KINDS, METRICS, Metric


def rule(metric: Metric) -> DecisionRule:
    """In one metric."""
    return effect(
        Measured(
            what=f"Validation {metric.name} of what is named after “over” minus that of the batch-normalised arm. {BETWEEN}"
            if metric.name == "loss"
            else "The same in error.",
            quantity="gain",
            reading="above 0 the first of the two is better",
            unit=metric.unit,
            metric=metric.name,
            issue="batch norm helps",
            depends="what it is compared with",
        ),
        margin=metric.margin,
        supported="the first is better",
        contradicted="the first is worse",
        alike="the two are alike",
    )


def gather(results: pd.DataFrame) -> Sequence[tuple[Regime, Effect]]:
    """Over none without batch norm, and for those with a regulariser over batch norm alone."""
    arms = at_home_in(results)
    found = [
        *(each for kind in KINDS for each in effects(arms, kind, "none", batch_norm=True)),
        *(each for kind in KINDS[1:] for each in effects(arms, kind, "none", batch_norm=True, beside=True)),
    ]
    over = {False: "none", True: "batch norm alone"}
    return [
        (place.under(f"{each.arm.name} over {over[each.reference.batch_norm]}"), each) for place, each in places(found)
    ]


CLAIM = Claim(
    slug="R4b",
    statement="Once the learning rate is tuned, batch norm still gains something",
    quote=r4_budget.CLAIM.quote,
    **by_effect(
        (rule(METRICS[0]), rule(METRICS[1])),
        gather,
        caption="Gain of networks with batch norm, over none without it and over batch norm alone.",
    ),
)
