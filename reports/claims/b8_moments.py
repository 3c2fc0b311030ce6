"""B8: whatever the earlier layers do, mean and variance remain the same."""

from reports.experiments.exact import DESIGN, NAME, identity
from reports.judging.claim import Claim, Quote

CLAIM = Claim(
    slug="B8",
    statement="Whatever the earlier layers do, mean and variance remain the same: before γ and β",
    quote=Quote(
        "004",
        "What batch norm does is that no matter how the parameter of the previous layer changes, their mean and variance will remain the same.",
    ),
    design=DESIGN,
    shared=NAME,
    **identity(
        "moments_before",
        "Mean and variance over the batch, before γ and β, against 0 and v/(v + ε), v the variance that comes in.",
        issue="mean and variance remain the same before γ and β",
        supported="before γ and β, mean and variance remain the same",
        contradicted="even before γ and β, mean and variance change",
    ),
)
