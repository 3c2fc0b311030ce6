"""Figures of the search: the loss against each field that the chosen arm opened."""

from collections.abc import Mapping
from functools import partial
from typing import Any

import pandas as pd
from matplotlib.axes import Axes

from reports.drawing import theme
from reports.drawing.figures import log_horizontal
from reports.drawing.plates import SMALL, Description, Panel, Plate, plate

RELATIONS = (
    "Mean validation loss of every trial of the arm “{arm}” against each field that it opened; the ring marks the chosen trial. The "
    "sampler looks where it expects low losses, so these are not the responses of a design."
)


def relations(tried: pd.DataFrame, opened: Mapping[str, Mapping[str, Any]], trial: "pd.Series[Any]") -> Plate:
    """The trials of the chosen one’s arm against the fields ``opened`` there."""
    of_arm = tried[tried["arm"] == trial["arm"]]
    panels = [
        Panel(field, partial(draw_relation, of_arm, field=field, log=bool(bounds.get("log")), chosen=trial))
        for field, bounds in opened.items()
    ]
    alt = f"Mean validation loss of every trial of the arm “{trial['arm']}” against {', '.join(opened)}."
    words = Description(alt, RELATIONS.format(arm=trial["arm"]))
    return plate("relations", panels, words, data=of_arm[["repeat", "trial", *opened, "mean"]], size=SMALL)


def draw_relation(tried: pd.DataFrame, ax: Axes, *, field: str, log: bool, chosen: "pd.Series[Any]") -> Axes:
    ax.scatter(tried[field], tried["mean"], color=theme.colour(str(chosen["arm"])), s=18, linewidth=0)
    ax.plot([chosen[field]], [chosen["mean"]], "o", markersize=10, markerfacecolor="none", color=theme.INK)
    _mark_pruned(tried, field, ax)
    if log:
        log_horizontal(ax)
    ax.set_xlabel("")
    ax.set_ylabel("validation loss [nat]")
    return ax


def _mark_pruned(rows: pd.DataFrame, field: str, ax: Axes) -> None:
    pruned = rows[rows["mean"].isna()]
    ax.plot(pruned[field], [0.97] * len(pruned), "x", color=theme.INK, markersize=5, transform=ax.get_xaxis_transform())
