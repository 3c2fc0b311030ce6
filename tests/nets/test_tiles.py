"""The micro-kernels and what is built of them: each is its formula in NumPy, in both types, at every size, on special numbers."""

from types import SimpleNamespace

import numpy as np
import pytest

numba = pytest.importorskip("numba", reason="numba is not installed: pip install 'dropstep[fast]'")

from nets.compiled import elementary, layers, loss, products, tiles  # noqa: E402
from nets.compiled.vectors import BYTES, ROWS, VECTORS  # noqa: E402

TYPES = ("float32", "float64")
ROUNDING = {"float32": 2e-6, "float64": 4e-15}
SPECIAL = [0.0, -0.0, 1e-3, -1e-3, 1.0, -1.0, 30.0, -30.0, np.inf, -np.inf, np.nan, -np.nan]


@numba.njit
def product_tile(height, width, rows, count, weight, bias, y, stride, like):
    tiles.product_tile(height, width, rows, count, weight, bias, y, stride, like)


@numba.njit
def gradient_tile(height, width, rows, count, first, dy, stride, gradient, like):
    tiles.gradient_tile(height, width, rows, count, first, dy, stride, gradient, like)


@numba.njit
def transpose_tile(x, x_stride, y, y_stride, like):
    tiles.transpose_tile(x, x_stride, y, y_stride, like)


@numba.njit
def keep_lowest_tile(words, stride, highest, scale, factor, factor_stride, like):
    tiles.keep_lowest_tile(words, stride, highest, scale, factor, factor_stride, like)


@numba.njit
def adam_run(values, gradient, first, second, count, l2, kept, beta1, beta2, rate, epsilon):
    tiles.adam_run(values, gradient, first, second, count, l2, kept, beta1, beta2, rate, epsilon)


@numba.njit
def map_exp(x, y):
    for place in range(len(x)):
        y[place] = elementary.exp(x[place])


@numba.njit
def map_tanh(x, y):
    for place in range(len(x)):
        y[place] = elementary.tanh(x[place])


def normal(*shape: int, dtype: str) -> np.ndarray:
    return np.random.default_rng(sum(shape)).standard_normal(shape).astype(dtype)


def addresses(x: np.ndarray) -> np.ndarray:
    return x.ctypes.data + x.strides[0] * np.arange(len(x))


