"""D3: nearly every presentation trains a network of its own."""

from dataclasses import replace

import pandas as pd

from reports.evidence.contrasts import Level, Side
from reports.evidence.quantities import Probed
from reports.experiments.seeded import SeededClaim
from reports.judging.claim import Quote
from reports.judging.rules import Measured, at_least

RULE = at_least(
    Measured(
        what="Distinct masks among all that training drew, by presentations of a row: one hidden layer, keep_prob 0.5, 900 batches "
        "of 50 rows.",
        quantity="share of presentations with a mask of their own",
        reading="1 is a different network each time",
        unit="share",
        issue="nearly every presentation has its own network",
        depends="the width",
    ),
    limit=0.95,
    margin=0.05,
    supported="nearly every presentation has its own network",
    contradicted="presentations share their networks",
)


LEVEL = Level(side=Side("dropout", "half", tuned=()), value=Probed("masks.distinct"), regimes={"width": None})
SHOWN = replace(LEVEL, value=Probed("masks.presentations"))


def _noted(rows: pd.DataFrame, found: pd.DataFrame) -> pd.DataFrame:
    shown = SHOWN.evidence(rows).groupby("regime")["effect"].first().to_dict()
    return found.assign(note=[f"{shown[each]:,.0f} presentations, 2^{each.number} masks" for each in found["regime"]])


CLAIM = SeededClaim(
    slug="D3",
    statement="There is almost certainly a different network for each presentation of each training case",
    quote=Quote(
        "003",
        "There is almost certainly a different network for each presentation of each training case but all of these networks "
        "share the same weights for the hidden units that are present.",
    ),
    design={"half": {"width": [8, 12, 16, 24, 32, 64], "keep_prob": 0.5, "probes": "masks"}},
    rule=RULE,
    compared=[LEVEL],
    noted=_noted,
    caption="Distinct masks divided by presentations, by width.",
)
