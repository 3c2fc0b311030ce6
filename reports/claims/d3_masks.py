"""D3: nearly every presentation trains a network of its own."""

import pandas as pd

from reports.evidence.measures import measure, measured
from reports.evidence.paired import with_regime
from reports.experiments.seeded import by_seed
from reports.judging.claim import Claim, Quote
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
    supported="nearly every presentation trains a network of its own",
    contradicted="presentations share their networks",
)


def evidence(rows: pd.DataFrame) -> pd.DataFrame:
    networks = with_regime(measured(rows, "masks.distinct"), {"width": None})
    found = networks[["regime", "seed"]].assign(effect=measure(networks, "masks.distinct"))
    shown = measure(networks, "masks.presentations")
    return found.assign(
        note=[
            f"{each:,.0f} presentations, 2^{width} masks" for each, width in zip(shown, networks["width"], strict=True)
        ]
    )


CLAIM = Claim(
    slug="D3",
    statement="There is almost certainly a different network for each presentation of each training case",
    quote=Quote(
        "003",
        "There is almost certainly a different network for each presentation of each training case but all of these networks "
        "share the same weights for the hidden units that are present.",
    ),
    design={"half": {"width": [8, 12, 16, 24, 32, 64], "keep_prob": 0.5, "probes": "masks"}},
    **by_seed(RULE, evidence, design="D3", caption="Distinct masks divided by presentations, by width."),
)
