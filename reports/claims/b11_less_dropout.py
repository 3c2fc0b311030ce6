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
        "tuned at each; jackknife over seeds; there is none where both lie at the same end of the keep-probs, and nothing is judged where either response varies by less than 0.04 nat. Digits, 300 training rows with and without 20% random labels, 32 units of ReLU, 900 steps. "
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
        networks = with_regime(rows, {"label_noise": "{:.0%} random labels"})
        sides = networks[networks["arm"].isin([self.high.arm, self.low.arm])]
        parts = [self._of_regime(group) for _, group in sides.groupby("regime", sort=False)]
        return pd.concat(parts, ignore_index=True)

    def _of_regime(self, rows: pd.DataFrame) -> pd.DataFrame:
        """The effects' mean is the value of all seeds, and their standard error the jackknife's."""
        seeds = rows["seed"].unique()
        high, low = (Response.of(side.networks(rows), seeds) for side in (self.high, self.low))
        value, *left_out = (_log_ratio(high, low, without) for without in (None, *range(len(seeds))))
        lacking = np.array(left_out)
        weights = (len(seeds) - 1) * (lacking.mean() - lacking)
        found = pd.DataFrame({"seed": seeds, "effect": value + weights, "note": _note(high, low)})
        return in_regimes(found.assign(void=self._flat(high, low)), [rows["regime"].iloc[0]] * len(seeds))

    def _flat(self, *responses: "Response") -> str:
        for side, response in zip((self.high, self.low), responses, strict=True):
            losses = response.losses()[1]
            if not losses.max(initial=-np.inf) - losses.min(initial=np.inf) > FLAT:
                return f"{side.words} the response is flat within {FLAT:g} nat: no strength is best"
        return ""


@dataclass(frozen=True, eq=False)
class Response:
    """The losses of one side, (P, R, S) of ``kept`` keep-probs × learning rates × seeds, NaN where there is none."""

    kept: Numbers
    values: Numbers

    @classmethod
    def of(cls, rows: pd.DataFrame, seeds: Numbers) -> "Response":
        kept, keep_prob = np.unique(rows["keep_prob"].to_numpy(float), return_inverse=True)
        rates, rate = np.unique(rows["learning_rate"].to_numpy(float), return_inverse=True)
        values = np.full((kept.size, rates.size, len(seeds)), np.nan)
        values[keep_prob, rate, pd.Index(seeds).get_indexer(pd.Index(rows["seed"]))] = rows["valid_loss"].to_numpy(
            float
        )
        return cls(kept, values)

    def losses(self, without: int | None = None) -> tuple[Numbers, Numbers]:
        """The keep-probs at which some rate has a loss of every seed but ``without``, and the mean loss at the best such rate."""
        values = self.values if without is None else np.delete(self.values, without, axis=2)
        if not values.size:
            return self.kept[:0], self.kept[:0]
        means = np.where(np.isnan(values).any(axis=2), np.inf, values.mean(axis=2)).min(axis=1)
        return self.kept[np.isfinite(means)], means[np.isfinite(means)]

    def best_strength(self, without: int | None = None) -> float:
        """Log of the best α: the vertex of the parabola through the lowest of the mean losses and its neighbours."""
        kept, losses = self.losses(without)
        return _vertex(_log_strengths(kept), losses) if kept.size else float("nan")


def _log_ratio(high: Response, low: Response, without: int | None) -> float:
    """NaN where both lie at the same end of the grid: which is the larger one is not known then."""
    strengths = [each.best_strength(without) for each in (high, low)]
    tried = _log_strengths(np.concatenate([high.kept, low.kept]))
    ends = (tried.max(initial=-np.inf), tried.min(initial=np.inf))
    return float("nan") if strengths[0] == strengths[1] and strengths[0] in ends else strengths[0] - strengths[1]


def _log_strengths(kept: Numbers) -> Numbers:
    return np.array([log((1 - each) / each) for each in kept])


def _note(high: Response, low: Response) -> str:
    without, with_it = (1 / (1 + np.exp(each.best_strength())) for each in (high, low))
    return f"best keep_prob {without:.2f} without and {with_it:.2f} with normalisation"


def _vertex(x: Numbers, y: Numbers) -> float:
    """Of the parabola through the lowest value and its neighbours; at an end of the grid, that end."""
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
