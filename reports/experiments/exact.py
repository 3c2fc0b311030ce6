"""Identities of batch normalisation, in float64, on a small network that was trained a little: what M1–M9 say holds or does not."""

from functools import partial
from typing import Any

import pandas as pd

from reports.evidence.measures import measure, measured
from reports.evidence.paired import with_regime
from reports.experiments.seeded import Shown, by_seed
from reports.judging.rules import exact

NAME = "exact"
SETTING = "Two hidden layers of 12 units of tanh with normalisation before the activation, after 100 steps on digits, in float64."
DESIGN: dict[str, dict[str, Any]] = {
    "before": {
        "width": 12,
        "depth": 2,
        "activation": "tanh",
        "batch_norm": "before",
        "steps": 100,
        "checkpoints": 1,
        "precision": "float64",
        "probes": "identities",
    }
}


def identity(quantity: str, what: str, *, issue: str, supported: str, contradicted: str) -> Shown:
    """What a claim passes on to ``Claim`` that says that the measure ``identities.quantity`` is zero."""
    rule = exact(f"{what} {SETTING}", issue=issue, supported=supported, contradicted=contradicted)
    return by_seed(rule, partial(_deviations, quantity), design=NAME, caption="The largest deviation of each seed.")


def _deviations(quantity: str, rows: pd.DataFrame) -> pd.DataFrame:
    networks = with_regime(measured(rows, f"identities.{quantity}"), {"precision": "{}"})
    return networks[["regime", "seed"]].assign(effect=measure(networks, f"identities.{quantity}"))
