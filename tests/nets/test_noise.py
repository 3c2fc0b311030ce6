"""Laws: noise has mean one and the stated variance; its draws do not depend on its strength."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from levels import examples

from nets.arrays import Array
from nets.layers.jitter import Jitter
from nets.layers.noise import NOISES, Drawn, Draws, Dropout, FixedCountDropout, draws_in_bulk

BATCH = 4000
KEEP_PROBS = (0.1, 0.5, 11 / 12, 1.0)


def factor(
    name: str, keep_probs: tuple[float, ...] = KEEP_PROBS, *, units: int = 12, redraw: str = "example", samples: int = 1
) -> Array:
    """Factors (K, units, batch) of networks with one seed."""
    y = np.empty((len(keep_probs), units, BATCH))
    noise = NOISES[name](np.reshape(keep_probs, (-1, 1, 1)), Draws([3] * len(keep_probs), "noise", 0, redraw=redraw), y)
    for _ in range(samples):
        noise.sample()
    return noise.factor


def variance(name: str, keep_prob: float, units: int) -> float:
    if name == "fixed_count":
        kept = max(1, round(keep_prob * units)) / units
        return (1 - kept) / kept
    return (1 - keep_prob) / keep_prob


@settings(max_examples=30)
@given(name=st.sampled_from(sorted(NOISES)), keep_prob=st.floats(0.1, 1), units=st.integers(1, 40))
def test_mean_one_and_stated_variance(name: str, keep_prob: float, units: int) -> None:
    drawn = factor(name, (keep_prob,), units=units)[0]
    expected = variance(name, keep_prob, units)
    # five standard errors; the batch's examples are independent, its units under a fixed count are not
    error = 5 * np.sqrt(expected / BATCH)
    assert drawn.mean() == pytest.approx(1, abs=error + 1e-12)
    fourth = (drawn - 1) ** 2
    assert fourth.mean() == pytest.approx(expected, abs=5 * fourth.std() / np.sqrt(BATCH) + 1e-9)


@pytest.mark.parametrize("name", sorted(NOISES))
def test_no_noise_at_one(name: str) -> None:
    assert (factor(name, (1.0,)) == 1).all()


@pytest.mark.parametrize("name", ["bernoulli", "fixed_count"])
def test_kept_sets_are_nested_in_strength(name: str) -> None:
    kept = factor(name) > 0
    for weaker, stronger in zip(kept[1:], kept[:-1], strict=True):
        assert (weaker | ~stronger).all()


@given(units=st.integers(1, 70), keep_prob=st.floats(1e-3, 1))
@settings(max_examples=30)
def test_fixed_count_keeps_exactly_k(units: int, keep_prob: float) -> None:
    kept = (factor("fixed_count", (keep_prob,), units=units)[0] > 0).sum(axis=0)
    assert (kept == max(1, round(keep_prob * units))).all()


@pytest.mark.parametrize("units", [2, 12, 16, 17])
@pytest.mark.parametrize("word", [0, 0xA5A5A5A5, 0xFFFFFFFF])
def test_of_equal_words_the_first_units_are_kept(word: int, units: int, monkeypatch: pytest.MonkeyPatch) -> None:
    words = np.full((1, units, BATCH), word, np.uint32)
    monkeypatch.setattr(Draws, "words", lambda *_: Drawn(words, np.zeros(1)))
    for count in range(1, units + 1):
        kept = factor("fixed_count", (count / units,), units=units)[0] > 0
        assert (kept == (np.arange(units) < count)[:, None]).all()


def test_fixed_count_keeps_every_unit_as_often() -> None:
    kept = (factor("fixed_count", (11 / 12,))[0] > 0).mean(axis=1)
    assert kept == pytest.approx(11 / 12, abs=5 * np.sqrt(11 / 12 / 12 / BATCH))


@pytest.mark.parametrize("name", sorted(NOISES))
def test_redraw(name: str) -> None:
    """For each example, each batch, or once in a run."""
    assert factor(name, redraw="example").shape[2] == BATCH
    batch = [factor(name, redraw="batch", samples=samples) for samples in (1, 2)]
    assert batch[0].shape[2] == 1
    assert not np.array_equal(*batch)
    run = [factor(name, redraw="run", samples=samples) for samples in (1, 2)]
    assert np.array_equal(*run)


def test_eleven_of_twelve_units() -> None:
    """The literal model of the claim: one of twelve units is dropped for each example."""
    y = np.ones((1, 12, 5), np.float32)
    noise = FixedCountDropout(np.full((1, 1, 1), 11 / 12), Draws([1], "noise", 0, redraw="example"), y)
    kept = noise.forward(y, training=True)[0]
    assert ((kept > 0).sum(axis=0) == 11).all()
    assert kept.max() == np.float32(12 / 11)


def test_jitter_moves_a_unit_as_a_whole_and_anew_in_each_step() -> None:
    """Scale and shift have mean 1 and 0 and the stated spread, over units and steps; the batch shares them."""
    spread, units = 0.5, 3000
    jitter = Jitter(np.full((1, 1, 1), spread), Draws([3], "jitter", 0, redraw="batch"), np.empty((1, units, 2)))
    x = np.repeat([[[0.0, 1.0]]], units, axis=1)
    seen = [jitter.forward(x, training=True).copy()[0] for _ in range(2)]
    assert not np.isin(*seen).any()
    shift = np.concatenate([y[:, 0] for y in seen])
    scale = np.concatenate([y[:, 1] - y[:, 0] for y in seen])
    error = 5 * spread / np.sqrt(2 * units)  # five standard errors
    for drawn, mean in ((shift, 0), (scale, 1)):
        assert drawn.mean() == pytest.approx(mean, abs=error)
        assert drawn.std() == pytest.approx(spread, abs=error)
    assert jitter.forward(x, training=False) is x


@given(keep_prob=st.floats(1e-9, 1), units=st.integers(1, 40))
@settings(max_examples=examples(60))
def test_a_probability_is_kept_to_the_last_bit(keep_prob: float, units: int) -> None:
    """Over all fractions that may be drawn: the words that keep, by their number; and a unit kept is scaled by 1/p."""
    networks = 1024
    fractions = (np.arange(networks) + 0.5) / networks
    draws = Draws([3] * networks, "noise", 0, redraw="example")
    noise = Dropout(np.full((networks, 1, 1), keep_prob), draws, np.empty((networks, units, 1)))
    noise._round(fractions)
    words = np.broadcast_to(noise.highest.astype(float) + 1, (networks, 1, 1))[:, 0, 0]
    scale = np.broadcast_to(noise.scale, (networks, 1, 1))[:, 0, 0]
    kept = np.where(scale > 0, words, 0) / 2**16
    assert kept.mean() == pytest.approx(keep_prob, rel=0, abs=1 / networks / 2**16)
    assert set(scale) <= {0, 1 / keep_prob}
    assert np.ptp(kept) <= 2**-16


@pytest.mark.parametrize("keep_prob", [2.0**-17, 1 - 2.0**-18, 0.3])
def test_rare_events_are_as_rare_as_they_should_be(keep_prob: float) -> None:
    """Half a word in 65,536, a quarter of one dropped: four million draws of a stream, in bulks of 16,384."""
    y = np.empty((1, 8, 512), np.float32)
    noise = Dropout(np.full((1, 1, 1), keep_prob), Draws([5], "noise", 0, redraw="example"), y)
    kept = 0
    for _ in range(1000):
        noise.sample()
        kept += int((noise.factor > 0).sum())
    count = 1000 * y.size
    # five standard errors: of the draws, and of the thresholds of 250 bulks
    error = 5 * np.sqrt(count * keep_prob * (1 - keep_prob) + 250 * (16_384 / 2**16) ** 2)
    assert kept == pytest.approx(count * keep_prob, abs=error)


def test_a_bulk_of_words_is_as_many_draws_as_fit() -> None:
    """Which words come with which fraction decides bits: another size of a bulk, other networks."""
    counts = (1, 128, 8192, 8193, 16_384, 16_385, 10**6)
    assert [draws_in_bulk(count) for count in counts] == [16_384, 128, 2, 1, 1, 1, 1]
