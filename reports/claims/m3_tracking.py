"""M3: moving averages let one track accuracy while training."""

from reports.evidence.contrasts import Contrast, Side
from reports.evidence.quantities import VALID_LOSS
from reports.experiments.seeded import SeededClaim
from reports.judging.claim import Quote
from reports.judging.rules import Measured, equivalence
from reports.judging.verdict import SESOI

STEPS = [30, 60, 120, 300, 900]
RULE = equivalence(
    Measured(
        what="Validation loss by the moving averages, less that by exact averages over the training rows, of the same network after "
        f"{', '.join(map(str, STEPS[:-1]))} and {STEPS[-1]} steps: digits, 600 clean training rows, 2 hidden layers of 32 units of ReLU with normalisation "
        "before the activation, weight of the new batch 0.1, constant learning rate 0.05.",
        quantity="loss by moving − by exact averages",
        reading="0 is the same",
        unit="nat",
        issue="moving averages tell how good the model is",
        depends="how many steps were made",
        says="by {less} the model has a lower loss than by {more}",
    ),
    margin=SESOI,
    alike="moving averages tell how good the model is while it trains",
    above="by exact averages the model has a lower loss than by moving averages",
    below="by moving averages the model has a lower loss than by exact averages",
)
ARM = {
    "data": {"train": 600, "valid": 600, "label_noise": 0.0},
    "depth": 2,
    "width": 32,
    "batch_norm": "before",
    "schedule": "constant",
    "steps": STEPS,
}


CONTRAST = Contrast(
    high=Side("moving averages", "moving", tuned=()),
    low=Side("exact averages", "exact", tuned=()),
    value=VALID_LOSS,
    regimes={"steps": "step {}"},
)
CLAIM = SeededClaim(
    slug="M3",
    statement="With moving averages we can track the accuracy of a model as it trains",
    quote=Quote("003", "Using moving averages instead, we can track the accuracy of a model as it trains."),
    design={"moving": ARM, "exact": {**ARM, "bn_statistics": "population"}},
    rule=RULE,
    compared=[CONTRAST],
    in_error=[CONTRAST.in_error],
    caption="Loss by moving averages less by exact ones, of the same networks.",
)
