"""Colours and type: one palette by arm, as stand-ins in the figures that the page's style sheet turns light or dark."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import matplotlib as mpl

INK = "#1b2330"
MUTED = "#5b6573"
GRID = "#dde2e8"
ZONE = "#e9edf2"
ARMS = {
    "none": "#4d5766",
    "dropout": "#0173b2",
    "fixed_count": "#8a3d96",
    "l2": "#c44e00",
    "joint": "#197349",
}
OTHER = "#6b5a00"  # an arm that a study file named
LABELS = {
    "none": "no regularisation",
    "dropout": "dropout (Bernoulli)",
    "fixed_count": "fixed count (control)",
    "gaussian": "Gaussian (twin)",
    "batch": "one mask per batch",
    "frozen": "one mask per run",
    "l2": "L2",
    "joint": "joint search",
}
VARIABLES = {
    INK: "ink",
    MUTED: "muted",
    GRID: "grid",
    ZONE: "zone",
    OTHER: "other",
    **{colour: arm.replace("_", "-") for arm, colour in ARMS.items()},
}
SHADES = (
    INK,
    *(ARMS[arm] for arm in ("dropout", "l2", "joint", "fixed_count")),
    OTHER,
)  # of lines that stand for no one thing
SMALL_TYPE = 9  # points; on a panel of 3.3 inches at least 10 px where a phone is 320 px wide
SETTINGS: dict[Any, Any] = {
    "font.family": "sans-serif",
    "font.sans-serif": ["DejaVu Sans"],
    "font.size": 9,
    "axes.titlesize": 10,
    "axes.titleweight": "bold",
    "axes.titlelocation": "left",
    "axes.labelsize": 9,
    "axes.edgecolor": MUTED,
    "axes.labelcolor": MUTED,
    "axes.titlecolor": INK,
    "axes.facecolor": "none",
    "axes.grid": True,
    "axes.grid.axis": "y",
    "axes.axisbelow": True,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.unicode_minus": True,
    "figure.facecolor": "none",
    "grid.color": GRID,
    "grid.linewidth": 0.8,
    "text.color": INK,
    "xtick.color": MUTED,
    "ytick.color": MUTED,
    "xtick.labelsize": SMALL_TYPE,
    "ytick.labelsize": SMALL_TYPE,
    "svg.fonttype": "none",
}


@contextmanager
def drawing() -> Iterator[None]:
    """matplotlib as it is shipped plus our settings, whatever a matplotlibrc on the way says."""
    with mpl.rc_context():
        mpl.rcdefaults()
        mpl.rcParams.update(SETTINGS)
        yield


def colour(arm: str) -> str:
    return ARMS.get(arm, OTHER)


def label(arm: str) -> str:
    return LABELS.get(arm, arm)
