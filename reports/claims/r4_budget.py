"""R4: at equal budgets, the learning rate tuned in every arm, a regulariser gains something."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from reports.drawing import theme
from reports.evidence.responses import summary
from reports.judging.claim import Claim, Quote
from reports.judging.intervals import Estimate, mean
from reports.judging.regimes import Regime
from reports.judging.verdict import SESOI, DecisionRule, Region, Verdict
from reports.tuning.equal_budgets import KINDS, PARTS, refit_scores
from reports.tuning.regret_figures import draw_zone

INFINITE = float("inf")
COLOURS = {"early stopping": "none", "L2": "l2", "dropout": "dropout", "both": "joint"}
RULE = DecisionRule(
    text=(
        "Gain in test loss over no regularisation where every arm may tune its learning rate and has as many search trials: the "
        "best trial of each search is trained anew on fresh seeds and scored once on test; paired by seed. Supported: the 95% "
        f"interval lies above +{SESOI} nat. Contradicted: below −{SESOI} nat. No difference: wholly inside. Else inconclusive. "
        "The posts do not ask this; the learning rate is a regulariser in disguise, and at a fixed one an arm without any other "
        "is at a disadvantage."
    ),
    quantity="gain",
    reading="above 0 the regulariser helps",
    unit="nat",
    margin=SESOI,
    regions=(
        Region(Verdict.SUPPORTED, SESOI, INFINITE, "the regulariser helps beyond a tuned learning rate"),
        Region(Verdict.CONTRADICTED, -INFINITE, -SESOI, "the regulariser is worse than a tuned learning rate alone"),
        Region(
            Verdict.NO_DIFFERENCE, -SESOI, SESOI, "the regulariser adds nothing of interest to a tuned learning rate"
        ),
    ),
    undecided="whether the regulariser adds to a tuned learning rate stays open",
    varying="whether a regulariser adds to a tuned learning rate depends on which it is",
)


def evidence(results: pd.DataFrame) -> pd.DataFrame:
    """Columns of ``matched.scores`` for arms with a regulariser, and panel."""
    found = refit_scores(results)
    shown = found[found["kind"] != "none"].sort_values(["batch_norm", "width", "arm", "seed"], ignore_index=True)
    several = "" if shown["width"].nunique() < 2 else ", width " + shown["width"].astype(str)
    return shown.assign(panel=shown["batch_norm"].map(PARTS) + several, regime=_regimes(shown) + several)


def _regimes(rows: pd.DataFrame) -> "pd.Series[str]":
    return rows["kind"].where(~rows["batch_norm"], "BN and " + rows["kind"])


def estimate(found: pd.DataFrame) -> Sequence[Estimate]:
    return [_of_arm(rows) for rows in _arms(found)]


def _arms(found: pd.DataFrame) -> list[pd.DataFrame]:
    order = sorted(found["kind"].unique(), key=KINDS.index)
    groups = found.groupby(["width", "batch_norm", "kind"])
    keys = [(width, part, kind) for width in sorted(found["width"].unique()) for part in PARTS for kind in order]
    return [groups.get_group(key) for key in keys if key in groups.groups]


def _of_arm(rows: pd.DataFrame) -> Estimate:
    first = rows.iloc[0]
    notes = [f"width {first['width']}", f"{first['trials']} trials", f"chosen: {first['chosen']}"]
    lost = int(rows["gain"].isna().sum())
    notes += [f"{lost} networks diverged"] if lost else []
    return replace(mean(rows["gain"].to_numpy(float)), regime=Regime(str(first["regime"])), notes=tuple(notes))


def draw(found: pd.DataFrame, ax: Axes) -> Axes:
    """Gain of each arm: each seed as a dot, the mean with its t interval."""
    draw_zone(ax)
    shown = [kind for kind in KINDS if kind in set(found["kind"])]
    for place, kind in enumerate(shown):
        gains = found.loc[found["kind"] == kind, "gain"].to_numpy(float)
        each, colour = mean(gains), theme.colour(COLOURS[kind])
        ax.plot(np.full(gains.size, place - 0.15), gains, "o", markersize=3, alpha=0.4, color=colour)
        reach = np.nan_to_num([[each.value - each.low], [each.high - each.value]])
        ax.errorbar([place], [each.value], yerr=reach, fmt="o", capsize=3, color=theme.INK)
    ax.set_xticks(range(len(shown)), shown)
    ax.set_ylabel("gain over none [nat]")
    return ax


def table(found: pd.DataFrame) -> pd.DataFrame:
    by = ["width", "batch_norm", "kind", "trials", "chosen"]
    gains = summary(found, by, "gain").rename(columns={"mean": "mean gain [nat]"})
    losses = found.groupby(by, as_index=False)[["loss", "optimism"]].mean()
    means = losses.rename(columns={"loss": "mean test loss [nat]", "optimism": "optimism of the search [nat]"})
    return gains.merge(means, on=by)


CLAIM = Claim(
    slug="R4",
    statement="Once the learning rate is tuned, a regulariser still gains something",
    quote=Quote(
        "003", "Overfitting can be reduced by using “dropout” to prevent complex co-adaptations on the training data."
    ),
    rule=RULE,
    evidence=evidence,
    estimate=estimate,
    draw=draw,
    table=table,
    alt="Gain in test loss of each regularised arm over no regularisation, all with a tuned learning rate, for each fresh seed.",
    caption=(
        "Each dot is one fresh seed; dark: mean and 95% interval over fresh seeds. Grey: too small to be of interest. The interval "
        "does not hold the luck of the search itself, unless searches were repeated. Optimism: the chosen trial’s validation loss in the search "
        "minus the test loss."
    ),
)
