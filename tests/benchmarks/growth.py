"""How the cost of a network-step grows with networks, width, depth, batch and rows, as one figure."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import matplotlib as mpl
import pandas as pd
from matplotlib.ticker import FixedLocator, NullLocator, ScalarFormatter

from tests.benchmarks.floor import Products
from tests.benchmarks.ours import LockStep
from tests.benchmarks.timing import interleaved
from tests.benchmarks.workloads import VARIANTS, WORKLOADS, Case, task_of

if TYPE_CHECKING:
    import seaborn as sns

BASE = replace(WORKLOADS["W1"], epochs=1)
NETWORKS = 8  # where K is not what grows
SERIES = {  # colours of seaborn's colour-blind palette that pass contrast on white
    "dropstep, +all": "#c44e00",
    "dropstep, plain": "#0173b2",
    "matrix products alone": "#555555",
}


@dataclass(frozen=True)
class Axis:
    """One quantity that grows, all others as in ``BASE``."""

    label: str
    field: str
    points: tuple[int, ...]


AXES = (
    Axis("networks K", "networks", (1, 2, 4, 8, 16, 32, 64)),
    Axis("width, units", "width", (8, 16, 32, 64, 128, 256)),
    Axis("depth, hidden layers", "depth", (1, 2, 4, 8)),
    Axis("batch, rows", "batch", (16, 32, 64, 128, 256)),
    Axis("training rows", "rows", (256, 1024, 4096, 16384)),
)


def measure(*, rounds: int, every: int, say: Callable[[str], None]) -> pd.DataFrame:
    """A row for each point, series and round: CPU ``microseconds`` per network-step; ``every`` n-th point of an axis."""
    rows: list[dict[str, Any]] = []
    for axis in AXES:
        say(f"growth: {axis.label}")
        for value in axis.points[::every]:
            rows += [{"axis": axis.label, "value": value, **row} for row in _point(axis.field, value, rounds)]
    return pd.DataFrame(rows)


def _point(field: str, value: int, rounds: int) -> list[dict[str, Any]]:
    networks = value if field == "networks" else NETWORKS
    workload = BASE if field == "networks" else replace(BASE, **{field: value})
    task = task_of(workload)
    plain, everything = (Case(workload, VARIANTS[name], "adam") for name in ("plain", "+all"))
    trainings = (LockStep(everything, task, networks), LockStep(plain, task, networks), Products(plain, task, networks))
    seconds = interleaved(dict(zip(SERIES, trainings, strict=True)), rounds=rounds, epochs=workload.epochs)
    scale = 1e6 / (workload.epochs * workload.steps * networks)
    return [{"series": name, "microseconds": each * scale} for name in SERIES for each in seconds[name]]


def draw(growth: pd.DataFrame) -> "sns.FacetGrid":
    """Medians over rounds, the band holds the middle half of the rounds."""
    import seaborn as sns  # noqa: PLC0415  # a second, also for tests that draw nothing

    with sns.axes_style("ticks"):
        grid = sns.relplot(
            growth, x="value", y="microseconds", hue="series", col="axis", col_wrap=3, kind="line", marker="o",
            palette=SERIES, estimator="median", errorbar=("pi", 50), height=2.6, aspect=1.15,
            facet_kws={"sharex": False, "legend_out": False},
        )  # fmt: skip
    grid.set(xscale="log", yscale="log")
    for label, ax in grid.axes_dict.items():
        ax.set(title="", xlabel=label, ylabel="CPU time per network-step, µs")
        ax.xaxis.set_major_locator(FixedLocator(sorted(set(growth[growth.axis == label].value))))
        ax.xaxis.set_minor_locator(NullLocator())
        ax.xaxis.set_major_formatter(ScalarFormatter())
        ax.yaxis.set_major_formatter(ScalarFormatter())
    sns.move_legend(
        grid,
        "lower right",
        bbox_to_anchor=(0.98, 0.15),
        title="64 → 32 → 10, batch 64,\nK = 8, Adam, unless said",
        frameon=False,
    )
    return grid


def save(growth: pd.DataFrame, path: Path) -> None:
    """The same numbers give the same bytes."""
    with mpl.rc_context({"svg.hashsalt": "growth", "svg.fonttype": "none"}):
        draw(growth).figure.savefig(path, metadata={"Date": None}, bbox_inches="tight")
