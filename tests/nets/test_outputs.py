"""Laws of the outputs: probabilities, losses and slopes say the same, and one logit is softmax of two with a zero."""

from collections.abc import Callable

import numpy as np
import pytest

from nets import Data, Hyper, train
from nets.arrays import arithmetic
from nets.layers.loss import OUTPUTS, Logit, Output, Softmax

CLASSES = {"softmax": 3, "logit": 2}
ROWS = 6


def case(name: str, size: float = 3.0) -> tuple[np.ndarray, np.ndarray]:
    """Logits (2, logits, rows) and labels (2, rows)."""
    generator = np.random.default_rng(5)
    classes = CLASSES[name]
    logits = size * generator.normal(size=(2, OUTPUTS[name].count(classes), ROWS))
    return logits, generator.integers(0, classes, (2, ROWS))


def made(name: str, logits: np.ndarray) -> Output:
    return OUTPUTS[name](logits.copy())


@pytest.mark.parametrize("name", OUTPUTS)
def test_losses_are_those_of_the_probabilities(name: str) -> None:
    logits, labels = case(name)
    log_probabilities = OUTPUTS[name].log_probabilities(logits)
    assert np.exp(log_probabilities).sum(axis=1) == pytest.approx(1)
    losses, wrong = made(name, logits).losses(labels)
    chosen = np.take_along_axis(log_probabilities, labels[:, None], axis=1)
    assert losses == pytest.approx(-chosen.sum(axis=(1, 2)))
    assert wrong.tolist() == (log_probabilities.argmax(axis=1) != labels).sum(axis=1).tolist()


@pytest.mark.parametrize("name", OUTPUTS)
def test_the_slope_is_that_of_the_mean_loss(name: str) -> None:
    logits, labels = case(name)
    slope = made(name, logits).gradient(labels)
    for place in np.ndindex(logits.shape):
        step = np.zeros_like(logits)
        step[place] = 1e-6
        above, below = (made(name, logits + sign * step).losses(labels)[0].sum() for sign in (1, -1))
        assert slope[place] == pytest.approx((above - below) / 2e-6 / ROWS, abs=1e-8)


@pytest.mark.parametrize("name", OUTPUTS)
def test_certainty_is_finite_and_nan_is_kept(name: str) -> None:
    """A wrong prediction thousands of nats away; a NaN among the logits of one row spoils that network's loss alone."""
    logits, labels = case(name, size=3000.0)
    losses, _ = made(name, logits).losses(labels)
    assert np.isfinite(losses).all()
    assert losses.max() > 1000
    assert np.isfinite(made(name, logits).gradient(labels)).all()
    logits[1, 0, 2] = -np.nan
    with arithmetic():
        losses, _ = made(name, logits).losses(labels)
        slope = made(name, logits).gradient(labels)
    assert np.isnan(losses).tolist() == [False, True]
    assert np.isnan(slope).any(axis=(1, 2)).tolist() == [False, True]


def test_one_logit_is_softmax_of_it_and_zero() -> None:
    logits, labels = case("logit")
    both = np.concatenate([np.zeros_like(logits), logits], axis=1)
    for one, two in zip(Logit(logits.copy()).losses(labels), Softmax(both.copy()).losses(labels), strict=True):
        assert one == pytest.approx(two)
    assert Logit(logits.copy()).gradient(labels)[:, 0] == pytest.approx(Softmax(both.copy()).gradient(labels)[:, 1])
    assert Logit.log_probabilities(logits) == pytest.approx(Softmax.log_probabilities(both))


def test_a_tie_goes_to_the_first_class() -> None:
    labels = np.zeros((1, 1), int)
    assert [
        made(name, np.zeros((1, n, 1))).losses(labels)[1].tolist() for name, n in (("logit", 1), ("softmax", 2))
    ] == [
        [0],
        [0],
    ]


def test_both_outputs_learn_two_classes(data_of: Callable[..., Data]) -> None:
    data = data_of(rows=200, classes=2)
    for name in OUTPUTS:
        (outcome,) = train([Hyper(seed=1, output=name, steps=400, batch_size=20, width=16)], data)
        assert outcome.train_error is not None
        assert outcome.train_error < 0.05


def test_one_logit_refuses_three_classes(data_of: Callable[..., Data]) -> None:
    with pytest.raises(ValueError, match="output='logit' tells 2 classes apart, got 3: take 'softmax'"):
        train([Hyper(seed=1, output="logit")], data_of())
