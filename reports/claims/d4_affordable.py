"""D4: dropout trains a huge number of networks at the price of one, where as many separate ones are expensive."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from reports.evidence.measures import measured, values
from reports.evidence.paired import arm, at_best, with_regime
from reports.experiments import d300
from reports.experiments.seeded import SeededClaim
from reports.judging.claim import Quote
from reports.judging.rules import Measured, at_least
from reports.judging.text import TIMES

MEMBERS = 10
TOLD = (1, 2, 5, 10)  # networks whose loss is noted
PAIR = ["regime", "seed"]
ENSEMBLE = ["regime", "learning_rate", "seed"]
# CPU time of whole trainings in stacks of 16, medians of seven: 1.13, 1.19 and 1.21 times at widths 12, 32 and 64
TIME = "In time the ratio is 1.1 to 1.2 times smaller, as a step with dropout takes that much longer than one without."
RULE = at_least(
    Measured(
        what="Steps that train the smallest ensemble whose validation loss is no higher than that of one network with dropout at its "
        "best, divided by the steps of that network; geometric mean over paired seeds. An ensemble averages the probabilities of "
        "k networks without regularisation, each trained as long as the one with dropout, on the same split with other initial "
        f"weights and batch order, and at the learning rate that is best for k. {d300.SETTING} A seed for which {MEMBERS} networks are "
        f"not enough counts as one for which {MEMBERS} are; the ratio is then a bound, and its interval is open above.",
        quantity="steps of the ensemble ÷ steps with dropout",
        reading="above 1 dropout is cheaper",
        unit=TIMES,
        issue="an ensemble of separate networks as good as dropout costs more training",
        depends="the width",
    ),
    limit=1.25,
    margin=1.25,
    supported="an ensemble of separate networks as good as dropout costs more training",
    contradicted="separate networks are as good as dropout for no more training",
)
ARM: dict[str, Any] = {"width": [12, 32, 64], "learning_rate": [0.008, 0.02, 0.05, 0.15]}
DESIGN: dict[str, dict[str, Any]] = {
    "dropout": {**ARM, "keep_prob": [0.95, *d300.KEPT]},
    "plain": {**ARM, "member": list(range(MEMBERS)), "probes": "losses"},
}


@dataclass(frozen=True)
class Ensembles:
    """Log of the networks that an ensemble needs to be as good as dropout."""

    def evidence(self, rows: pd.DataFrame) -> pd.DataFrame:
        best = d300.DROPOUT.at_best(with_regime(rows, d300.REGIMES))
        return _needed(_ensembles(rows).merge(best[[*PAIR, "valid_loss"]], on=PAIR, suffixes=("", "_of_dropout")))


def _needed(paired: pd.DataFrame) -> pd.DataFrame:
    enough = paired["networks"].where(paired["valid_loss"] <= paired["valid_loss_of_dropout"])
    groups = paired.assign(enough=enough).groupby(PAIR, sort=False, as_index=False)
    found = groups.agg(enough=("enough", "min"), most=("networks", "max"))
    networks = found["enough"].fillna(found["most"]).astype(int)
    told = {regime: _note(rows) for regime, rows in paired.groupby("regime", sort=False)}
    return found[PAIR].assign(
        networks=networks,
        effect=np.log(networks),  # all networks are trained for as many steps
        bound=found["enough"].isna().astype(int),
        note=found["regime"].map(told),
    )


def _ensembles(rows: pd.DataFrame) -> pd.DataFrame:
    """Columns regime, seed, networks and valid_loss: that of the mean prediction of so many, at the learning rate best for so many."""
    plain = measured(arm(with_regime(rows, d300.REGIMES), "plain"), "losses.valid").sort_values("member")
    unbroken = plain[plain["member"] == plain.groupby(ENSEMBLE).cumcount()]  # up to a network that diverged
    grown = [_growing(members) for _, members in unbroken.groupby(ENSEMBLE, sort=False)]
    if not grown:
        return pd.DataFrame(columns=[*PAIR, "networks", "valid_loss"])
    sizes = pd.concat(grown).groupby("networks")
    return pd.concat([at_best(ensembles, tuned=["learning_rate"]) for _, ensembles in sizes])


def _growing(members: pd.DataFrame) -> pd.DataFrame:
    """The loss of the mean probabilities of the first network, of the first two, and so on."""
    losses = np.array(values(members, "losses.valid"), float)
    networks = np.arange(1, len(losses) + 1)
    mixed = np.log(networks)[:, None] - np.logaddexp.accumulate(-losses, axis=0)
    return members[ENSEMBLE].assign(networks=networks, valid_loss=mixed.mean(axis=1))


def _note(paired: pd.DataFrame) -> str:
    means = paired.groupby("networks")["valid_loss"].mean()
    told = ", ".join(f"{means[networks]:.3f} ({networks})" for networks in TOLD if networks in means.index)
    return f"validation loss with dropout {paired['valid_loss_of_dropout'].mean():.3f} nat, of ensembles {told}"


CLAIM = SeededClaim(
    slug="D4",
    statement="Dropout makes it possible to train a huge number of networks in a reasonable time, where to train them one by one is expensive",
    quote=Quote(
        "003",
        "The standard way to do this is to train many separate networks and then to apply each of these networks to the test data, "
        "but this is computationally expensive during both training and testing. Random dropout makes it possible to train a huge "
        "number of different networks in a reasonable time.",
    ),
    design=DESIGN,
    tables=d300.TABLES,
    literature="Srivastava et al. 2014: a network with dropout takes two to three times longer to train than one without.",
    rule=RULE,
    compared=[Ensembles()],
    caption="Steps that train an ensemble as good as dropout over those with dropout, on a logarithmic axis; to predict costs as "
    f"many times more. {TIME}",
)
