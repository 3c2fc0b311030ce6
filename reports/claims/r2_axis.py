"""R2: the searched axis makes a strength hard to hit."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from reports.drawing import theme
from reports.drawing.figures import log_horizontal
from reports.judging.claim import Claim, Quote
from reports.judging.intervals import Estimate, Numbers, mean
from reports.judging.regimes import numbered
from reports.judging.text import interval, quantity
from reports.judging.verdict import SESOI, DecisionRule, Region, Verdict
from reports.tuning.equivalent import Pair, common_axis, pairs, slope, window_ratio
from reports.tuning.replay import BUDGET, TRIALS, replay
from reports.tuning.strength_axes import AXES

INFINITE = float("inf")
REACH = 0.8  # nat above the lowest that the figure shows
RULE = DecisionRule(
    text=(
        "One response searched on two axes: dropout on L2’s axis, λ log-uniform in [1e-5, 1], each λ standing for the keep_prob "
        "that leaves the same mean training loss, λ_eq; and on its own, keep_prob uniform in [0.2, 1]. Regret on the first minus "
        f"that on the second after {BUDGET} trials of random search, paired by seed, at each width. Supported: the 95% interval "
        f"lies above +{SESOI} nat. Contradicted: below −{SESOI} nat. No difference: wholly inside. Else inconclusive. The post "
        "does not ask this; it is our question about where difficulty comes from."
    ),
    quantity="axis penalty",
    reading="above 0 the same networks are harder to tune on L2’s axis",
    unit="nat",
    margin=SESOI,
    regions=(
        Region(Verdict.SUPPORTED, SESOI, INFINITE, "the searched axis makes a strength hard to hit"),
        Region(Verdict.CONTRADICTED, -INFINITE, -SESOI, "L2’s axis makes keep_prob easier to hit"),
        Region(Verdict.NO_DIFFERENCE, -SESOI, SESOI, "the searched axis makes no difference of interest"),
    ),
    undecided="whether the searched axis makes a strength hard to hit stays open",
    varying="whether the searched axis makes a strength hard to hit depends on the width",
)


def evidence(results: pd.DataFrame) -> pd.DataFrame:
    """The networks of dropout, no regularisation and L2, and panel, at widths where a common axis can be laid."""
    widths = [pair.width for pair in pairs(results)]
    rows = results[(results["stage"] == "design") & results["arm"].isin(("none", "dropout", "l2"))]
    return rows[rows["width"].isin(widths)].assign(panel=lambda rows: "width " + rows["width"].astype(str))


def estimate(networks: pd.DataFrame) -> Sequence[Estimate]:
    return [_at_width(pair) for pair in pairs(networks)]


def _at_width(pair: Pair) -> Estimate:
    budget = TRIALS.index(BUDGET)
    regret = {
        axis.name: replay(curve, axis)[:, budget]
        for curve, axis in (
            (pair.dropout, common_axis(pair)),
            (pair.dropout, AXES["linear"]),
            (pair.l2, AXES["lambda"]),
        )
    }
    exponent, ratio = slope(pair), window_ratio(pair)
    notes = (
        f"regret of keep_prob on its own axis {_said(regret['linear'])}, on L2’s {_said(regret['common'])}",
        f"regret of λ {_said(regret['lambda'])}",
        f"dropout’s minus L2’s on the common axis {_said(regret['common'] - regret['lambda'])}",
        f"log λ_eq rises by {quantity(exponent.value, '')} {interval(exponent, '')} with log (1 − p)/p",
        f"ln of dropout’s tolerance window over L2’s in decades of λ {quantity(ratio.value, '')} {interval(ratio, '')}",
    )
    return replace(mean(regret["common"] - regret["linear"]), regime=numbered("width", pair.width), notes=notes)


def _said(regret: Numbers) -> str:
    found = mean(regret)
    return f"{quantity(found.value, 'nat')} {interval(found, 'nat')}"


def draw(networks: pd.DataFrame, ax: Axes) -> Axes:
    """Mean validation loss of both arms on the common axis."""
    for pair in pairs(networks):
        for arm, strengths, losses in _lines(pair):
            ax.plot(strengths, losses, color=theme.colour(arm), linewidth=1.5, label=theme.label(arm))
    log_horizontal(ax)
    ax.set_ylim(top=ax.get_ylim()[0] + REACH)
    ax.legend()
    ax.set_xlabel("λ, and λ_eq of keep_prob")
    ax.set_ylabel("validation loss [nat]")
    return ax


def _lines(pair: Pair) -> Iterator[tuple[str, Numbers, Numbers]]:
    everyone = list(range(len(pair.dropout.seeds)))
    equivalent = 10 ** pair.equivalent(everyone)
    known = np.isfinite(equivalent)
    yield "dropout", equivalent[known], pair.dropout.losses.mean(axis=1)[known]
    yield "l2", pair.l2.strengths, pair.l2.losses.mean(axis=1)


def table(networks: pd.DataFrame) -> pd.DataFrame:
    parts = []
    for pair in pairs(networks):
        for arm, strengths, losses in _lines(pair):
            parts.append(pd.DataFrame({"width": pair.width, "arm": arm, "λ or λ_eq": strengths, "loss [nat]": losses}))
    return pd.concat(parts, ignore_index=True)


CLAIM = Claim(
    slug="R2",
    statement="The searched axis makes a strength hard to hit",
    quote=Quote("001", "The turning is kind of being “quantized”. This contrasted to L2 Reg."),
    rule=RULE,
    evidence=evidence,
    estimate=estimate,
    draw=draw,
    table=table,
    alt="Validation loss of dropout and of L2 against λ, keep_prob being laid on λ by equal training loss.",
    caption=(
        "Mean validation loss over paired seeds. Each keep_prob stands at the λ that leaves the same mean training loss "
        "(isotonic regression and monotone interpolation). Where one dip is as wide as the other, only the axis makes either of them narrow."
    ),
)
