"""I1: normalised inputs make training faster; that rounder contours are the cause is not tested, their condition numbers stand beside."""

import numpy as np
import pandas as pd

from reports.evidence.measures import measure
from reports.evidence.paired import arm
from reports.experiments import inputs
from reports.experiments.seeded import by_seed
from reports.judging.claim import Claim, Quote
from reports.judging.rules import Measured, effect

RULE = effect(
    Measured(
        what=f"Steps with the inputs as they are, divided by those with inputs standardised. {inputs.SETTING}",
        quantity="steps with raw ÷ standardised inputs",
        reading="above 1 normalising is faster",
        unit="times",
        issue="normalised inputs make training faster",
        depends="the data",
    ),
    margin=1.25,
    supported="normalised inputs make training faster",
    contradicted="normalised inputs make training slower",
    alike="normalised inputs train as fast as raw ones",
)


def evidence(rows: pd.DataFrame) -> pd.DataFrame:
    found = inputs.ratio(rows, slow="raw", fast="standardised")
    return found.assign(note=found["note"] + _conditions(rows))


def _conditions(rows: pd.DataFrame) -> str:
    """How elongated the contours are: the condition number of the inputs' second moments."""
    contours = arm(rows, "contours")
    raw, scaled = (
        np.median(measure(contours[contours["scaling"] == scaling], "curvature.input_condition"))
        for scaling in ("raw", "standardised")
    )
    return f"; condition number {raw:.1e} raw, {scaled:.1e} standardised"


CLAIM = Claim(
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
    **by_seed(
        RULE, evidence, design=inputs.NAME, caption="Steps with raw over standardised inputs, on a logarithmic axis."
    ),
)
