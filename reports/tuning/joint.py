"""Regret of searching keep_prob and λ at once, by replaying searches on the response surface of a design over both."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.interpolate import RectBivariateSpline

from reports.evidence.responses import by_width
from reports.judging.intervals import Numbers
from reports.tuning.replay import COLUMNS, PLACES, kept_scores, tidy
from reports.tuning.strength_axes import AXES

ARM = "dropout_and_l2"
NAME = "both"
FEWEST = 4  # values of each strength that a bicubic spline takes
DENSE = 201  # values of each strength among which the lowest loss is looked for

Response = Callable[[Numbers, Numbers], Numbers]


@dataclass(frozen=True, eq=False)
class Surface:
    """Losses (P, Q, S) at increasing keep_probs (P,) and λ (Q,), the same seeds (S,) at each."""

    width: int
    keep_probs: Numbers
    l2s: Numbers
    seeds: tuple[int, ...]
    losses: Numbers

    def response(self, seeds: Sequence[int]) -> Response:
        """Loss by keep_prob and λ, the mean over the seeds at these places: a bicubic spline through the points
        (scipy.interpolate.RectBivariateSpline).
        """
        losses = self.losses[:, :, list(seeds)].mean(axis=2)
        spline = RectBivariateSpline(self.keep_probs, np.log10(self.l2s), losses)
        return lambda keep_prob, l2: np.asarray(spline.ev(keep_prob, np.log10(l2)), float)

    def lowest(self, response: Response) -> float:
        """On a dense grid from end to end."""
        keep_probs = np.linspace(self.keep_probs[0], self.keep_probs[-1], DENSE)
        l2s = np.geomspace(self.l2s[0], self.l2s[-1], DENSE)
        return float(response(*np.meshgrid(keep_probs, l2s)).min())


def random_strengths(width: int) -> tuple[Numbers, Numbers]:
    """The keep_probs and λ of random searches, each (REPLAYS, most trials)."""
    return AXES["linear"].at(PLACES[0], width), AXES["lambda"].at(PLACES[1], width)


def joint_regrets(results: pd.DataFrame) -> pd.DataFrame:
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
    """Regret (S, trials): as ``replay.replay``."""
    tried = random_strengths(surface.width)
    seen = np.array([surface.response([seed])(*tried) for seed in range(len(surface.seeds))])
    others = (seen.sum(axis=0) - seen) / (len(surface.seeds) - 1)  # a spline is linear in its points
    return np.array([kept_scores(mine, rest) - rest.min() for mine, rest in zip(seen, others, strict=True)])
