"""The calibration's tables made anew: the same number of experiments gives the same tables, on any number of workers."""

from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from itertools import repeat
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import pandas as pd

from reports.calibration import (
    planted_claims,
    planted_contrasts,
    planted_effects,
    planted_others,
    planted_searches,
    planted_speeds,
    simulation,
)
from reports.calibration.stored import CLAIMS, CONTRASTS, DRAWS, EFFECTS, OTHERS, SEARCHES, SPEEDS, write

Rows = Callable[[Sequence[Any], int], pd.DataFrame]


def calibrate_anew(path: Path, *, draws: int | None, workers: int) -> None:
    """Writes the table of the index, and the others beside it; ``draws`` experiments for each row, by default as committed."""
    tables: dict[str, tuple[Rows, Sequence[Any], int]] = {
        path.name: (simulation.calibrate, simulation.cells(), DRAWS),
        SEARCHES.name: (
            planted_searches.calibrate_searches,
            planted_searches.planted_searches(),
            planted_searches.DRAWS,
        ),
        CONTRASTS.name: (
            planted_contrasts.calibrate_contrasts,
            planted_contrasts.planted_contrasts(),
            planted_contrasts.DRAWS,
        ),
        SPEEDS.name: (planted_speeds.calibrate_speeds, planted_speeds.planted_speeds(), planted_speeds.DRAWS),
        EFFECTS.name: (planted_effects.calibrate_effects, planted_effects.planted_effects(), planted_effects.DRAWS),
        CLAIMS.name: (planted_claims.calibrate_claims, planted_claims.planted_claims(), planted_claims.DRAWS),
        OTHERS.name: (planted_others.calibrate_others, planted_others.planted_others(), planted_others.DRAWS),
    }
    with ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as pool:
        for name, (calibrate, planted, usual) in tables.items():
            rows = pool.map(calibrate, [[each] for each in planted], repeat(draws or usual))
            write(pd.concat(rows), path.with_name(name))
