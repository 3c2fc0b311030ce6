"""R3: having only the keep-probs k/n costs something."""

from collections.abc import Sequence
from dataclasses import replace

import pandas as pd
from matplotlib.axes import Axes

from reports.drawing import theme
from reports.drawing.figures import log_horizontal
from reports.judging.claim import Claim, Quote
from reports.judging.intervals import Estimate
from reports.judging.regimes import numbered
from reports.judging.text import interval, quantity, setting
from reports.judging.verdict import SESOI, DecisionRule, Region, Verdict
from reports.tuning.grid import grids, kappa, penalty
from reports.tuning.regret_figures import draw_zone
from reports.tuning.response_curves import Curve, curves

INFINITE = float("inf")
RULE = DecisionRule(
    text=(
        "Grid penalty: the lowest mean validation loss of dropout on the keep-probs k/n alone, above the lowest at any "
        "keep_prob, at each width n. Supported (the quantum costs): the 95% interval lies above "
        f"+{SESOI} nat. Contradicted: below +{SESOI} nat. Else inconclusive. Tested with it: it can cost only where "
        "κ = n(1 − p*), the number of units dropped at the best keep_prob, is below 1, since only there no level lies near it. "
        "The post does not ask this; it is our question about where difficulty comes from."
    ),
    quantity="grid penalty",
    reading="the cost of having only the levels k/n",
    unit="nat",
    margin=SESOI,
    regions=(
        Region(Verdict.SUPPORTED, SESOI, INFINITE, "having only the keep-probs k/n costs something"),
        Region(Verdict.CONTRADICTED, -INFINITE, SESOI, "having only the keep-probs k/n costs nothing of interest"),
    ),
    undecided="whether having only the keep-probs k/n costs something stays open",
    varying="whether having only the keep-probs k/n costs something depends on the width",
)


def evidence(results: pd.DataFrame) -> pd.DataFrame:
    """The networks of dropout and no regularisation, and panel, at widths that have a curve."""
    widths = [curve.width for curve in curves(results, "dropout")]
    rows = results[(results["stage"] == "design") & results["arm"].isin(("none", "dropout"))]
    return rows[rows["width"].isin(widths)].assign(panel="all widths")


def estimate(networks: pd.DataFrame) -> Sequence[Estimate]:
    return [_at_width(curve) for curve in curves(networks, "dropout")]


def _at_width(curve: Curve) -> Estimate:
    units = kappa(curve)
    notes = (
        f"best keep_prob {setting(curve.lowest(curve.mean_response)[0])}",
        f"κ = {quantity(units.value, '', sign=False)} {interval(units, '', sign=False)} units",
    )
    void = "the best keep_prob may lie below all that were tried" if curve.censored else ""
    return replace(penalty(curve), void=void, regime=numbered("width", curve.width), notes=notes)


def draw(networks: pd.DataFrame, ax: Axes) -> Axes:
    """Penalty against κ, a point for each width."""
    found = grids(networks)
    draw_zone(ax)
    ax.axvline(1, color=theme.MUTED, linewidth=0.8, linestyle="--")
    reach = [found["cost"] - found["low"], found["high"] - found["cost"]]
    ax.errorbar(found["kappa"], found["cost"], yerr=reach, fmt="o", capsize=3, color=theme.colour("dropout"))
    for row in found.itertuples():
        ax.annotate(f"{row.width}", (row.kappa, row.cost), (4, 4), textcoords="offset points", color=theme.INK)
    log_horizontal(ax)
    ax.set_xlabel("κ, units dropped at the best keep_prob")
    ax.set_ylabel("grid penalty [nat]")
    return ax


CLAIM = Claim(
    slug="R3",
    statement="Having only the keep-probs k/n costs something",
    quote=Quote("001", "with dropout we can only have 11 effective units but not something 11.x effective units."),
    rule=RULE,
    evidence=evidence,
    estimate=estimate,
    draw=draw,
    table=grids,
    alt="Grid penalty against the expected number of units dropped at the best keep_prob, a point for each width.",
    caption=(
        "Numbers beside the points: width. Bars: jackknife-t 95% intervals over seeds. Grey: too small to be of interest; dashed: "
        "κ = 1. Bernoulli dropout has the keep-probs between the levels too; this is what it would cost not to have them."
    ),
)
