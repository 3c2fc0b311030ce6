"""R2: searched on the axis of L2 dropout is as hard to tune as L2, so that the axis is what differs."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from reports import theme
from reports.claim import Claim, Source
from reports.figures import log_horizontal
from reports.intervals import Estimate, Numbers, mean
from reports.text import interval, quantity
from reports.tuning.axes import AXES
from reports.tuning.equivalent import Pair, common_axis, pairs, slope, window_ratio
from reports.tuning.replay import BUDGET, TRIALS, replay
from reports.verdict import SESOI, Region, Rule, Verdict

INFINITE = float("inf")
RULE = Rule(
    text=(
        "Dropout searched on L2’s own axis: λ log-uniform in [1e-5, 1], each λ standing for the keep_prob that leaves the same "
        f"mean training loss, λ_eq. Its regret after {BUDGET} trials of random search minus that of L2, paired by seed, at each "
        f"width. Supported (as hard: the axis is what differs): the 95% interval lies within ±{SESOI} nat. Contradicted: wholly "
        "beyond it on either side. Else inconclusive. The post does not ask this; it is our question about where difficulty "
        "comes from."
    ),
    quantity="dropout’s extra regret",
    reading="0 is as hard, above 0 dropout is harder",
    unit="nat",
    margin=SESOI,
    regions=(
        Region(Verdict.SUPPORTED, -SESOI, SESOI, "searched on L2’s axis dropout is as hard to tune as L2"),
        Region(Verdict.CONTRADICTED, SESOI, INFINITE, "searched on L2’s axis dropout is harder to tune than L2"),
        Region(Verdict.CONTRADICTED, -INFINITE, -SESOI, "searched on L2’s axis dropout is easier to tune than L2"),
    ),
    undecided="whether dropout is as hard to tune as L2 on L2’s axis stays open",
    varying="whether dropout is as hard to tune as L2 on L2’s axis depends on the width",
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
        f"regret of L2 {_said(regret['lambda'])}",
        f"of keep_prob on L2’s axis {_said(regret['common'])}, on its own {_said(regret['linear'])}",
        f"log λ_eq rises by {quantity(exponent.value, '')} {interval(exponent, '')} with log (1 − p)/p",
        f"ln of dropout’s tolerance window over L2’s in decades of λ {quantity(ratio.value, '')} {interval(ratio, '')}",
    )
    return replace(mean(regret["common"] - regret["lambda"]), regime=f"width {pair.width}", notes=notes)


def _said(regret: Numbers) -> str:
    found = mean(regret)
    return f"{quantity(found.value, 'nat')} {interval(found, 'nat')}"


def draw(networks: pd.DataFrame, ax: Axes) -> Axes:
    """Mean validation loss of both arms on the common axis."""
    for pair in pairs(networks):
        for arm, strengths, losses in _lines(pair):
            ax.plot(strengths, losses, color=theme.colour(arm), linewidth=1.5, label=theme.label(arm))
    log_horizontal(ax)
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
    statement="Searched on L2’s axis, dropout is as hard to tune as L2",
    source=Source("001", "The turning is kind of being “quantized”. This contrasted to L2 Reg."),
    rule=RULE,
    evidence=evidence,
    estimate=estimate,
    draw=draw,
    table=table,
    alt="Validation loss of dropout and of L2 against λ, keep_prob being laid on λ by equal training loss.",
    caption=(
        "Mean validation loss over paired seeds. Each keep_prob stands at the λ that leaves the same mean training loss "
        "(isotonic regression and monotone interpolation). What is left of a difference in width is no matter of the axis."
    ),
)
