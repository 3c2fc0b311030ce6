"""B2: batch normalisation after the activation does not help."""

from reports.experiments import speed
from reports.experiments.seeded import SeededClaim
from reports.judging.claim import Quote
from reports.judging.rules import Measured, at_most
from reports.judging.text import TIMES

RULE = at_most(
    Measured(
        what=f"Steps until the validation loss is {speed.TARGET} without normalisation, divided by those with it after the "
        f"activation, each at its own best learning rate. {speed.SETTING} {speed.CENSORING}",
        quantity="steps without ÷ steps with normalisation after",
        reading="above 1 it is faster",
        unit=TIMES,
        issue="normalisation after the activation is of no help",
        depends="activation and initial weights",
        says=speed.SAYS,
    ),
    limit=1.25,
    margin=1.25,
    supported="normalisation after the activation is of no help",
    contradicted="normalisation after the activation trains faster than no normalisation",
)


CONTRAST = speed.steps(slow=speed.NONE, fast=speed.AFTER)
CLAIM = SeededClaim(
    slug="B2",
    statement="Batch normalisation after the activation does not help",
    quote=Quote(
        "001",
        "Imagine if the linear layer output is poorly distributed such that the output of activation is at those "
        "almost-zero-slope regime, backprop will then be very inefficient, adding the BN layer after the activation layer is "
        "therefore not helping the backprop.",
    ),
    design=speed.DESIGN,
    shared=speed.NAME,
    tables=speed.TABLES,
    revised=speed.REVISED,
    rule=RULE,
    compared=[CONTRAST],
    caption="Steps to the target without over with it, on a logarithmic axis.",
)
