"""R1: dropout and L2, each at its best strength, reach the same loss."""

from collections.abc import Sequence

import pandas as pd
from matplotlib.axes import Axes

from reports.claim import Claim, Source
from reports.effects import at_each_width, pairs, seed_table
from reports.figures import draw_gains
from reports.intervals import Estimate
from reports.verdict import SESOI, Region, Rule, Verdict

INFINITE = float("inf")
STRENGTHS = {"strength": "keep_prob", "reference_strength": "λ"}
RULE = Rule(
    text=(
        "Validation loss of L2 minus that of dropout, each at its best strength, paired by seed, at each width; strengths "
        "are chosen on the other seeds and scored on the one left out. Supported: the 95% interval lies wholly inside "
        f"±{SESOI} nat (equivalence). Contradicted: wholly beyond it on either side. Else inconclusive. The post only "
        "contrasts the two; that they are equally good is our question."
    ),
    quantity="dropout’s lead",
    reading="above 0 dropout is better, below 0 L2",
    unit="nat",
    margin=SESOI,
    regions=(
        Region(Verdict.SUPPORTED, -SESOI, SESOI, "dropout and L2 are equally good"),
        Region(Verdict.CONTRADICTED, SESOI, INFINITE, "dropout beats L2"),
        Region(Verdict.CONTRADICTED, -INFINITE, -SESOI, "L2 beats dropout"),
    ),
    undecided="which of dropout and L2 is better stays open",
    varying="which of dropout and L2 is better depends on the width",
)


def evidence(results: pd.DataFrame) -> pd.DataFrame:
    return pairs(results, "dropout", "l2")


def estimate(leads: pd.DataFrame) -> Sequence[Estimate]:
    return at_each_width(leads, STRENGTHS)


def draw(leads: pd.DataFrame, ax: Axes) -> Axes:
    draw_gains(leads, ax, arm="dropout")
    ax.set_ylabel("dropout’s lead over L2 [nat]")
    return ax


def table(leads: pd.DataFrame) -> pd.DataFrame:
    return seed_table(leads, STRENGTHS)


CLAIM = Claim(
    slug="R1",
    statement="Dropout and L2, each at its best strength, reach the same loss",
    source=Source("001", "The turning is kind of being “quantized”. This contrasted to L2 Reg."),
    rule=RULE,
    evidence=evidence,
    estimate=estimate,
    draw=draw,
    table=table,
    alt="Validation loss of L2 minus that of dropout, each at its best strength, for each seed and in the mean, by width.",
    caption=(
        "Above zero dropout is better. Each dot is one seed, at the strengths that were best for the others; dark: mean and "
        "95% interval. Grey: differences too small to be of interest. The learning rate is one for all; R4 compares both with it "
        "tuned in every arm."
    ),
)
