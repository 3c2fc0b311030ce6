"""Law: a folded network says what the network says in evaluation, to rounding."""

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nets import Data, Hyper
from nets.fold import Folded, fold, log_probabilities, logits, mean_log_probabilities
from nets.layers.activations import ACTIVATIONS
from nets.layers.loss import OUTPUTS
from nets.layers.noise import NOISES
from nets.passes import Pass
from nets.rows import CHUNK
from nets.stack import Stack
from nets.train import StackTraining

INPUTS, CLASSES, ROWS = 5, 4, 7
# relative to the largest logit: what the issue asks for in float32, a few hundred roundings in float64
TOLERANCE = {"float32": 1e-5, "float64": 1e-13}


def anything_trained(generator: np.random.Generator, **fields: object) -> Stack:
    """Three networks with parameters and moments as training may leave them."""
    classes = 2 if fields.get("output") == "logit" else CLASSES
    stack = Stack([Hyper(seed=seed, **fields) for seed in (1, 2, 3)], inputs=INPUTS, classes=classes)
    stack.parameters.values += generator.normal(0, 0.5, stack.parameters.values.shape)
    for moments in stack.moments:
        moments.mean[:] = generator.normal(size=moments.mean.shape)
        moments.variance[:] = generator.uniform(0.1, 3, moments.variance.shape)
    return stack


def evaluated(stack: Stack, x: np.ndarray) -> np.ndarray:
    """Logits (K, classes, rows) by the layers themselves."""
    passed = Pass(stack, len(x))
    table = np.column_stack([x, np.ones(len(x))]).astype(stack.dtype)
    passed.load(table, np.tile(np.arange(len(x)), (len(stack.hypers), 1)))
    return passed.forward(training=False)


@given(
    activation=st.sampled_from(sorted(ACTIVATIONS)),
    output=st.sampled_from(sorted(OUTPUTS)),
    batch_norm=st.sampled_from(["none", "before", "after"]),
    depth=st.integers(1, 3),
    width=st.integers(1, 9),
    noise=st.sampled_from(sorted(NOISES)),
    noise_place=st.sampled_from(["before", "after"]),
    keep_prob=st.sampled_from([0.5, 1.0]),
    precision=st.sampled_from(sorted(TOLERANCE)),
    seed=st.integers(0, 1000),
)
def test_folded_equals_evaluation(seed: int, precision: str, keep_prob: float, **fields: object) -> None:
    generator = np.random.default_rng(seed)
    stack = anything_trained(generator, precision=precision, keep_prob=keep_prob, input_keep_prob=keep_prob, **fields)
    x = generator.normal(size=(ROWS, INPUTS)).astype(precision)
    expected = evaluated(stack, x)
    found = logits(fold(stack), x)
    assert found.dtype == expected.dtype
    np.testing.assert_allclose(found, expected, rtol=0, atol=TOLERANCE[precision] * max(1, np.abs(expected).max()))


@pytest.mark.parametrize("bn_statistics", ["running", "population"])
@pytest.mark.parametrize("batch_norm", ["none", "before", "after"])
@pytest.mark.parametrize("output", OUTPUTS)
def test_loss_after_training(data_of: Callable[..., Data], output: str, batch_norm: str, bn_statistics: str) -> None:
    hypers = [
        Hyper(
            seed=seed,
            width=6,
            depth=2,
            steps=20,
            batch_size=8,
            keep_prob=0.8,
            batch_norm=batch_norm,
            bn_statistics=bn_statistics,
            output=output,
            precision="float64",
        )
        for seed in (1, 2)
    ]
    data = data_of(classes=2 if output == "logit" else 3)
    trainer = StackTraining(hypers, data)
    outcomes = trainer.run()
    assert data.valid is not None
    said = log_probabilities(fold(trainer.stack), data.valid.x[0])
    losses = -np.take_along_axis(said, data.valid.y[:, None, :], axis=1).mean(axis=(1, 2))
    np.testing.assert_allclose(losses, [outcome.valid_loss for outcome in outcomes], rtol=1e-12)


def test_shares_no_memory() -> None:
    stack = anything_trained(np.random.default_rng(1), batch_norm="before")
    folded = fold(stack)
    kept = [weight.copy() for weight in folded.weights]
    stack.parameters.values[:] = 0
    for weight, before in zip(folded.weights, kept, strict=True):
        assert np.array_equal(weight, before)


def test_batch_statistics_do_not_fold() -> None:
    stack = anything_trained(np.random.default_rng(1), batch_norm="before", bn_statistics="batch")
    with pytest.raises(ValueError, match="only fixed moments fold, got bn_statistics='batch'"):
        fold(stack)


def test_mean_of_the_networks() -> None:
    """Over chunks of rows as in one, each row's probabilities summing to one."""
    generator = np.random.default_rng(2)
    folded = fold(anything_trained(generator, precision="float64"))
    x = generator.normal(size=(CHUNK + 3, INPUTS))
    probabilities = np.exp(mean_log_probabilities(folded, x))
    np.testing.assert_allclose(probabilities, np.exp(log_probabilities(folded, x)).mean(axis=0).T, rtol=1e-12)
    np.testing.assert_allclose(probabilities.sum(axis=1), 1, rtol=1e-12)


def test_certainty_is_finite() -> None:
    """Logits a thousand apart: a probability underflows to zero, its logarithm does not."""
    folded = Folded(
        (np.array([[[1.0, 0.0]], [[1.0, 0.0]]]), np.array([[[500.0, 0.0], [-500.0, 0.0]]] * 2)), "relu", "softmax"
    )
    assert mean_log_probabilities(folded, np.array([[1.0]])).tolist() == [[0.0, -1000.0]]
