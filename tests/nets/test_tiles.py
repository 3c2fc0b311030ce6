"""The micro-kernels and what is built of them: each is its formula in NumPy, in both types, at every size, on special numbers."""

from collections import namedtuple
from itertools import pairwise
from types import SimpleNamespace

import numpy as np
import pytest

numba = pytest.importorskip("numba", reason="numba is not installed: pip install 'dropstep[fast]'")

from nets.arrays import CACHE_LINE  # noqa: E402
from nets.compiled import disturbance, elementary, layers, loss, products, tiles  # noqa: E402
from nets.compiled.arguments import WORDS  # noqa: E402
from nets.compiled.buffers import Room  # noqa: E402
from nets.compiled.jit import X86, flush_denormals, restore_denormals  # noqa: E402
from nets.compiled.layout import Layout  # noqa: E402
from nets.compiled.vectors import BYTES, ROWS, VECTORS, registers  # noqa: E402

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


@numba.njit
def flush():
    return flush_denormals()


@numba.njit
def restore(before):
    restore_denormals(before)


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


@pytest.mark.parametrize(("dtype", "least", "most"), [("float32", -87, 88), ("float64", -708, 709)])
def test_exp_ends_where_normal_numbers_do(dtype: str, least: float, most: float) -> None:
    """What is beyond either end counts as the end."""
    x = np.array([least, least - 1, -1e30, most, most + 1, 1e30, np.inf], dtype)
    y = np.empty_like(x)
    map_exp(x, y)
    ends = np.exp(np.array([least, most], float))
    np.testing.assert_allclose(y, np.repeat(ends, [3, 4]), rtol=2 * np.finfo(dtype).eps)
    assert np.finfo(dtype).tiny < ends[0] < 3 * np.finfo(dtype).tiny
    assert ends[1] < np.finfo(dtype).max / 2 < 2 * ends[1]


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


