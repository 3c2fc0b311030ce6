"""The figure of the page's section on tuning: searches that were really run, beside replayed random search."""

from collections.abc import Iterator
from functools import partial

import pandas as pd
from matplotlib.axes import Axes

from reports.drawing import theme
from reports.drawing.figures import draw_reach
from reports.drawing.plates import SMALL, Description, Panel, Plate, plate
from reports.judging.text import setting
from reports.tuning import joint, searched
from reports.tuning.regret_figures import log_counts
from reports.tuning.strength_axes import AXES

ARMS = {name: axis.arm for name, axis in AXES.items()} | {joint.NAME: "joint"}
MARKS = dict(zip(ARMS, "osDvP", strict=True))  # arms share colours, axes have marks
SEARCHED = Description(
    alt="Regret of searches that were really run on each axis, and of random search on the same seeds, against trials.",
    caption=(
        "Marks: how far above the best the searches of this run ended, the mean over their repeats, scored on seeds that they "
        "did not see; 95% intervals of the searches’ own variance and that of the seeds. Dashes: random search that sees the same seeds, exact. The table tells how "
        "many of the searches ended within 0.02 nat of the best."
    ),
)


def plates(results: pd.DataFrame) -> list[Plate]:
    """Those that the run has data for."""
    return list(_plates(results))


def _plates(results: pd.DataFrame) -> Iterator[Plate]:
    run = searched.searched_regrets(results)
    if len(run):
        groups = run.groupby(["width", "learning_rate"])
        panels = [
            Panel(f"width {width}, learning rate {setting(rate)}", partial(draw_searched, rows))
            for (width, rate), rows in groups
        ]
        yield plate("searched", panels, SEARCHED, data=run.drop(columns="axis"), size=SMALL)


def draw_searched(rows: pd.DataFrame, ax: Axes) -> Axes:
    """Regret by trials, an axis by its mark."""
    for axis, of_axis in rows.groupby("axis", sort=False):
        colour = theme.colour(ARMS[str(axis)])
        ax.plot(of_axis["trials"], of_axis["random"], color=colour, linewidth=1, linestyle="--")
        draw_reach(
            of_axis["trials"],
            of_axis["value"],
            (of_axis["low"], of_axis["high"]),
            ax,
            colour=colour,
            mark=MARKS[str(axis)],
            label=of_axis["label"].iloc[0],
        )
    log_counts(ax, sorted(rows["trials"].unique()), "trials")
    ax.set_ylabel("above the best [nat]")
    return ax
