"""B5: batch normalisation allows higher learning rates."""

import numpy as np
import pandas as pd

from reports.evidence.arrival import timed
from reports.evidence.paired import arm, pair
from reports.experiments import speed
from reports.experiments.seeded import by_seed
from reports.judging.claim import Claim, Quote
from reports.judging.rules import Measured, effect

RULE = effect(
    Measured(
        what=f"The largest learning rate of {speed.RATES[0]:g} … {speed.RATES[-1]:g} (each 2.5 times the one before) at which "
        f"a network's validation loss still reaches {speed.TARGET}: that with normalisation before the activation, "
        f"divided by that without, paired by seed; so it is known to one step of 2.5. {speed.SETTING} Where the highest of all rates works the ratio is a bound; "
        "where none does there is no ratio.",
        quantity="largest workable learning rate with ÷ without normalisation",
        reading="above 1 it allows higher rates",
        unit="times",
        issue="batch normalisation allows higher learning rates",
        depends="activation and initial weights",
    ),
    margin=1.25,
    supported="batch normalisation allows higher learning rates",
    contradicted="batch normalisation demands lower learning rates",
    alike="batch normalisation allows the same learning rates",
)


def evidence(rows: pd.DataFrame) -> pd.DataFrame:
    networks = timed(rows, speed.REGIMES, speed.TARGETS)
    largest = {place: _largest(arm(networks, place)) for place in ("before", "none")}
    paired = pair(largest["before"], largest["none"], "log_rate")
    end = np.log(max(speed.RATES))
    told = (
        paired["low"]
        .isna()
        .map({True: "without normalisation some seeds, or all, reach the target at no rate", False: ""})
    )
    paired = paired.assign(note=told.groupby(paired["regime"]).transform("max"))
    return paired.assign(bound=np.isclose(paired["high"], end).astype(int) - np.isclose(paired["low"], end).astype(int))


def _largest(networks: pd.DataFrame) -> pd.DataFrame:
    """Columns regime, seed and log_rate, which is NaN where no rate works."""
    workable = networks.assign(log_rate=np.log(networks["learning_rate"]).where(networks["reached"]))
    return workable.groupby(["regime", "seed"], sort=False)["log_rate"].max().reset_index()


CLAIM = Claim(
    slug="B5",
    statement="Higher learning rates can be used because of batch normalisation",
    quote=Quote(
        "002",
        "Higher learning rates are can be used because of batch normalization as there's no activation that went very high or "
        "very low.",
    ),
    design=speed.DESIGN,
    shared=speed.NAME,
    tables=speed.TABLES,
    literature="Ioffe & Szegedy 2015 trained with 5 and 30 times the learning rate. Bjorck et al. 2018: larger learning rates "
    "are the cause of what batch normalisation gains.",
    **by_seed(
        RULE, evidence, design=speed.NAME, caption="Largest workable rate with it over without, on a logarithmic axis."
    ),
)
