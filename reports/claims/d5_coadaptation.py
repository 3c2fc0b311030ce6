"""D5: with dropout no unit relies on the others."""

from dataclasses import replace

from reports.evidence.quantities import Probed
from reports.experiments import d300
from reports.experiments.seeded import SeededClaim
from reports.judging.claim import Quote
from reports.judging.rules import Measured, effect
from reports.judging.verdict import SESOI

DAMAGES = {
    "a quarter of the units deleted": Probed("deletion.quarter"),
    "one unit deleted": Probed("deletion.one_mean"),
    "weights disturbed by 30%": Probed("deletion.weight_noise", (1,)),
}
IN_ERROR = {told: replace(damage, name=f"{damage.name}_error", factor=100) for told, damage in DAMAGES.items()}
UNTRIED = (
    "Units are not swapped between networks: a network here ignores those that train beside it, and a second one trained inside "
    "each would double the cost of the design. A swap takes units away and puts in what fits nowhere; deletion and disturbed "
    "weights are damage of either kind."
)
RULE = effect(
    Measured(
        what="Validation loss that damage adds to a network trained with L2, less what the same damage adds to one trained with "
        f"dropout, where both do equally well before the damage. {d300.EQUALLY} "
        f"Deletion is what dropout itself trains with; disturbed weights are not. {d300.SETTING}",
        quantity="loss added with L2 − loss added with dropout",
        reading="above 0 dropout stands it better",
        unit="nat",
        issue="dropout makes units rely less on each other",
        depends="the kind of damage, and how both came to do equally well",
        says="units rely less on each other with {less} than with {more}",
    ),
    margin=SESOI,
    supported="units rely less on each other with dropout than with L2",
    contradicted="units rely less on each other with L2 than with dropout",
    alike="units rely on each other as much with dropout as with L2",
)


CLAIM = SeededClaim(
    slug="D5",
    statement="With dropout a hidden unit cannot rely on other hidden units being present",
    quote=Quote(
        "003",
        "On each presentation of each training case, each hidden unit is randomly omitted from the network with a probability of "
        "0.5, so a hidden unit cannot rely on other hidden units being present.",
    ),
    design=d300.DESIGN,
    shared=d300.NAME,
    tables=d300.TABLES,
    revised=f"Errors that damage adds are judged beside the loss that it adds. {d300.ONE_WAY} {d300.REVISED}",
    rule=RULE,
    compared=d300.at_equal_loss(d300.L2, d300.DROPOUT, DAMAGES),
    in_error=d300.at_equal_loss(d300.L2, d300.DROPOUT, IN_ERROR),
    caption=f"Loss that damage adds with L2, less with dropout. {UNTRIED}",
)
