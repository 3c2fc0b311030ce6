"""The orders of ``nets.orders``, sorted by where uniform numbers fall."""

from collections.abc import Iterator, Sequence

import numpy as np

from nets.arrays import Integers
from nets.compiled.jit import compiled
from nets.compiled.streams import UNIT, Streams


def shuffled(generators: Sequence[np.random.Generator], rows: int) -> Iterator[Integers]:
    """As ``nets.orders.shuffled``: measured 4 times faster on Zen 4, where NumPy sorts slowly, a step of 12 units by 12 %."""
    streams, bits = Streams(generators), (rows - 1).bit_length()
    keys, stops = np.empty(rows, np.uint64), np.empty(1 << bits, np.int64)
    while True:
        order = np.empty((len(generators), rows), np.int64)
        sort(streams.draw(rows), bits, keys, stops, order)
        yield order


@compiled
def sort(numbers, bits, keys, stops, order):
    """The ``order`` (streams, rows) of the uniform numbers that ``numbers``, which may hold more, are the bits of."""
    for k in range(len(order)):
        put_by_bucket(numbers[k, : len(keys)], bits, keys, stops)
        insert(keys)
        for place in range(len(keys)):
            order[k, place] = np.int64(keys[place] & np.uint64((1 << bits) - 1))


@compiled
def put_by_bucket(numbers, bits, keys, stops):
    """Into ``keys``, by their first ``bits`` bits: about one a bucket. ``stops`` (buckets,) is where each will end."""
    stops[:] = 0
    for number in numbers:
        stops[bucket_of(number, bits)] += 1
    for bucket in range(1, len(stops)):
        stops[bucket] += stops[bucket - 1]
    for row in range(len(numbers) - 1, -1, -1):
        bucket = bucket_of(numbers[row], bits)
        stops[bucket] -= 1
        keys[stops[bucket]] = key_of(numbers[row], row, bits)


@compiled
def bucket_of(number, bits):
    """The first ``bits`` bits; in halves since no shift is by all 64."""
    return number >> np.uint64(63 - bits) >> np.uint64(1)


@compiled
def key_of(number, row, bits):
    """The bits of a uniform number, the lowest of which are the row's number."""
    uniform = np.float64(np.int64(number >> np.uint64(11))) * UNIT
    return (np.float64(uniform).view(np.uint64) & ~np.uint64((1 << bits) - 1)) | np.uint64(row)


@compiled
def insert(keys):
    """Sorts keys that stand near their places."""
    for place in range(1, len(keys)):
        key, to = keys[place], place
        while to > 0 and keys[to - 1] > key:
            keys[to] = keys[to - 1]
            to -= 1
        keys[to] = key
