"""Small random data whose classes a linear map of the inputs decides."""

import numpy as np

from nets import Data, Part


def make_data(
    *, rows: int = 23, inputs: int = 5, classes: int = 3, seeds: tuple[int, ...] | None = None, test: bool = False
) -> Data:
    """A split for each seed."""
    generator = np.random.default_rng(7)
    truth = generator.normal(size=(inputs, classes))

    def part() -> Part:
        x = generator.normal(size=(1 if seeds is None else len(seeds), rows, inputs))
        return Part(x, (x @ truth).argmax(axis=2))

    return Data(classes=classes, train=part(), valid=part(), test=part() if test else None, seeds=seeds)
