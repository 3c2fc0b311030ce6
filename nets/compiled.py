# mypy: disable-error-code="import-untyped, import-not-found"
"""The kernels as numba compiles them: one loop each, in which numbers stay in registers between operations.

Names, arguments and results are those of the formulas in the layers (``nets.kernels``); arguments that hold
what NumPy puts between its passes are left alone.
"""

from collections.abc import Callable
from typing import Any, TypeVar

import numba
import numpy as np
from numpy.typing import NDArray

from nets.arrays import Array, Integers

Function = TypeVar("Function", bound=Callable[..., Any])


def _jit(**flags: Any) -> Callable[[Function], Function]:
    """Division by zero gives inf; the machine code is kept on disk for the next process."""
    decorate: Callable[[Function], Function] = numba.njit(error_model="numpy", cache=True, **flags)
    return decorate


compiled = _jit()
# sums may be split among the lanes of a vector; NaN and inf stay what they are
summing = _jit(fastmath={"reassoc"})


@compiled
def gather(table: Array, places: Integers, rows: Array, columns: Array) -> None:
    networks, batch, inputs = rows.shape
    for k in range(networks):
        for row in range(batch):
            place = places[k, row]
            for unit in range(inputs):
                rows[k, row, unit] = table[place, unit]
        for unit in range(inputs):
            for row in range(batch):
                columns[k, unit, row] = rows[k, row, unit]


@compiled
def blend(running: Array, batch: Array, running_weight: Array, weight: Array) -> None:
    networks, units = running.shape
    for k in range(networks):
        for unit in range(units):
            running[k, unit] = running_weight[k, 0] * running[k, unit] + weight[k, 0] * batch[k, unit]


@summing
def _sum(x: Array) -> Any:
    total = x.dtype.type(0)
    for row in range(len(x)):
        total += x[row]
    return total


@summing
def _sum_of_products(x: Array, y: Array) -> Any:
    total = x.dtype.type(0)
    for row in range(len(x)):
        total += x[row] * y[row]
    return total


@compiled
def centre_on_batch(x: Array, ones: Array, centred: Array) -> tuple[Array, Array]:
    networks, units, batch = x.shape
    mean, variance = np.empty((networks, units), x.dtype), np.empty((networks, units), x.dtype)
    count = x.dtype.type(batch)
    for k in range(networks):
        for unit in range(units):
            mean[k, unit] = _sum(x[k, unit]) / count
            for row in range(batch):
                centred[k, unit, row] = x[k, unit, row] - mean[k, unit]
            variance[k, unit] = _sum_of_products(centred[k, unit], centred[k, unit]) / count
    return mean, variance


@compiled
def normalise(centred: Array, variance: Array, scale: Array, shift: Array, y: Array) -> Array:
    networks, units, batch = centred.shape
    inverse = np.empty((networks, units), centred.dtype)
    for k in range(networks):
        for unit in range(units):
            inverse[k, unit] = centred.dtype.type(1) / np.sqrt(variance[k, unit])
            factor = scale[k, unit] * inverse[k, unit]
            for row in range(batch):
                y[k, unit, row] = factor * centred[k, unit, row] + shift[k, unit]
    return inverse


@compiled
def batch_norm_slope(  # noqa: PLR0913, PLR0917  as in nets.layers.batch_norm
    dy: Array, centred: Array, scale: Array, inverse: Array, ones: Array, slopes: tuple[Array, Array]
) -> None:
    scale_slope, shift_slope = slopes
    networks, units, batch = dy.shape
    count = dy.dtype.type(batch)
    for k in range(networks):
        for unit in range(units):
            total = _sum(dy[k, unit])
            normalised_total = _sum_of_products(dy[k, unit], centred[k, unit]) * inverse[k, unit]
            mean, weight = total / count, normalised_total * inverse[k, unit] / count
            factor = scale[k, unit] * inverse[k, unit]
            for row in range(batch):
                dy[k, unit, row] = factor * (dy[k, unit, row] - mean - weight * centred[k, unit, row])
            scale_slope[k, unit] = normalised_total
            shift_slope[k, unit] = total


@compiled
def keep_lowest(words: Integers, highest: Integers, scale: Array, kept: Integers, factor: Array) -> None:
    networks, units, batch = factor.shape
    zero = factor.dtype.type(0)
    for k in range(networks):
        bound, one = highest[_of(highest, k), 0, 0], scale[_of(scale, k), 0, 0]
        for unit in range(units):
            for row in range(batch):
                factor[k, unit, row] = one if words[k, unit, row] <= bound else zero


@compiled
def centre(z: Array, highest: Array) -> None:
    classes, networks, batch = z.shape
    for k in range(networks):
        highest[k] = z[0, k]
        for c in range(1, classes):
            for row in range(batch):
                highest[k, row] = np.maximum(highest[k, row], z[c, k, row])
        for c in range(classes):
            for row in range(batch):
                z[c, k, row] -= highest[k, row]


@compiled
def cross_entropy_slope(z: Array, labels: Integers, classes: Integers, scratch: tuple[Array, ...]) -> None:
    classes_held, networks, batch = z.shape
    total, share = np.empty(batch, z.dtype), z.dtype.type(1 / batch)
    for k in range(networks):
        total[:] = z[0, k]
        for c in range(1, classes_held):
            for row in range(batch):
                total[row] += z[c, k, row]
        for c in range(classes_held):
            for row in range(batch):
                one_hot = z.dtype.type(labels[k, row] == c)
                z[c, k, row] = (z[c, k, row] / total[row] - one_hot) * share


@compiled
def add_product(a: Array, b: Array, total: Array, scratch: Array) -> None:
    networks, parameters = total.shape
    for k in range(networks):
        row = _of(a, k)
        for p in range(parameters):
            total[k, p] += a[row, p] * b[k, p]


@compiled
def sgd(values: Array, gradient: Array, velocity: Array, momentum: Array, rate: Array) -> None:
    networks, parameters = values.shape
    for k in range(networks):
        mu, eta = momentum[_of(momentum, k), 0], rate[_of(rate, k), 0]
        for p in range(parameters):
            velocity[k, p] = mu * velocity[k, p] + gradient[k, p]
            values[k, p] -= eta * velocity[k, p]


@compiled
def nesterov(values: Array, gradient: Array, velocity: Array, momentum: Array, rate: Array) -> None:
    networks, parameters = values.shape
    for k in range(networks):
        mu, eta = momentum[_of(momentum, k), 0], rate[_of(rate, k), 0]
        for p in range(parameters):
            velocity[k, p] = mu * velocity[k, p] + gradient[k, p]
            values[k, p] -= eta * (gradient[k, p] + mu * velocity[k, p])


@compiled
def adam(  # noqa: PLR0913, PLR0917  as in nets.optimisers
    values: Array, gradient: Array, moments: tuple[Array, Array], betas: tuple[Array, Any], rate: Array, epsilon: Any
) -> None:
    first, second = moments
    beta1, beta2 = betas
    networks, parameters = values.shape
    for k in range(networks):
        beta, eta = beta1[_of(beta1, k), 0], rate[_of(rate, k), 0]
        for p in range(parameters):
            slope = gradient[k, p]
            first[k, p] = beta * first[k, p] + slope
            second[k, p] = beta2 * second[k, p] + slope * slope
            values[k, p] -= eta * (first[k, p] / (np.sqrt(second[k, p]) + epsilon))


@compiled
def _of(knob: NDArray[Any], k: int) -> int:
    """Where network k's value stands in a knob that may be shared."""
    return k if len(knob) > 1 else 0
