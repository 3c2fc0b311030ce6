"""M9: a bias before normalisation is redundant."""

from reports.experiments.exact import DESIGN, NAME, identity
from reports.judging.claim import Claim, Quote

CLAIM = Claim(
    slug="M9",
    statement="Parameters before normalisation are given as W and b; the b does nothing",
    quote=Quote(
        "004",
        "First, feeding the input X into the first hidden layer and then compute Z[1] govern by the parameters W[1], b[1]. We then take this parameter Z[1] and apply batch norm.",
    ),
    design=DESIGN,
    shared=NAME,
    **identity(
        "redundant_bias",
        "Logits in training with a bias added before normalisation against those without.",
        issue="a bias before normalisation is redundant",
        supported="a bias before normalisation changes nothing: the post’s b[1] could be left out",
        contradicted="a bias before normalisation matters",
    ),
)
