"""B11: with batch normalisation less dropout is best."""

from dataclasses import dataclass
from math import log

import numpy as np
import pandas as pd

from reports.evidence.contrasts import Side
from reports.evidence.paired import in_regimes, with_regime
from reports.experiments.d300 import RATES
from reports.experiments.further_tables import SMALL, also
from reports.experiments.seeded import SeededClaim
from reports.judging.claim import Quote
from reports.judging.intervals import Numbers
from reports.judging.rules import Measured, effect
from reports.judging.text import TIMES
from reports.judging.verdict import SESOI

KEPT = [0.95, 0.9, 0.8, 0.7, 0.6, 0.5, 0.4, 0.3, 0.2]
FLAT = 2 * SESOI  # a response that varies less has no best strength
RULE = effect(
    Measured(
        what="The strength α = (1 − keep_prob)/keep_prob that is best without batch normalisation, divided by that which is best "
        "with it before the activation: the lowest point of the parabola in log α through the best of the mean losses and its neighbours, learning rates "
        "tuned at each; jackknife over seeds; there is none where both lie at the same end of the keep-probs, and nothing is judged where either response varies by less than 0.04 nat. Digits, 300 training rows with and without 20% wrong labels, 32 units of ReLU, 900 steps. "
        f"{also(SMALL)}",
        quantity="best α without ÷ with normalisation",
        reading="above 1 normalisation calls for less dropout",
        unit=TIMES,
        issue="less dropout is best with batch normalisation",
        depends="label noise",
        metric="strength",
        says="less dropout is best {less} than {more}",
    ),
    margin=1.25,
    supported="less dropout is best with normalisation than without normalisation",
    contradicted="less dropout is best without normalisation than with normalisation",
    alike="with batch normalisation as much dropout is best",
)
ARM = {
    "data": {"label_noise": [0.0, 0.2]},
    "keep_prob": KEPT,
    "learning_rate": RATES,
}


@dataclass(frozen=True)
class Interaction:
    """Log of the best strength on one side over that on the other; what each seed weighs in it, as the jackknife has it."""

    high: Side
    low: Side

    def evidence(self, rows: pd.DataFrame) -> pd.DataFrame:
        networks = with_regime(rows, {"label_noise": "{:.0%} wrong labels"})
        sides = networks[networks["arm"].isin([self.high.arm, self.low.arm])]
        parts = [self._of_regime(group) for _, group in sides.groupby("regime", sort=False)]
        return pd.concat(parts, ignore_index=True)

    def _of_regime(self, rows: pd.DataFrame) -> pd.DataFrame:
        """The effects' mean is the value of all seeds, and their standard error the jackknife's."""
        seeds = rows["seed"].unique()
        lacking = np.array([self._log_ratio(rows[rows["seed"] != seed]) for seed in seeds])
        weights = (len(seeds) - 1) * (lacking.mean() - lacking)
        found = pd.DataFrame({"seed": seeds, "effect": self._log_ratio(rows) + weights, "note": self._note(rows)})
        return in_regimes(found.assign(void=self._flat(rows)), [rows["regime"].iloc[0]] * len(seeds))

    def _log_ratio(self, rows: pd.DataFrame) -> float:
        """NaN where both lie at the same end of the grid: which is the larger one is not known then."""
        without, with_it = (best_strength(side.networks(rows)) for side in (self.high, self.low))
        ends = [log((1 - each) / each) for each in (rows["keep_prob"].min(), rows["keep_prob"].max())]
        return float("nan") if without == with_it and without in ends else without - with_it

    def _note(self, rows: pd.DataFrame) -> str:
        without, with_it = (1 / (1 + np.exp(best_strength(side.networks(rows)))) for side in (self.high, self.low))
        return f"best keep_prob {without:.2f} without and {with_it:.2f} with normalisation"

    def _flat(self, rows: pd.DataFrame) -> str:
        for side in (self.high, self.low):
            losses = responses(side.networks(rows))
            if not losses.max() - losses.min() > FLAT:
                return f"{side.words} the response is flat within {FLAT:g} nat: no strength is best"
        return ""


def responses(rows: pd.DataFrame) -> "pd.Series[float]":
    """The mean loss at each keep-prob, at its best rate."""
    means = rows.groupby(["keep_prob", "learning_rate"])["valid_loss"].agg(lambda losses: losses.mean(skipna=False))
    return means.groupby("keep_prob").min().sort_index().dropna()


def best_strength(rows: pd.DataFrame) -> float:
    """Log of the best α: the vertex of the parabola through the lowest of the mean losses, each at its best rate, and its neighbours."""
    losses = responses(rows)
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


INTERACTION = Interaction(high=Side("without normalisation", "none"), low=Side("with normalisation", "before"))
CLAIM = SeededClaim(
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
    rule=RULE,
    compared=[INTERACTION],
    caption="Best strength without normalisation over with it; dots are what each seed weighs in it, by the jackknife.",
)
