"""B7b: batch normalisation is fast because hidden units shift less: then shift put back by noise should undo its gain."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import pandas as pd

from reports.evidence.contrasts import NOTHING, Side
from reports.evidence.paired import Regimes, with_regime
from reports.evidence.quantities import Probed, Quantity
from reports.experiments import deep, speed
from reports.experiments.further_tables import also
from reports.experiments.seeded import SeededClaim
from reports.judging.claim import Quote
from reports.judging.regimes import Regime
from reports.judging.rules import Measured, at_most
from reports.judging.text import TIMES

DOSES = [0.1, 0.3, 1.0]
RULE = at_most(
    Measured(
        what=f"Steps until the validation loss is {speed.TARGET} without normalisation, divided by those with it before the activation "
        "and, after it, a random shift and scale of each unit, new in every step: each at its best learning rate. The noise is the weakest of "
        f"{DOSES[0]:g} … {DOSES[-1]:g} times a unit’s spread that restores the shift: the means of what the next layer receives then move from one checkpoint to the next (in "
        "standard deviations, mean over 6 checkpoints of 300 steps, noise included) at least as far as without normalisation. Where none restores it nothing "
        "is judged. Digits, 600 clean training rows, 4 hidden layers of 50 sigmoid or tanh units, the usual initial weights; 1,200 steps without, 600 with. A run that never arrives counts as one of all its steps; "
        f"the ratio is then a bound. {speed.NO_SPEED} If less shift is the cause, noise takes the gain away. "
        f"{also(speed.TABLES)} {speed.OTHER_TARGETS}",
        quantity="steps without ÷ steps with noisy normalisation",
        reading="1 is no gain left",
        unit=TIMES,
        issue="less shift is why normalisation is fast",
        depends="the activation",
        says=speed.SAYS,
    ),
    limit=1.25,
    margin=1.25,
    supported="with shift put back by noise, normalisation is no longer faster",
    contradicted="noisy normalisation trains faster than no normalisation",
)
REGIMES: Regimes = {"activation": "{}"}
ARM: dict[str, Any] = {
    **deep.NETWORK,
    "activation": ["sigmoid", "tanh"],
    "learning_rate": [0.04, 0.1, 0.25],
    "steps": 1200,
    "checkpoints": 100,
    "bn_statistics": "population",
}
NOISY: dict[str, Any] = {"batch_norm": "before", "bn_noise": DOSES}
DRIFTING: dict[str, Any] = {**ARM, "steps": 300, "checkpoints": 6, "probes": "moments"}
UNKNOWN = float("nan")  # how far units move where no network survived
DRIFT, FELT = Probed("moments.mean_drift"), Probed("moments.felt_drift")


@dataclass(frozen=True, kw_only=True)
class Restored:
    """Steps of ``high`` against those of ``low`` at the weakest noise that restores how far ``still`` sides' units move."""

    high: Side
    low: Side
    high_drift: Side
    low_drift: Side
    doses: Sequence[float]

    def evidence(self, rows: pd.DataFrame) -> pd.DataFrame:
        """Columns of ``Contrast``'s."""
        aim = _drift(self.high_drift, rows, DRIFT)
        found = [(dose, _drift(_at(self.low_drift, dose), rows, FELT)) for dose in self.doses]
        parts = [self._of_regime(rows, regime, drift, found) for regime, drift in aim.items()]
        return pd.concat(parts or [NOTHING])

    def _of_regime(
        self, rows: pd.DataFrame, regime: Regime, aim: float, found: Sequence[tuple[float, dict[Regime, float]]]
    ) -> pd.DataFrame:
        restoring = [dose for dose, drifts in found if drifts.get(regime, UNKNOWN) >= aim]
        dose = restoring[0] if restoring else self.doses[-1]
        drift = dict(found)[dose].get(regime, UNKNOWN)
        contrast = speed.steps(self.high, _at(self.low, dose), REGIMES).evidence(rows)
        here = contrast[contrast["regime"] == regime]
        told = f"noise of {dose:g}: units move by {drift:.2f} spreads from one checkpoint to the next, {aim:.2f} without normalisation"
        void = "" if restoring else f"no noise restores the shift; {told}"
        return here.assign(note=told + "; " + here["note"], void=here["void"].mask(here["void"].eq(""), void))


def _at(side: Side, dose: float) -> Side:
    return replace(side, where={"bn_noise": dose})


def _drift(side: Side, rows: pd.DataFrame, quantity: Quantity) -> dict[Regime, float]:
    """Mean over layers, intervals and seeds in each regime, at the learning rate of least validation loss."""
    best = side.at_best(with_regime(quantity.known(rows), REGIMES))
    means = best.assign(drift=quantity.read(best)).groupby("regime", sort=False)["drift"].mean()
    return dict(zip(means.index, means.astype(float), strict=True))


RESTORED = Restored(
    high=speed.NONE,
    low=Side("noisy normalisation", "noisy"),
    high_drift=Side("no normalisation", "none_drift"),
    low_drift=Side("noisy normalisation", "noisy_drift"),
    doses=DOSES,
)
CLAIM = SeededClaim(
    slug="B7b",
    statement="Less shift of the hidden units is why batch normalisation trains faster",
    quote=Quote(
        "000",
        "“It weakens the coupling between what the early layers parameters has to do and what the later layers parameters have "
        "to do”, in Ng’s words, and thus speed up the learning process.",
    ),
    design={
        "none": ARM,
        "noisy": {**ARM, **NOISY, "steps": 600, "checkpoints": 50},
        "none_drift": DRIFTING,
        "noisy_drift": {**DRIFTING, **NOISY},
    },
    tables=speed.TABLES,
    literature="Santurkar et al. 2018: noise after batch normalisation, drawn for each example by a law that changes with the step, does not undo its gain.",
    revised="Noise was of two fixed strengths, at initial weights 5 times the usual; now it is matched to the shift that is measured without normalisation. There were four strengths, and a higher learning rate, that decided nothing.",
    rule=RULE,
    compared=[RESTORED],
    caption="Steps without over with noisy normalisation, on a logarithmic axis.",
)
