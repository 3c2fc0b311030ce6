"""The index Q: how far a response moves in steps of 1/n (1) or smoothly (0)."""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from scipy.interpolate import BSpline

from reports.intervals import Estimate, Numbers, jackknife, nothing

DEGREES = 8  # of freedom of the spline
FEWEST = 12  # strengths: half as many again as the spline has degrees of freedom
CUBIC = 3
TRIED = np.linspace(-1, 2, 61)
SPACING = 0.25  # of a step: the coarsest grid on which steps show
RANK = 1e-10  # relative singular value below which a direction of the basis is empty


@dataclass(frozen=True)
class Index:
    """``q`` with its interval, and ``amplitude`` |s'|/(2n): half the height that a step would have at the median slope, in nats."""

    q: Estimate
    amplitude: Estimate


def index(strength: Numbers, losses: Numbers, levels: int) -> Index:
    """Index Q of the mean response, with a jackknife-t interval over seeds.

    s is a cubic B-spline of p_eff(Q) = (1 − Q) p + Q round(pn)/n, fitted by least squares with weights
    1 / smoothed between-seed variance; Q minimises the residual sum of squares over [−1, 2].

    Args:
        strength: p, (P,), increasing.
        losses: (P, S), complete.
        levels: n, the number of steps on [0, 1].
    """
    points, seeds = losses.shape
    if points < FEWEST:
        return _none(f"{points} strengths are too few, the index takes at least {FEWEST}", seeds)
    if np.median(np.diff(strength)) * levels > SPACING * 1.001:
        return _none(f"a grid with fewer than 4 values per 1/{levels} shows no steps", seeds)
    bases = np.stack([_basis(_effective(strength, levels, q), strength, levels) for q in TRIED])
    return Index(
        _over_seeds(lambda some: _profile_minimum(bases, some), losses),
        _over_seeds(lambda some: _amplitude(strength, some, levels), losses),
    )


def log_position(strength: Numbers) -> Numbers:
    """The logarithm of an even grid (P,) laid on (0, 1), half a step from either end, as the dropout grid lies."""
    first, last = float(np.log(strength[0])), float(np.log(strength[-1]))
    rank = (np.log(strength) - first) / (last - first)
    return (rank * (strength.size - 1) + 0.5) / strength.size


def _none(void: str, seeds: int) -> Index:
    return Index(nothing(void, seeds=seeds), nothing(void, seeds=seeds))


def _over_seeds(statistic: Callable[[Numbers], float], losses: Numbers) -> Estimate:
    seeds = losses.shape[1]
    if seeds < 2:
        return replace(nothing(""), value=statistic(losses), seeds=seeds)
    return jackknife(statistic(losses), [statistic(np.delete(losses, seed, axis=1)) for seed in range(seeds)])


def _effective(strength: Numbers, levels: int, q: float) -> Numbers:
    return (1 - q) * strength + q * np.round(strength * levels) / levels


def _basis(effective: Numbers, strength: Numbers, levels: int) -> Numbers:
    """Clamped, knots uniform on [min p − 1/n, max p + 1/n], (P, DEGREES)."""
    knots = _knots(strength, levels)
    return np.asarray(BSpline.design_matrix(effective, knots, CUBIC).toarray(), float)


def _knots(strength: Numbers, levels: int) -> Numbers:
    low, high = strength[0] - 1 / levels, strength[-1] + 1 / levels
    inner = np.linspace(low, high, DEGREES - CUBIC + 1)
    return np.concatenate([[low] * CUBIC, inner, [high] * CUBIC])


def _profile_minimum(bases: Numbers, losses: Numbers) -> float:
    """argmin over Q of the residual sum of squares, refined by the parabola through the best three."""
    root = np.sqrt(_weights(losses))
    residual = _residual(bases * root[:, None], losses.mean(axis=1) * root)
    best = int(np.argmin(residual))
    if best in (0, TRIED.size - 1):
        return float(TRIED[best])
    before, here, after = residual[best - 1 : best + 2]
    bend = before - 2 * here + after
    shift = 0.5 * (before - after) / bend if bend > 0 else 0.0
    return float(TRIED[best] + shift * (TRIED[1] - TRIED[0]))


def _residual(weighted: Numbers, response: Numbers) -> Numbers:
    """Residual sum of squares of each basis, (Q,); by SVD, because bases lose rank where p_eff has few values."""
    left, singular, _ = np.linalg.svd(weighted, full_matrices=False)
    used = singular > RANK * singular[:, :1]
    projected = np.where(used, np.einsum("qpd,p->qd", left, response), 0)
    fitted = np.einsum("qpd,qd->qp", left, projected)
    return np.asarray(((response - fitted) ** 2).sum(axis=1), float)


def _weights(losses: Numbers) -> Numbers:
    """1 / between-seed variance (P,), smoothed over nine points, two steps of the usual grid, so that no step is in it."""
    points, seeds = losses.shape
    if seeds < 2:
        return np.ones(points)
    variance = pd.Series(losses.var(axis=1, ddof=1)).rolling(9, center=True, min_periods=1).mean().to_numpy(float)
    return np.asarray(1 / np.maximum(variance, 1e-6 * variance.max()), float) if variance.max() > 0 else np.ones(points)


def _amplitude(strength: Numbers, losses: Numbers, levels: int) -> float:
    knots = _knots(strength, levels)
    root = np.sqrt(_weights(losses))
    basis = _basis(strength, strength, levels)
    coefficients = np.linalg.lstsq(basis * root[:, None], losses.mean(axis=1) * root, rcond=RANK)[0]
    slope = BSpline(knots, coefficients, CUBIC).derivative()(strength)
    return float(np.median(np.abs(slope)) / (2 * levels))
