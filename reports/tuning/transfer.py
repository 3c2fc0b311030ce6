"""How far the best strength moves with the learning rate, in nats: what a strength chosen at one rate costs at another."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd

from reports.evidence.responses import by_width
from reports.judging.intervals import Numbers

ARMS = {"dropout_rates": "keep_prob", "l2_rates": "l2"}  # designs, strength × learning rate


@dataclass(frozen=True, eq=False)
class Factorial:
    """Losses (R, P, S) at learning rates (R,), strengths (P,) and seeds (S,), without a hole."""

    arm: str
    width: int
    rates: Numbers
    strengths: Numbers
    seeds: tuple[int, ...]
    losses: Numbers


def factorial_networks(results: pd.DataFrame) -> pd.DataFrame:
    """Columns arm, width, learning_rate, strength, seed, loss, of every design of ``ARMS`` that the run has."""
    parts = []
    for arm, field in ARMS.items():
        rows = results[(results["stage"] == "design") & (results["arm"] == arm)]
        columns = rows[["arm", "width", "learning_rate", field, "seed", "valid_loss"]]
        parts.append(columns.rename(columns={field: "strength", "valid_loss": "loss"}))
    return pd.concat(parts, ignore_index=True)


def factorials(found: pd.DataFrame) -> Iterator[Factorial]:
    """Each arm at each width. A strength that lacks a network at any rate is left out, a seed that lacks half of them too."""
    for arm, of_arm in found.groupby("arm", sort=False):
        for width, rows in by_width(of_arm):
            wide = rows.pivot_table("loss", ["strength"], ["seed", "learning_rate"], dropna=False)
            lacking = wide.isna().mean().groupby("seed").mean()
            whole = wide.loc[:, lacking.index[lacking <= 0.5]].dropna()
            rates, seeds = (whole.columns.unique(level) for level in ("learning_rate", "seed"))
            if len(whole) > 1 and len(rates) > 1 and len(seeds) > 1:
                losses = whole.to_numpy(float).reshape(len(whole), len(seeds), len(rates)).transpose(2, 0, 1)
                yield Factorial(
                    str(arm),
                    width,
                    rates.to_numpy(float),
                    whole.index.to_numpy(float),
                    tuple(seeds.to_numpy(int).tolist()),
                    losses,
                )


def costs(factorial: Factorial) -> Numbers:
    """Of each seed, (S,), in nats: the loss at a rate with the strength that is best at another, above that with its own best.

    The mean over all ordered pairs of rates; strengths are best in the mean of the other seeds.
    """
    best = best_places(factorial)
    rates, _, seeds = factorial.losses.shape
    pairs = [(here, there) for here in range(rates) for there in range(rates) if here != there]
    every = np.arange(seeds)
    extra = [
        factorial.losses[here, best[there], every] - factorial.losses[here, best[here], every] for here, there in pairs
    ]
    return np.asarray(np.mean(extra, axis=0), float)


def best_places(factorial: Factorial) -> "np.ndarray[tuple[int, int], np.dtype[np.intp]]":
    """The place of the best strength at each rate in the mean of all seeds but one, (R, S)."""
    losses = factorial.losses
    return np.asarray((losses.sum(axis=2, keepdims=True) - losses).argmin(axis=1))