@pytest.mark.parametrize("rows", [1, ROWS - 1, ROWS, ROWS + 1, 2 * ROWS - 1, 2 * ROWS, 2 * ROWS + 1, 50])
def test_tiles_are_as_even_as_they_can_be(rows: int) -> None:
    heights: list[int] = []
    while sum(heights) < rows:
        heights.append(products.height_of(sum(heights), rows))
    assert sum(heights) == rows
    assert len(heights) == -(-rows // ROWS)
    assert ROWS >= max(heights) <= min(heights) + 1


@pytest.mark.parametrize("dtype", TYPES)
@pytest.mark.parametrize(("classes", "rows"), [(3, 7), (17, 300), (1000, 80)])
def test_losses_of_equal_logits(classes: int, rows: int, dtype: str) -> None:
    """However many factors log(classes) is summed by; a tie is of the first class."""
    labels = np.arange(rows, dtype=np.int32) % classes
    spaces = np.empty((4, rows), dtype)
    found, wrong = loss.losses(np.full((classes, rows), 3, dtype), labels, *spaces)
    assert found == pytest.approx(rows * np.log(classes), rel=1e-12)
    assert wrong == rows - -(-rows // classes)


@pytest.mark.parametrize("dtype", TYPES)
def test_losses_of_rows_beyond_those_that_have_labels(dtype: str) -> None:
    """They fill a vector and count as nothing; the highest logit may be of any class, and of two the first is told."""
    z = np.array([[2, 0, -1, 5, 9], [0, 3, 4, 5, 9], [1, 3, 1, 0, 9]], dtype)
    labels, real = np.array([0, 2, 2, 0], np.int32), z[:, :4].astype(float)
    expected = np.log(np.exp(real).sum(axis=0)) - real[labels, np.arange(4)]
    found, wrong = loss.losses(z.copy(), labels, *np.empty((4, 5), dtype))
    assert (found, wrong) == (pytest.approx(expected.sum(), rel=10 * ROUNDING[dtype]), 2)
    logits = np.array([[2, -3, 0, 0, 9]], dtype)
    of_two = np.array([1, 1, 0, 0], np.int32)
    sign = np.where(of_two == 1, -1, 1)
    found, wrong = loss.logit_losses(logits, of_two)
    assert found == pytest.approx(np.log1p(np.exp(sign * logits[0, :4].astype(float))).sum(), rel=10 * ROUNDING[dtype])
    assert wrong == 1  # a tie is of class 0


def test_one_draw_for_a_batch_keeps_what_is_no_higher_than_the_highest_word() -> None:
    dtype, step, k = "float32", 1, 2
    lanes = sizes(dtype).lanes
    shape = namedtuple("S", "sizes columns lanes size")(np.array([3]), np.array([lanes]), lanes, BYTES // lanes)  # noqa: PYI024
    words = np.array([[[9, 9, 9], [9, 9, 9]], [[9, 9, 9], [6, 7, 8]]], np.uint16)  # of two steps and seeds
    highest, scale = np.zeros((1, 2, 3), np.int64), np.zeros((1, 2, 3), dtype)
    highest[0, step, k], scale[0, step, k] = 7, 1.5
    tape = namedtuple("T", "kind start of_step of_draw draw highest scale shared words")(  # noqa: PYI024
        np.array([WORDS]), np.array([words.ctypes.data]), np.array([words.strides[0]]), np.array([words.strides[1]]),
        np.array([[0, 0, 1]]), highest, scale, 1, np.zeros(1, np.uint16),
    )  # fmt: skip
    factor = np.zeros(lanes, dtype)
    buffers = namedtuple("B", "factor")(np.array([factor.ctypes.data]))  # noqa: PYI024
    disturbance.draw_noise(shape, k, buffers, 0, 5, tape, step, factor)
    assert factor[:3].tolist() == [1.5, 1.5, 0]


@pytest.mark.parametrize("dtype", TYPES)
@pytest.mark.parametrize("normalised", [False, True])
@pytest.mark.parametrize("hidden", [(), (1,), (19,), (40, 33), (16, 16, 64)])
def test_each_parameter_has_a_place_of_its_own(hidden: tuple, normalised: bool, dtype: str) -> None:  # noqa: FBT001
    """Networks begin on a cache line, rows are whole vectors, and no more is held than that takes."""
    of, units = sizes(dtype), (5, *hidden, 3)
    layout = Layout(units, of.size, normalised=normalised)
    whole = [-(-count // of.lanes) * of.lanes for count in units]
    places = layout.places()
    weights = [(inputs + 1) * outputs for inputs, outputs in pairwise(units)]
    assert len(set(places)) == len(places) == sum(weights) + 2 * sum(hidden) * normalised
    held = [(inputs + 1) * outputs for inputs, outputs in zip(units[:-1], whole[1:], strict=True)]
    line = CACHE_LINE // of.size
    total = sum(held) + 2 * sum(whole[1:-1]) * normalised
    assert layout.parameters % line == 0 <= layout.parameters - total < line
    assert 0 <= places.min() <= places.max() < total
    assert layout.columns == tuple(whole)
    assert layout.moments_held == sum(whole[1:-1]) * normalised


@pytest.mark.parametrize("dtype", TYPES)
@pytest.mark.parametrize("wide", [3, 40])
def test_each_buffer_has_room_for_what_is_written_there(wide: int, dtype: str) -> None:
    """In numbers, of layers whose units, as the rows, are whole vectors; beyond each there is a square, and all begin on cache lines."""
    of = sizes(dtype)
    lanes, units = of.lanes, wide * of.lanes
    room = Room(Layout((lanes, units, 2 * lanes), of.size, normalised=True), 2 * lanes - 1)
    ends = {array.ctypes.data: len(array) - lanes * VECTORS * lanes for array in room.arrays}
    rows = [2 * lanes * columns for columns in (lanes, units, 2 * lanes)]
    b = room.buffers
    for each in (b.y, b.dy, b.slope, b.centred, b.factor):
        assert [ends[address] for address in each] == rows
    assert [ends[address] for address in b.inverse] == [lanes, units, 2 * lanes]
    assert [ends[address] for address in b.jitter] == [2 * lanes, 2 * units, 4 * lanes]
    assert ends[b.transposed] == 2 * lanes * units
    assert ends[b.logits] == 4 * lanes**2
    assert ends[b.gradient] == max(2 * units, ROWS * VECTORS * lanes)
    assert ends[b.packed] == 2 * lanes * VECTORS * lanes
    assert ends[b.sums] == 4 * units
    assert b.capacity == 2 * lanes - 1
    assert {len(each) for each in (b.ones, b.rows[0], b.dy_rows[0])} == {2 * lanes}
    ones = next(array for array in room.arrays if array.ctypes.data == b.ones[0])
    assert ones[0] == 1
    assert all(array.ctypes.data % CACHE_LINE == 0 for array in room.arrays)
    for addresses_of, starts in ((b.rows, b.y), (b.dy_rows, b.dy)):
        strides = np.array([lanes, units, 2 * lanes])[:, None] * of.size
        np.testing.assert_array_equal(addresses_of, starts[:, None] + strides * np.arange(2 * lanes))


@pytest.mark.skipif(not X86, reason="x86's control register: elsewhere denormals stay")
@pytest.mark.parametrize("factors", [(1e-30, 1e-10), (1e-40, 1e10), (2.0, 3.0)])
def test_denormals_are_zero_where_that_is_asked_for(factors: tuple[float, float]) -> None:
    """Those that a product is, and those that it is of; it is as before afterwards, and other numbers are as ever."""
    x, y = (np.full(1, factor, np.float32) for factor in factors)
    usual = x * y
    before = flush()
    flushed = x * y
    restore(before)
    assert usual == pytest.approx(factors[0] * factors[1], rel=1e-4)
    assert flushed == (usual if usual > 1 else 0)
    assert x * y == usual


@pytest.mark.parametrize(
    ("features", "told"),
    [
        ({"avx512f": True, "avx2": True}, (64, 8)),
        ({"avx512f": False, "avx2": True}, (32, 6)),
        ({"avx2": False}, (16, 6)),
        ({}, (16, 6)),
    ],
)
def test_a_tile_is_as_high_as_there_are_registers_for_its_sums(
    features: dict[str, bool], told: tuple[int, int]
) -> None:
    """Beside one row of weights and one input: of 32 registers half is enough."""
    width, rows = registers(features)
    assert (width, rows) == told
    assert rows * VECTORS + VECTORS + 1 <= (32 if width == 64 else 16)
