"""B1: batch normalisation belongs before the activation, not after."""

from reports.experiments import speed
from reports.experiments.seeded import SeededClaim
from reports.judging.claim import Quote
from reports.judging.rules import Measured, effect
from reports.judging.text import TIMES

RULE = effect(
    Measured(
        what=f"Steps until the validation loss is {speed.TARGET} with normalisation after the activation, divided by those "
        f"with it before, each at its own best learning rate. {speed.SETTING} {speed.CENSORING}",
        quantity="steps with it after ÷ steps with it before",
        reading="above 1 before is faster",
        unit=TIMES,
        issue="normalisation is better placed before the activation",
        depends="activation and initial weights",
        says=speed.SAYS,
    ),
    margin=1.25,
    supported="normalisation before the activation trains faster than normalisation after the activation",
    contradicted="normalisation after the activation trains faster than normalisation before the activation",
    alike="it makes no difference of interest whether normalisation stands before or after the activation",
)


CONTRAST = speed.steps(slow=speed.AFTER, fast=speed.BEFORE)
CLAIM = SeededClaim(
    slug="B1",
    statement="Batch normalisation belongs before the activation",
    quote=Quote("001", "The BN layer should be placed after the linear layer and before the activation layer."),
    design=speed.DESIGN,
    shared=speed.NAME,
    tables=speed.TABLES,
    revised=speed.REVISED,
    literature="Ioffe & Szegedy 2015 place it before. A public benchmark on ImageNet (caffenet128) found 0.474 of accuracy "
    "before ReLU and 0.499 after it.",
    rule=RULE,
    compared=[CONTRAST],
    caption="Steps to the target after over before, on a logarithmic axis.",
)
