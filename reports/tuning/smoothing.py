"""Cubic smoothing splines of many responses at once, their stiffness by generalised cross-validation."""

from dataclasses import dataclass

import numpy as np
from scipy.interpolate import CubicSpline

from reports.judging.intervals import Numbers

STIFFNESS = np.logspace(-9, 3, 49)
DEAR = 1.4  # what a degree of freedom counts, so that few points are not followed one by one (Kim and Gu 2004)


@dataclass(frozen=True, eq=False)
class Smoother:
    """``basis`` (P, P) and ``roughness`` (P,) diagonalise the penalty ∫ s″² of natural cubic splines with ``knots`` (P,).

    Demmler and Reinsch 1975: in that basis a smoothing spline shrinks each coefficient by 1/(1 + stiffness · roughness), so
    that every stiffness of every response costs one product (a thousand times faster than scipy's make_smoothing_spline).
    """

    knots: Numbers
    basis: Numbers
    roughness: Numbers

    def __call__(self, responses: Numbers) -> Numbers:
        """Smoothed at the knots, (P, K), from responses (P, K), each with the stiffness that crosses best."""
        points = self.knots.size
        shrunk = 1 / (1 + STIFFNESS[:, None] * self.roughness)
        coefficients = self.basis.T @ responses
        residual = (1 - shrunk) ** 2 @ coefficients**2
        left = points - DEAR * shrunk.sum(axis=1, keepdims=True)
        crossed = np.where(left > 0, residual / left**2, np.inf)
        return np.asarray(self.basis @ (shrunk[crossed.argmin(axis=0)].T * coefficients), float)


def smoother(knots: Numbers) -> Smoother:
    """Of three knots or more, increasing. Green and Silverman 1994, section 2.1: the penalty is Q R⁻¹ Qᵀ."""
    steps, points = np.diff(knots), knots.size
    inner = np.arange(points - 2)
    differences = np.zeros((points, points - 2))
    differences[inner, inner], differences[inner + 2, inner] = 1 / steps[:-1], 1 / steps[1:]
    differences[inner + 1, inner] = -1 / steps[:-1] - 1 / steps[1:]
    products = np.diag((steps[:-1] + steps[1:]) / 3) + np.diag(steps[1:-1] / 6, 1) + np.diag(steps[1:-1] / 6, -1)
    roughness, basis = np.linalg.eigh(differences @ np.linalg.solve(products, differences.T))
    return Smoother(knots, basis, np.maximum(roughness, 0))


def lowest(knots: Numbers, smoothed: Numbers, at: Numbers) -> tuple[Numbers, Numbers]:
    """Where in ``at`` (M,) each spline (P, K) is lowest, (K,), and how low, (K,)."""
    losses = CubicSpline(knots, smoothed, bc_type="natural")(at)
    return at[losses.argmin(axis=0)], np.asarray(losses.min(axis=0), float)
