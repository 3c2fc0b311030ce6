"""Random streams side by side, one in each lane of a register: the numbers that NumPy draws from them one by one."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from nets.arrays import Array, empty, full
from nets.compiled.jit import compiled
from nets.compiled.products import transpose
from nets.compiled.registers import load, splat, store
from nets.compiled.vectors import BYTES

SIZE = 8  # bytes of a number
LANES = BYTES // SIZE
BLOCK = 64  # numbers of a stream that are drawn before they are laid out: what waits for it stays in the cache
UNIT = 2.0**-53


class Streams:
    """Whole numbers of 64 bits from several generators, which must be SFC64 (Doty-Humphrey 2010, PractRand).

    It goes on from where the generators are, and leaves them there.
    """

    def __init__(self, generators: Sequence[np.random.Generator]) -> None:
        self.count = len(generators)
        states = np.zeros((-(-self.count // LANES) * LANES, 4), np.uint64)
        for state, generator in zip(states, generators, strict=False):
            state[:] = generator.bit_generator.state["state"]["state"]
        self._states = np.ascontiguousarray(states.reshape(-1, LANES, 4).swapaxes(1, 2))
        self._numbers = np.empty((0, 0), np.uint64)
        self._block = empty((BLOCK, LANES), np.uint64)

    def draw(self, count: int) -> NDArray[np.uint64]:
        """The next ``count`` numbers of each stream, until the next call: what an array begins with, of as many rows and columns at least.

        The whole array, since a part of it would be another type to compiled code.
        """
        room = -(-count // LANES) * LANES
        if self._numbers.shape[1] < room:
            self._numbers = full((self._states[:, 0].size, room), 0, np.uint64)
        draw(self._states, count, self._block, self._numbers)
        return self._numbers


def uniform(numbers: NDArray[np.uint64]) -> Array:
    """What ``Generator.random`` makes of whole numbers: in [0, 1)."""
    return np.asarray((numbers >> np.uint64(11)) * UNIT)


@compiled
def draw(states, count, block, numbers):
    """``count`` numbers of each stream: ``states`` (registers, 4, lanes), ``numbers`` (streams in whole registers, at least count)."""
    for register in range(len(states)):
        for start in range(0, count, BLOCK):
            drawn = min(BLOCK, count - start)
            advance(states[register].ctypes.data, drawn, block.ctypes.data, states)
            place = numbers[register * LANES :, start:].ctypes.data
            transpose(block.ctypes.data, drawn, LANES, BYTES, place, numbers.shape[1] * SIZE, SIZE, LANES, states)


@compiled
def advance(state, count, numbers, like):
    """SFC64: number = a + b + counter; a ← b ⊕ (b ≫ 11), b ← c + (c ≪ 3), c ← (c rotated by 24) + number."""
    a, b, c, counter = load(state, like), load(state + BYTES, like), load(state + 2 * BYTES, like), load(state + 3 * BYTES, like)  # fmt: skip
    one = splat(like.dtype.type(1))
    for place in range(count):
        number = a + b + counter
        counter += one
        a = b ^ (b >> splat(like.dtype.type(11)))
        b = c + (c << splat(like.dtype.type(3)))
        c = ((c << splat(like.dtype.type(24))) | (c >> splat(like.dtype.type(40)))) + number
        store(number, numbers + place * BYTES)
    store(a, state)
    store(b, state + BYTES)
    store(c, state + 2 * BYTES)
    store(counter, state + 3 * BYTES)
