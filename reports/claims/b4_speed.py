"""B4: batch normalisation makes training ten times faster."""

from reports.experiments import speed
from reports.experiments.seeded import SeededClaim
from reports.judging.claim import Quote
from reports.judging.rules import Measured, at_least
from reports.judging.text import TIMES

RULE = at_least(
    Measured(
        what=f"Steps until the validation loss is {speed.TARGET} without normalisation, divided by those with it before "
        f"the activation, each at its own best learning rate (chosen on the other seeds); geometric mean over paired seeds. {speed.SETTING} {speed.CENSORING}",
        quantity="steps without ÷ steps with normalisation",
        reading="above 1 it is faster",
        unit=TIMES,
        issue="batch normalisation makes training ten times faster",
        depends="activation and initial weights",
        says="{less} trains ten times faster than {more}, or more",
    ),
    limit=10,
    margin=1.25,
    supported="normalisation before the activation trains ten times faster than no normalisation, or more",
    contradicted="normalisation before the activation does not train ten times faster than no normalisation",
)


CONTRAST = speed.steps(slow=speed.NONE, fast=speed.BEFORE)
CLAIM = SeededClaim(
    slug="B4",
    statement="Normalising hidden layers makes training ten times faster, or more",
    quote=Quote(
        "002",
        "If input is getting benefit then we should do it for the values in hidden layers, they usually change all the times "
        "and get 10 times or more improvement in training speed.",
    ),
    design=speed.DESIGN,
    shared=speed.NAME,
    tables=speed.TABLES,
    revised=speed.REVISED,
    literature="Ioffe & Szegedy 2015, ImageNet: 2.3 times fewer steps with batch normalisation alone, 14 times with a five "
    "times larger learning rate and other changes.",
    rule=RULE,
    compared=[CONTRAST],
    caption="Steps to the target without normalisation over steps with it, on a logarithmic axis.",
)
