"""Q4: L2's λ tunes continuously."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from reports.drawing.figures import BEYOND, draw_arms, log_horizontal
from reports.evidence.asked import Staircase
from reports.evidence.contrasts import Side
from reports.evidence.lost import lost
from reports.evidence.responses import by_width, complete, responses, summary, tunable
from reports.judging.claim import Claim, Quote
from reports.judging.intervals import Estimate, Numbers, nothing
from reports.judging.regimes import numbered
from reports.judging.text import spelled
from reports.judging.verdict import DecisionRule, Region, Verdict
from reports.staircase.quantization import LIMITS, Shape, index, log_position, shape

ASKED = Staircase(Side("L2’s", "l2"))  # its control is itself, made to step
RULE = DecisionRule(
    text=(
        "Index Q of the mean validation loss over log λ, at each width, where that loss is within 1 nat of its best (beyond, "
        "the network has collapsed and nothing is tuned). L2 has no levels of its own: this range of log λ is laid on [0, 1] and cut into as many levels as the width, but no more than one for every four values of λ. "
        "These levels are arbitrary, which makes this a negative control of the index as well. Supported (smooth): the "
        "95% interval lies in (−0.25, 0.25). Contradicted (a staircase): in (0.75, 1.25). Else inconclusive. It counts only where the loss moves by more than "
        "0.04 nat, and the same networks, made to step, come out as a staircase."
    ),
    quantity="Q",
    reading="0 is smooth, 1 a staircase",
    unit="",
    margin=0.25,
    regions=(
        Region(Verdict.SUPPORTED, *LIMITS[Shape.SMOOTH], "L2’s λ tunes continuously"),
        Region(Verdict.CONTRADICTED, *LIMITS[Shape.STAIRCASE], "L2’s response moves in steps"),
    ),
    undecided="whether L2’s λ tunes continuously stays open",
    varying="whether L2’s λ tunes continuously depends on the width",
)
VALUES_A_LEVEL = 4
UNPROVEN = "the same networks made to step are not shown to be a staircase: the instrument is unproven"


def evidence(results: pd.DataFrame) -> pd.DataFrame:
    """Columns of ``responses`` for λ > 0, and panel."""
    return (
        responses(results, ASKED.of.arm)
        .query("strength > 0")
        .assign(panel=lambda rows: "width " + rows["width"].astype(str))
    )


def estimate(responses: pd.DataFrame) -> Sequence[Estimate]:
    return [_at_width(width, rows) for width, rows in by_width(responses)]


def _at_width(width: int, rows: pd.DataFrame) -> Estimate:
    losses, regime = tunable(complete(rows)), numbered("width", width)
    levels = min(width, len(losses) // VALUES_A_LEVEL)
    if levels < 2:
        return nothing(f"{len(losses)} values of λ make no two levels", regime=regime, seeds=losses.shape[1])
    position, values = log_position(losses.index.to_numpy(float)), losses.to_numpy(float)
    found, control = (index(position, each, levels).q for each in (values, _stepped(position, values, levels)))
    notes = (f"{len(losses)} values of λ on {levels} levels", *_control(control), *lost(rows, "loss"))
    doubt = "" if control.void or shape(control) is Shape.STAIRCASE else UNPROVEN
    return replace(found, regime=regime, notes=notes, void=found.void or doubt)


def _stepped(position: Numbers, losses: Numbers, levels: int) -> Numbers:
    """The positive control: the same networks, each λ given the losses of the one in the middle of its level, (P, S)."""
    level = np.round(position * levels)
    middle = [int(np.abs(position * levels - each).argmin()) for each in level]
    return losses[middle]


def _control(control: Estimate) -> tuple[str, ...]:
    return () if control.void else (f"the same networks made to step: Q = {spelled(control, '')}",)


def draw(responses: pd.DataFrame, ax: Axes) -> Axes:
    draw_arms(responses, ax)
    log_horizontal(ax)
    ax.set_xlabel("λ of L2")
    return ax


def table(responses: pd.DataFrame) -> pd.DataFrame:
    return summary(responses, ["arm", "width", "strength"], "loss")


CLAIM = Claim(
    slug="Q4",
    statement="L2’s λ can be tuned continuously",
    quote=Quote("001", "This contrasted to L2 Reg., where the parameter lambda can be tuned continuously."),
    revised="The window of 1 nat was set after the index had been seen to bend at the plateau of collapsed networks.",
    compared=[ASKED],
    rule=RULE,
    evidence=evidence,
    estimate=estimate,
    draw=draw,
    table=table,
    alt="Validation loss against λ of L2 on a logarithmic axis.",
    caption=f"Mean validation loss over paired seeds, joined by straight lines; bands are 95% t intervals over seeds. {BEYOND}",
)
