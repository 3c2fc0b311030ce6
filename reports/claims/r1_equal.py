"""R1: dropout and L2, each at its best, do equally well."""

from reports.judging.claim import Claim
from reports.judging.intervals import ERROR, LOSS
from reports.judging.rules import Measured, equivalence
from reports.judging.verdict import DecisionRule
from reports.tuning.contrasts import TunedContrast, TunedSide
from reports.tuning.effect_claims import BETWEEN, by_effect
from reports.tuning.tuned_arms import Metric


def rule(metric: Metric) -> DecisionRule:
    """In one metric."""
    return equivalence(
        Measured(
            what={
                LOSS: f"Validation loss of L2 minus that of dropout. {BETWEEN}",
                ERROR: "The same in error.",
            }[metric.name],
            quantity="dropout’s lead over L2",
            reading="above 0 dropout is better, below 0 L2",
            unit=metric.unit,
            metric=metric.name,
            issue="which of dropout and L2 is better",
            depends="the width",
            says="{less} beats {more}",
        ),
        margin=metric.margin,
        alike="dropout and L2 are equally good",
        above="dropout beats L2",
        below="L2 beats dropout",
    )


CLAIM = Claim(
    slug="R1",
    statement="Dropout and L2, each at its best, do equally well",
    revised="Until the learning rate was tuned in every arm, and error judged beside loss, this was told at one learning rate.",
    **by_effect(
        rule,
        [TunedContrast(high=TunedSide("L2", "L2"), low=TunedSide("dropout", "dropout"))],
        caption="Above zero dropout is better, both with their own best learning rate and strength.",
    ),
)
