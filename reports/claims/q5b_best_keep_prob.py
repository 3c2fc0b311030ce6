"""Q5b: the best keep-prob depends on the number of units."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from reports.drawing import theme
from reports.judging.claim import Claim, Quote
from reports.judging.intervals import Estimate, jackknife
from reports.judging.regimes import Regime
from reports.judging.verdict import DecisionRule, Region, Verdict
from reports.tuning.regret_figures import draw_intervals
from reports.tuning.response_curves import Curve, curves

INFINITE = float("inf")
MARGIN = 0.05  # half the step of a usual grid of dropout rates
RULE = DecisionRule(
    text=(
        "Change of the best keep_prob with each doubling of the width: the slope of p* on log₂ n, p* being the lowest point of "
        "the smoothed mean response; jackknife-t over paired seeds. Supported: the 95% interval lies above "
        f"+{MARGIN} or below −{MARGIN} for each doubling, half the step of a usual grid. Contradicted: wholly inside. Else "
        "inconclusive. Learning rate and number of steps are the same throughout."
    ),
    quantity="change of p* for each doubling of the width",
    reading="below 0 wider layers want more dropout",
    unit="",
    margin=MARGIN,
    regions=(
        Region(Verdict.SUPPORTED, MARGIN, INFINITE, "the best keep-prob rises with the number of units"),
        Region(Verdict.SUPPORTED, -INFINITE, -MARGIN, "the best keep-prob falls with the number of units"),
        Region(Verdict.CONTRADICTED, -MARGIN, MARGIN, "the best keep-prob is the same at every number of units"),
    ),
    undecided="whether the best keep-prob depends on the number of units stays open",
    varying="whether the best keep-prob depends on the number of units varies",
)


def evidence(results: pd.DataFrame) -> pd.DataFrame:
    """The networks of dropout and no regularisation at widths that have a curve, and panel; empty without a second width."""
    widths = [curve.width for curve in _paired(results)]
    rows = results[(results["stage"] == "design") & results["arm"].isin(("none", "dropout"))]
    return rows[rows["width"].isin(widths if len(widths) > 1 else [])].assign(panel="all widths")


def _paired(results: pd.DataFrame) -> list[Curve]:
    """The curves that share the narrowest one's seeds."""
    every = list(curves(results, "dropout"))
    return [curve for curve in every if curve.seeds == every[0].seeds]


def estimate(networks: pd.DataFrame) -> Sequence[Estimate]:
    every = _paired(networks)
    if not every:
        return []
    doublings = np.log2([curve.width for curve in every])
    whole = np.array([curve.lowest(curve.mean_response)[0] for curve in every])
    left_out = np.array([[curve.lowest(others)[0] for others in curve.left_out] for curve in every])
    slopes = np.polyfit(doublings, np.column_stack([whole, left_out]), 1)[0]
    regime = Regime(f"widths {every[0].width} to {every[-1].width}")
    notes = tuple(f"p* = {best:.2f} at width {curve.width}" for best, curve in zip(whole, every, strict=True))
    censored = [f"{curve.width}" for curve in every if curve.censored]
    void = f"the best keep_prob may lie below all that were tried at width {', '.join(censored)}" if censored else ""
    return [replace(jackknife(float(slopes[0]), slopes[1:]), void=void, regime=regime, notes=notes)]


def draw(networks: pd.DataFrame, ax: Axes) -> Axes:
    """p* against width."""
    found = table(networks)
    draw_intervals(found, ax, value="best keep_prob", colour=theme.colour("dropout"))
    ax.set_ylabel("best keep_prob")
    return ax


def table(networks: pd.DataFrame) -> pd.DataFrame:
    rows = []
    for curve in _paired(networks):
        found = jackknife(curve.lowest(curve.mean_response)[0], [curve.lowest(others)[0] for others in curve.left_out])
        rows.append((curve.width, found.value, max(found.low, 0), min(found.high, 1), found.seeds))
    return pd.DataFrame(rows, columns=["width", "best keep_prob", "low", "high", "seeds"])


CLAIM = Claim(
    slug="Q5b",
    statement="The best keep-prob depends on the number of units",
    quote=Quote(
        "001",
        "if the number of units in a layer is not big enough, it is very difficult to hit the right keep probability.",
    ),
    rule=RULE,
    evidence=evidence,
    estimate=estimate,
    draw=draw,
    table=table,
    alt="The best keep_prob against the number of units, with intervals.",
    caption="Dots: the lowest point of the smoothed mean response; bars: jackknife-t 95% intervals over seeds, cut off at 0 and 1.",
)
