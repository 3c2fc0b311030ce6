"""Batches of all training rows, normalised together or ten rows at a time: the noise of batch statistics without that of gradients."""

from typing import Any

from reports.evidence.contrasts import Contrast, Side
from reports.evidence.paired import Regimes
from reports.evidence.quantities import VALID_LOSS
from reports.experiments.further_tables import FULL_BATCH, also

NAME = "ghosts"
TABLES = FULL_BATCH
GHOST, ROWS = 10, 300
REGIMES: Regimes = {"label_noise": "{:.0%} random labels"}
ARM: dict[str, Any] = {
    "data": {"label_noise": [0.0, 0.2]},
    "batch_size": ROWS,
    "learning_rate": [0.0013, 0.003, 0.008, 0.02, 0.05, 0.15, 0.4, 1.0],
}
NORMALISED: dict[str, Any] = {**ARM, "batch_norm": "before"}
DESIGN = {"none": ARM, "whole": NORMALISED, "ghosts": {**NORMALISED, "ghost_rows": GHOST}}
SETTING = (
    f"Every gradient is that of all {ROWS} training rows, so that it holds no noise of batches. Digits, with and without 20% random labels, 32 units of ReLU, "
    f"900 steps; normalisation before the activation; learning rates best on the other seeds. {also(TABLES)}"
)
NONE = Side("no normalisation", "none")
WHOLE = Side(f"normalisation by all {ROWS} rows", "whole")
GHOSTS = Side(f"normalisation by {GHOST} rows at a time", "ghosts")
NOISE = Contrast(high=WHOLE, low=GHOSTS, value=VALID_LOSS, regimes=REGIMES)
NET = Contrast(
    high=NONE, low=GHOSTS, value=VALID_LOSS, regimes=REGIMES
)  # of all that normalisation does, its noise among it
REVISED = "It was judged by small batches against full ones, which differ in the noise of their gradients too; now the gradient is that of all rows in both. The learning rates reach lower: the best had lain at the end; one lower still, 0.0005, decided nothing."
SAYS = "{less} has a lower loss than {more}"
SHARED: dict[str, Any] = {
    "design": DESIGN,
    "shared": NAME,
    "tables": TABLES,
    "revised": REVISED,
}  # by every claim of them
