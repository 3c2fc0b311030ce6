"""Q1: dropout's response moves in steps of one unit."""

from collections.abc import Sequence
from dataclasses import replace

import pandas as pd
from matplotlib.axes import Axes

from reports.claim import Claim, Source
from reports.figures import draw_arms, draw_steps
from reports.intervals import Estimate, nothing
from reports.quantization import Index, index
from reports.responses import by_width, complete, lost, responses, summary, tunable
from reports.text import interval_with_n, quantity, setting
from reports.verdict import Region, Rule, Verdict

STAIRCASE = Region(Verdict.SUPPORTED, 0.75, 1.25, "dropout’s response moves in steps of one unit")
SMOOTH = Region(Verdict.CONTRADICTED, -0.25, 0.25, "dropout’s response is smooth, not stepped")
RULE = Rule(
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
    regions=(STAIRCASE, SMOOTH),
    undecided="whether dropout’s response is stepped stays open",
    varying="whether dropout’s response is stepped depends on the width",
)


def evidence(results: pd.DataFrame) -> pd.DataFrame:
    """Columns of ``responses`` for both arms, and panel."""
    both = pd.concat([responses(results, "dropout"), responses(results, "fixed_count")], ignore_index=True)
    tested = both.loc[both["arm"] == "dropout", "width"].unique()
    return both[both["width"].isin(tested)].assign(panel=lambda rows: "width " + rows["width"].astype(str))


def estimate(responses: pd.DataFrame) -> Sequence[Estimate]:
    return [_at_width(width, rows) for width, rows in by_width(responses)]


def _at_width(width: int, rows: pd.DataFrame) -> Estimate:
    bernoulli = rows[rows["arm"] == "dropout"]
    found, control = _index(bernoulli, width), _index(rows[rows["arm"] == "fixed_count"], width).q
    sound = STAIRCASE.low < control.low and control.high < STAIRCASE.high
    notes = (
        f"control Q = {_spelled(control, '')}",
        f"half a step would be {_spelled(found.amplitude, 'nat')} at the median slope",
        *lost(bernoulli),
    )
    void = found.q.void or (
        "" if sound else "the fixed-count control is not shown to be a staircase here: the instrument is unproven"
    )
    return replace(found.q, regime=f"width {width}", notes=notes, void=void)


def _spelled(estimate: Estimate, unit: str) -> str:
    return f"{quantity(estimate.value, unit)} {interval_with_n(estimate, unit)}"


def _index(rows: pd.DataFrame, width: int) -> Index:
    if rows.empty:
        return Index(nothing("no networks"), nothing("no networks"))
    losses = tunable(complete(rows))
    return index(losses.index.to_numpy(float), losses.to_numpy(float), width)


def draw(responses: pd.DataFrame, ax: Axes) -> Axes:
    draw_arms(responses, ax)
    ax.set_xlabel("keep_prob")
    return draw_steps(ax, int(setting(responses["width"].iloc[0])))


def table(responses: pd.DataFrame) -> pd.DataFrame:
    return summary(responses, ["arm", "width", "strength"], "loss")


CLAIM = Claim(
    slug="Q1",
    statement="Dropout is quantized: its response moves in steps of 1/n",
    source=Source(
        "001",
        "I do feel dropout is a kind of technique being “quantized”. For example, if a layer has 12 units, with dropout we "
        "can only have 11 effective units but not something 11.x effective units.",
    ),
    rule=RULE,
    evidence=evidence,
    estimate=estimate,
    draw=draw,
    table=table,
    alt="Validation loss against keep_prob for Bernoulli dropout and for the control that keeps a fixed count of units.",
    caption=(
        "Mean validation loss over paired seeds at four keep-probs for each 1/n, joined by straight lines; bands are 95% "
        "t intervals over seeds. Ticks on the axis: where a staircase would step."
    ),
)
