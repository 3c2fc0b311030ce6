"""R2: on a common axis of strength dropout is as easy to tune as L2, so that the searched axis is what differs."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from reports import theme
from reports.claim import Claim, Source
from reports.figures import log_horizontal
from reports.intervals import Estimate
from reports.text import interval, quantity
from reports.tuning.axes import AXES
from reports.tuning.equivalent import Pair, pairs, slope, window_ratio
from reports.tuning.windows import window
from reports.verdict import Region, Rule, Verdict

INFINITE = float("inf")
MARGIN = 0.22  # ln 1.25
AS_WIDE = "on a common axis dropout’s window is as wide as L2’s"
WIDER = "dropout’s window is wider than L2’s on a common axis too"
NARROWER = "dropout’s window is narrower than L2’s on a common axis too"
RULE = Rule(
    text=(
        "Tolerance windows, within 0.01 nat of the arm’s best, on one axis of strength: λ_eq(p) is the λ of L2 with the same "
        "mean training loss as keep_prob p. ln of dropout’s window over L2’s, both in decades of λ, at each width. Supported "
        f"(the axis is what differs): the 95% interval lies within ±{MARGIN}, a ratio of 1.25. Contradicted: wholly beyond "
        f"±{MARGIN}. Else inconclusive. The post does not ask this; it is our question about where difficulty comes from."
    ),
    quantity="ln of the ratio of windows",
    reading="0 is as wide, above 0 dropout’s is wider",
    unit="",
    margin=MARGIN,
    regions=(
        Region(Verdict.SUPPORTED, -MARGIN, MARGIN, AS_WIDE),
        Region(Verdict.CONTRADICTED, MARGIN, INFINITE, WIDER),
        Region(Verdict.CONTRADICTED, -INFINITE, -MARGIN, NARROWER),
    ),
    undecided="whether both windows are as wide on a common axis stays open",
    varying="which window is wider on a common axis depends on the width",
)


def evidence(results: pd.DataFrame) -> pd.DataFrame:
    """The networks of dropout, no regularisation and L2, and panel, at widths where a common axis can be laid."""
    widths = [pair.width for pair in pairs(results)]
    rows = results[(results["stage"] == "design") & results["arm"].isin(("none", "dropout", "l2"))]
    return rows[rows["width"].isin(widths)].assign(panel=lambda rows: "width " + rows["width"].astype(str))


def estimate(networks: pd.DataFrame) -> Sequence[Estimate]:
    return [_at_width(pair) for pair in pairs(networks)]


def _at_width(pair: Pair) -> Estimate:
    found = window_ratio(pair)
    shares = {"λ": (pair.l2, "lambda"), "keep_prob": (pair.dropout, "linear"), "its log-odds": (pair.dropout, "odds")}
    notes = [
        f"window on {name} {100 * window(curve, AXES[axis]).value:.0f}% of the axis"
        for name, (curve, axis) in shares.items()
        if curve.covers(AXES[axis])
    ]
    exponent = slope(pair)
    notes.append(f"log λ_eq rises by {quantity(exponent.value, '')} {interval(exponent, '')} with log (1 − p)/p")
    void = "" if np.isfinite(found.value) else "dropout’s best is weaker than any λ of the run: there is no common axis here"
    return replace(found, regime=f"width {pair.width}", notes=tuple(notes), void=void)


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


def _lines(pair: Pair) -> Iterator[tuple[str, "np.ndarray", "np.ndarray"]]:
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
    statement="On a common axis of strength dropout is as easy to tune as L2",
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
