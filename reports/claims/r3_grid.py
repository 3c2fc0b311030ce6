"""R3: having only the keep-probs k/n costs something."""

from collections.abc import Sequence
from dataclasses import replace

import pandas as pd
from matplotlib.axes import Axes

from reports import calibration
from reports.drawing import theme
from reports.drawing.figures import draw_reach, log_horizontal
from reports.evidence.asked import LevelsCost
from reports.evidence.contrasts import Side
from reports.evidence.once import once
from reports.judging.claim import Claim, Detail
from reports.judging.intervals import Estimate
from reports.judging.regimes import numbered
from reports.judging.rules import Measured, at_least
from reports.judging.text import quantity, setting
from reports.judging.verdict import SESOI
from reports.tuning.doses import DoseCurve, at_widths, dose_networks, doses
from reports.tuning.grid import Quantum, quantum
from reports.tuning.regret_figures import draw_zone

ASKED = LevelsCost(Side("having only the keep-probs k/n", "dropout"))
RULE = at_least(
    Measured(
        what=(
            "Cost of having only the keep-probs k/n: the lowest mean validation loss of dropout on these alone, “none” (k = n) "
            "among them, above the lowest at any keep_prob, at each width n and learning rate; both are chosen on the other seeds. "
            "Expected beforehand: it costs only where 0 < κ < 1, κ = n(1 − p*) being the number of units dropped at the best "
            "keep_prob, since elsewhere a level lies near it."
        ),
        quantity="cost of the levels",
        reading="what having only the levels k/n costs",
        unit="nat",
        issue="having only the keep-probs k/n costs something",
        depends="how few units are best dropped",
    ),
    SESOI,
    SESOI,
    supported="having only the keep-probs k/n costs something",
    contradicted="having only the keep-probs k/n costs nothing of interest",
)
DESIGNS = ("dropout", "dropout_levels")  # close enough together to show what lies between two levels


def evidence(results: pd.DataFrame) -> pd.DataFrame:
    """Columns of ``dose_networks`` of the dense designs of dropout, and panel, where they make a curve."""
    networks = dose_networks(results, ASKED.of.arm, DESIGNS).assign(panel="all widths")
    return at_widths(networks, {curve.width for curve, _ in _cells(networks)})


@once
def _cells(networks: pd.DataFrame) -> tuple[tuple[DoseCurve, Quantum], ...]:
    """Of each width and learning rate, over all of its own seeds: the design of the levels has five times as many."""
    cells = networks.groupby(["width", "learning_rate"])
    return tuple((curve, quantum(curve)) for _, cell in cells for each in doses(cell) for curve in each.curves)


def estimate(networks: pd.DataFrame) -> Sequence[Estimate]:
    return [_of_cell(curve, found) for curve, found in _cells(networks)]


def _of_cell(curve: DoseCurve, found: Quantum) -> Estimate:
    best = {1.0: "none"}.get(curve.best_strength, f"keep_prob {setting(curve.best_strength)}")
    notes = (
        f"best: {best}",
        f"κ = {quantity(found.kappa, '', sign=False)} units",
    )
    return replace(
        found.cost, regime=numbered("width", curve.width).under(f"learning rate {setting(curve.rate)}"), notes=notes
    )


def draw(networks: pd.DataFrame, ax: Axes) -> Axes:
    """Cost against κ, a point for each width and learning rate."""
    found = table(networks)
    draw_zone(ax)
    ax.axvline(1, color=theme.MUTED, linewidth=0.8, linestyle="--")
    known = found.dropna(subset=["cost"])
    draw_reach(known["kappa"], known["cost"], (known["low"], known["high"]), ax, colour=theme.colour("dropout"), size=6)
    for row in known.itertuples():
        ax.annotate(f"{row.width}", (row.kappa, row.cost), (4, 4), textcoords="offset points", color=theme.INK)
    if len(known):
        log_horizontal(ax)
    ax.set_xlabel("κ, units dropped at the best keep_prob")
    ax.set_ylabel("cost of the levels [nat]")
    return ax


def table(networks: pd.DataFrame) -> pd.DataFrame:
    rows = []
    for curve, found in _cells(networks):
        cost = found.cost
        where = (curve.width, curve.rate, curve.best_strength)
        rows.append((*where, found.kappa, cost.value, cost.low, cost.high, cost.seeds))
    columns = ["width", "learning rate", "best keep_prob", "kappa"]
    return pd.DataFrame(rows, columns=[*columns, "cost", "low", "high", "seeds"])


def details(networks: pd.DataFrame) -> Sequence[Detail]:
    return (calibration.searches_of(calibration.COST),)


CLAIM = Claim(
    slug="R3",
    statement="Having only the keep-probs k/n costs something",
    revised="First read off a spline that ran through “none” and smoothed the cost away; strengths are now chosen on the other seeds.",
    compared=[ASKED],
    rule=RULE,
    evidence=evidence,
    estimate=estimate,
    draw=draw,
    table=table,
    alt="Cost of the levels against the expected number of units dropped at the best keep_prob, a point for each width and learning rate.",
    caption=(
        "Numbers beside the points: width. Bars: jackknife-t 95% intervals of the whole procedure. Grey: too small to be of "
        "interest; dashed: κ = 1. Where “none” is best there is no point: it is a level. Bernoulli dropout has the keep-probs "
        "between the levels too; this is what it would cost not to have them."
    ),
    details=details,
)
