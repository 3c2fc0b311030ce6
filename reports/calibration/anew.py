"""The calibration's table made anew: the same number of experiments gives the same table, on any number of workers."""

from concurrent.futures import ProcessPoolExecutor
from functools import partial
from multiprocessing import get_context
from pathlib import Path

import pandas as pd

from reports.calibration.simulation import calibrate, cells
from reports.calibration.stored import write


def calibrate_anew(path: Path, *, draws: int, workers: int) -> None:
    """Writes the table of all cells, ``draws`` experiments for each row."""
    with ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as pool:
        rows = pool.map(partial(calibrate, draws=draws), [[cell] for cell in cells()])
        write(pd.concat(rows, ignore_index=True), path)
