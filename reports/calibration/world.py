"""Responses with a planted index, and noise like that of trained networks.

Mean, seeds and networks are as measured on the Bernoulli arm of two studies, digits (300 training and 600 validation rows, 16
seeds; 8 at widths 64 and 128) and breast cancer (150 and 250 rows, 24 seeds), both with 20 % label noise, 900 steps, the
learning rate 0.05 and keep_prob from 0.2 to 1; and of the default study, whose rate is 0.03 (12 seeds). To within its standard error the mean is a polynomial of sixth degree at every width.
"""

from dataclasses import dataclass

import numpy as np
from numpy.polynomial import legendre

from reports.judging.intervals import Numbers
from reports.staircase.quantization import USUAL, Grid

LOWEST = 0.2  # keep_prob
PER_LEVEL = 4  # values of keep_prob for each 1/n
SLOWER = "digits, rate 0.03"
CORRELATION = 0.01  # of keep_prob: neighbours share most of their masks (common random numbers)


@dataclass(frozen=True)
class World:
    """Coefficients of Legendre polynomials on [0.2, 1], in nats.

    ``mean``: of the response; ``seeds``: standard deviations of a seed's own; ``networks``: standard deviation of a network's own.
    """

    mean: tuple[float, ...]
    seeds: tuple[float, ...]
    networks: float


def grid(width: int) -> Grid:
    """keep_prob = (j + ½)/(4 width) above 0.2, as designs lay it."""
    points = (np.arange(PER_LEVEL * width) + 0.5) / (PER_LEVEL * width)
    return Grid(tuple(points[points > LOWEST].tolist()), width)


def losses(world: World, grid: Grid, seeds: int, q: float, generator: np.random.Generator) -> Numbers:
    """(P, S): a mean and deviations of seeds that move with p_eff(q), and noise of networks that does not know of levels."""
    position = 2 * (grid.effective(q, USUAL.phase) - LOWEST) / (1 - LOWEST) - 1
    own = generator.normal(size=(len(world.seeds), seeds)) * np.array(world.seeds)[:, None]
    smooth = legendre.legval(position, world.mean)[:, None] + legendre.legval(position, own).T
    return np.asarray(smooth + world.networks * _neighbours(grid) @ generator.normal(size=smooth.shape), float)


def _neighbours(grid: Grid) -> Numbers:
    """The factor of the networks' correlation, exp(−|p − p'| / CORRELATION), (P, P)."""
    strength = np.array(grid.strength)
    return np.linalg.cholesky(np.exp(-np.abs(strength[:, None] - strength) / CORRELATION))


WORLDS = {  # by data set and width
    ("digits", 4): World((1.417, -0.509, 0.039, -0.002, 0.001, -0.007, -0.001), (0.080, 0.049, 0.035, 0.036), 0.0251),
    ("digits", 6): World((1.146, -0.518, 0.119, -0.019, 0.015, 0.006, 0.014), (0.053, 0.043, 0.039, 0.030), 0.0230),
    ("digits", 8): World((0.971, -0.457, 0.189, -0.025, 0.011, 0.011, 0.005), (0.051, 0.035, 0.024, 0.028), 0.0123),
    ("digits", 12): World((0.790, -0.326, 0.205, -0.031, 0.027, -0.003, 0.000), (0.054, 0.039, 0.015, 0.019), 0.0086),
    ("digits", 16): World((0.693, -0.225, 0.199, -0.053, 0.028, 0.007, -0.001), (0.059, 0.033, 0.016, 0.013), 0.0079),
    ("digits", 32): World((0.544, -0.033, 0.118, -0.031, 0.029, -0.001, 0.007), (0.056, 0.026, 0.012, 0.009), 0.0050),
    ("digits", 64): World((0.491, 0.038, 0.043, -0.006, 0.017, -0.006, 0.002), (0.066, 0.024, 0.004, 0.009), 0.0035),
    ("digits", 128): World((0.471, 0.067, 0.017, -0.003, 0.003, -0.002, 0.003), (0.076, 0.021, 0.005, 0.003), 0.0025),
    (SLOWER, 4): World((1.450, -0.531, 0.032, -0.005, -0.006, -0.001, -0.004), (0.091, 0.060, 0.039, 0.020), 0.0162),
    (SLOWER, 12): World((0.813, -0.398, 0.191, -0.044, 0.009, 0.000, 0.005), (0.051, 0.029, 0.017, 0.010), 0.0084),
    (SLOWER, 32): World((0.553, -0.103, 0.112, -0.043, 0.023, -0.006, 0.004), (0.050, 0.020, 0.009, 0.006), 0.0034),
    ("breast_cancer", 4): World(
        (0.337, 0.041, 0.069, 0.007, 0.016, 0.016, 0.013), (0.101, 0.076, 0.039, 0.034), 0.0311
    ),
    ("breast_cancer", 8): World(
        (0.344, 0.077, 0.046, 0.019, 0.021, 0.009, 0.015), (0.130, 0.066, 0.038, 0.033), 0.0226
    ),
    ("breast_cancer", 12): World(
        (0.364, 0.105, 0.045, 0.014, 0.023, 0.006, 0.014), (0.146, 0.062, 0.037, 0.026), 0.0238
    ),
    ("breast_cancer", 32): World(
        (0.400, 0.110, 0.017, 0.011, 0.011, 0.006, 0.005), (0.177, 0.070, 0.049, 0.026), 0.0173
    ),
}
