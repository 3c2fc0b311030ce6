"""Response curves as functions: the mean loss at any strength of an arm, smooth where the response is, else the nearest tabulated."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache

import numpy as np
import pandas as pd
from scipy.interpolate import BSpline, make_smoothing_spline

from reports.evidence.responses import by_width, complete, responses
from reports.judging.intervals import Numbers
from reports.tuning.strength_axes import StrengthAxis

Response = Callable[[Numbers], Numbers]

FEWEST = 5  # points that a smoothing spline takes
DENSE = 1001  # places at which a curve is searched for its lowest loss
MEMO = 8192  # splines: all that a full study fits


@dataclass(frozen=True, eq=False)
class Curve:
    """Losses (P, S) of an arm at increasing strengths (P,), the same seeds (S,) at each; ``stepped`` curves are not interpolated.

    ``tried`` is from where to where the strengths of the design reach, those included at which a network diverged.
    """

    arm: str
    width: int
    strengths: Numbers
    seeds: tuple[int, ...]
    losses: Numbers
    tried: tuple[float, float]
    stepped: bool

    @cached_property
    def dense(self) -> Numbers:
        """Strengths from end to end, even in the arm's coordinate."""
        if self.stepped:
            return self.strengths
        ends = coordinate(self.arm, self.strengths[[0, -1]])
        return strength(self.arm, np.linspace(ends[0], ends[1], DENSE))

    def response(self, losses: Numbers) -> Response:
        """The function of strength behind ``losses`` (P,): a cubic smoothing spline (scipy.interpolate.make_smoothing_spline, its
        stiffness by generalised cross-validation), or the nearest tabulated loss; beyond the ends the loss at the end.
        """
        if self.stepped:
            return lambda at: losses[self.nearest(at)]
        places = coordinate(self.arm, self.strengths)
        spline = _spline(tuple(places.tolist()), tuple(losses.tolist()))
        return lambda at: np.asarray(spline(np.clip(coordinate(self.arm, at), places[0], places[-1])), float)

    def nearest(self, at: Numbers) -> "np.ndarray[tuple[int, ...], np.dtype[np.intp]]":
        """The place of the tabulated strength that is nearest to each."""
        edges = (self.strengths[1:] + self.strengths[:-1]) / 2
        return np.searchsorted(edges, at)

    @cached_property
    def mean_response(self) -> Response:
        """Of all seeds."""
        return self.response(self.losses.mean(axis=1))

    @cached_property
    def left_out(self) -> tuple[Response, ...]:
        """For each seed the mean of the others."""
        total, others = self.losses.sum(axis=1), self.losses.shape[1] - 1
        return tuple(self.response((total - of_seed) / others) for of_seed in self.losses.T)

    def seen(self, losses: Numbers, at: Numbers) -> Numbers:
        """What a search sees of ``losses`` (P,): between two tabulated strengths the straight line, noise and all."""
        if self.stepped:
            return np.asarray(losses[self.nearest(at)], float)
        return np.interp(coordinate(self.arm, at), coordinate(self.arm, self.strengths), losses)

    def lowest(self, response: Response) -> tuple[float, float]:
        """The strength of the lowest loss, and that loss."""
        losses = response(self.dense)
        place = int(losses.argmin())
        return float(self.dense[place]), float(losses[place])

    @property
    def censored(self) -> bool:
        """Whether the mean is lowest where the strengths that were tried end, and there are stronger ones."""
        strongest = self.strengths[-1] if self.arm == "l2" else self.strengths[0]
        return bool(np.isclose(self.lowest(self.mean_response)[0], strongest, rtol=0.02))

    def covers(self, axis: StrengthAxis) -> bool:
        """Whether the strengths that were tried reach both ends of the axis, but for one step between them."""
        ends = coordinate(self.arm, np.sort(axis.at(np.array([0.0, 1 - 1e-9]), self.width)))
        tried, step = coordinate(self.arm, np.array(self.tried)), np.diff(coordinate(self.arm, self.strengths)).max()
        return bool(tried[0] <= ends[0] + step and ends[1] - step <= tried[1])


def curves(results: pd.DataFrame, arm: str) -> Iterator[Curve]:
    """The arm's curve at each width that has enough of it, narrowest first; without noise (keep_prob = 1) it is no regularisation's."""
    rows = responses(results, arm).query("strength > 0")
    if arm != "l2":
        none = responses(results, "none").query("strength == 1").assign(arm=arm)
        rows = pd.concat([rows, none[none["width"].isin(rows["width"])]]).drop_duplicates(["width", "strength", "seed"])
    for width, of_width in by_width(rows):
        losses = complete(of_width)
        if len(losses) >= FEWEST and losses.shape[1] > 1:
            yield Curve(
                arm=arm,
                width=width,
                strengths=losses.index.to_numpy(float),
                seeds=tuple(losses.columns.to_numpy(int).tolist()),
                losses=losses.to_numpy(float),
                tried=(float(of_width["strength"].min()), float(of_width["strength"].max())),
                stepped=arm == "fixed_count",
            )


def coordinate(arm: str, strengths: Numbers) -> Numbers:
    """Where curves are smooth: keep_prob itself, and the decimal logarithm of λ."""
    return np.log10(strengths) if arm == "l2" else strengths


def strength(arm: str, places: Numbers) -> Numbers:
    """The inverse of ``coordinate``."""
    return np.asarray(10**places, float) if arm == "l2" else places


@lru_cache(MEMO)
def _spline(places: Sequence[float], losses: Sequence[float]) -> BSpline:
    return make_smoothing_spline(np.array(places), np.array(losses))
