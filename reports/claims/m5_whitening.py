"""M5: joint whitening is singular where the batch is no larger than the layer."""

from reports.experiments.exact import DESIGN, NAME, identity
from reports.judging.claim import Claim, Quote

CLAIM = Claim(
    slug="M5",
    statement="Joint whitening is singular where the batch is smaller than the layer",
    quote=Quote(
        "003",
        "Note that the use of mini batches is enabled by computation of per-dimension variances rather than joint covariances; in the joint case, regularization would be required since the mini-batch size is likely to be smaller than the number of activations being whitened, resulting in singular covariance matrices.",
    ),
    design=DESIGN,
    shared=NAME,
    **identity(
        "whitening",
        "Smallest eigenvalue of the covariance of n units over n rows, by the largest: rows no more than units leave it singular.",
        issue="the covariance of so few rows is singular",
        supported="the covariance of no more rows than units is singular, and cannot be whitened",
        contradicted="the covariance of so few rows can be whitened",
    ),
)
