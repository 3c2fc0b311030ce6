"""R4: the learning rate tuned in every arm, a regulariser still gains something."""

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
                LOSS: f"Validation loss of no regularisation minus that of a regularised arm. {BETWEEN} The learning rate is "
                "a regulariser in disguise, and at a fixed one an arm without any other is at a disadvantage. Early stopping "
                "chooses its checkpoint by the validation loss that it is judged by, which flatters it a little.",
                ERROR: "The same in error.",
            }[metric.name],
            quantity="gain over none",
            reading="above 0 the regulariser helps",
            unit=metric.unit,
            metric=metric.name,
            issue="a regulariser adds to a tuned learning rate",
            depends="which it is, and on the width",
            says="{less} does better than {more}",
        ),
        margin=metric.margin,
        supported="the regulariser does better than a tuned learning rate alone",
        contradicted="a tuned learning rate alone does better than the regulariser",
        alike="the regulariser adds nothing of interest to a tuned learning rate",
    )


NONE = TunedSide("a tuned learning rate alone", "none")
CLAIM = Claim(
    slug="R4",
    statement="Once the learning rate is tuned, a regulariser still gains something",
    revised="It was judged by single searches, whose luck no interval held; their configurations are under “Which configuration, and does it hold?”.",
    **by_effect(
        rule,
        [
            TunedContrast(high=NONE, low=TunedSide("the regulariser", kind), condition=named(kind, batch_norm=False))
            for kind in KINDS[1:]
        ],
        caption="Gain of each kind of regularisation over none, all with their own best learning rate.",
    ),
)
