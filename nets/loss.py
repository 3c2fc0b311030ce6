"""Softmax cross-entropy."""

import numpy as np

from nets.arrays import Array, Integers, empty


class CrossEntropy:
    """The loss of K networks on a batch; works in place on the logits (K, classes, batch)."""

    def __init__(self, logits: Array) -> None:
        networks, classes, self.batch = logits.shape
        self.z = logits
        self.classes = np.arange(classes, dtype=np.int32)[:, None]
        self.is_true = empty(logits.shape, bool)
        self.one_hot = empty(logits.shape, logits.dtype)
        self.reduced = empty((networks, 1, self.batch), logits.dtype)
        self.ones = np.ones((1, classes), logits.dtype)

    def gradient(self, labels: Integers) -> Array:
        """d mean loss / d logits (K, classes, batch) = (softmax - one-hot) / batch; ``labels`` is (K, batch)."""
        self._centre()
        np.exp(self.z, out=self.z)
        total = np.matmul(self.ones, self.z, out=self.reduced)
        self.z /= total
        np.equal(labels[:, None, :], self.classes, out=self.is_true)
        np.copyto(self.one_hot, self.is_true)
        self.z -= self.one_hot
        self.z *= self.z.dtype.type(1 / self.batch)
        return self.z

    def losses(self, labels: Integers) -> tuple[Array, Integers]:
        """Summed loss in nats and number of misclassified rows of each network, both (K,)."""
        wrong = (self.z.argmax(axis=1) != labels).sum(axis=1)
        self._centre()
        centred = np.take_along_axis(self.z, labels[:, None, :], axis=1).astype(np.float64)
        np.exp(self.z, out=self.z)
        log_total = np.log(self.z.sum(axis=1, keepdims=True, dtype=np.float64))
        return (log_total - centred).sum(axis=(1, 2)), wrong

    def _centre(self) -> None:
        np.maximum.reduce(self.z, axis=1, keepdims=True, out=self.reduced)
        self.z -= self.reduced
