"""What a fit is given: rows with classes and weights, and which of them are set aside."""

from dataclasses import dataclass, replace
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray
from sklearn.model_selection import train_test_split
from sklearn.utils.class_weight import compute_class_weight

from nets.arrays import Array, Integers


@dataclass(frozen=True, eq=False)
class Examples:
    """The rows ``places`` (n,) of a matrix ``x``, dense or CSR, which is not copied.

    Classes ``y`` (n,) are numbers in 0 … classes - 1; weights (n,) are positive, in float64, as float32's sum overflows.
    """

    x: Any
    places: Integers
    y: Integers
    weight: Array

    @classmethod
    def weighted(cls, x: Any, y: Integers, weight: Array) -> Self:
        """Those of positive weight: a row of weight zero is as one that is not there.

        Raises ``ValueError`` where none is left, and where the weights' sum overflows.
        """
        places = np.flatnonzero(weight > 0)
        with np.errstate(over="ignore"):
            total = weight.sum()
        if not 0 < total < np.inf:
            raise ValueError(f"sample_weight times class_weight sums to {total}: scale the weights to a mean near 1")
        return cls(x, places, y[places].astype(np.int32), weight[places])

    def __len__(self) -> int:
        return len(self.places)

    def part(self, chosen: Integers) -> Self:
        """Those with these numbers, from 0."""
        return replace(self, places=self.places[chosen], y=self.y[chosen], weight=self.weight[chosen])


def with_class_weights(
    weight: Array, labels: NDArray[Any], classes: NDArray[Any], class_weight: dict[Any, float] | str | None
) -> Array:
    """Each row's weight times its class's; 'balanced' counts rows by their weights, as if those were repetitions."""
    present = weight > 0
    of_class = compute_class_weight(class_weight, classes=classes, y=labels[present], sample_weight=weight[present])
    return np.asarray(weight * of_class[np.searchsorted(classes, labels)])


def hold_out(examples: Examples, share: float, seed: int, classes: NDArray[Any]) -> tuple[Examples, Examples]:
    """Rows to train on, and rows to validate on: ``share`` of them, but two at least.

    By class where each has two rows and there is room for it; two classes always, as scikit-learn does it.
    Raises ``ValueError`` where that cannot be.
    """
    kinds, numbers, counts = np.unique(examples.y, return_inverse=True, return_counts=True)
    rows, size = len(examples), max(2, int(np.ceil(share * len(examples))))
    by_class = counts.min() > 1 and rows >= len(kinds) + max(2, len(kinds))
    if by_class:
        size = min(max(size, len(kinds)), rows - len(kinds))
    if size >= rows:
        raise ValueError(f"The validation set is too small: early_stopping sets 2 rows aside, got n_samples={rows}")
    pair = (numbers == 1)[:, None]  # as MLPClassifier's, whose words for them are True and False
    stratify = pair if len(kinds) == 2 else numbers if by_class else None
    try:
        train, valid = train_test_split(np.arange(rows), test_size=size, random_state=seed, stratify=stratify)
    except ValueError as error:
        no, yes = classes[kinds].tolist()
        raise ValueError(f"{error} (early_stopping sets rows of both aside; True is {yes!r}, False {no!r})") from None
    return examples.part(train), examples.part(valid)
