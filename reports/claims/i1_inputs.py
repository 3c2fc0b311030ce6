"""I1: normalised inputs make training faster; that rounder contours are the cause is not tested, their condition numbers stand beside."""

import numpy as np
import pandas as pd

from reports.evidence.measures import measure
from reports.evidence.paired import arm
from reports.experiments import inputs
from reports.experiments.seeded import SeededClaim
from reports.judging.claim import Quote
from reports.judging.rules import Measured, effect
from reports.judging.text import TIMES

RULE = effect(
    Measured(
        what=f"Steps with the inputs as they are, divided by those with inputs standardised. {inputs.SETTING}",
        quantity="steps with raw ÷ standardised inputs",
        reading="above 1 normalising is faster",
        unit=TIMES,
        issue="networks with inputs divided by their standard deviation train faster than with raw inputs",
        depends="the data",
        says=inputs.SAYS,
    ),
    margin=1.25,
    supported="networks with inputs divided by their standard deviation train faster than with raw inputs",
    contradicted="networks with raw inputs train faster than with inputs divided by their standard deviation",
    alike="normalised inputs train as fast as raw ones",
)


CONTRAST = inputs.steps(slow=inputs.RAW, fast=inputs.STANDARDISED)


def _noted(rows: pd.DataFrame, found: pd.DataFrame) -> pd.DataFrame:
    return found.assign(note=found["note"] + _conditions(rows))


def _conditions(rows: pd.DataFrame) -> str:
    """How elongated the contours are: the condition number of the inputs' second moments."""
    contours = arm(rows, "contours")
    raw, scaled = (
        np.median(measure(contours[contours["scaling"] == scaling], "curvature.input_condition"))
        for scaling in ("raw", "standardised")
    )
    return f"; condition number {raw:.1e} raw, {scaled:.1e} standardised"


CLAIM = SeededClaim(
    slug="I1",
    statement="Normalised inputs speed learning up",
    quote=Quote(
        "004",
        "Normalizing the input can turn the contours of our learning problem from a very elongated shape to something very more "
        "rounded which makes it easier for our gradient descent algorithm to optimize.",
    ),
    design=inputs.DESIGN,
    shared=inputs.NAME,
    revised=inputs.REVISED,
    rule=RULE,
    compared=[CONTRAST],
    noted=_noted,
    caption="Steps with raw over standardised inputs, on a logarithmic axis.",
)
