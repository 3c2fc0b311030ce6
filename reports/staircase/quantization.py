"""The index Q: how far a response moves in steps of 1/n (1) or smoothly (0)."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import lru_cache

import numpy as np
from scipy.interpolate import BSpline

from reports.evidence.responses import no_response
from reports.judging.intervals import Estimate, Numbers, jackknife, nothing

CUBIC = 3
FEWEST = CUBIC + 1  # levels: a cubic's degrees of freedom
TRIED = np.linspace(-1, 2, 61)
SPACING = 0.25  # of a step: the coarsest grid on which steps show
RANK = 1e-10  # relative singular value below which a direction of the basis is empty


class Shape(StrEnum):
    """What an index says of a response, by the rules."""

    SMOOTH = "smooth"
    STAIRCASE = "staircase"
    UNDECIDED = "undecided"


LIMITS = {Shape.SMOOTH: (-0.25, 0.25), Shape.STAIRCASE: (0.75, 1.25)}  # that hold the whole interval


@dataclass(frozen=True, kw_only=True)
class Instrument:
    """What the rules leave to choose, and a reviewer would vary.

    ``degrees`` of freedom of the spline, at most; ``phase``: steps lie at (k − ½ + phase)/n; ``smoothing``: strengths over which the
    between-seed variance is averaged.
    """

    degrees: int = 8
    phase: float = 0.0
    smoothing: int = 9  # two steps of the usual grid, so that no step is in the weights


USUAL = Instrument()


@dataclass(frozen=True)
class Grid:
    """Strengths p, (P,), increasing, and n, the number of levels on [0, 1]."""

    strength: tuple[float, ...]
    levels: int

    @property
    def reached(self) -> int:
        """Levels round(pn) that the strengths reach."""
        return np.unique(np.round(np.array(self.strength) * self.levels)).size

    def degrees(self, instrument: Instrument) -> int:
        """Of freedom: no more than there are levels, else the basis loses rank at Q = 1 alone and the profile has a jump there.

        With 8 at 4 levels, 71 % of the 95 % intervals held a simulated staircase; with 4, 94 %.
        """
        return min(instrument.degrees, self.reached)

    def effective(self, q: "float | Numbers", phase: float) -> Numbers:
        """p_eff(q), (P,); of several q, (Q, 1), it is (Q, P)."""
        p, n = np.array(self.strength), self.levels
        return np.asarray((1 - q) * p + q * (np.round(p * n - phase) + phase) / n, float)

    def knots(self, instrument: Instrument) -> Numbers:
        """Clamped, uniform on [min p − 1/n, max p + 1/n]."""
        low, high = self.strength[0] - 1 / self.levels, self.strength[-1] + 1 / self.levels
        inner = np.linspace(low, high, self.degrees(instrument) - CUBIC + 1)
        return np.concatenate([[low] * CUBIC, inner, [high] * CUBIC])


@dataclass(frozen=True)
class Index:
    """``q`` with its interval, and ``amplitude`` |s'|/(2n): half the height that a step would have at the median slope, in nats."""

    q: Estimate
    amplitude: Estimate


def index(strength: Numbers, losses: Numbers, levels: int, instrument: Instrument = USUAL) -> Index:
    """Index Q of the mean response, with a jackknife-t interval over seeds.

    s is a cubic B-spline of p_eff(Q) = (1 − Q) p + Q round(pn)/n, fitted by least squares with weights
    1 / smoothed between-seed variance; Q minimises the residual sum of squares over [−1, 2].

    Args:
        strength: p, (P,), increasing.
        losses: (P, S), complete.
        levels: n, the number of steps on [0, 1].
        instrument: how the index is taken; the rules take it the usual way.
    """
    grid = Grid(tuple(strength.tolist()), levels)
    if void := _void(grid, losses):
        return Index(nothing(void, seeds=losses.shape[1]), nothing(void, seeds=losses.shape[1]))
    amplitude = _over_seeds(losses, lambda subsets: _amplitudes(grid, subsets, instrument))
    return Index(steppedness(strength, losses, levels, instrument), amplitude)


def steppedness(strength: Numbers, losses: Numbers, levels: int, instrument: Instrument = USUAL) -> Estimate:
    """``index``'s Q alone."""
    return _steppedness(Grid(tuple(strength.tolist()), levels), losses.tobytes(), losses.shape, instrument)


@lru_cache(maxsize=1024)  # claims and the tables below them ask for the same
def _steppedness(grid: Grid, written: bytes, shape: tuple[int, int], instrument: Instrument) -> Estimate:
    losses = np.frombuffer(written).reshape(shape)
    if void := _void(grid, losses):
        return nothing(void, seeds=shape[1])
    return _over_seeds(losses, lambda subsets: _profile_minima(grid, subsets, instrument))


def _void(grid: Grid, losses: Numbers) -> str:
    """Why there is no index; nothing where there is one."""
    if grid.reached < FEWEST:
        return f"the strengths reach {grid.reached} of {grid.levels} levels, the index takes at least {FEWEST}"
    if np.median(np.diff(grid.strength)) * grid.levels > SPACING * 1.001:
        return f"a grid with fewer than 4 values per 1/{grid.levels} shows no steps"
    return no_response(losses)


