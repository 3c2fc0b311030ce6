"""D8b: dropout makes activations sparse, which is how the literature reads features that are useful on their own."""

from reports.evidence.contrasts import Contrast
from reports.evidence.quantities import Probed
from reports.experiments import d300
from reports.experiments.seeded import SeededClaim
from reports.judging.rules import Measured, effect

RULE = effect(
    Measured(
        what="Share of hidden activations near zero (at most 1% of the largest) on the validation rows, for dropout at its best "
        f"less for none. A post speaks of features useful on their own (D8); that they are sparse is Srivastava et al.’s reading. {d300.SETTING}",
        quantity="share near zero with dropout − without",
        reading="above 0 dropout makes activations sparser",
        unit="share",
        metric="sparsity",
        issue="activations are sparser with dropout than with no regularisation",
        says="activations are sparser with {more} than with {less}",
    ),
    margin=0.05,
    supported="activations are sparser with dropout than with no regularisation",
    contradicted="activations are sparser with no regularisation than with dropout",
    alike="dropout leaves activations as sparse as they are",
)


CONTRAST = Contrast(high=d300.DROPOUT, low=d300.NONE, value=Probed("sparsity.near_zero"), regimes=d300.REGIMES)
CLAIM = SeededClaim(
    slug="D8b",
    statement="With dropout activations are sparse",
    design=d300.DESIGN,
    shared=d300.NAME,
    tables=d300.TABLES,
    revised=d300.REVISED,
    literature="Srivastava et al. 2014 saw sparser activations with dropout, even without a term that asks for them.",
    rule=RULE,
    compared=[CONTRAST],
    caption="Share of activations near zero, with dropout less without.",
)
