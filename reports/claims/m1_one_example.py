"""M1: the batch statistics of a single example are meaningless."""

from reports.experiments.exact import DESIGN, NAME, identity
from reports.judging.claim import Claim, Quote

CLAIM = Claim(
    slug="M1",
    statement="The batch statistics of a single example are meaningless",
    quote=Quote(
        "000",
        "During the inference, since we usually test a single example one time, the batch mean and average computed is meaningless. Instead, we use the statistics in the training data.",
    ),
    design=DESIGN,
    shared=NAME,
    **identity(
        "one_example",
        "A batch of one example is normalised to zero, whatever it was, so that the output is β: largest deviation from it.",
        issue="the statistics of one example are meaningless",
        supported="normalised by its own statistics, any single example comes out as β",
        contradicted="a single example keeps something of itself",
    ),
)
