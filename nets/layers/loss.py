"""Softmax cross-entropy, in arrays (classes, K, batch)."""

import numpy as np
from numpy.typing import NDArray

from nets.arrays import Array, Integers, empty
from nets.kernels import kernel


class CrossEntropy:
    """The loss of K networks on a batch; works in place on the logits (K, classes, batch), class by class."""

    def __init__(self, logits: Array) -> None:
        networks, classes, self.batch = logits.shape
        self.logits = logits
        self.z = logits.transpose(1, 0, 2)
        self.classes = np.arange(classes, dtype=np.int32)[:, None, None]
        self.is_true = empty(self.z.shape, bool)
        self.one_hot = empty(self.z.shape, logits.dtype)
        self.reduced = empty((networks, self.batch), logits.dtype)

    def gradient(self, labels: Integers) -> Array:
        """d mean loss / d logits (K, classes, batch) = (softmax - one-hot) / batch; ``labels`` is (K, batch)."""
        centre(self.z, self.reduced)
        np.exp(self.z, out=self.z)
        cross_entropy_slope(self.z, labels, self.classes, (self.reduced, self.is_true, self.one_hot))
        return self.logits

    def losses(self, labels: Integers) -> tuple[Array, Integers]:
        """Summed loss in nats and number of misclassified rows of each network, both (K,)."""
        wrong = (self.z.argmax(axis=0) != labels).sum(axis=1)
        centre(self.z, self.reduced)
        centred = np.take_along_axis(self.z, labels[None], axis=0).astype(np.float64)
        np.exp(self.z, out=self.z)
        log_total = np.log(self.z.sum(axis=0, dtype=np.float64))
        return (log_total - centred[0]).sum(axis=1), wrong


@kernel
def centre(z: Array, highest: Array) -> None:
    """z ← z - max z over the classes: softmax is the same, and its exponentials are at most 1."""
    np.maximum.reduce(z, axis=0, out=highest)
    z -= highest


@kernel
def cross_entropy_slope(
    z: Array, labels: Integers, classes: Integers, scratch: tuple[Array, NDArray[np.bool_], Array]
) -> None:
    """z ← (z / Σ z - [class = label]) / batch, Σ over the classes; ``classes`` (classes, 1, 1)."""
    total, is_true, one_hot = scratch
    np.add.reduce(z, axis=0, out=total)
    z /= total
    np.equal(labels, classes, out=is_true)
    np.copyto(one_hot, is_true)
    z -= one_hot
    z *= z.dtype.type(1 / z.shape[2])
