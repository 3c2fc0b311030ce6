"""Registers as values of compiled code, and batch normalisation that is written with them: NumPy's arithmetic, in both types."""

import operator

import numpy as np
import pytest

numba = pytest.importorskip("numba", reason="numba is not installed: pip install 'dropstep[fast]'")

from nets.compiled import batch_norm  # noqa: E402
from nets.compiled.registers import load, root, splat, store  # noqa: E402
from nets.compiled.vectors import BYTES  # noqa: E402
from nets.layers.batch_norm import EPSILON, batch_norm_slope, centre_on_batch, normalise  # noqa: E402

TYPES = ("float32", "float64")
ROUNDING = {"float32": 2e-6, "float64": 4e-15}
OPERATIONS = (operator.add, operator.sub, operator.mul, operator.truediv)


@numba.njit
def compute(x, y, number, found):
    """The operations in their order, a sum in place, a root, and a product with one number."""
    one, other = load(x.ctypes.data, x), load(y.ctypes.data, x)
    store(one + other, found[0].ctypes.data)
    store(one - other, found[1].ctypes.data)
    store(one * other, found[2].ctypes.data)
    store(one / other, found[3].ctypes.data)
    store(root(one), found[4].ctypes.data)
    store(splat(number) * other, found[5].ctypes.data)
    one += other
    store(one, found[6].ctypes.data)


@numba.njit
def normalise_and_back(y, dy, centred, moments, affine, epsilon, detached, slopes):
    """In place on ``y`` and ``dy`` (rows, units); fills the moments and the slopes of γ and β, (2, units)."""
    rows, stride = len(y), y.shape[1] * y.itemsize
    for at in range(0, stride, BYTES):
        scale, shift = load(affine[0].ctypes.data + at, y), load(affine[1].ctypes.data + at, y)
        mean, variance = batch_norm.centre_on_batch(y.ctypes.data + at, stride, rows, centred.ctypes.data, y)
        inverse = batch_norm.normalise(
            centred.ctypes.data, variance, epsilon, scale, shift, y.ctypes.data + at, stride, rows, y
        )
        store(mean, moments[0].ctypes.data + at)
        store(variance, moments[1].ctypes.data + at)
        scale_slope, shift_slope = batch_norm.batch_norm_slope(
            dy.ctypes.data + at, stride, rows, centred.ctypes.data, scale, inverse, detached, y
        )
        store(scale_slope, slopes[0].ctypes.data + at)
        store(shift_slope, slopes[1].ctypes.data + at)


@numba.njit
def blend(running, batch, weight, batch_weight):
    batch_norm.blend(running.ctypes.data, load(batch.ctypes.data, batch), weight, batch_weight, batch)


@pytest.mark.parametrize("dtype", TYPES)
def test_arithmetic_is_that_of_numbers(dtype: str) -> None:
    special = np.array([[1.5, -0.0, np.inf, np.nan, 2.25, -3, 0.1, 7]], dtype)
    other = np.array([[0.5, 0.0, np.inf, 1, -1, 0, 0.3, np.nan]], dtype)
    lanes = BYTES // special.itemsize
    for x, y in zip(
        np.resize(special, (8 // min(8, lanes), lanes)), np.resize(other, (8 // min(8, lanes), lanes)), strict=True
    ):
        found = np.empty((7, lanes), dtype)
        compute(x, y, x.dtype.type(0.7), found)
        with np.errstate(all="ignore"):
            expected = [*(operation(x, y) for operation in OPERATIONS), np.sqrt(x), x.dtype.type(0.7) * y, x + y]
        np.testing.assert_array_equal(found, expected)


@pytest.mark.parametrize("dtype", TYPES)
@pytest.mark.parametrize("detached", [0, 1])
@pytest.mark.parametrize("rows", [2, 4, 7, 13])
def test_batch_normalisation_is_numpys(rows: int, detached: int, dtype: str) -> None:
    """Whatever is left of the rows beyond fours; a NaN stays in its unit, and is not lost there."""
    generator = np.random.default_rng(rows)
    units = 2 * BYTES // np.dtype(dtype).itemsize
    y, dy, affine = (generator.standard_normal((count, units)).astype(dtype) for count in (rows, rows, 2))
    y[rows // 2, 3] = np.nan
    x, slope = (np.ascontiguousarray(array.T)[None] for array in (y, dy))
    centred, result, ones, scale = np.empty_like(x), np.empty_like(x), np.ones(rows, dtype), affine[:1]
    mean, variance = centre_on_batch(x, ones, centred)
    inverse = normalise(centred, variance + np.dtype(dtype).type(EPSILON), scale, affine[1:], result)
    expected = np.empty((2, 1, units), dtype)
    with np.errstate(invalid="ignore"):
        factor = scale * inverse
        batch_norm_slope(slope, centred, scale, inverse, ones, (expected[0], expected[1]))
    back = dy * factor[0] if detached else slope[0].T
    moments, slopes, room = np.empty((2, units), dtype), np.empty((2, units), dtype), np.empty((rows, units), dtype)
    normalise_and_back(y, dy, room, moments, affine, np.dtype(dtype).type(EPSILON), detached, slopes)
    pairs = ((y, result[0].T), (dy, back), (slopes, expected[:, 0]), (moments, np.concatenate([mean, variance])))
    for found, formula in pairs:
        np.testing.assert_allclose(found, formula, rtol=0, atol=30 * ROUNDING[dtype] * np.nanmax(np.abs(formula)))
        assert np.isnan(found).any(axis=0)[3] or found is slopes


@pytest.mark.parametrize("dtype", TYPES)
def test_running_moments_take_a_share_of_the_batch(dtype: str) -> None:
    running, batch = np.arange(2 * BYTES // np.dtype(dtype).itemsize, dtype=dtype).reshape(2, -1)
    expected = running * running.dtype.type(0.75) + batch * running.dtype.type(0.5)
    blend(running, batch, running.dtype.type(0.75), running.dtype.type(0.5))
    np.testing.assert_allclose(running, expected, rtol=ROUNDING[dtype])
