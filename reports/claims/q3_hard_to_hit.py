"""Q3: with few units it is hard to hit the right keep-prob."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from reports.evidence.responses import summary
from reports.judging.claim import Claim, Quote
from reports.judging.intervals import Estimate, mean
from reports.judging.regimes import numbered
from reports.judging.text import interval, quantity, setting
from reports.judging.verdict import SESOI, DecisionRule, Region, Verdict
from reports.tuning import joint
from reports.tuning.regret_figures import draw_regrets
from reports.tuning.replay import BUDGET, FLOOR, replayed_regrets
from reports.tuning.response_curves import curves
from reports.tuning.strength_axes import SERIES

INFINITE = float("inf")
RULE = DecisionRule(
    text=(
        f"Regret of searching keep_prob minus that of searching λ, after {BUDGET} trials of random search, paired by seed, at "
        "each width: keep_prob uniform in [0.2, 1], λ log-uniform in [1e-5, 1]. A search sees one seed; its regret is the mean "
        "loss of the other seeds at the strength it keeps, above the lowest on the arm’s own curve. Supported (harder than λ): "
        f"the 95% interval lies above +{SESOI} nat. Contradicted: below +{SESOI} nat, no harder to an extent of interest, "
        "since the post says “very difficult”. Else inconclusive."
    ),
    quantity="extra regret",
    reading="above 0 keep_prob is harder to hit than λ, below 0 easier",
    unit="nat",
    margin=SESOI,
    regions=(
        Region(Verdict.SUPPORTED, SESOI, INFINITE, "the right keep-prob is harder to hit than the right λ"),
        Region(Verdict.CONTRADICTED, -INFINITE, SESOI, "the right keep-prob is no harder to hit than the right λ"),
    ),
    undecided="whether the right keep-prob is hard to hit stays open",
    varying="whether the right keep-prob is hard to hit depends on the width",
)


def evidence(results: pd.DataFrame) -> pd.DataFrame:
    """Columns of ``regrets``, best_keep_prob (of the mean curve) and panel, at widths that have both axes."""
    found = pd.concat([replayed_regrets(results), joint.joint_regrets(results)], ignore_index=True)
    both = set(_widths(found, "linear")) & set(_widths(found, "lambda"))
    best = {curve.width: curve.lowest(curve.mean_response)[0] for curve in curves(results, "dropout")}
    known = found[found["width"].isin(both)]
    return known.assign(
        best_keep_prob=known["width"].map(best), panel=lambda rows: "width " + rows["width"].astype(str)
    )


def _widths(found: pd.DataFrame, axis: str) -> "pd.Series[int]":
    return found.loc[found["axis"] == axis, "width"]


def estimate(found: pd.DataFrame) -> Sequence[Estimate]:
    return [_at_width(int(str(width)), rows) for width, rows in found.groupby("width", sort=True)]


def _at_width(width: int, rows: pd.DataFrame) -> Estimate:
    wide = rows.pivot(index="seed", columns=["axis", "trials"], values="regret")  # noqa: PD010 - no two rows are alike
    extra = wide["linear", BUDGET] - wide["lambda", BUDGET]
    arms = {"keep_prob": "linear", "λ": "lambda"}
    notes = [_said(f"regret of {name}", wide[axis, BUDGET]) for name, axis in arms.items()]
    notes += [f"best keep_prob {setting(rows['best_keep_prob'].iloc[0])}"]
    notes += [_said(f"floor of {name}", wide[axis, FLOOR]) for name, axis in arms.items()]
    return replace(mean(extra.to_numpy(float)), regime=numbered("width", width), notes=tuple(notes))


def _said(name: str, values: "pd.Series[float]") -> str:
    found = mean(values.to_numpy(float))
    return f"{name} {quantity(found.value, 'nat')} {interval(found, 'nat')}"


def draw(found: pd.DataFrame, ax: Axes) -> Axes:
    return draw_regrets(found[np.isfinite(found["trials"])], ax)


def table(found: pd.DataFrame) -> pd.DataFrame:
    means = summary(found, ["width", "axis", "trials"], "regret").drop(columns="diverged")
    shown = means["trials"].map(lambda trials: f"{trials:.0f}" if np.isfinite(trials) else "every strength")
    labels = means["axis"].map(lambda name: SERIES[name][0])
    return means.assign(trials=shown, axis=labels).rename(columns={"mean": "mean regret [nat]"})


CLAIM = Claim(
    slug="Q3",
    statement="With few units it is hard to hit the right keep-prob",
    quote=Quote(
        "001",
        "if the number of units in a layer is not big enough, it is very difficult to hit the right keep probability.",
    ),
    rule=RULE,
    evidence=evidence,
    estimate=estimate,
    draw=draw,
    table=table,
    alt="Regret of random search against the number of trials, on each axis of keep_prob and on λ.",
    caption=(
        "Mean over 500 replayed searches and over seeds, bands are 95% t intervals over seeds; the searches draw the same places "
        "on every axis. No line falls to zero: a search that sees one seed keeps what is best there (its floor is in the table). "
        "A wider range than the one named would make any axis harder."
    ),
)
