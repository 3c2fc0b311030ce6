"""D8: dropout makes units useful on their own."""

from reports.evidence.contrasts import Contrast
from reports.evidence.quantities import Probed
from reports.experiments import d300
from reports.experiments.seeded import SeededClaim
from reports.judging.claim import Quote
from reports.judging.rules import Measured, effect

RULE = effect(
    Measured(
        what="How well a unit alone tells the classes apart: the share of its variance over the validation rows that lies between the classes, "
        "mean over the hidden units that vary; with dropout, less without. Without: no regularisation at its best, and L2 where both do equally "
        f"well. {d300.EQUALLY} {d300.SETTING}",
        quantity="variance between classes with dropout − without",
        reading="above 0 units say more on their own with dropout",
        unit="share",
        issue="units say more on their own with dropout",
        depends="what it is compared with, and how both came to do equally well",
        metric="discrimination",
        says="units say more on their own {more} than {less}",
    ),
    margin=0.02,
    supported="units say more on their own with dropout than without dropout",
    contradicted="units say more on their own without dropout than with dropout",
    alike="units say as much on their own with dropout as without",
)
BETWEEN = Probed("sparsity.between")
CLAIM = SeededClaim(
    slug="D8",
    statement="With dropout each hidden unit creates useful features on its own",
    quote=Quote(
        "003",
        "This should make each hidden unit more robust and drive it towards creating useful features on its own without relying "
        "on other hidden units to correct its mistakes.",
    ),
    design=d300.DESIGN,
    shared=d300.NAME,
    tables=d300.TABLES,
    revised=f"It was judged by sparsity, which is D8b now. {d300.ONE_WAY} {d300.REVISED}",
    rule=RULE,
    compared=[
        Contrast(
            high=d300.WITH,
            low=d300.WITHOUT["against none"],
            value=BETWEEN,
            regimes=d300.REGIMES,
            condition="against none",
        ),
        *d300.at_equal_loss(d300.WITH, d300.WITHOUT["against L2"], {"against L2": BETWEEN}),
    ],
    caption="Share of a unit’s variance that lies between classes, with dropout less without.",
)
