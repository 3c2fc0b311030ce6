"""D4: dropout trains a huge number of networks at the price of one, where as many separate ones are expensive."""

from reports.experiments import d300
from reports.experiments.ensembles import DESIGN, MEMBERS, Ensembles
from reports.experiments.seeded import SeededClaim
from reports.judging.claim import Quote
from reports.judging.rules import Measured, at_least
from reports.judging.text import TIMES

# CPU time of whole trainings in stacks of 16, medians of seven: 1.13, 1.19 and 1.21 times at widths 12, 32 and 64
TIME = "In time the ratio is 1.1 to 1.2 times smaller, as a step with dropout takes that much longer than one without."
RULE = at_least(
    Measured(
        what="Steps that train the smallest ensemble whose validation loss is no higher than that of one network with dropout at its "
        "best, divided by the steps of that network; geometric mean over paired seeds. An ensemble averages the probabilities of "
        "k networks without regularisation, each trained as long as the one with dropout, on the same split with other initial "
        f"weights and batch order, and at the learning rate that is best for k. {d300.SETTING} A seed for which {MEMBERS} networks are "
        f"not enough counts as one for which {MEMBERS} are; the ratio is then a bound, and its interval is open above.",
        quantity="steps of the ensemble ÷ steps with dropout",
        reading="above 1 dropout is cheaper",
        unit=TIMES,
        issue="an ensemble of separate networks as good as dropout costs more training",
        depends="the width",
    ),
    limit=1.25,
    margin=1.25,
    supported="an ensemble of separate networks as good as dropout costs more training",
    contradicted="separate networks are as good as dropout for hardly more training",
)
CLAIM = SeededClaim(
    slug="D4",
    statement="Dropout makes it possible to train a huge number of networks in a reasonable time, where to train them one by one is expensive",
    quote=Quote(
        "003",
        "The standard way to do this is to train many separate networks and then to apply each of these networks to the test data, "
        "but this is computationally expensive during both training and testing. Random dropout makes it possible to train a huge "
        "number of different networks in a reasonable time.",
    ),
    design=DESIGN,
    tables=d300.TABLES,
    literature="Srivastava et al. 2014: a network with dropout takes two to three times longer to train than one without.",
    rule=RULE,
    compared=[Ensembles()],
    caption="Steps that train an ensemble as good as dropout over those with dropout, on a logarithmic axis; to predict costs as "
    f"many times more. {TIME}",
)
