"""How it went: the lowest loss so far of every arm, and how the best, the median and the worst networks learnt."""

import json
from collections.abc import Iterator, Sequence
from functools import partial

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from reports.drawing import theme
from reports.drawing.figures import draw_reach
from reports.drawing.labels import Label, label_beside
from reports.drawing.plates import SMALL, Description, Panel, Plate, plate
from reports.judging.intervals import Numbers, mean
from reports.judging.text import count, quantity, sentence
from reports.search.names import arm_family, arm_name, arm_place
from reports.search.points import LEARNT, Points

DASHES = ("-", (0, (5, 1.5)), (0, (1.5, 1.2)), (0, (5, 1.2, 1, 1.2)), (0, (8, 1, 1, 1, 1, 1)))
PANEL = 6  # arms that a panel can tell apart
SO_FAR = (
    "The lowest mean validation loss so far of each arm, by trial; of an arm that was searched several times, the mean over its "
    "searches. Bars at the end: 95% intervals, over the searches, or over the replicate seeds of the best trial, which choosing the lowest "
    "makes look better than it is; what holds on fresh seeds stands under “Which configuration”."
)
LEARNING = (
    "Validation loss while training: thick, the mean over the seeds of a point, thin, each seed. The best point, the median one, and the "
    "worst{worst}. Dashed: guessing."
)


def so_far_plate(tried: pd.DataFrame) -> Plate | None:
    """``tried`` as ``trials`` gives it: a panel for each family of arms, or a few where it has many. None where every trial was lost."""
    known = tried.dropna(subset=["best"])
    if known.empty:
        return None
    arms = sorted(known["arm"].unique(), key=arm_place)
    named = [(title, part) for title, family in _families(arms) for part in _parts(family)]
    panels = [
        Panel(title, partial(draw_so_far, known[known["arm"].isin(part)], part), scale=title * title.startswith("One"))
        for title, part in named
    ]
    ends = "; ".join(
        f"{arm_family(arm)}, {arm_name(arm)}: {quantity(_end(known[known['arm'] == arm])[0], 'nat', sign=False)}"
        for arm in arms
    )
    columns = ["arm", "repeat", "trial", "mean", "low", "high", "seeds", "best"]
    lowest = min(arms, key=lambda arm: _end(known[known["arm"] == arm])[0])
    takeaway = f"{sentence(arm_name(lowest))} ({arm_family(lowest).lower()}) came lowest of {count(len(arms), 'arm')} on the seeds that it searched with; fresh ones decide."
    words = Description(f"Lowest loss of each arm. {ends}.", SO_FAR, takeaway)
    return plate("history", panels, words, data=tried[columns], size=SMALL)


def draw_so_far(rows: pd.DataFrame, arms: Sequence[str], ax: Axes) -> Axes:
    labels, ends = [], []
    for place, arm in enumerate(arms):
        of_arm = rows[rows["arm"] == arm]
        course = of_arm.groupby("trial")["best"].mean()
        value, low, high = _end(of_arm)
        shade = theme.SHADES[place % len(theme.SHADES)]
        at = course.index.max() + 0.7 * (1 + place)
        ax.plot(
            course.index,
            course,
            drawstyle="steps-post",
            linestyle=DASHES[place % len(DASHES)],
            color=shade,
            linewidth=1.3,
        )
        draw_reach([at], [value], ([low], [high]), ax, colour=shade, size=3)
        labels.append(Label(_folded(arm_name(arm)), at, value, shade))
        ends += [value, low, high]
    start = rows.groupby("arm")["best"].quantile(0.8).max()
    low, high = min(ends), max(*ends, start)
    ax.set_ylim(low - 0.05 * (high - low or 1), high + 0.05 * (high - low or 1))
    ax.xaxis.set_major_locator(MaxNLocator(4, integer=True))
    ax.set_xlabel("trial")
    ax.set_ylabel("lowest loss so far [nat]")
    return label_beside(labels, ax, height=0.85 / max(len(arms), 4))


def learning_plate(points: Points) -> Plate | None:
    """None where no network has a curve."""
    order = points.means.argsort()
    trials = points.settings.index.to_numpy()
    chosen = {"best": trials[order[0]], "median": trials[order[len(order) // 2]], "worst": trials[order[-1]]}
    curves = {name: list(_curves(points.networks[points.networks["trial"] == trial])) for name, trial in chosen.items()}
    if not any(curves.values()):
        return None
    failed = points.means[order[-1]] > points.guess - LEARNT
    ends = "; ".join(
        f"the {name} point ends at {quantity(float(np.mean([each[-1, 1] for each in found])), 'nat', sign=False)}"
        for name, found in curves.items()
        if found
    )
    caption = LEARNING.format(worst=", which learnt nothing" if failed else "")
    words = Description(f"Learning curves: {ends}.", caption, f"{sentence(ends)}.")
    data = pd.DataFrame(
        [(name, seed, *point) for name, found in curves.items() for seed, curve in enumerate(found) for point in curve],
        columns=["point", "seed", "epoch", "valid_loss"],
    )
    return plate(
        "learning",
        [Panel("Best, median, worst", partial(draw_learning, curves, points.guess))],
        words,
        data=data,
        size=SMALL,
    )


def draw_learning(curves: dict[str, list[Numbers]], guess: float, ax: Axes) -> Axes:
    labels = []
    for name, colour in zip(curves, (theme.colour("joint"), theme.MUTED, theme.colour("l2")), strict=True):
        found = curves[name]
        for curve in found:
            ax.plot(*curve.T, color=colour, linewidth=0.6, alpha=0.45)
        same = [curve for curve in found if len(curve) == max(map(len, found))]
        if same:
            middle = np.mean(same, axis=0)
            ax.plot(*middle.T, color=colour, linewidth=1.8)
            labels.append(Label(name, float(middle[-1, 0]), float(middle[-1, 1]), colour))
    ax.axhline(guess, color=theme.MUTED, linewidth=0.8, linestyle="--")
    highest = [guess, *(curve[:, 1].max() for found in curves.values() for curve in found)]
    ax.set_ylim(0, 1.1 * min(max(highest), 1.5 * guess))
    ax.set_xlabel("epoch")
    ax.set_ylabel("validation loss [nat]")
    return label_beside(labels, ax, height=0.12)


def _curves(networks: pd.DataFrame) -> Iterator[Numbers]:
    """(checkpoints, 2): epoch and validation loss of each seed that has them."""
    for raw in networks["curve"]:
        points = np.array(json.loads(raw), float).reshape(-1, 2)
        if len(points) and np.isfinite(points).all():
            yield points


def _end(rows: pd.DataFrame) -> tuple[float, float, float]:
    """Lowest loss of one arm with its interval: over repeats of its search, or over the seeds of its best trial."""
    last = rows.groupby("repeat")["best"].min()
    if len(last) > 1:
        found = mean(last.to_numpy(float))
        return found.value, found.low, found.high
    best = rows.sort_values("mean", kind="stable").iloc[0]
    low, high = (float(best[end]) if np.isfinite(best[end]) else float(best["mean"]) for end in ("low", "high"))
    return float(best["mean"]), low, high


def _families(arms: Sequence[str]) -> list[tuple[str, list[str]]]:
    named: dict[str, list[str]] = {}
    for arm in arms:
        named.setdefault(arm_family(arm), []).append(arm)
    return list(named.items())


def _parts(arms: Sequence[str]) -> list[list[str]]:
    """As few as there can be, of even sizes."""
    return [list(part) for part in np.array_split(np.array(arms), -(-len(arms) // PANEL))]


def _folded(name: str) -> str:
    return name.replace(", ", ",\n")
