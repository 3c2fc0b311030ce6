"""Softmax cross-entropy."""

import numpy as np

from nets.arrays import Array, Integers


class CrossEntropy:
    """The loss of K networks on a batch; works in place on the logits (K, classes + 1, batch)."""

    def __init__(self, logits: Array) -> None:
        networks, rows, batch = logits.shape
        self.logits = logits
        self.z = logits[:, :-1]
        self.flat = logits.reshape(-1, copy=False)
        self.batch = batch
        self.corner = np.arange(networks)[:, None] * (rows * batch) + np.arange(batch)
        self.reduced = np.empty((networks, 1, batch), logits.dtype)
        self.class_ones = np.ones((1, rows - 1), logits.dtype)

    def gradient(self, labels: Integers) -> Array:
        """d mean loss / d logits (K, classes, batch) = (softmax - one-hot) / batch; ``labels`` is (K, batch)."""
        total = self._exponentials()
        total *= self.batch  # the mean's 1/batch, folded into the softmax's divisor
        np.divide(self.z, total, out=self.z)
        self.flat[self._places(labels)] -= self.logits.dtype.type(1 / self.batch)
        return self.z

    def losses(self, labels: Integers) -> tuple[Array, Integers]:
        """Summed loss in nats and number of misclassified rows of each network, both (K,)."""
        wrong = (self.z.argmax(axis=1) != labels).sum(axis=1)
        self._centre()
        centred = self.flat[self._places(labels)].astype(np.float64)
        np.exp(self.z, out=self.z)
        log_total = np.log(self.z.sum(axis=1, dtype=np.float64))
        return (log_total - centred).sum(axis=1), wrong

    def _places(self, labels: Integers) -> Integers:
        return np.asarray(labels * self.batch + self.corner)

    def _centre(self) -> None:
        np.maximum.reduce(self.z, axis=1, keepdims=True, out=self.reduced)
        np.subtract(self.z, self.reduced, out=self.z)

    def _exponentials(self) -> Array:
        self._centre()
        np.exp(self.z, out=self.z)
        return np.matmul(self.class_ones, self.z, out=self.reduced)