def shape(q: Estimate) -> Shape:
    """How an index reads by itself, without Holm's correction."""
    inside = (each for each, (low, high) in LIMITS.items() if low < q.low and q.high < high)
    return next(inside, Shape.UNDECIDED)


def log_position(strength: Numbers) -> Numbers:
    """The logarithm of an even grid (P,) laid on (0, 1), half a step from either end, as the dropout grid lies."""
    first, last = float(np.log(strength[0])), float(np.log(strength[-1]))
    rank = (np.log(strength) - first) / (last - first)
    return (rank * (strength.size - 1) + 0.5) / strength.size


def _over_seeds(losses: Numbers, statistic: Callable[[Sequence[Numbers]], Sequence[float]]) -> Estimate:
    """By the jackknife; ``statistic`` gives the value of each of several losses (P, S)."""
    seeds = losses.shape[1]
    if seeds < 2:
        (value,) = statistic([losses])
        return replace(nothing(""), value=float(value), seeds=seeds)
    value, *left_out = statistic([losses, *(np.delete(losses, seed, axis=1) for seed in range(seeds))])
    return jackknife(float(value), left_out)


@lru_cache(maxsize=16)  # of the variants of a response
def _bases(grid: Grid, instrument: Instrument) -> Numbers:
    """For each Q tried an orthonormal basis of the splines of p_eff(Q) on the grid, (Q, P, degrees).

    By SVD, because a basis loses rank where p_eff has few values; its empty directions are columns of zeros.
    """
    at = grid.effective(TRIED[:, None], instrument.phase)
    tried = splines(at.ravel(), grid, instrument).reshape(*at.shape, -1)
    left, singular, _ = np.linalg.svd(tried, full_matrices=False)
    return np.asarray(np.where((singular > RANK * singular[:, :1])[:, None, :], left, 0), float)


def splines(at: Numbers, grid: Grid, instrument: Instrument) -> Numbers:
    """(P, degrees)."""
    return np.asarray(BSpline.design_matrix(at, grid.knots(instrument), CUBIC).toarray(), float)


def _profile_minima(grid: Grid, subsets: Sequence[Numbers], instrument: Instrument) -> list[float]:
    """Of each of several losses (P, S), argmin over Q of the residual sum of squares, refined by the parabola through the best three."""
    means = np.stack([each.mean(axis=1) for each in subsets])
    weighed = np.stack([weights(each, instrument) for each in subsets])
    return [_lowest(each) for each in _residuals(_bases(grid, instrument), means, weighed)]


def _lowest(residual: Numbers) -> float:
    best = int(np.argmin(residual))
    if best in (0, TRIED.size - 1):
        return float(TRIED[best])
    before, here, after = residual[best - 1 : best + 2]
    bend = before - 2 * here + after
    shift = 0.5 * (before - after) / bend if bend > 0 else 0.0
    return float(TRIED[best] + shift * (TRIED[1] - TRIED[0]))


def _residuals(bases: Numbers, responses: Numbers, weights: Numbers) -> Numbers:
    """Weighted residual sum of squares of each basis, (B, Q), from responses and weights (B, P).

    By normal equations, which are safe on orthonormal bases; of all responses at once, since they share the products of the bases.
    """
    tried, points, degrees = bases.shape
    by_point = bases.transpose(1, 0, 2)
    products = by_point[:, :, :, None] * by_point[:, :, None, :]
    gram = (weights @ products.reshape(points, -1)).reshape(-1, tried, degrees, degrees)
    moments = ((weights * responses) @ by_point.reshape(points, -1)).reshape(-1, tried, degrees, 1)
    empty = np.eye(degrees, dtype=bool) & (gram == 0)
    fitted = (bases @ np.linalg.solve(gram + empty, moments))[..., 0]
    return np.asarray(((responses[:, None] - fitted) ** 2 @ weights[:, :, None])[..., 0], float)


def weights(losses: Numbers, instrument: Instrument) -> Numbers:
    """1 / between-seed variance, smoothed along the strengths, (P,)."""
    points, seeds = losses.shape
    if seeds < 2:
        return np.ones(points)
    variance = _smoothed(losses.var(axis=1, ddof=1), instrument.smoothing)
    return np.asarray(1 / np.maximum(variance, 1e-6 * variance.max()), float) if variance.max() > 0 else np.ones(points)


def _smoothed(values: Numbers, window: int) -> Numbers:
    """The mean of so many neighbours, an odd number of them, of fewer near the ends, (P,)."""
    place, reach = np.arange(values.size), min(window // 2, values.size)
    first, end = np.maximum(place - reach, 0), np.minimum(place + reach + 1, values.size)
    sums = np.concatenate([[0.0], values.cumsum()])
    return np.asarray((sums[end] - sums[first]) / (end - first), float)


def _amplitudes(grid: Grid, subsets: Sequence[Numbers], instrument: Instrument) -> list[float]:
    strength = np.array(grid.strength)
    basis = splines(strength, grid, instrument)
    roots = [np.sqrt(weights(each, instrument)) for each in subsets]
    fits = [
        np.linalg.lstsq(basis * root[:, None], each.mean(axis=1) * root, rcond=RANK)[0]
        for each, root in zip(subsets, roots, strict=True)
    ]
    slopes = BSpline(grid.knots(instrument), np.stack(fits, axis=1), CUBIC).derivative()(strength)
    return [float(each) for each in np.median(np.abs(slopes), axis=0) / (2 * grid.levels)]