def sizes(dtype: str) -> SimpleNamespace:
    size = np.dtype(dtype).itemsize
    return SimpleNamespace(size=size, lanes=BYTES // size)


@pytest.mark.parametrize("dtype", TYPES)
@pytest.mark.parametrize("width", range(1, VECTORS + 1))
@pytest.mark.parametrize("height", range(1, ROWS + 1))
def test_tiles_of_products(height: int, width: int, dtype: str) -> None:
    of = sizes(dtype)
    columns, inputs, batch = width * of.lanes, 13, 11
    x, weight, bias = (normal(*shape, dtype=dtype) for shape in ((batch, inputs), (inputs, columns), (columns,)))
    dy, y = normal(batch, columns + 3, dtype=dtype), np.zeros((height, columns + 5), dtype)
    rows = addresses(x)
    for shift in (0 * bias, bias):
        product_tile(
            height, width, rows.ctypes.data, inputs, weight.ctypes.data, shift.ctypes.data if shift.any() else 0,
            y.ctypes.data, y.strides[0], y,
        )  # fmt: skip
        np.testing.assert_allclose(y[:, :columns], x[:height] @ weight + shift, rtol=0, atol=10 * ROUNDING[dtype])
        assert not y[:, columns:].any()
    gradient = np.zeros((height, columns), dtype)
    gradient_tile(height, width, rows.ctypes.data, batch, 2, dy.ctypes.data, dy.strides[0], gradient.ctypes.data, dy)
    expected = x[:, 2 : 2 + height].T @ dy[:, :columns]
    np.testing.assert_allclose(gradient, expected, rtol=0, atol=10 * ROUNDING[dtype])


@pytest.mark.parametrize("dtype", TYPES)
def test_transposed_tiles(dtype: str) -> None:
    lanes = sizes(dtype).lanes
    x, y = normal(lanes, lanes + 2, dtype=dtype), np.zeros((lanes, lanes + 3), dtype)
    transpose_tile(x.ctypes.data, x.strides[0], y.ctypes.data, y.strides[0], y)
    assert np.array_equal(y[:, :lanes], x[:, :lanes].T)
    assert not y[:, lanes:].any()


@pytest.mark.parametrize("dtype", TYPES)
@pytest.mark.parametrize("highest", [0, 1, 40_000, 65_534, 65_535])
def test_kept_units(highest: int, dtype: str) -> None:
    lanes = sizes(dtype).lanes
    words = np.random.default_rng(highest).integers(0, 2**16, (lanes, lanes)).astype(np.uint16)
    words.flat[:3] = highest, 0, 65_535
    factor = np.zeros((lanes, lanes), dtype)
    keep_lowest_tile(
        words.ctypes.data,
        words.strides[0],
        highest,
        factor.dtype.type(1.5),
        factor.ctypes.data,
        factor.strides[0],
        factor,
    )
    assert np.array_equal(factor, np.where(words <= highest, 1.5, 0).T)


@pytest.mark.parametrize("dtype", TYPES)
@pytest.mark.parametrize("inputs", [1, 7, 16, 33])
@pytest.mark.parametrize("outputs", [1, 8, 19, 40])
@pytest.mark.parametrize("batch", [1, 6, 13])
def test_products_through_panels(batch: int, outputs: int, inputs: int, dtype: str) -> None:
    """And through the panels' transposed, beyond whose columns there are zeros."""
    of = sizes(dtype)
    wide = VECTORS * of.lanes
    columns, padded = (-(-count // of.lanes) * of.lanes for count in (outputs, inputs))
    weight = np.zeros((inputs + 1, columns), dtype)
    weight[:, :outputs] = normal(inputs + 1, outputs, dtype=dtype)
    panels = np.concatenate(
        [weight[:, left : left + wide].ravel() for left in range(0, columns, wide)]
        + [np.full(wide * of.lanes, np.nan, dtype)]
    )
    x, dy = normal(batch, inputs, dtype=dtype), np.zeros((batch, columns), dtype)
    y, dx = np.zeros((batch, columns), dtype), np.full((batch, padded), np.nan, dtype)
    products.product(
        addresses(x).ctypes.data, batch, panels.ctypes.data, inputs, 1, y.ctypes.data, columns, of.size, of.lanes, y
    )
    np.testing.assert_allclose(y, x @ weight[:-1] + weight[-1], rtol=0, atol=10 * ROUNDING[dtype])
    dy[:, :outputs] = normal(batch, outputs, dtype=dtype)
    transposed = np.full(padded * columns + wide * of.lanes, np.nan, dtype)
    products.transpose_panels(
        panels.ctypes.data, inputs, outputs, columns, transposed.ctypes.data, padded, of.size, of.lanes, y
    )
    products.product(
        addresses(dy).ctypes.data,
        batch,
        transposed.ctypes.data,
        outputs,
        0,
        dx.ctypes.data,
        padded,
        of.size,
        of.lanes,
        y,
    )
    np.testing.assert_allclose(dx[:, :inputs], dy @ weight[:-1].T, rtol=0, atol=10 * ROUNDING[dtype])
    assert not dx[:, inputs:].any()


@pytest.mark.parametrize("dtype", TYPES)
def test_exp_and_tanh(dtype: str) -> None:
    x = np.concatenate([np.linspace(-80, 80, 4001), np.geomspace(1e-12, 1, 500), -np.geomspace(1e-12, 1, 500)]).astype(
        dtype
    )
    y, digits = np.empty_like(x), 2 * np.finfo(dtype).eps
    for ours, theirs in ((map_exp, np.exp), (map_tanh, np.tanh)):
        ours(x, y)
        np.testing.assert_allclose(y, theirs(x.astype(np.float64)), rtol=digits)
    map_exp(np.array([np.nan, -np.inf, 0.0], dtype), y)
    assert np.isnan(y[0])
    assert y[1] < 1e-37
    assert y[2] == 1
    map_tanh(np.array([np.nan, -np.inf, np.inf, 0.0], dtype), y)
    assert np.isnan(y[0])
    assert y[1:4].tolist() == [-1, 1, 0]


@pytest.mark.parametrize("dtype", TYPES)
def test_relu_on_special_numbers(dtype: str) -> None:
    """0 at -0.0 and flat there; a NaN is never lost."""
    y = np.array(SPECIAL, dtype)
    slope = np.empty_like(y)
    expected = np.maximum(y, 0)
    layers.relu(y, slope)
    np.testing.assert_array_equal(y, expected)
    assert not np.signbit(y[:2]).any()
    np.testing.assert_array_equal(slope, np.array(SPECIAL) > 0)


@pytest.mark.parametrize("dtype", TYPES)
@pytest.mark.parametrize("name", ["hyperbolic_tangent", "sigmoid", "gelu"])
def test_other_activations_keep_nan(name: str, dtype: str) -> None:
    y = np.array([np.nan, -np.nan, 1.0], dtype)
    getattr(layers, name)(y, np.empty_like(y))
    assert np.isnan(y).tolist() == [True, True, False]


@pytest.mark.parametrize("dtype", TYPES)
def test_softmax_keeps_nan_and_infinity(dtype: str) -> None:
    """A row with a NaN or with +inf has a slope of NaN throughout; the others keep theirs."""
    z = np.array([[1, np.nan, 0, np.inf], [2, 0, np.nan, 0], [3, 0, 1, 0]], dtype)
    labels, places = np.array([0, 1, 2, 0], np.int32), np.arange(4)
    expected = np.exp(z[:, 0].astype(np.float64))
    expected = (expected / expected.sum() - [1, 0, 0]) / 4
    loss.cross_entropy_slope(z, labels, places, np.empty(4, dtype), np.empty(4, dtype))
    assert np.isnan(z).all(axis=0).tolist() == [False, True, True, True]
    np.testing.assert_allclose(z[:, 0], expected, atol=ROUNDING[dtype])


@pytest.mark.parametrize("dtype", TYPES)
@pytest.mark.parametrize(("l2", "kept"), [(0.0, 1.0), (0.3, 1.0), (0.3, 0.9)])
def test_adam_on_whole_vectors(l2: float, kept: float, dtype: str) -> None:
    """As its formula has it; nothing beyond is touched, and a NaN stays one, as does an infinite value without penalty."""
    count, beta1, beta2, rate, epsilon = 3 * sizes(dtype).lanes, 0.9, 0.99, 0.1, 1e-8
    values, gradient, first, second = (normal(count + number, dtype=dtype)[: count + 1] for number in range(1, 5))
    second[:] = second**2
    values[0], gradient[1], values[2] = np.nan, np.nan, np.inf
    w, g, m, s = (array.astype(np.float64) for array in (values, gradient, first, second))
    g += l2 * w if l2 else 0
    m, s = beta1 * m + g, beta2 * s + g * g
    with np.errstate(invalid="ignore"):
        expected = kept * w - rate * m / (np.sqrt(s) + epsilon)
    beyond = values[count]
    adam_run(
        *(array.ctypes.data for array in (values, gradient, first, second)), 3,
        *(values.dtype.type(number) for number in (l2, kept, beta1, beta2, rate, epsilon)),
    )  # fmt: skip
    for found, formula in ((values, expected), (first, m), (second, s)):
        np.testing.assert_allclose(found[:count], formula[:count], rtol=20 * ROUNDING[dtype])
    assert values[count] == beyond
    assert np.isnan(values[:3]).tolist() == [True, True, l2 > 0]
