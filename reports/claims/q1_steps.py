"""Q1: dropout's response moves in steps of one unit."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from reports import calibration
from reports.drawing.figures import BEYOND, draw_arms, draw_steps
from reports.evidence.asked import Staircase
from reports.evidence.contrasts import Side
from reports.evidence.lost import lost
from reports.evidence.responses import NOISES, by_width, responses, summary, together
from reports.judging.claim import Claim, Detail, Quote
from reports.judging.intervals import Estimate, nothing
from reports.judging.regimes import numbered
from reports.judging.text import interval_with_n, quantity
from reports.judging.verdict import DecisionRule, Region, Verdict
from reports.staircase.kinds import NOTE, index_of, kinds
from reports.staircase.quantization import LIMITS, Shape, shape
from reports.staircase.sensitivity import NOTE as CHOICES
from reports.staircase.sensitivity import sensitivity

CONTROL = Side("exactly round(pn) units kept", "fixed_count")
ASKED = Staircase(Side("dropout’s response", "dropout"), control=CONTROL)
DRAWN = (ASKED.of.arm, CONTROL.arm)
NO_CONTROL = "no fixed-count arm here: without a control the index is not believed"
UNPROVEN = "the fixed-count control is not shown to be a staircase here: the instrument is unproven"
RULE = DecisionRule(
    text=(
        "Index Q of the mean validation loss over keep_prob, at each width, where that loss is within 1 nat of its best: 0 is a smooth response, 1 a staircase with steps "
        "of 1/n. Supported (a staircase): the 95% interval lies in (0.75, 1.25). Contradicted (smooth): it lies in "
        "(−0.25, 0.25). Else inconclusive. A width counts only where the positive control, exactly round(pn) units kept, "
        "comes out as a staircase by the same rule."
    ),
    quantity="Q",
    reading="0 is smooth, 1 a staircase",
    unit="",
    margin=0.25,
    regions=(
        Region(Verdict.SUPPORTED, *LIMITS[Shape.STAIRCASE], "dropout’s response is stepped, by one unit at a time"),
        Region(Verdict.CONTRADICTED, *LIMITS[Shape.SMOOTH], "dropout’s response is smooth, not stepped"),
    ),
    undecided="whether dropout’s response is stepped stays open",
    varying="whether dropout’s response is stepped depends on the width",
)


def evidence(results: pd.DataFrame) -> pd.DataFrame:
    """Columns of ``responses`` for every kind of noise at the widths of Bernoulli dropout, and panel."""
    noises = together([responses(results, arm) for arm in NOISES])
    tested = noises.loc[noises["arm"].eq(ASKED.of.arm), "width"].unique()
    return noises[noises["width"].isin(tested)].assign(panel=lambda rows: "width " + rows["width"].astype(str))


def estimate(responses: pd.DataFrame) -> Sequence[Estimate]:
    return [_at_width(width, rows) for width, rows in by_width(responses)]


def _at_width(width: int, rows: pd.DataFrame) -> Estimate:
    bernoulli, counted = (side.networks(rows) for side in (ASKED.of, CONTROL))
    found = index_of(bernoulli, width)
    control = nothing(NO_CONTROL) if counted.empty else index_of(counted, width).q
    amplitude = found.amplitude
    notes = (
        *([] if control.void else [f"control Q = {_with_n(control, '')}"]),
        *([] if amplitude.void else [f"half a step would be {_with_n(amplitude, 'nat')} at the median slope"]),
        *lost(bernoulli, "loss"),
    )
    doubt = NO_CONTROL if counted.empty else "" if shape(control) is Shape.STAIRCASE else UNPROVEN
    return replace(found.q, regime=numbered("width", width), notes=notes, void=found.q.void or doubt)


def _with_n(estimate: Estimate, unit: str) -> str:
    return f"{quantity(estimate.value, unit)} {interval_with_n(estimate, unit)}"


def draw(responses: pd.DataFrame, ax: Axes) -> Axes:
    draw_arms(responses[responses["arm"].isin(DRAWN)], ax)
    ax.set_xlabel("keep_prob")
    (width,) = responses["width"].unique()
    return draw_steps(ax, int(width))


def table(responses: pd.DataFrame) -> pd.DataFrame:
    return summary(responses[responses["arm"].isin(DRAWN)], ["arm", "width", "strength"], "loss")


def density(responses: pd.DataFrame) -> str:
    """How many keep-probs there are for each step, as the index counts them."""
    tried = [(width, rows["strength"].unique()) for width, rows in by_width(ASKED.of.networks(responses))]
    told = [f"{1 / (width * np.median(np.diff(grid))):.2g} at width {width}" for width, grid in tried if grid.size > 1]
    return f"Keep-probs for each 1/n: {', '.join(told)}." if told else ""


def details(responses: pd.DataFrame) -> Sequence[Detail]:
    widths = responses["width"].unique()
    return (
        Detail("Which kinds of noise are stepped", NOTE, kinds(responses)),
        Detail("What Q depends on", CHOICES, sensitivity(responses)),
        Detail("How far Q can be believed: responses with a planted index", calibration.note(), calibration.at(widths)),
    )


CLAIM = Claim(
    slug="Q1",
    statement="Dropout is quantized: its response moves in steps of 1/n",
    quote=Quote(
        "001",
        "I do feel dropout is a kind of technique being “quantized”. For example, if a layer has 12 units, with dropout we "
        "can only have 11 effective units but not something 11.x effective units.",
    ),
    revised="The window of 1 nat was set after the index had been seen to bend at the plateau of collapsed networks.",
    compared=[ASKED],
    rule=RULE,
    evidence=evidence,
    estimate=estimate,
    draw=draw,
    table=table,
    alt="Validation loss against keep_prob for Bernoulli dropout and, where it was trained, for the control that keeps a fixed count.",
    caption=(
        "Mean validation loss over paired seeds at the keep-probs tried, joined by straight lines; bands are 95% "
        f"t intervals over seeds. Ticks on the axis: where a staircase would step. {BEYOND}"
    ),
    remark=density,
    details=details,
)
