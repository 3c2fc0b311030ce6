"""Random streams side by side, and the orders that are sorted with them: NumPy's numbers, bit by bit."""

from itertools import islice

import numpy as np
import pytest

numba = pytest.importorskip("numba", reason="numba is not installed: pip install 'dropstep[fast]'")

from nets import orders  # noqa: E402
from nets.compiled.orders import shuffled, sort  # noqa: E402
from nets.compiled.registers import load, splat, store  # noqa: E402
from nets.compiled.streams import BLOCK, LANES, Streams, uniform  # noqa: E402
from nets.streams import stream  # noqa: E402


@numba.njit
def compute(x, y, found):
    """What whole numbers are put through, a sum in place too."""
    one, other = load(x.ctypes.data, x), load(y.ctypes.data, x)
    store(one + other, found[0].ctypes.data)
    store(one ^ other, found[1].ctypes.data)
    store(one | other, found[2].ctypes.data)
    store(one << splat(x.dtype.type(24)), found[3].ctypes.data)
    store(one >> splat(x.dtype.type(40)), found[4].ctypes.data)
    one += splat(x.dtype.type(1))
    store(one, found[5].ctypes.data)


def test_arithmetic_is_that_of_whole_numbers() -> None:
    x, y = np.random.default_rng(0).integers(0, 2**64, (2, LANES), np.uint64)
    x[0] = 2**64 - 1  # and 1 is 0
    found = np.empty((6, LANES), np.uint64)
    compute(x, y, found)
    expected = [x + y, x ^ y, x | y, x << np.uint64(24), x >> np.uint64(40), x + np.uint64(1)]
    np.testing.assert_array_equal(found, expected)


@pytest.mark.parametrize("streams", [1, 3, LANES, LANES + 1, 3 * LANES + 2])
def test_numbers_are_those_that_each_generator_draws(streams: int) -> None:
    """Whatever was drawn before, blocks and registers begun or full; the generators stay where they are."""
    generators, beside = ([stream(seed, "order") for seed in range(streams)] for _ in range(2))
    for generator in (*generators, *beside):
        generator.random(5)
    drawn = Streams(generators)
    for count in (1, BLOCK - 1, BLOCK, BLOCK + 1, 1000, 2):
        expected = [generator.bit_generator.random_raw(count) for generator in beside]
        np.testing.assert_array_equal(drawn.draw(count)[:streams, :count], expected)
    assert [each.random() for each in generators] == [stream(seed, "order").random(6)[5] for seed in range(streams)]


def test_uniform_numbers_are_those_that_each_generator_draws() -> None:
    numbers = Streams([stream(3, "noise", 1)]).draw(300)[0, :300]
    np.testing.assert_array_equal(uniform(numbers), stream(3, "noise", 1).random(300))


@pytest.mark.parametrize("rows", [1, 2, 3, 64, 65, 1000])
def test_orders_are_numpys_epoch_after_epoch(rows: int) -> None:
    seeds = [4, 0, 4, *range(7, 16)]
    ours, numpys = orders.orders(seeds, rows, shuffled), orders.orders(seeds, rows)
    for order, expected in islice(zip(ours, numpys, strict=True), 4):
        np.testing.assert_array_equal(order, expected)


@pytest.mark.parametrize("known", [0, 5, 52, 64])
def test_an_order_is_sorted_however_the_numbers_fall(known: int) -> None:
    """All in one bucket, many alike: what is left of a number decides, and then the row."""
    rows, bits = 300, 9
    drawn = np.random.default_rng(known).integers(0, 2**63, (2, rows), np.uint64) << np.uint64(1)
    numbers = drawn if known == 0 else (drawn >> np.uint64(known - 1) >> np.uint64(1)) | np.uint64(2**63)
    order = np.empty(numbers.shape, np.int64)
    sort(numbers, bits, np.empty(rows, np.uint64), np.empty(1 << bits, np.int64), order)
    seen = uniform(numbers).view(np.uint64) >> np.uint64(bits)
    np.testing.assert_array_equal(order, np.argsort(seen, axis=1, kind="stable"))
