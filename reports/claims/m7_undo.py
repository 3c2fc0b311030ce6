"""M7: γ and β can undo the normalisation."""

from reports.experiments.exact import DESIGN, NAME, identity
from reports.judging.claim import Claim, Quote

CLAIM = Claim(
    slug="M7",
    statement="Normalisation can be undone by changing only two weights for each activation",
    quote=Quote(
        "002",
        "Batch normalization lets SGD (Stochastic gradient descent) do the denormalization by changing only these two weights for each activation, instead of losing the stability of the network by changing all the weights.",
    ),
    design=DESIGN,
    shared=NAME,
    **identity(
        "restored",
        "With γ = √(Var x + ε) and β = E x the layer’s output against its input.",
        issue="γ and β can undo the normalisation",
        supported="two weights for each activation undo the normalisation",
        contradicted="γ and β cannot undo the normalisation",
    ),
)
