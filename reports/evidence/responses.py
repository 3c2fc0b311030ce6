"""Dose and response: the validation loss of a design's arm at each width, strength and seed."""

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from reports.evidence.checked import TableError
from reports.evidence.matrices import laid_out
from reports.evidence.once import once
from reports.judging.intervals import Numbers, mean
from reports.judging.verdict import SESOI

NOISES = ("dropout", "fixed_count", "gaussian", "batch", "frozen")  # arms of noise, all of them by keep_prob
STRENGTHS = {**dict.fromkeys(("none", *NOISES), "keep_prob"), "l2": "l2"}
TUNABLE = 1.0  # nat above the best strength
DIGITS = 12  # significant ones: 0.7000000000000001 and 0.7 are one strength


def responses(results: pd.DataFrame, arm: str) -> pd.DataFrame:
    """Columns arm, width, strength, seed, loss, NaN where a network was lost, and stopped. At one learning rate, ``rate``'s, where there are several.

    Raises ``ValueError`` if two networks of the arm share width, strength and seed.
    """
    rows = results[(results["arm"] == arm) & (results["stage"] == "design")]
    if "learning_rate" in rows and len(set(rows["learning_rate"])) > 1:
        rows = rows[rows["learning_rate"] == rate(results)]
    table = pd.DataFrame(
        {
            "arm": arm,
            "width": rows["width"],
            "strength": rounded(rows[STRENGTHS[arm]]),
            "seed": rows["seed"],
            "loss": rows["valid_loss"],
            "stopped": rows["stopped"],
        }
    )
    if table.duplicated(["width", "strength", "seed"]).any():
        raise TableError(
            f"the points of design {arm!r} differ in width or {STRENGTHS[arm]}: what else differs is a design of its own"
        )
    return table.sort_values(["width", "strength", "seed"], ignore_index=True)


def rounded(values: ArrayLike) -> Numbers:
    """To ``DIGITS``, each different value once: a table of 60,000 rows holds some hundred."""
    distinct, places = np.unique(np.asarray(values, float), return_inverse=True)
    return np.array([float(f"{value:.{DIGITS}g}") for value in distinct], float)[places]


@once
def rate(results: pd.DataFrame) -> float:
    """The learning rate of the responses to a strength: the one that an arm was trained at alone, else of those that all were the one of the lowest loss."""
    networks = results[(results["stage"] == "design") & results["arm"].isin(STRENGTHS)]
    tried = [set(rates) for _, rates in networks.groupby("arm")["learning_rate"]]
    alone = [rates for rates in tried if len(rates) == 1]
    shared = set.intersection(*(alone or tried)) or set.union(*tried)
    means = networks[networks["learning_rate"].isin(shared)].groupby(
        ["learning_rate", "arm", "width", "keep_prob", "l2"]
    )["valid_loss"]
    return float(str(means.mean().groupby("learning_rate").min().idxmin()))


def together(tables: Sequence[pd.DataFrame]) -> pd.DataFrame:
    """The rows of all tables; an empty one among others would turn their columns into objects."""
    return pd.concat([table for table in tables if len(table)] or tables, ignore_index=True)


def by_width(table: pd.DataFrame) -> Iterator[tuple[int, pd.DataFrame]]:
    """The rows of each width, narrowest first."""
    for width, rows in table.groupby("width", sort=True):
        yield int(str(width)), rows


def complete(rows: pd.DataFrame) -> pd.DataFrame:
    """Strengths × seeds without a hole: seeds that lack half of the points or more go, then points that lack a seed."""
    strengths, seeds, (losses,) = laid_out(rows["strength"].to_numpy(float), rows["seed"], rows["loss"])
    known = np.isfinite(losses)
    kept = known.mean(axis=0) > 0.5 if losses.size else np.zeros(seeds.size, bool)
    whole = known[:, kept].all(axis=1) & kept.any()
    return pd.DataFrame(losses[whole][:, kept], index=strengths[whole], columns=seeds[kept])


def tunable(losses: pd.DataFrame, within: float = TUNABLE) -> pd.DataFrame:
    """The strengths × seeds between the first and the last strength whose mean loss is within 1 nat of the best.

    Beyond them the network has collapsed to the class frequencies: a plateau, and a knee that no stiff spline follows.
    """
    means = losses.mean(axis=1)
    near = means.index[means <= means.min() + within]
    return losses.loc[near.min() : near.max()] if len(near) else losses


def no_response(losses: Numbers) -> str:
    """Why losses (P, S) have no shape: their mean moves by no more than twice the smallest effect of interest; nothing where it does."""
    moves = float(np.ptp(losses.mean(axis=1))) if losses.size else 0.0
    return (
        ""
        if moves > 2 * SESOI
        else f"the mean loss moves by {moves:.3f} nat, and a shape takes more than {2 * SESOI:g}"
    )


def summary(table: pd.DataFrame, by: list[str], value: str) -> pd.DataFrame:
    """Mean, interval, number of seeds and of lost networks of each group."""
    columns = [*by, "mean", "low", "high", "seeds", "lost"]
    rows, values = [], table[value].to_numpy(float)
    of_groups: dict[Any, Any] = table.groupby(by).indices
    for key, at in sorted(of_groups.items()):
        found = mean(values[at])
        lost = int(np.isnan(values[at]).sum())
        rows.append((*(key if len(by) > 1 else [key]), found.value, found.low, found.high, found.seeds, lost))
    return pd.DataFrame(rows, columns=columns)
