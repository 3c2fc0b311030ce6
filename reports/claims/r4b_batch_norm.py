"""R4b: the learning rate tuned in every arm, batch norm gains something, alone or with a regulariser."""

from dataclasses import replace

from reports.claims import r4_budget
from reports.judging.claim import Claim
from reports.judging.intervals import ERROR, LOSS
from reports.judging.rules import Measured, effect
from reports.judging.verdict import DecisionRule
from reports.tuning.contrasts import TunedContrast, TunedSide
from reports.tuning.effect_claims import BETWEEN, by_effect
from reports.tuning.tuned_arms import KINDS, Metric, named


def rule(metric: Metric) -> DecisionRule:
    """In one metric."""
    return effect(
        Measured(
            what={
                LOSS: f"Validation loss of what is named after “over” minus that of the batch-normalised arm. {BETWEEN}",
                ERROR: "The same in error.",
            }[metric.name],
            quantity="gain",
            reading="above 0 the first of the two is better",
            unit=metric.unit,
            metric=metric.name,
            issue="batch norm helps",
            depends="its rival",
            says="{less} does better than {more}",
        ),
        margin=metric.margin,
        supported="the batch-normalised arm does better than its rival",
        contradicted="its rival does better than the batch-normalised arm",
        alike="the batch-normalised arm does as well as its rival",
    )


WITH, WITHOUT = "the batch-normalised arm", "its rival"
OVER_NONE = [
    TunedContrast(
        high=TunedSide(WITHOUT, "none"),
        low=TunedSide(WITH, kind, batch_norm=True),
        condition=f"{named(kind, batch_norm=True)} over none",
    )
    for kind in KINDS
]
OVER_BATCH_NORM = [
    replace(
        each,
        high=TunedSide(WITHOUT, "none", batch_norm=True),
        condition=f"{named(each.low.kind, batch_norm=True)} over batch norm alone",
    )
    for each in OVER_NONE[1:]
]
CLAIM = Claim(
    slug="R4b",
    statement="Once the learning rate is tuned, batch norm still gains something",
    quote=r4_budget.CLAIM.quote,
    **by_effect(
        rule,
        [*OVER_NONE, *OVER_BATCH_NORM],
        caption="Gain of networks with batch norm, over none without it and over batch norm alone.",
    ),
)
