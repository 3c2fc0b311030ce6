"""Multiplicative noise with mean one: dropout and its relatives.

Draws do not depend on the strength (a unit is kept where its uniform lies below keep_prob), so networks
of one seed are paired, and the response of one seed to the strength is well defined.
"""

from abc import abstractmethod
from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from nets.arrays import Array, Layer, empty, shared
from nets.streams import stream

Words = NDArray[np.unsignedinteger[Any]]
BULK = 16_384  # words that a seed draws at a time

REDRAWS = ("example", "batch", "run")  # how long one draw of the noise serves


class Drawn(NamedTuple):
    """Uniform ``words`` (seeds, …), and a uniform ``fraction`` (seeds,) of the unit between two words, one array a bulk."""

    words: Words
    fraction: Array


class Draws:
    """The randomness of one layer of a stack: a stream for each seed, shared by the networks that have it."""

    def __init__(self, seeds: Sequence[int], purpose: str, layer: int, *, redraw: str) -> None:
        distinct = list(dict.fromkeys(seeds))
        self.generators = [stream(seed, purpose, layer) for seed in distinct]
        self.of_network = np.array([distinct.index(seed) for seed in seeds])
        self.redraw = redraw
        self._supplies: dict[tuple[int, type], Iterator[Drawn]] = {}
        self._kept: Any = None

    def words(self, units: int, batch: int, dtype: type[np.unsignedinteger[Any]]) -> Drawn:
        """Uniform words (seeds, units, batch)."""
        drawn = self._unless_kept(lambda: self._next_words(units * batch, dtype))
        return Drawn(drawn.words.reshape(-1, units, batch), drawn.fraction)

    def normals(self, units: int, batch: int) -> Array:
        """Standard normal numbers (seeds, units, batch), float32."""
        return np.asarray(
            self._unless_kept(
                lambda: np.stack([each.standard_normal((units, batch), np.float32) for each in self.generators])
            )
        )

    def for_networks(self, drawn: NDArray[Any]) -> NDArray[Any]:
        """What each network sees, (K, …), of what the seeds drew, (seeds, …)."""
        return drawn if len(drawn) == len(self.of_network) else drawn.take(self.of_network, 0)

    def _unless_kept(self, draw: Callable[[], Any]) -> Any:
        if self.redraw != "run":
            return draw()
        if self._kept is None:
            self._kept = draw()
        return self._kept

    def _next_words(self, count: int, dtype: type[np.unsignedinteger[Any]]) -> Drawn:
        key = count, dtype
        if key not in self._supplies:
            self._supplies[key] = self._supply(count, np.dtype(dtype))
        return next(self._supplies[key])

    def _supply(self, count: int, dtype: np.dtype[Any]) -> Iterator[Drawn]:
        """Words (seeds, count) without end."""
        bulk = empty((draws_in_bulk(count), len(self.generators), count), dtype)
        while True:
            fraction = self.fill(bulk)
            yield from (Drawn(words, fraction) for words in bulk)

    def fill(self, bulk: Words) -> Array:
        """Words into ``bulk`` (draws in a bulk, seeds, count); returns a fraction (seeds,)."""
        draws, _, count = bulk.shape
        for seed, generator in enumerate(self.generators):
            # all bits of a raw 64-bit draw: 0.4 ns for a word of 16 against 2.2 for generator.random
            raw = generator.bit_generator.random_raw(-(-draws * count * bulk.itemsize // 8))
            bulk[:, seed] = raw.view(bulk.dtype)[: draws * count].reshape(draws, count)
        return np.array([generator.random() for generator in self.generators])


def draws_in_bulk(count: int) -> int:
    """Draws of ``count`` words that are made at a time: measured 2.5 times faster than one by one."""
    return max(1, BULK // count)


class Noise(Layer):
    """x times a factor with mean one while training, x in evaluation; ``keep_prob`` is (K, 1, 1) in float64."""

    def __init__(self, keep_prob: Array, draws: Draws, y: Array) -> None:
        networks, self.units, batch = y.shape
        self.y = y
        self.draws = draws
        self.drawn = batch if draws.redraw == "example" else 1
        self.factor = empty((networks, self.units, self.drawn), y.dtype)

    @abstractmethod
    def sample(self) -> None:
        """Fills ``factor`` (K, units, batch or 1)."""

    def forward(self, x: Array, *, training: bool) -> Array:
        if not training:
            return x
        self.sample()
        np.multiply(x, self.factor, out=self.y)
        return self.y

    def backward(self, dy: Array) -> Array:
        dy *= self.factor
        return dy


class Dropout(Noise):
    """Inverted Bernoulli dropout (Srivastava et al. 2014, section 10): 1/p with probability p, else 0.

    A unit is kept where a word of 16 bits is below p · 2^16: a step was measured 6 % faster than with words of 32,
    10 % where every network has a seed of its own. What is no whole number is rounded up or down at random, up with
    the probability of its fraction and anew for each bulk of words; so every unit is kept with probability p, and two
    are kept independently to 2^-34, the variance of what is rounded.
    """

    def __init__(self, keep_prob: Array, draws: Draws, y: Array) -> None:
        super().__init__(keep_prob, draws, y)
        self.keep_prob = keep_prob
        self.kept = empty(self.factor.shape, bool)
        self.fraction: Array | None = None

    def sample(self) -> None:
        keep_lowest(self.draws.for_networks(self.draw()), self.highest, self.scale, self.kept, self.factor)

    def draw(self) -> Words:
        """Words (seeds, units, batch or 1); sets the highest that keeps a unit, and its scale."""
        words, fraction = self.draws.words(self.units, self.drawn, np.uint16)
        if fraction is not self.fraction:
            self.fraction = fraction
            self._round(fraction[self.draws.of_network])
        return words

    def _round(self, fraction: Array) -> None:
        highest, scale = thresholds(self.keep_prob, fraction[:, None, None])
        self.highest, self.scale = shared(highest), shared(scale.astype(self.factor.dtype))


def thresholds(keep_prob: Array, fraction: Array) -> tuple[Words, Array]:
    """The highest word that keeps a unit, and what a unit kept is scaled by: by 0 where no word keeps."""
    chances = np.floor(keep_prob * 2.0**16 + fraction)
    return np.maximum(chances - 1, 0).astype(np.uint16), np.where(chances > 0, 1 / keep_prob, 0)


def keep_lowest(words: Words, highest: Words, scale: Array, kept: NDArray[np.bool_], factor: Array) -> None:
    """The scale where a word is at most ``highest``, else 0; both (K, 1, batch or 1) or, shared, (1, 1, 1)."""
    np.less_equal(words, highest, out=kept)
    np.copyto(factor, kept)
    factor *= scale


class FixedCountDropout(Noise):
    """Exactly k = round(p n) of n units kept, at least one, scaled by n/k; every subset is as likely.

    The k units with the smallest words stay, so that the sets of one seed are nested in k.
    """

    def __init__(self, keep_prob: Array, draws: Draws, y: Array) -> None:
        super().__init__(keep_prob, draws, y)
        self.count = np.maximum(np.rint(keep_prob * self.units), 1).astype(int)
        self.scale = shared((self.units / self.count).astype(y.dtype))
        self.kept = empty(self.factor.shape, bool)
        self.low_bits = np.uint32((1 << (self.units - 1).bit_length()) - 1)

    def sample(self) -> None:
        words, _ = self.draws.words(self.units, self.drawn, np.uint32)
        # the unit's number in the low bits leaves no ties
        words = (words & ~self.low_bits) | np.arange(self.units, dtype=np.uint32)[:, None]
        ordered = np.sort(words.transpose(0, 2, 1), axis=2)
        highest = ordered[self.draws.of_network, :, self.count[:, 0, 0] - 1]
        np.less_equal(self.draws.for_networks(words), highest[:, None, :], out=self.kept)
        np.copyto(self.factor, self.kept)
        self.factor *= self.scale


class GaussianDropout(Noise):
    """Normal with mean 1 and variance (1 - p)/p, the moments of dropout (Srivastava et al. 2014, section 10)."""

    def __init__(self, keep_prob: Array, draws: Draws, y: Array) -> None:
        super().__init__(keep_prob, draws, y)
        self.spread = shared(np.sqrt((1 - keep_prob) / keep_prob).astype(y.dtype))

    def sample(self) -> None:
        np.copyto(self.factor, self.draws.for_networks(self.draws.normals(self.units, self.drawn)))
        self.factor *= self.spread
        self.factor += 1


NOISES: dict[str, type[Noise]] = {
    "bernoulli": Dropout,
    "fixed_count": FixedCountDropout,
    "gaussian": GaussianDropout,
}
