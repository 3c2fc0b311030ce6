"""B7b: batch normalisation is fast because hidden units shift less: then shift put back by noise should undo its gain."""

from dataclasses import replace

from reports.evidence.contrasts import Contrast, Side
from reports.experiments import speed
from reports.experiments.further_tables import also
from reports.experiments.seeded import SeededClaim
from reports.judging.claim import Quote
from reports.judging.rules import Measured, at_most

RULE = at_most(
    Measured(
        what=f"Steps until the validation loss is {speed.TARGET} without normalisation, divided by those with it before the activation "
        "and, after it, a random shift and scale of each unit, new in every step, of a spread that is a share of the normalised "
        "one: each at its best learning rate. Digits, 600 clean training rows, 4 hidden layers of 50 sigmoid or tanh units, initial weights 5 times the "
        "usual, where normalisation gains much; 1,200 steps without, 600 with. A run that never arrives counts as one of all its steps; the ratio is "
        "then a bound. If less shift is the cause, noise takes the gain away. "
        f"{also(speed.TABLES)} {speed.OTHER_TARGETS}",
        quantity="steps without ÷ steps with noisy normalisation",
        reading="1 is no gain left",
        unit="times",
        issue="less shift is why normalisation is fast",
        depends="the dose of noise",
        says=speed.SAYS,
    ),
    limit=1.25,
    margin=1.25,
    supported="with shift put back by noise, normalisation is no longer faster",
    contradicted="noisy normalisation trains faster than no normalisation",
)
REGIMES = {"activation": "{}"}
ARM = {
    "data": {"train": 600, "valid": 300, "label_noise": 0.0},
    "depth": 4,
    "width": 50,
    "activation": ["sigmoid", "tanh"],
    "init_gain": 5.0,
    "learning_rate": [0.04, 0.1, 0.25, 0.63],
    "schedule": "constant",
    "steps": 1200,
    "checkpoints": 100,
    "bn_statistics": "population",
}
DOSES = [0.2, 0.5]


def _of_dose(dose: float) -> Contrast:
    noisy = Side("noisy normalisation", "noisy", where={"bn_noise": dose})
    return replace(speed.steps(slow=speed.NONE, fast=noisy, regimes=REGIMES), condition=f"noise {dose:g}")


CLAIM = SeededClaim(
    slug="B7b",
    statement="Less shift of the hidden units is why batch normalisation trains faster",
    quote=Quote(
        "000",
        "“It weakens the coupling between what the early layers parameters has to do and what the later layers parameters have "
        "to do”, in Ng’s words, and thus speed up the learning process.",
    ),
    design={"none": ARM, "noisy": {**ARM, "batch_norm": "before", "bn_noise": DOSES, "steps": 600, "checkpoints": 50}},
    tables=speed.TABLES,
    literature="Santurkar et al. 2018: noise after batch normalisation does not undo its gain.",
    revised="Noise of strength 0 is no test of noise, and is not judged any more.",
    rule=RULE,
    compared=[_of_dose(dose) for dose in DOSES],
    caption="Steps without over with noisy normalisation, on a logarithmic axis.",
)
