"""B10b: batch normalisation as a whole has a slight regularising effect."""

from reports.experiments import ghosts
from reports.experiments.seeded import SeededClaim
from reports.judging.claim import Quote
from reports.judging.rules import Measured, effect
from reports.judging.verdict import SESOI

RULE = effect(
    Measured(
        what=f"Validation loss without batch normalisation, less that with it, by the moments of {ghosts.GHOST} rows at a time: all that it does together, its noise "
        f"(B10) among it. {ghosts.SETTING}",
        quantity="loss without − with normalisation",
        reading="above 0 normalisation lowers the loss",
        unit="nat",
        issue="batch normalisation lowers the validation loss",
        depends="label noise",
        says=ghosts.SAYS,
    ),
    margin=SESOI,
    supported="normalisation by 10 rows at a time has a lower loss than no normalisation",
    contradicted="no normalisation has a lower loss than normalisation by 10 rows at a time",
    alike="as a whole batch normalisation makes no difference of interest to the validation loss",
)
CLAIM = SeededClaim(
    slug="B10b",
    statement="Batch normalisation has a slight regularisation effect",
    quote=Quote(
        "004",
        "Another interesting thing about batch norm is that it has a slight regularization effect.",
    ),
    **ghosts.SHARED,
    rule=RULE,
    compared=[ghosts.NET],
    in_error=[ghosts.NET.in_error],
    caption="Loss without normalisation less with it.",
)
