"""D1: dropout reduces overfitting."""

from collections.abc import Sequence

import pandas as pd
from matplotlib.axes import Axes

from reports.claim import Claim, Source
from reports.effects import at_each_width, pairs, seed_table
from reports.figures import draw_gains
from reports.intervals import Estimate
from reports.verdict import SESOI, Region, Rule, Verdict

INFINITE = float("inf")
STRENGTHS = {"strength": "keep_prob"}
RULE = Rule(
    text=(
        "Gain in validation loss of dropout at its best keep_prob over no regularisation, paired by seed, at each width. "
        "The best keep_prob is chosen on the other seeds and scored on the one left out, so that choosing earns nothing. "
        f"Supported: the 95% interval lies above +{SESOI} nat. Contradicted: below −{SESOI} nat. No difference: wholly "
        "inside. Else inconclusive. Learning rate and number of steps are the same in both arms."
    ),
    quantity="gain",
    reading="above 0 dropout helps",
    unit="nat",
    margin=SESOI,
    regions=(
        Region(Verdict.SUPPORTED, SESOI, INFINITE, "dropout reduces overfitting"),
        Region(Verdict.CONTRADICTED, -INFINITE, -SESOI, "dropout makes the validation loss worse"),
        Region(Verdict.NO_DIFFERENCE, -SESOI, SESOI, "dropout makes no difference of interest to overfitting"),
    ),
    undecided="whether dropout reduces overfitting stays open",
    varying="whether dropout reduces overfitting depends on the width",
)


def evidence(results: pd.DataFrame) -> pd.DataFrame:
    return pairs(results, "dropout", "none")


def estimate(gains: pd.DataFrame) -> Sequence[Estimate]:
    return at_each_width(gains, STRENGTHS)


def draw(gains: pd.DataFrame, ax: Axes) -> Axes:
    draw_gains(gains, ax, arm="dropout")
    ax.set_ylabel("gain over none [nat]")
    return ax


def table(gains: pd.DataFrame) -> pd.DataFrame:
    return seed_table(gains, STRENGTHS)


CLAIM = Claim(
    slug="D1",
    statement="Dropout reduces overfitting",
    source=Source(
        "003", "Overfitting can be reduced by using “dropout” to prevent complex co-adaptations on the training data."
    ),
    rule=RULE,
    evidence=evidence,
    estimate=estimate,
    draw=draw,
    table=table,
    alt="Gain of dropout at its best keep_prob over no regularisation, for each seed and in the mean, by width.",
    caption=(
        "Each dot is one seed, at the keep_prob that was best for the others; dark: mean and 95% interval. Grey: "
        "differences too small to be of interest. The learning rate is one for all; R4 asks the same with it tuned in every arm."
    ),
)
