"""B11: with batch normalisation less dropout is best."""

from reports.evidence.contrasts import Side
from reports.experiments.best_strength import KEPT, RatioOfBest
from reports.experiments.d300 import RATES
from reports.experiments.further_tables import SMALL, also
from reports.experiments.seeded import SeededClaim
from reports.judging.claim import Quote
from reports.judging.rules import Measured, effect
from reports.judging.text import TIMES

RULE = effect(
    Measured(
        what="The strength α = (1 − keep_prob)/keep_prob that is best without batch normalisation, divided by that which is best "
        "with it before the activation: the lowest point of the parabola in log α through the best of the mean losses and its neighbours, learning rates "
        "tuned at each; its standard error is that over resamples of the seeds; there is none where both lie at the same end of the keep-probs, or do so in one resample of twenty, and nothing is judged where either response varies by less than 0.04 nat. Digits, 300 training rows with and without 20% random labels, 32 units of ReLU, 900 steps. "
        f"{also(SMALL)}",
        quantity="best α without ÷ with normalisation",
        reading="above 1 normalisation calls for less dropout",
        unit=TIMES,
        issue="less dropout is best with batch normalisation",
        depends="label noise",
        metric="strength",
        says="the best dropout is weaker {less} than {more}",
    ),
    margin=1.25,
    supported="the best dropout is weaker with normalisation than without normalisation",
    contradicted="the best dropout is weaker without normalisation than with normalisation",
    alike="the best dropout is as strong with batch normalisation as without",
)
ARM = {
    "data": {"label_noise": [0.0, 0.2]},
    "keep_prob": KEPT,
    "learning_rate": RATES,
}


INTERACTION = RatioOfBest(high=Side("without normalisation", "none"), low=Side("with normalisation", "before"))
CLAIM = SeededClaim(
    slug="B11",
    statement="With batch normalisation we will use less dropout",
    quote=Quote(
        "002",
        "Therefore, if we use batch normalization, we will use less dropout, which is a good thing because we are not going to "
        "lose a lot of information.",
    ),
    design={"none": ARM, "before": {**ARM, "batch_norm": "before"}},
    tables=SMALL,
    revised="The design has more keep-probs: the best had lain at the end of the grid. Where both do, nothing is judged now. The interval was the delete-one jackknife’s, which holds 87 to 90% of planted ratios; it is that of resamples now.",
    rule=RULE,
    compared=[INTERACTION],
    caption="Best strength without normalisation over with it; dots are what each seed weighs in it.",
)
