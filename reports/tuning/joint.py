"""Regret of searching keep_prob and λ at once, by replaying searches on the response surface of a design over both."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.interpolate import RectBivariateSpline

from reports.intervals import Numbers
from reports.responses import by_width
from reports.tuning.axes import AXES
from reports.tuning.replay import COLUMNS, PLACES, kept, tidy

ARM = "dropout_and_l2"
NAME = "both"
FEWEST = 4  # values of each strength that a bicubic spline takes


@dataclass(frozen=True, eq=False)
class Surface:
    """Losses (P, Q, S) at increasing keep_probs (P,) and λ (Q,), the same seeds (S,) at each."""

    width: int
    keep_probs: Numbers
    l2s: Numbers
    seeds: tuple[int, ...]
    losses: Numbers


def regrets(results: pd.DataFrame) -> pd.DataFrame:
    """Columns of ``replay.regrets``, where the run has the design."""
    rows = results[(results["stage"] == "design") & (results["arm"] == ARM)]
    parts = [tidy(replay(each), each.seeds, each.width, NAME) for each in surfaces(rows)]
    return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=list(COLUMNS)).astype(COLUMNS)


def surfaces(rows: pd.DataFrame) -> Iterator[Surface]:
    """Of each width; a seed that lacks a network is left out."""
    for width, of_width in by_width(rows):
        wide = of_width.pivot_table("valid_loss", ["keep_prob", "l2"], "seed", dropna=False).dropna(axis="columns")
        keep_probs, l2s = (np.unique(of_width[field].to_numpy(float)) for field in ("keep_prob", "l2"))
        if min(keep_probs.size, l2s.size) >= FEWEST and wide.shape[1] > 1:
            losses = wide.to_numpy(float).reshape(keep_probs.size, l2s.size, -1)
            yield Surface(width, keep_probs, l2s, tuple(wide.columns.to_numpy(int).tolist()), losses)


def replay(surface: Surface) -> Numbers:
    """Regret (S, trials): as ``replay.replay``, on a bicubic spline through the points (scipy.interpolate.RectBivariateSpline)."""
    tried = AXES["linear"].at(PLACES[0], surface.width), np.log10(AXES["lambda"].at(PLACES[1], surface.width))
    seen = np.array(
        [
            RectBivariateSpline(surface.keep_probs, np.log10(surface.l2s), of_seed).ev(*tried)
            for of_seed in np.moveaxis(surface.losses, 2, 0)
        ]
    )
    others = (seen.sum(axis=0) - seen) / (len(surface.seeds) - 1)  # a spline is linear in its points
    return np.array([kept(mine, rest) - rest.min() for mine, rest in zip(seen, others, strict=True)])
