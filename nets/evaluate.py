"""Losses and errors of a stack on a part of the data."""

import numpy as np

from nets.arrays import Array, arithmetic
from nets.layers.loss import OUTPUTS
from nets.passes import Passes
from nets.rows import CHUNK, Rows, chunks


def evaluate(passes: Passes, rows: Rows) -> tuple[Array, Array]:
    """Mean cross-entropy in nats and misclassified share of each network, both (K,), without noise."""
    networks = len(rows.start)
    loss, wrong = np.zeros(networks), np.zeros(networks)
    for start, stop in chunks(rows.count, CHUNK):
        chunk = passes[stop - start]
        labels = rows.load(chunk, np.arange(start, stop))
        chunk.forward(training=False)
        chunk_loss, chunk_wrong = chunk.loss.losses(labels)
        loss += chunk_loss
        wrong += chunk_wrong
    return loss / rows.count, wrong / rows.count


@arithmetic()
def probabilities(passes: Passes, rows: Rows) -> list[Array]:
    """Of each network for each of its rows, (rows, classes) in float64, without noise."""
    found = []
    for start, stop in chunks(rows.count, CHUNK):
        chunk = passes[stop - start]
        rows.load(chunk, np.arange(start, stop))
        logits = chunk.forward(training=False).astype(np.float64)
        found.append(np.exp(OUTPUTS[passes.stack.shape.output].log_probabilities(logits)))
    return [np.concatenate([part[network] for part in found], axis=1).T for network in range(len(rows.start))]


def collect_population_moments(passes: Passes, rows: Rows, batch: int) -> None:
    """Sets the running moments to their mean over the training batches (Ioffe & Szegedy 2015, algorithm 2, lines 8-10)."""
    for number, (start, stop) in enumerate(chunks(rows.count - rows.count % batch, batch), start=1):
        chunk = passes[stop - start]
        rows.load(chunk, np.arange(start, stop))
        chunk.collect_moments(weight=1 / number)
