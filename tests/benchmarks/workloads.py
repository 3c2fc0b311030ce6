"""What is timed: four networks, five sets of regularisers, two optimisers, all on rows like scikit-learn's digits."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache

import numpy as np
from numpy.typing import NDArray
from sklearn.datasets import load_digits

CLASSES = 10
MOMENTUM = 0.9  # of SGD, β₁ of Adam
BN_MOMENTUM = 0.1  # weight of the new batch in the running moments


@dataclass(frozen=True, kw_only=True)
class Workload:
    """inputs → depth · width → 10, ReLU, trained on ``rows`` rows, a multiple of ``batch``."""

    inputs: int  # 64, or 784: digits enlarged to 28 x 28
    width: int
    depth: int
    batch: int
    rows: int
    epochs: int  # in one timed round
    rates: Mapping[str, float]  # learning rate by optimiser

    @property
    def sizes(self) -> tuple[int, ...]:
        return (self.inputs, *(self.depth * [self.width]), CLASSES)

    @property
    def steps(self) -> int:
        """Optimiser steps in one epoch."""
        return self.rows // self.batch

    def __str__(self) -> str:
        return f"{' → '.join(map(str, self.sizes))}, batch {self.batch}"


@dataclass(frozen=True)
class Variant:
    """The regularisers of a network."""

    l2: float = 0.0  # λ in loss + λ/2 ‖W‖²
    keep_prob: float = 1.0  # of hidden units
    batch_norm: bool = False  # before the activation


@dataclass(frozen=True)
class Case:
    """What every competitor trains in one comparison."""

    workload: Workload
    variant: Variant
    optimiser: str  # adam or sgd

    @property
    def learning_rate(self) -> float:
        return self.workload.rates[self.optimiser]


@dataclass(frozen=True, eq=False)
class Task:
    """Training rows ``x`` (rows, inputs) in float32 and their classes ``y`` (rows,)."""

    x: NDArray[np.float32]
    y: NDArray[np.int64]


def task_of(workload: Workload) -> Task:
    """The first rows of digits, from the beginning again where there are too few, divided by 16 and centred."""
    images, classes = _digits()
    places = np.arange(workload.rows) % len(images)
    x = (images if workload.inputs == images.shape[1] else enlarged(images))[places] / 16
    return Task((x - x.mean(0)).astype(np.float32), classes[places])


@cache
def _digits() -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    images, classes = load_digits(return_X_y=True)
    return images, classes


def enlarged(images: NDArray[np.float64]) -> NDArray[np.float64]:
    """Images of 8 x 8 pixels (rows, 64) as 28 x 28 (rows, 784): each pixel four times as wide, two cut off all round."""
    wide = np.kron(images.reshape(-1, 8, 8), np.ones((1, 4, 4)))
    return wide[:, 2:-2, 2:-2].reshape(len(images), -1)


_SMALL = Workload(inputs=64, width=32, depth=1, batch=64, rows=1024, epochs=2, rates={"adam": 3e-3, "sgd": 0.05})

WORKLOADS = {
    "W1": _SMALL,
    "W2": replace(_SMALL, width=128, depth=2, epochs=1, rates={"adam": 1e-3, "sgd": 0.05}),
    "W3": replace(_SMALL, width=12),
    "W4": Workload(inputs=784, width=512, depth=2, batch=128, rows=512, epochs=1, rates={"adam": 1e-3, "sgd": 0.02}),
}

VARIANTS = {
    "plain": Variant(),
    "+l2": Variant(l2=1e-3),
    "+dropout": Variant(keep_prob=0.8),
    "+bn": Variant(batch_norm=True),
    "+all": Variant(l2=1e-3, keep_prob=0.8, batch_norm=True),
}
