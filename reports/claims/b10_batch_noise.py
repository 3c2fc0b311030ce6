"""B10: the noise of batch statistics regularises slightly."""

import pandas as pd

from reports.experiments import ghosts
from reports.experiments.seeded import SeededClaim
from reports.judging import text
from reports.judging.claim import Quote
from reports.judging.rules import Measured, effect
from reports.judging.verdict import SESOI

RULE = effect(
    Measured(
        what=f"Validation loss where batch normalisation takes the moments of all {ghosts.ROWS} rows of a batch, less that where it takes those of {ghosts.GHOST} rows at a "
        "time (ghost batches), whose moments are noisy. What normalisation gains as a whole is B10b, and stands beside: it may be negative "
        f"while its noise helps. {ghosts.SETTING}",
        quantity=f"loss by moments of {ghosts.ROWS} rows − by moments of {ghosts.GHOST}",
        reading="above 0 the noise regularises",
        unit="nat",
        issue="the noise of batch statistics regularises",
        depends="label noise",
        says=ghosts.SAYS,
    ),
    margin=SESOI,
    supported="normalisation by 10 rows at a time has a lower loss than normalisation by all 300 rows",
    contradicted="normalisation by all 300 rows has a lower loss than normalisation by 10 rows at a time",
    alike="the noise of batch statistics makes no difference of interest",
)


def _noted(rows: pd.DataFrame, found: pd.DataFrame) -> pd.DataFrame:
    net = ghosts.NET.evidence(rows).groupby("regime")["effect"].mean().to_dict()
    gains = [text.quantity(net.get(regime, float("nan")), "nat") for regime in found["regime"]]
    return found.assign(note=[f"as a whole normalisation with this noise gains {gain} over none" for gain in gains])


CLAIM = SeededClaim(
    slug="B10",
    statement="Batch normalisation regularises slightly, by the noise of its batches",
    quote=Quote(
        "000",
        "The mini-batch are drawn randomly, and each mini-batch is scaled by the mean and variance computed on that mini-batch, "
        "their mean and variance are also noisy for the learning process, thus cause regularization.",
    ),
    literature="Hoffer et al. 2017: ghost batches generalise better than whole ones. Luo et al. 2019: batch normalisation is population normalisation plus a "
    "decay of γ that falls with the batch size.",
    **ghosts.SHARED,
    rule=RULE,
    compared=[ghosts.NOISE],
    in_error=[ghosts.NOISE.in_error],
    noted=_noted,
    caption="Loss by the moments of all rows less by those of ten.",
)
