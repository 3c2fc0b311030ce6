"""In which order networks see their rows."""

from collections.abc import Callable, Iterator, Sequence

import numpy as np

from nets.arrays import Integers, empty
from nets.streams import stream


def shuffled(generators: Sequence[np.random.Generator], rows: int) -> Iterator[Integers]:
    """For each epoch the order (streams, rows) that sorts uniform numbers of each stream.

    The row's number in their lowest bits leaves no ties and is what remains: sorting all streams at once was measured
    1.7 times faster than shuffling (a step by 3 %, 12 units).
    """
    keys = empty((len(generators), rows), np.float64)
    bits = keys.view(np.uint64)
    numbers = np.arange(rows, dtype=np.uint64)
    lowest = np.uint64((1 << (rows - 1).bit_length()) - 1)
    while True:
        for generator, key in zip(generators, keys, strict=True):
            generator.random(out=key)
        bits &= ~lowest
        bits |= numbers
        keys.sort(axis=1)
        yield (bits & lowest).view(np.int64)


def orders(
    seeds: Sequence[int],
    rows: int,
    shuffled: Callable[[Sequence[np.random.Generator], int], Iterator[Integers]] = shuffled,
) -> Iterator[Integers]:
    """For each epoch the order (K, rows) in which each network sees its rows, one stream for each seed."""
    distinct = list(dict.fromkeys(seeds))
    of_network = [distinct.index(seed) for seed in seeds]
    for order in shuffled([stream(seed, "order") for seed in distinct], rows):
        yield order.take(of_network, 0)
