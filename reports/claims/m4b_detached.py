"""M4b: with random labels a gradient that takes the batch's moments as constants may train better, which no post says."""

from typing import Any

from reports.evidence.contrasts import Contrast, Side
from reports.evidence.quantities import VALID_LOSS
from reports.experiments.seeded import SeededClaim
from reports.judging.rules import Measured, effect
from reports.judging.verdict import SESOI

RULE = effect(
    Measured(
        what="Validation loss with the full gradient, less that where the gradient takes the batch’s moments as constants, each at its own best "
        "learning rate: digits, 300 training rows with and without 20% random labels, 2 hidden layers of 12 units of tanh, 300 steps.",
        quantity="loss with full − with constant gradient",
        reading="above 0 constant moments are better",
        unit="nat",
        issue="a gradient that takes the moments as constants trains better",
        depends="label noise",
        says="{less} has a lower loss than {more}",
    ),
    margin=SESOI,
    supported="a gradient that takes the moments as constants has a lower loss than the full gradient",
    contradicted="the full gradient has a lower loss than a gradient that takes the moments as constants",
    alike="it makes no difference of interest to the loss whether the moments take part in the gradient",
)
ARM: dict[str, Any] = {
    "data": {"label_noise": [0.0, 0.2]},
    "width": 12,
    "depth": 2,
    "activation": "tanh",
    "batch_norm": "before",
    "learning_rate": [0.003, 0.008, 0.02, 0.05, 0.12, 0.3, 0.75, 2.0],
    "steps": 300,
    "checkpoints": 1,
}
CONTRAST = Contrast(
    high=Side("the full gradient", "full"),
    low=Side("a gradient that takes the moments as constants", "detached"),
    value=VALID_LOSS,
    regimes={"label_noise": "{:.0%} random labels"},
)
CLAIM = SeededClaim(
    slug="M4b",
    statement="A gradient that takes the batch’s moments as constants trains better",
    design={"full": ARM, "detached": {**ARM, "bn_gradient": "detached"}},
    revised="The question comes from the first results of M4, at one learning rate and with random labels alone; now each side has its own "
    "best rate, and clean labels are a regime.",
    rule=RULE,
    compared=[CONTRAST],
    in_error=[CONTRAST.in_error],
    caption="Loss with the full gradient less with constant moments.",
)
