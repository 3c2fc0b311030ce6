"""Q5: the number of units matters to what dropout gains."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from reports.drawing import theme
from reports.evidence.asked import GainByWidth
from reports.evidence.contrasts import Side
from reports.evidence.responses import summary
from reports.evidence.selection import compare
from reports.judging.claim import Claim, Quote
from reports.judging.intervals import Estimate, mean
from reports.judging.regimes import Regime
from reports.judging.text import setting
from reports.judging.verdict import SESOI, DecisionRule, Region, Verdict
from reports.tuning.doses import dose_networks, doses
from reports.tuning.regret_figures import draw_means

INFINITE = float("inf")
ASKED = GainByWidth(Side("dropout", "dropout"), over=Side("no regularisation", "none"))
AT_BEST = "the best keep_prob"
RULE = DecisionRule(
    text=(
        "Change of the gain with each doubling of the width: the slope of each seed’s gain in validation loss on log₂ n, averaged "
        "over paired seeds. Two gains: of dropout at its best keep_prob (chosen on the other seeds) over no regularisation at "
        "the same width; and, with p·n fixed at the number of units of the narrowest layer, over that layer without dropout. "
        f"Supported: the 95% interval lies above +{SESOI} or below −{SESOI} nat for each doubling. Contradicted: wholly inside, "
        "since the post says “an important role”. Else inconclusive. Learning rate and number of steps are the same throughout."
    ),
    quantity="change of the gain for each doubling of the width",
    reading="above 0 dropout gains more in wider layers",
    unit="nat",
    margin=SESOI,
    regions=(
        Region(Verdict.SUPPORTED, SESOI, INFINITE, "dropout gains more the more units there are"),
        Region(Verdict.SUPPORTED, -INFINITE, -SESOI, "dropout gains less the more units there are"),
        Region(Verdict.CONTRADICTED, -SESOI, SESOI, "the number of units does not matter to what dropout gains"),
    ),
    undecided="whether the number of units matters to what dropout gains stays open",
    varying="whether the number of units matters to what dropout gains depends on what is held fixed",
    says="dropout gains {more} the more units there are",
)


def evidence(results: pd.DataFrame) -> pd.DataFrame:
    """Columns held (what is held fixed), width, seed, gain, and panel; empty where there is no second width."""
    best = compare(results, ASKED.of.arm, ASKED.over.arm).assign(held=AT_BEST)[["held", "width", "seed", "gain"]]
    found = pd.concat([best, _at_fixed_count(results)], ignore_index=True).dropna(subset=["gain"])
    widths = found.groupby("held")["width"].transform("nunique")
    return found[widths > 1].astype({"width": int}).assign(panel=lambda rows: rows["held"])


def _at_fixed_count(results: pd.DataFrame) -> pd.DataFrame:
    """Gain at keep_prob m/n over the narrowest layer, of m units, without dropout; widths where m/n was not tried are left out."""
    every = [curve for each in doses(dose_networks(results, ASKED.of.arm, (ASKED.of.arm,))) for curve in each.curves]
    rows = []
    for curve in every:
        narrowest = next(each for each in every if each.rate == curve.rate)
        kept = narrowest.width / curve.width
        if curve.seeds == narrowest.seeds and kept >= curve.strengths[0]:
            gains = narrowest.none - curve.seen(np.array([kept]))[0]
            held = f"p·n = {narrowest.width}"
            rows += [(held, curve.width, seed, gain) for seed, gain in zip(curve.seeds, gains, strict=True)]
    return pd.DataFrame(rows, columns=["held", "width", "seed", "gain"])


def estimate(found: pd.DataFrame) -> Sequence[Estimate]:
    return [_of_gain(str(held), rows) for held, rows in found.groupby("held", sort=False)]


def _of_gain(held: str, rows: pd.DataFrame) -> Estimate:
    """Least-squares slopes (numpy.polyfit) of the seeds that have every width."""
    gains = rows.pivot(index="width", columns="seed", values="gain").dropna(axis="columns")  # noqa: PD010 - no two are alike
    slopes = np.polyfit(np.log2(gains.index.to_numpy(float)), gains.to_numpy(float), 1)[0] if gains.size else []
    widths = f"widths {setting(gains.index.min())} to {setting(gains.index.max())}"
    return replace(mean(slopes), regime=Regime(held), notes=(widths,))


def draw(found: pd.DataFrame, ax: Axes) -> Axes:
    draw_means(found, ax, value="gain", colour=theme.colour("dropout"))
    ax.set_ylabel("gain [nat]")
    return ax


def table(found: pd.DataFrame) -> pd.DataFrame:
    return summary(found, ["held", "width"], "gain").rename(columns={"mean": "mean gain [nat]"})


CLAIM = Claim(
    slug="Q5",
    statement="The number of units matters to dropout",
    quote=Quote(
        "001",
        "About the efficiency of using Dropout, my feeling is that the number of units in each hidden layer plays an "
        "important role.",
    ),
    compared=[ASKED],
    rule=RULE,
    evidence=evidence,
    estimate=estimate,
    draw=draw,
    table=table,
    alt="Gain of dropout against the number of units, for each seed and in the mean.",
    caption=(
        "Thin lines: seeds; dark: mean and 95% interval. Left: over no regularisation at the same width. With p·n fixed: over "
        "the narrowest layer without dropout, so that what is gained is the gain of drawing as many units from more."
    ),
)
