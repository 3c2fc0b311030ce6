"""The rows that a stack trains on: one split for each seed, or one split that all seeds share."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, eq=False)
class Part:
    """Rows with their classes: ``x`` (S, rows, inputs) and ``y`` (S, rows) in 0 … classes - 1, S splits."""

    x: NDArray[np.floating]
    y: NDArray[np.integer]

    def __post_init__(self) -> None:
        if self.x.ndim != 3 or self.y.shape != self.x.shape[:2]:
            raise ValueError(f"x is (splits, rows, inputs) and y (splits, rows), got {self.x.shape} and {self.y.shape}")
        if not np.isfinite(self.x).all():
            raise ValueError("x is finite, got NaN or infinity: impute or drop those rows first")

    @property
    def shape(self) -> tuple[int, int, int]:
        """Splits, rows and inputs."""
        splits, rows, inputs = self.x.shape
        return splits, rows, inputs


@dataclass(frozen=True, eq=False)
class Drawn:
    """The same with every row held once: ``table`` (N, inputs + 1), its last column ones, of which ``rows`` (S, rows) are each split's."""

    table: NDArray[np.floating]
    rows: NDArray[np.integer]
    y: NDArray[np.integer]

    def __post_init__(self) -> None:
        if self.y.shape != self.rows.shape or self.rows.ndim != 2:
            raise ValueError(f"rows and y are (splits, rows), got {self.rows.shape} and {self.y.shape}")

    @property
    def x(self) -> NDArray[np.floating]:
        """(S, rows, inputs), copied."""
        return self.table[self.rows, :-1]

    @property
    def shape(self) -> tuple[int, int, int]:
        """Splits, rows and inputs."""
        return *self.rows.shape, self.table.shape[1] - 1


@dataclass(frozen=True, kw_only=True, eq=False)
class Data:
    """Three parts of one table; ``seeds[s]`` is the seed that split ``s`` belongs to.

    Without ``seeds`` there is one split, which every seed shares. A part that is ``None`` is not evaluated.
    """

    classes: int
    train: Part | Drawn
    valid: Part | Drawn | None = None
    test: Part | Drawn | None = None
    seeds: tuple[int, ...] | None = None

    def __post_init__(self) -> None:
        splits = 1 if self.seeds is None else len(self.seeds)
        for part in (
            self.train,
            *([] if self.valid is None else [self.valid]),
            *([] if self.test is None else [self.test]),
        ):
            if part.shape[0] != splits:
                raise ValueError(f"a part has one split for each seed, {splits}, got {part.shape[0]}")
            if part.y.size and not 0 <= part.y.min() <= part.y.max() < self.classes:
                raise ValueError(f"y lies in 0 … {self.classes - 1}, got {part.y.min()} … {part.y.max()}")

    @property
    def inputs(self) -> int:
        return self.train.shape[2]

    def split_of(self, seed: int) -> int:
        """Index of the split that a network with this seed sees."""
        if self.seeds is None:
            return 0
        if seed not in self.seeds:
            raise ValueError(f"data holds splits for the seeds {list(self.seeds)}, got a network with seed {seed}")
        return self.seeds.index(seed)
