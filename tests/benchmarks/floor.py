"""The floor: the matrix products of one training step and nothing else, in the shapes and the layout of ``nets``."""

import itertools
from dataclasses import replace
from typing import NamedTuple, Self

import numpy as np

from nets.arrays import Array, full
from tests.benchmarks import ours
from tests.benchmarks.workloads import Case, Task


class Layer(NamedTuple):
    """A dense layer's operands and the preallocated arrays for its products."""

    weight: Array  # (K, outputs, inputs + 1)
    weight_transposed: Array  # (K, inputs, outputs), a view
    x: Array  # (K, inputs + 1, batch)
    x_transposed: Array  # (K, batch, inputs + 1): gathered rows in the first layer, a view in the others
    y: Array  # (K, outputs, batch); stands for dy as well
    gradient: Array  # (K, outputs, inputs + 1)
    dx: Array  # (K, inputs, batch)

    @classmethod
    def of(cls, networks: int, inputs: int, outputs: int, batch: int, *, first: bool) -> Self:
        def constant(*shape: int) -> Array:
            return full((networks, *shape), 1e-3, np.float32)

        weight, x = constant(outputs, inputs + 1), constant(inputs + 1, batch)
        rows = constant(batch, inputs + 1) if first else x.transpose(0, 2, 1)
        return cls(
            weight=weight,
            weight_transposed=weight[:, :, :-1].transpose(0, 2, 1),
            x=x,
            x_transposed=rows,
            y=constant(outputs, batch),
            gradient=constant(outputs, inputs + 1),
            dx=constant(inputs, batch),
        )


class Products:
    """Forward products, weight gradients, and input gradients of all layers but the first, for K networks."""

    def __init__(self, case: Case, task: Task, networks: int) -> None:
        sizes = case.workload.sizes
        self.steps = case.workload.steps
        self.layers = [
            Layer.of(networks, inputs, outputs, case.workload.batch, first=number == 0)
            for number, (inputs, outputs) in enumerate(itertools.pairwise(sizes))
        ]

    def epoch(self) -> None:
        for _ in range(self.steps):
            self._step()

    def _step(self) -> None:
        for layer in self.layers:
            np.matmul(layer.weight, layer.x, out=layer.y)
        for number, layer in reversed(list(enumerate(self.layers))):
            np.matmul(layer.y, layer.x_transposed, out=layer.gradient)
            if number:
                np.matmul(layer.weight_transposed, layer.y, out=layer.dx)

    def accuracy(self) -> float:
        """Not a number: nothing is learned."""
        return float("nan")


COMPETITORS = {
    name.replace("dropstep", "floor"): replace(competitor, start=Products)
    for name, competitor in ours.COMPETITORS.items()
    if competitor.start is ours.LockStep
}
