"""B3b: scaling the linear layer's output changes nothing but by way of ε."""

from reports.experiments.exact import DESIGN, NAME, identity
from reports.judging.claim import Claim, Quote

CLAIM = Claim(
    slug="B3b",
    statement="However large the linear layer’s output is, the normalised one is the same",
    quote=Quote(
        "001",
        "The activation function is operated at the non-saturated part no matter how the linear layer output distribution is.",
    ),
    design=DESIGN,
    shared=NAME,
    **identity(
        "scale_invariance",
        "Output for weights and biases times 7 against that for ε divided by 49, which is all that such a factor does.",
        issue="the scale of the linear layer’s output does not matter",
        supported="the scale of the linear layer’s output matters by way of ε alone",
        contradicted="the scale of the linear layer’s output matters",
    ),
)
