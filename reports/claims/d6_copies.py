"""D6: units do not become copies of each other under dropout."""

from reports.evidence.contrasts import Contrast
from reports.evidence.quantities import Probed
from reports.experiments import d300
from reports.experiments.seeded import SeededClaim
from reports.judging.claim import Quote
from reports.judging.rules import Measured, effect

RULE = effect(
    Measured(
        what="The largest and the mean |correlation| of two hidden units over the validation rows: without dropout, less with dropout. Without: no "
        f"regularisation at its best, and L2 where both do equally well. {d300.EQUALLY} An absolute limit, which plain "
        f"networks pass as well, says nothing. {d300.SETTING}",
        quantity="|correlation| without dropout − with dropout",
        reading="above 0 units differ more with dropout",
        unit="share",
        issue="units are less alike with dropout",
        depends="what it is compared with, and how both came to do equally well",
        metric="correlation",
        says="units are less alike {less} than {more}",
    ),
    margin=0.05,
    supported="units are less alike with dropout than without dropout",
    contradicted="units are less alike without dropout than with dropout",
    alike="units are as much alike with dropout as without",
)


ALIKE = {"the largest": Probed("correlation.max"), "the mean": Probed("correlation.mean")}
NONE, L2 = ({f"{told}, {words}": value for words, value in ALIKE.items()} for told in d300.WITHOUT)
CONTRASTS = [
    *(
        Contrast(high=d300.WITHOUT["against none"], low=d300.WITH, value=value, regimes=d300.REGIMES, condition=told)
        for told, value in NONE.items()
    ),
    *d300.at_equal_loss(d300.WITHOUT["against L2"], d300.WITH, L2),
]
CLAIM = SeededClaim(
    slug="D6",
    statement="Units do not become copies of each other under dropout",
    quote=Quote(
        "003",
        "The hidden units within a layer will still learn to do different things from each other. One might imagine that the net "
        "would become robust against dropout by making many copies of each hidden unit, but this is a poor solution.",
    ),
    design=d300.DESIGN,
    shared=d300.NAME,
    tables=d300.TABLES,
    revised=f"{d300.ONE_WAY} {d300.REVISED}",
    rule=RULE,
    compared=CONTRASTS,
    caption="Largest |correlation| of two units, with dropout at its best.",
)
