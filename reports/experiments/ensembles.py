"""Ensembles of separate networks beside one network with dropout: how many are as good as it."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from reports.evidence.measures import measured, values
from reports.evidence.paired import arm, at_best, with_regime
from reports.experiments import d300
from reports.judging.intervals import Numbers

MEMBERS = 10
TOLD = (1, 2, 5, 10)  # networks whose loss is noted
PAIR = ["regime", "seed"]
ENSEMBLE = ["regime", "learning_rate", "seed"]
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
    told = {regime: _note(rows) for regime, rows in paired.groupby("regime")}
    return found[PAIR].assign(
        networks=networks,
        effect=np.log(networks),  # all networks are trained for as many steps
        bound=found["enough"].isna().astype(int),
        note=found["regime"].map(told),
    )


def _ensembles(rows: pd.DataFrame) -> pd.DataFrame:
    """Columns regime, seed, networks and valid_loss: that of the mean prediction of so many, at the learning rate best for so many."""
    plain = measured(arm(with_regime(rows, d300.REGIMES), "plain"), "losses.valid").sort_values("member")
    unbroken = plain[plain["member"].eq(plain.groupby(ENSEMBLE).cumcount())]  # up to a network that diverged
    losses = pd.Series(values(unbroken, "losses.valid"), dtype=object)
    grown = np.full(len(unbroken), np.nan)
    for places in unbroken.groupby(ENSEMBLE).indices.values():
        grown[places] = _growing(np.array(losses.iloc[places].tolist(), float))
    ensembles = unbroken[ENSEMBLE].assign(networks=unbroken["member"] + 1, valid_loss=grown)
    best = [at_best(rows, tuned=["learning_rate"]) for _, rows in ensembles.groupby("networks")]
    return pd.concat(best) if best else pd.DataFrame(columns=[*PAIR, "networks", "valid_loss"])


def _growing(losses: Numbers) -> Numbers:
    """The loss of the mean probabilities of the first network, of the first two, and so on, (members,), from ``losses``, (members, rows)."""
    networks = np.arange(1, len(losses) + 1)
    mixed = np.log(networks)[:, None] - np.logaddexp.accumulate(-losses, axis=0)
    return np.asarray(mixed.mean(axis=1), float)


def _note(paired: pd.DataFrame) -> str:
    means = paired.groupby("networks")["valid_loss"].mean()
    told = ", ".join(f"{means[networks]:.3f} ({networks})" for networks in TOLD if networks in means.index)
    return f"validation loss with dropout {paired['valid_loss_of_dropout'].mean():.3f} nat, of ensembles {told}"
