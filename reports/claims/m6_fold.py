"""M6: at inference normalisation is one linear transform."""

from reports.experiments.exact import DESIGN, NAME, identity
from reports.judging.claim import Claim, Quote

CLAIM = Claim(
    slug="M6",
    statement="At inference batch normalisation is a single linear transform",
    quote=Quote(
        "003",
        "Since the means and variances are fixed during inference, the normalization is simply a linear transform applied to each activation. It may further be composed with the scaling by γ and shift by β, to yield a single linear transform that replaces BN(x).",
    ),
    design=DESIGN,
    shared=NAME,
    **identity(
        "fold",
        "Logits of the network with normalisation folded into its weights against those of the network itself, on random rows.",
        issue="normalisation is one linear transform at inference",
        supported="folded into the weights, normalisation gives the same logits",
        contradicted="folding changes the logits",
    ),
)
