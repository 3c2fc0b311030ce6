"""Searching keep_prob and λ at once: the response surface of a design over both."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.interpolate import RectBivariateSpline

from reports.evidence.responses import by_width
from reports.judging.intervals import Numbers
from reports.tuning.strength_axes import AXES

ARM = "dropout_and_l2"
NAME, LABEL = "both", "keep_prob and λ at once"
FEWEST = 4  # values of each strength that a bicubic spline takes
PLACES = (np.arange(60) + 0.5) / 60  # of each axis; all pairs are as likely


@dataclass(frozen=True, eq=False)
class Surface:
    """Losses (P, Q, S) at increasing keep_probs (P,) and λ (Q,), the same seeds (S,) at each."""

    width: int
    keep_probs: Numbers
    l2s: Numbers
    seeds: tuple[int, ...]
    losses: Numbers

    def seen(self, keep_probs: Numbers, l2s: Numbers) -> Numbers:
        """What each seed sees at pairs of strengths (M,), (M, S): a bicubic spline through its points
        (scipy.interpolate.RectBivariateSpline).
        """
        splines = [
            RectBivariateSpline(self.keep_probs, np.log10(self.l2s), losses)
            for losses in np.moveaxis(self.losses, 2, 0)
        ]
        return np.stack([spline.ev(keep_probs, np.log10(l2s)) for spline in splines], axis=1)


def all_pairs(width: int) -> tuple[Numbers, Numbers]:
    """The keep_probs and λ of every pair of places, (M,) each."""
    first, second = (each.ravel() for each in np.meshgrid(PLACES, PLACES))
    return AXES["linear"].at(first, width), AXES["lambda"].at(second, width)


def surfaces(results: pd.DataFrame) -> Iterator[Surface]:
    """Of each width; a seed that lacks a network is left out."""
    rows = results[(results["stage"] == "design") & (results["arm"] == ARM)]
    for width, of_width in by_width(rows):
        wide = of_width.pivot_table("valid_loss", ["keep_prob", "l2"], "seed", dropna=False).dropna(axis="columns")
        keep_probs, l2s = (np.unique(of_width[field].to_numpy(float)) for field in ("keep_prob", "l2"))
        if min(keep_probs.size, l2s.size) >= FEWEST and wide.shape[1] > 1:
            losses = wide.to_numpy(float).reshape(keep_probs.size, l2s.size, -1)
            yield Surface(width, keep_probs, l2s, tuple(wide.columns.to_numpy(int).tolist()), losses)
