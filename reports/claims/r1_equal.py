"""R1: dropout and L2, each at its best strength, reach the same loss."""

import pandas as pd

from reports.evidence.paired import paired_gains
from reports.experiments.seeded import by_seed_of_all
from reports.judging.claim import Claim, Quote
from reports.judging.rules import Measured, equivalence
from reports.judging.verdict import SESOI

RULE = equivalence(
    Measured(
        what="Validation loss of L2 minus that of dropout, each at its best strength, paired by seed, at each width; strengths "
        "are chosen on the other seeds and scored on the one left out. The post only contrasts the two; that they are equally "
        "good is our question.",
        quantity="dropout’s lead",
        reading="above 0 dropout is better, below 0 L2",
        unit="nat",
        issue="which of dropout and L2 is better",
        depends="the width",
    ),
    margin=SESOI,
    alike="dropout and L2 are equally good",
    above="dropout beats L2",
    below="L2 beats dropout",
)


def evidence(results: pd.DataFrame) -> pd.DataFrame:
    return paired_gains(results, "dropout", "l2", {"strength": "keep_prob", "reference_strength": "λ"})


CLAIM = Claim(
    slug="R1",
    statement="Dropout and L2, each at its best strength, reach the same loss",
    quote=Quote("001", "The turning is kind of being “quantized”. This contrasted to L2 Reg."),
    **by_seed_of_all(
        RULE,
        evidence,
        caption=(
            "Above zero dropout is better, at strengths that were best for the other seeds. The learning rate is one for "
            "all; R4, where it is tested, compares both with it tuned in every arm."
        ),
    ),
)
