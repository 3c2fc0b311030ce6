"""The random draws of a run of steps, by the streams and in the order in which the layers in NumPy draw them."""

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import DTypeLike, NDArray

from nets.arrays import Array, Integers, empty, full
from nets.compiled.arguments import FACTORS, NO_NOISE, WORDS, Tape
from nets.compiled.layout import Layout
from nets.compiled.streams import Streams, uniform
from nets.layers.noise import NOISES, Draws, Dropout, Noise, Words, draws_in_bulk, thresholds
from nets.stack import Stack

MOST = 4_000_000  # bytes that a run of steps may draw, so that they stay in a cache


class Reel:
    """The words of one layer, draw after draw: what a run of steps leaves of a bulk begins the next run's."""

    def __init__(self, streams: Streams, count: int) -> None:
        """``count`` words make a draw."""
        self.streams, self.count, self.bulk = streams, count, draws_in_bulk(count)
        self.words: Words = np.empty((0, streams.count, count), np.uint16)
        self.fractions = np.empty((0, streams.count))
        self.recorded = slice(0)
        self.left = slice(0)

    def record(self, steps: int) -> None:
        """As many draws, to be found in ``recorded`` until the next ones."""
        words, fractions = self.words[self.left], self.fractions[self.left]
        if steps + self.bulk > len(self.words):
            self.words = _with_room((steps + self.bulk, *self.words.shape[1:]), self.words.dtype)
            self.fractions = np.empty(self.words.shape[:2])
        stop = len(words)
        self.words[:stop], self.fractions[:stop] = words, fractions
        while stop < steps:
            bulk = slice(stop, stop + self.bulk)
            self.words[bulk], self.fractions[bulk] = self._next_bulk()
            stop += self.bulk
        self.recorded, self.left = slice(steps), slice(steps, stop)

    def _next_bulk(self) -> tuple[Words, Array]:
        """As ``Draws.fill`` draws it: words (draws, seeds, count) and a fraction (seeds,)."""
        count = self.bulk * self.count
        fourths = -(-count // 4)
        numbers = self.streams.draw(fourths + 1)[: self.streams.count]
        words = numbers.view(np.uint16)[:, :count].reshape(-1, self.bulk, self.count)
        return words.swapaxes(0, 1), uniform(numbers[:, fourths])


class Source:
    """One layer's noise: words of Bernoulli's law are compared in the compiled step, other laws are sampled in NumPy."""

    def __init__(self, stack: Stack, draws: Draws, strength: str, units: int) -> None:
        self.stack, self.draws, self.strength, self.units = stack, draws, strength, units
        self.once = draws.redraw == "run"
        self.noises: dict[int, Noise] = {}
        self.reels: dict[int, Reel] = {}
        self.rooms: dict[tuple[int, ...], NDArray[Any]] = {}
        self.reads_words = NOISES[stack.shape.noise] is Dropout
        self.streams = Streams(draws.generators)

    def noise(self, batch: int) -> Noise:
        """The layer for a batch size."""
        if batch not in self.noises:
            y = empty((len(self.stack.hypers), self.units, batch), self.stack.dtype)
            self.noises[batch] = NOISES[self.stack.shape.noise](self.stack.knob(self.strength), self.draws, y)
        return self.noises[batch]

    def record(self, steps: int, batch: int, highest: Integers, scale: Array) -> NDArray[Any]:
        """Until the next recording: words (steps, seeds, units · batch or 1), or factors (steps, K, …); one step where a draw serves the run.

        With words come the ``highest`` that keep a unit, and what is kept is scaled by, both (steps, K).
        """
        if self.reads_words:
            return self._words(steps, self.units * self.noise(batch).drawn, highest, scale)
        return self._factors(steps, batch)

    def _words(self, steps: int, count: int, highest: Integers, scale: Array) -> NDArray[Any]:
        if count not in self.reels:
            self.reels[count] = Reel(self.streams, count)
            self.reels[count].record(1 if self.once else steps)
        elif not self.once:
            self.reels[count].record(steps)
        reel = self.reels[count]
        fractions = reel.fractions[reel.recorded].take(self.draws.of_network, axis=1)
        highest[...], scale[...] = thresholds(self.stack.knob(self.strength)[:, 0, 0], fractions)
        return reel.words[reel.recorded]

    def _factors(self, steps: int, batch: int) -> NDArray[Any]:
        noise = self.noise(batch)
        shape = (1 if self.once else steps, len(self.stack.hypers), self.units, noise.drawn)
        if shape not in self.rooms:
            self.rooms = {shape: _with_room(shape, self.stack.dtype)}
        for drawn in self.rooms[shape]:
            noise.sample()
            drawn[...] = noise.factor
        return self.rooms[shape]

    def bytes_of_a_step(self, batch: int) -> int:
        size = 2 if self.reads_words else self.stack.dtype.itemsize
        return size * len(self.stack.hypers) * self.units * self.noise(batch).drawn


def _with_room(shape: Sequence[int], dtype: DTypeLike) -> NDArray[Any]:
    """Zeros, and some beyond them: squares that are read, of 16 rows at most, may reach out of the array."""
    count = math.prod(shape)
    return full((count + 16 * (shape[-1] + 1),), 0, dtype)[:count].reshape(shape)


class Recorder:
    """The draws of a stack, layer by layer, the inputs' noise first."""

    def __init__(self, stack: Stack, layout: Layout) -> None:
        self.stack = stack
        hidden = stack.sizes[1:-1]
        keys = [(("input noise", 0), "input_keep_prob", stack.sizes[0])]
        keys += [(("noise", layer), "keep_prob", units) for layer, units in enumerate(hidden)]
        self.sources = [
            Source(stack, stack.draws[key], strength, units) if key in stack.draws else None
            for key, strength, units in keys
        ]
        self.jitters = [stack.draws[key] for key in (("jitter", layer) for layer in range(len(hidden))) if key in stack.draws]  # fmt: skip
        self.silence = self._tape(0)

    def steps_at_once(self, batch: int) -> int:
        drawn = sum(source.bytes_of_a_step(batch) for source in self.sources if source)
        return max(1, MOST // max(1, drawn))

    def record(self, steps: int, batch: int) -> Tape:
        """Of the steps to come, until the next recording."""
        tape = self._tape(steps)
        for layer, source in enumerate(self.sources):
            if source is not None:
                self._enter(tape, layer, source, source.record(steps, batch, tape.highest[layer], tape.scale[layer]))
        return tape

    def _tape(self, steps: int) -> Tape:
        """A silent one."""
        layers, networks = len(self.sources), len(self.stack.hypers)
        return Tape(
            kind=np.full(layers, NO_NOISE),
            start=np.zeros(layers, np.int64),
            of_step=np.zeros(layers, np.int64),
            of_draw=np.zeros(layers, np.int64),
            draw=np.tile(np.arange(networks), (layers, 1)),
            highest=np.zeros((layers, steps, networks), np.int64),
            scale=np.zeros((layers, steps, networks), self.stack.dtype),
            shared=int(self.stack.shape.noise_redraw != "example"),
            words=np.zeros(1, np.uint16),
            jitter=self._jitter(steps),
        )

    @staticmethod
    def _enter(tape: Tape, layer: int, source: Source, drawn: NDArray[Any]) -> None:
        tape.kind[layer], tape.start[layer] = FACTORS, drawn.ctypes.data
        tape.of_step[layer], tape.of_draw[layer] = drawn.strides[0] if len(drawn) > 1 else 0, drawn.strides[1]
        if source.reads_words:
            tape.kind[layer], tape.draw[layer] = WORDS, source.draws.of_network

    def _jitter(self, steps: int) -> NDArray[Any]:
        """Standard normal numbers (layers, steps, K, units, 2)."""
        units = self.stack.sizes[1] if self.jitters else 0
        normals = np.zeros((len(self.jitters), steps, len(self.stack.hypers), units, 2), self.stack.dtype)
        for layer, draws in enumerate(self.jitters):
            for drawn in normals[layer]:
                drawn[...] = draws.for_networks(draws.normals(units, 2))
        return normals
