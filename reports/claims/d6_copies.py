"""D6: units do not become copies of each other under dropout."""

import pandas as pd

from reports.evidence.measures import measure
from reports.experiments import d300
from reports.experiments.seeded import by_seed
from reports.judging.claim import Claim, Quote
from reports.judging.rules import Measured, at_most

RULE = at_most(
    Measured(
        what=f"The largest |correlation| of two hidden units over the validation rows, for dropout at its best. {d300.SETTING}",
        quantity="largest |correlation|",
        reading="1 is a copy",
        unit="",
        issue="units stay different under dropout",
    ),
    limit=0.95,
    margin=0.05,
    supported="units do not become copies under dropout",
    contradicted="units become copies under dropout",
)


def evidence(rows: pd.DataFrame) -> pd.DataFrame:
    dropout, none = (_measured(d300.probed(rows, name, "correlation.max")) for name in ("dropout", "none"))
    ranks = f"{dropout['rank'].mean():.1f} units, without dropout {none['rank'].mean():.1f}"
    note = f"without dropout {none['effect'].mean():.2f}; participation ratio {ranks}"
    return dropout[["regime", "seed", "effect", "chosen"]].assign(note=note)


def _measured(networks: pd.DataFrame) -> pd.DataFrame:
    return networks.assign(
        effect=measure(networks, "correlation.max", 0), rank=measure(networks, "correlation.participation", 0)
    )


CLAIM = Claim(
    slug="D6",
    statement="Units do not become copies of each other under dropout",
    quote=Quote(
        "003",
        "The hidden units within a layer will still learn to do different things from each other. One might imagine that the net "
        "would become robust against dropout by making many copies of each hidden unit, but this is a poor solution.",
    ),
    design=d300.DESIGN,
    shared=d300.NAME,
    tables=d300.TABLES,
    **by_seed(
        RULE, evidence, design=d300.NAME, caption="Largest |correlation| of two units, with dropout at its best."
    ),
)
