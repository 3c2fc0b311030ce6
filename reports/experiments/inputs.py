"""Inputs as they are, standardised, and divided by their variance, on two tables whose inputs differ by orders of magnitude."""

from typing import Any

from reports.evidence.contrasts import Contrast, Side
from reports.evidence.paired import Regimes
from reports.evidence.quantities import Steps
from reports.experiments.speed import NO_SPEED

REVISED = "Rates are finer, initial weights a tenth of the usual ones, since raw inputs began above 100 nats, and the target was 0.2 nat at first."
NAME = "inputs"
TARGET = 0.3  # nats
REGIMES: Regimes = {"depth": None}
SCALINGS = ["raw", "centred", "standardised", "variance"]
RATES = [1e-6, 3e-6, 1e-5, 3e-5, 1e-4, 3e-4, 1e-3, 0.01, 0.03, 0.1, 0.3, 1.0]
SETTING = (
    f"Steps until the validation loss is {TARGET} nat, at the best learning rate of {RATES[0]:g} … {RATES[-1]:g}; wine and breast "
    "cancer, without a hidden layer (a convex problem) and with one of 16 units of ReLU; 1,500 steps; initial weights a tenth of the usual, so that raw inputs do not start with a loss of hundreds of nats. A run that never arrives, or "
    f"diverges, counts as one of 1,500 steps; the ratio is then a bound, and its interval is open on that side. {NO_SPEED}"
)
TABLES = ["wine", "breast_cancer"]
DATA = {"name": TABLES, "train": 0.5, "valid": 0.3, "label_noise": 0.0, "scaling": SCALINGS}
DESIGN: dict[str, dict[str, Any]] = {
    "plain": {
        "data": DATA,
        "depth": [0, 1],
        "width": 16,
        "init_gain": 0.1,
        "batch_size": 20,
        "learning_rate": RATES,
        "schedule": "constant",
        "steps": 1500,
        "checkpoints": 150,
    },
    "contours": {
        "data": DATA,
        "depth": 0,
        "init_gain": 1e-6,
        "learning_rate": 1e-9,
        "steps": 1,
        "checkpoints": 1,
        "probes": "curvature",
    },
}


RAW, STANDARDISED, BY_VARIANCE = (
    Side(words, "plain", where={"scaling": scaling})
    for words, scaling in (
        ("raw inputs", "raw"),
        ("inputs divided by their standard deviation", "standardised"),
        ("inputs divided by their variance", "variance"),
    )
)
SAYS = "networks with {less} train faster than with {more}"
TARGETS = Steps(dict.fromkeys(TABLES, TARGET))


def steps(slow: Side, fast: Side) -> Contrast:
    """Log of the steps with one scaling of the inputs over those with another, each at its own best learning rate."""
    return Contrast(high=slow, low=fast, value=TARGETS, cost=TARGETS, regimes=REGIMES)
