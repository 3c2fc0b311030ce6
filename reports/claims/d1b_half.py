"""D1b: a probability of one half is a good one."""

from collections.abc import Sequence

import pandas as pd

from reports.evidence.paired import own
from reports.experiments import overfitting
from reports.judging.claim import Claim, Quote
from reports.judging.intervals import ERROR, LOSS
from reports.judging.rules import Measured, at_most
from reports.judging.verdict import DecisionRule
from reports.tuning.contrasts import TunedContrast, TunedSide
from reports.tuning.effect_claims import by_effect
from reports.tuning.tuned_arms import Metric, TunedArm, tuned_arms

HALF = 0.5


def rule(metric: Metric) -> DecisionRule:
    """In one metric."""
    return at_most(
        Measured(
            what={
                LOSS: "Validation loss of dropout at keep_prob 0.5, less that at its best keep_prob of 0.3 … 0.98 or none. Each seed is "
                "scored at the settings that are best on the others, learning rates included; delete-one jackknife of the whole choice.",
                ERROR: "The same in error.",
            }[metric.name],
            quantity="what 0.5 costs",
            reading="0 is as good as the best",
            unit=metric.unit,
            metric=metric.name,
            issue="a probability of 0.5 is as good as the best",
            depends="width and data",
            says="{less} does better than {more}",
        ),
        limit=metric.margin,
        margin=metric.margin,
        supported="a keep_prob of 0.5 is as good as the best",
        contradicted="the best keep_prob or none does better than a keep_prob of 0.5",
    )


def _arms(results: pd.DataFrame) -> Sequence[TunedArm]:
    return tuned_arms(own(results, overfitting.NAME))


CLAIM = Claim(
    slug="D1b",
    statement="Hidden units are omitted with a probability of 0.5",
    quote=Quote(
        "003",
        "On each presentation of each training case, each hidden unit is randomly omitted from the network with a probability "
        "of 0.5.",
    ),
    design=overfitting.DESIGN,
    shared=overfitting.NAME,
    revised=overfitting.REVISED,
    literature="Srivastava et al. 2014: flat for 0.4 ≤ p ≤ 0.8 at a fixed number of units.",
    **by_effect(
        rule,
        [
            TunedContrast(
                high=TunedSide("a keep_prob of 0.5", "dropout", at={"keep_prob": HALF}),
                low=TunedSide("the best keep_prob or none", "dropout", or_none=True),
            )
        ],
        arms=_arms,
        caption="Loss and error at one half, less those at the best keep_prob or none.",
    ),
)
