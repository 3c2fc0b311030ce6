"""The optimisers' arithmetic on some parameters and their gradient, all of one length."""

import numpy as np

from nets.compiled.jit import compiled
from nets.compiled.layers import scale_units

SGD, NESTEROV, ADAM, ADAMW = range(4)
RULES = {"sgd": SGD, "nesterov": NESTEROV, "adam": ADAM, "adamw": ADAMW}


@compiled
def sgd(values, gradient, velocity, momentum, rate):
    """u ← μ u + g, w ← w - η u."""
    for p in range(len(values)):
        velocity[p] = momentum * velocity[p] + gradient[p]
        values[p] -= rate * velocity[p]


@compiled
def nesterov(values, gradient, velocity, momentum, rate):
    """u ← μ u + g, w ← w - η (g + μ u)."""
    for p in range(len(values)):
        velocity[p] = momentum * velocity[p] + gradient[p]
        values[p] -= rate * (gradient[p] + momentum * velocity[p])


@compiled
def add_l1(values, gradient, strength):
    """The slope λ sign w of λ |w|, 0 at 0."""
    for p in range(len(values)):
        gradient[p] += strength * np.sign(values[p])


@compiled
def add_l2(values, gradient, strength):
    """The slope λ w of λ/2 w²."""
    for p in range(len(values)):
        gradient[p] += strength * values[p]


@compiled
def bound_norms(weights, bound, squares):
    """‖w‖ ≤ ``bound`` for each column of ``weights`` (inputs, units), by scaling it back; ‖w‖² in ``squares``, which it uses up."""
    one = weights.dtype.type(1)
    for unit in range(len(squares)):
        factor = bound / np.sqrt(squares[unit])
        squares[unit] = one if factor > one else factor
    scale_units(weights, squares)
