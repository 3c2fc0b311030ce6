"""The random draws of a run of steps, by the streams and in the order in which the layers in NumPy draw them."""

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import DTypeLike, NDArray

from nets.arrays import Array, Integers, empty, full
from nets.compiled.arguments import FACTORS, NO_NOISE, WORDS, Tape
from nets.compiled.layout import Layout
from nets.layers.noise import NOISES, Draws, Dropout, Noise
from nets.stack import Stack

MOST = 4_000_000  # bytes that a run of steps may draw, so that they stay in a cache


class Source:
    """One layer's noise: words of Bernoulli's law are compared in the compiled step, other laws are sampled in NumPy."""

    def __init__(self, stack: Stack, draws: Draws, strength: str, units: int) -> None:
        self.stack, self.draws, self.strength, self.units = stack, draws, strength, units
        self.noises: dict[int, Noise] = {}
        self.rooms: dict[tuple[int, ...], NDArray[Any]] = {}
        self.reads_words = NOISES[stack.shape.noise] is Dropout

    def noise(self, batch: int) -> Noise:
        """The layer for a batch size."""
        if batch not in self.noises:
            y = empty((len(self.stack.hypers), self.units, batch), self.stack.dtype)
            self.noises[batch] = NOISES[self.stack.shape.noise](self.stack.knob(self.strength), self.draws, y)
        return self.noises[batch]

    def record(self, steps: int, batch: int, highest: Integers, scale: Array) -> NDArray[Any]:
        """Until the next recording: words (steps, seeds, units, batch or 1), or factors (steps, K, …); one step where a draw serves the run.

        With words come the ``highest`` that keep a unit, and what is kept is scaled by, both (steps, K).
        """
        noise = self.noise(batch)
        held = len(self.draws.generators) if self.reads_words else len(self.stack.hypers)
        shape = (1 if self.draws.redraw == "run" else steps, held, self.units, noise.drawn)
        if shape not in self.rooms:
            self.rooms = {shape: _with_room(shape, np.uint16 if self.reads_words else self.stack.dtype, batch)}
        tape = self.rooms[shape]
        for number, drawn in enumerate(tape):
            if isinstance(noise, Dropout):
                drawn[...] = noise.draw()
                steps_meant = slice(None) if len(tape) == 1 else number
                highest[steps_meant], scale[steps_meant] = noise.highest[:, 0, 0], noise.scale[:, 0, 0]
            else:
                noise.sample()
                drawn[...] = noise.factor
        return tape

    def bytes_of_a_step(self, batch: int) -> int:
        size = 2 if self.reads_words else self.stack.dtype.itemsize
        return size * len(self.stack.hypers) * self.units * self.noise(batch).drawn


def _with_room(shape: Sequence[int], dtype: DTypeLike, batch: int) -> NDArray[Any]:
    """Zeros, and some beyond them: squares that are read may reach out of the array."""
    count = math.prod(shape)
    return full((count + 64 * (batch + 1),), 0, dtype)[:count].reshape(shape)


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
