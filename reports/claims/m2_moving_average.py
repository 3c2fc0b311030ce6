"""M2: running statistics are exponential moving averages of the batches'."""

from reports.experiments.exact import DESIGN, NAME, identity
from reports.judging.claim import Claim, Quote

CLAIM = Claim(
    slug="M2",
    statement="The running mean is 0.9 of the old and 0.1 of the new batch: an exponential moving average",
    quote=Quote(
        "002",
        "running_mean[t] = running_mean[t-1]*0.9 + batch_mean[t]*0.1; this 0.1 here is nothing but momentum.",
    ),
    design=DESIGN,
    shared=NAME,
    **identity(
        "running",
        "Running mean after T batches against the sum of m (1 − m)^(T − t) times the mean of batch t, from a start at 0, m being the new batch’s weight (0.1: half of it is forgotten after 6.6 batches; Keras calls 1 − m momentum).",
        issue="the running mean is the exponential moving average",
        supported="the running mean is the exponential moving average of the batches’ means",
        contradicted="the running mean is another average",
    ),
)
