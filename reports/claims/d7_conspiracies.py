"""D7: small conspiracies survive change: dropout's lead grows where the inputs change."""

from functools import partial

import numpy as np
import pandas as pd

from reports.evidence.measures import measure
from reports.experiments import d300
from reports.experiments.seeded import by_seed
from reports.judging.claim import Claim, Quote
from reports.judging.intervals import Numbers
from reports.judging.rules import Measured, effect
from reports.judging.verdict import SESOI


def _added(rows: pd.DataFrame, name: str, dose: int) -> Numbers:
    return np.subtract(measure(rows, name, dose), rows["valid_loss"])


CHANGES = {
    "a quarter of the inputs missing": partial(_added, name="shift.missing_loss", dose=1),
    "contrast halved": partial(_added, name="shift.contrast_loss", dose=1),
    "contrast doubled": partial(_added, name="shift.contrast_loss", dose=2),
    "brightness +0.3": partial(_added, name="shift.brightness_loss", dose=3),
}
RULE = effect(
    Measured(
        what="Validation loss that a change of the inputs after training adds to a network trained with L2, less what it adds to "
        "one trained with dropout at its best; λ is that whose validation loss on unchanged inputs is nearest to dropout’s. "
        f"{d300.SETTING}",
        quantity="loss added with L2 − loss added with dropout",
        reading="above 0 dropout stands it better",
        unit="nat",
        issue="dropout stands changed inputs better",
        depends="the change",
    ),
    margin=SESOI,
    supported="dropout stands changed inputs better than L2",
    contradicted="dropout stands changed inputs worse than L2",
    alike="dropout stands changed inputs as L2 does",
)


def evidence(rows: pd.DataFrame) -> pd.DataFrame:
    return d300.against_l2(rows, CHANGES)


CLAIM = Claim(
    slug="D7",
    statement="Small conspiracies survive change better: dropout is robust where conditions change",
    quote=Quote(
        "003",
        "If conditions do not change and there is plenty of time for rehearsal, a big conspiracy can work well, but with "
        "non-stationary conditions, the smaller the conspiracy the greater its chance of still working.",
    ),
    design=d300.DESIGN,
    shared=d300.NAME,
    tables=d300.TABLES,
    **by_seed(RULE, evidence, design=d300.NAME, caption="Loss that changed inputs add with L2, less with dropout."),
)
