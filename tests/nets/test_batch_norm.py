"""Batch normalisation in evaluation: running, population and batch moments."""

import numpy as np
import pytest

from nets import Data, Hyper
from nets.evaluate import collect_population_moments
from nets.train import StackTraining


def trainer_of(data: Data, **fields: object) -> StackTraining:
    hypers = [
        Hyper(seed=seed, batch_norm="before", batch_size=6, width=4, precision="float64", steps=8, **fields)
        for seed in (1, 2)
    ]
    return StackTraining(hypers, data)


def hidden_inputs(trainer: StackTraining, rows: int) -> np.ndarray:
    """What the first normalisation sees of the training rows, (K, units, rows)."""
    passed = trainer.passes[rows]
    trainer.rows["train"].load(passed, np.arange(rows))
    return passed.first.forward(passed.x, training=False).copy()


def test_population_moments_are_those_of_the_training_batches(data_of) -> None:
    trainer = trainer_of(data_of(rows=24), bn_statistics="population")
    trainer.run()
    collect_population_moments(trainer.passes, trainer.rows["train"], 6)
    batches = np.split(hidden_inputs(trainer, 24), 4, axis=2)
    moments = trainer.stack.moments[0]
    np.testing.assert_allclose(moments.mean, np.mean([batch.mean(axis=2) for batch in batches], axis=0), atol=1e-12)
    unbiased = np.mean([batch.var(axis=2, ddof=1) for batch in batches], axis=0)
    np.testing.assert_allclose(moments.variance, unbiased, atol=1e-12)


@pytest.mark.parametrize("batch", [2, 6])
def test_momentum_one_keeps_the_last_batch_alone(data_of, batch: int) -> None:
    trainer = trainer_of(data_of(rows=24), bn_momentum=1.0)
    passed = trainer.passes[batch]
    trainer.rows["train"].load(passed, np.arange(batch))
    passed.forward(training=True)
    trainer.rows["train"].load(passed, np.arange(batch, 2 * batch))
    passed.forward(training=True)
    last = hidden_inputs(trainer, 2 * batch)[:, :, batch:]
    moments = trainer.stack.moments[0]
    np.testing.assert_allclose(moments.mean, last.mean(axis=2), atol=1e-14)
    np.testing.assert_allclose(moments.variance, last.var(axis=2, ddof=1), atol=1e-14)


@pytest.mark.parametrize("statistics", ["running", "population"])
def test_evaluation_scores_each_row_by_itself(data_of, statistics: str) -> None:
    """A batch of one is fine in evaluation, and equals its place in a larger batch."""
    trainer = trainer_of(data_of(rows=24), bn_statistics=statistics)
    trainer.run()
    many, one = trainer.passes[5], trainer.passes[1]
    trainer.rows["train"].load(many, np.arange(5))
    together = many.forward(training=False).copy()
    for row in range(5):
        trainer.rows["train"].load(one, np.array([row]))
        np.testing.assert_allclose(one.forward(training=False)[:, :, 0], together[:, :, row], atol=1e-12)


def test_batch_statistics_of_one_row_leave_only_the_shift(data_of) -> None:
    """Claim M1: normalised by itself, a row is β whatever it was."""
    trainer = trainer_of(data_of(rows=24), bn_statistics="batch")
    trainer.run()
    passed = trainer.passes[1]
    outputs = []
    for row in (0, 1):
        trainer.rows["train"].load(passed, np.array([row]))
        outputs.append(passed.forward(training=False).copy())
    np.testing.assert_allclose(*outputs, atol=1e-12)


def test_ghost_batches_are_normalised_each_by_itself(data_of) -> None:
    """In training four rows and two of a batch of six; in evaluation the moments are running ones, as ever."""
    trainer = trainer_of(data_of(rows=24), ghost_rows=4)
    x = hidden_inputs(trainer, 6)
    norm = trainer.passes[6].others[0]
    y = norm.forward(x.copy(), training=True)
    for part in (slice(0, 4), slice(4, 6)):
        ghost = x[:, :, part]
        expected = (ghost - ghost.mean(axis=2, keepdims=True)) / np.sqrt(ghost.var(axis=2, keepdims=True) + 1e-5)
        assert y[:, :, part] == pytest.approx(expected, rel=1e-9)


def test_a_ghost_batch_of_all_rows_is_the_batch(data_of) -> None:
    whole, ghost = (trainer_of(data_of(rows=24), ghost_rows=rows).run() for rows in (0, 6))
    assert [each.curve for each in ghost] == [each.curve for each in whole]
