"""The study of the index: many simulated experiments for each width, number of seeds and planted index."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from reports.calibration.world import SLOWER, WORLDS, grid, losses
from reports.judging.intervals import Estimate
from reports.staircase.quantization import Shape, index, shape

SEED = 20170901
SEEDS = {"digits": (4, 8, 16), SLOWER: (12,), "breast_cancer": (8, 24)}
PLANTED = (0.0, 0.5, 1.0)  # smooth, half a staircase, a staircase


@dataclass(frozen=True)
class Cell:
    """One kind of experiment."""

    data: str
    width: int
    seeds: int
    planted: float


def cells() -> list[Cell]:
    """All that the table holds."""
    return [Cell(data, width, seeds, planted) for data, width in WORLDS for seeds in SEEDS[data] for planted in PLANTED]


def calibrate(cells: Sequence[Cell], draws: int) -> pd.DataFrame:
    """A row for each cell; each has random numbers of its own, so a few cells alone have the rows that they have among all.

    Returns:
        Columns of ``Cell``; draws; mean and sd of Q; covered, the share of intervals that hold the planted index; the shares
        read as smooth and as staircase.
    """
    return pd.DataFrame([_row(cell, list(_experiments(cell, draws))) for cell in cells])


def _experiments(cell: Cell, draws: int) -> Iterator[Estimate]:
    place = grid(cell.width)
    world = WORLDS[cell.data, cell.width]
    generator = np.random.default_rng([SEED, *cell.data.encode(), cell.width, cell.seeds, round(100 * cell.planted)])
    for _ in range(draws):
        simulated = losses(world, place, cell.seeds, cell.planted, generator)
        yield index(np.array(place.strength), simulated, cell.width).q


def _row(cell: Cell, found: Sequence[Estimate]) -> dict[str, object]:
    values = np.array([each.value for each in found])
    read = [shape(each) for each in found]
    return {
        **vars(cell),
        "draws": len(found),
        "mean": values.mean(),
        "sd": values.std(ddof=1),
        "covered": np.mean([each.low <= cell.planted <= each.high for each in found]),
        "smooth": np.mean([each is Shape.SMOOTH for each in read]),
        "staircase": np.mean([each is Shape.STAIRCASE for each in read]),
    }
