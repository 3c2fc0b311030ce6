"""B11: with batch normalisation less dropout is best."""

from math import log

import numpy as np
import pandas as pd

from reports.evidence.paired import arm, with_regime
from reports.experiments.d300 import RATES
from reports.experiments.further_tables import SMALL, also
from reports.experiments.seeded import by_seed
from reports.judging.claim import Claim, Quote
from reports.judging.intervals import Numbers
from reports.judging.rules import Measured, effect

KEPT = [0.95, 0.9, 0.8, 0.7, 0.6, 0.5, 0.4, 0.3, 0.2]
RULE = effect(
    Measured(
        what="The strength α = (1 − keep_prob)/keep_prob that is best without batch normalisation, divided by that which is best "
        "with it before the activation: the lowest point of the parabola in log α through the best of the mean losses and its neighbours, learning rates "
        "tuned at each; jackknife over seeds; there is none where both lie at the same end of the keep-probs. Digits, 300 training rows with and without 20% wrong labels, 32 units of ReLU, 900 steps. "
        f"{also(SMALL)}",
        quantity="best α without ÷ with normalisation",
        reading="above 1 normalisation calls for less dropout",
        unit="times",
        issue="less dropout is best with batch normalisation",
        depends="label noise",
    ),
    margin=1.25,
    supported="with batch normalisation less dropout is best",
    contradicted="with batch normalisation more dropout is best",
    alike="with batch normalisation as much dropout is best",
)
ARM = {
    "data": {"label_noise": [0.0, 0.2]},
    "keep_prob": KEPT,
    "learning_rate": RATES,
}


def evidence(rows: pd.DataFrame) -> pd.DataFrame:
    """A pseudo-value for each seed: their mean and spread are the jackknife's."""
    networks = with_regime(rows, {"label_noise": "{:.0%} wrong labels"})
    parts = [_pseudo_values(group).assign(regime=regime) for regime, group in networks.groupby("regime", sort=False)]
    return pd.concat(parts, ignore_index=True)


def _pseudo_values(rows: pd.DataFrame) -> pd.DataFrame:
    seeds = rows["seed"].unique()
    whole = _log_ratio(rows)
    left_out = [_log_ratio(rows[rows["seed"] != seed]) for seed in seeds]
    values = [len(seeds) * whole - (len(seeds) - 1) * each for each in left_out]
    best = {name: 1 / (1 + np.exp(best_strength(arm(rows, name)))) for name in ("none", "before")}
    note = f"best keep_prob {best['none']:.2f} without and {best['before']:.2f} with normalisation"
    return pd.DataFrame({"seed": seeds, "effect": values, "note": note})


def _log_ratio(rows: pd.DataFrame) -> float:
    """NaN where both lie at the same end of the grid: which is the larger one is not known then."""
    none, before = (best_strength(arm(rows, name)) for name in ("none", "before"))
    return none - before if none != before else float("nan")


def best_strength(rows: pd.DataFrame) -> float:
    """Log of the best α: the vertex of the parabola through the lowest of the mean losses, each at its best rate, and its neighbours."""
    means = rows.groupby(["keep_prob", "learning_rate"])["valid_loss"].agg(lambda losses: losses.mean(skipna=False))
    losses = means.groupby("keep_prob").min().sort_index().dropna()
    if losses.empty:
        return float("nan")
    kept = losses.index.to_numpy(float)
    return _vertex(np.array([log((1 - each) / each) for each in kept]), np.array(losses, float))


def _vertex(x: Numbers, y: Numbers) -> float:
    """At an end of the grid, that end."""
    lowest = int(y.argmin())
    if lowest in (0, y.size - 1):
        return float(x[lowest])
    bend, slope, _ = np.polyfit(x[lowest - 1 : lowest + 2] - x[lowest], y[lowest - 1 : lowest + 2], 2)
    return float(x[lowest] - slope / (2 * bend))


CLAIM = Claim(
    slug="B11",
    statement="With batch normalisation we will use less dropout",
    quote=Quote(
        "002",
        "Therefore, if we use batch normalization, we will use less dropout, which is a good thing because we are not going to "
        "lose a lot of information.",
    ),
    design={"none": ARM, "before": {**ARM, "batch_norm": "before"}},
    tables=SMALL,
    revised="The design has more keep-probs: the best had lain at the end of the grid. Where both do, nothing is judged now.",
    **by_seed(
        RULE,
        evidence,
        design="B11",
        caption="Best strength without normalisation over with it; dots are pseudo-values.",
    ),
)
