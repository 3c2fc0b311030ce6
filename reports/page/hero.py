"""The figure that opens the page: what keep_prob does beside what λ does, as gain over no regularisation."""

from collections.abc import Iterator, Sequence
from functools import partial

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from reports.drawing import theme
from reports.drawing.figures import draw_lines, log_horizontal
from reports.drawing.plates import LARGE, Description, Panel, Plate, plate
from reports.evidence.responses import summary
from reports.evidence.selection import gains
from reports.judging.text import setting
from reports.judging.verdict import SESOI

AXES = {"dropout": "keep_prob (less is more dropout)", "l2": "λ (more is more shrinkage)"}
TITLES = {"dropout": "Dropout", "l2": "L2"}
MOST = 4  # widths that a figure can tell apart
DEPTH = 1.5  # of the largest mean gain: how far below none the axis reaches
ALT = (
    "Gain in validation loss over no regularisation against {axis}, by width; above zero the regulariser helps. {peaks}"
)
CAPTION = (
    "Gain in validation loss over no regularisation, in nats: same vertical axis, same seeds, same number of steps. Lines: mean "
    f"over paired seeds, straight between the points; bands: 95% t intervals over seeds; grey: within ±{SESOI} nat, too "
    "small to be of interest. Strengths that are far worse than none run off the axis."
)
SOME = "{drawn} of {all} widths are drawn; the data behind the figure hold all."


def hero(results: pd.DataFrame) -> Plate | None:
    """None where neither arm was tried beside no regularisation."""
    evidence = {arm: gains(results, arm).query("strength > 0") for arm in AXES}
    tried = {arm: rows for arm, rows in evidence.items() if rows["gain"].notna().any()}
    if not tried:
        return None
    found = summary(pd.concat(tried.values(), ignore_index=True), ["arm", "width", "strength"], "gain")
    floor = -max(DEPTH * found["mean"].max(), 5 * SESOI)
    widths = sorted(found["width"].unique())
    drawn = spread(widths)
    panels = [
        Panel(TITLES[arm], partial(draw, rows[rows["width"].isin(drawn)], floor=floor)) for arm, rows in tried.items()
    ]
    peaks = " ".join(_peaks(found[found["width"].isin(drawn)]))
    caption = CAPTION if len(drawn) == len(widths) else f"{CAPTION} {SOME.format(drawn=len(drawn), all=len(widths))}"
    words = Description(ALT.format(axis=" and ".join(AXES[arm] for arm in tried), peaks=peaks), caption)
    return plate("hero", panels, words, data=found, size=LARGE)


def spread(widths: Sequence[int]) -> list[int]:
    """At most ``MOST`` of them, from the narrowest to the widest."""
    places = np.linspace(0, len(widths) - 1, min(MOST, len(widths))).round().astype(int)
    return [widths[place] for place in places]


def draw(rows: pd.DataFrame, ax: Axes, *, floor: float) -> Axes:
    """A line for each width of one arm."""
    arm = str(rows["arm"].iloc[0])
    ax.axhspan(-SESOI, SESOI, color=theme.ZONE, linewidth=0)
    ax.axhline(0, color=theme.MUTED, linewidth=0.8)
    shown = rows.assign(units="width " + rows["width"].astype(str))
    draw_lines(shown, ax, value="gain", by="units", colours=dict.fromkeys(shown["units"].unique(), theme.colour(arm)))
    ax.set_ylim(bottom=max(floor, ax.get_ylim()[0]))
    if arm == "l2":
        log_horizontal(ax)
    ax.set_xlabel(AXES[arm])
    ax.set_ylabel("gain over none [nat]")
    return ax


def _peaks(found: pd.DataFrame) -> Iterator[str]:
    for (arm, width), rows in found.dropna(subset=["mean"]).groupby(["arm", "width"], sort=True):
        peak = rows["strength"].iloc[int(rows["mean"].argmax())]
        yield f"{TITLES[str(arm)]} at width {width} has its highest mean at {setting(peak)}."
