"""Q4b: λ of L2 is the easier of the two to tune, in that it stays right when the learning rate changes."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from reports.drawing import theme
from reports.drawing.figures import draw_lines, log_horizontal
from reports.evidence.responses import summary
from reports.judging.claim import Claim, Quote
from reports.judging.intervals import Estimate, mean
from reports.judging.regimes import numbered
from reports.judging.text import interval, listed, quantity, setting
from reports.judging.verdict import SESOI, DecisionRule, Region, Verdict
from reports.tuning.transfer import ARMS, Factorial, best_places, costs, factorials
from reports.tuning.transfer import factorial_networks as networks

INFINITE = float("inf")
NAMES = {"dropout_rates": "dropout", "l2_rates": "L2"}
RULE = DecisionRule(
    text=(
        "Cost of moving a strength from one learning rate to another: the loss with the strength that is best at the first, "
        "above that with the second’s own best, strengths being chosen on the other seeds; the mean over all ordered pairs of "
        f"rates. Dropout’s cost minus L2’s, paired by seed, at each width. Supported (λ is the more stable): above +{SESOI} nat. "
        f"Contradicted: below −{SESOI} nat. No difference: wholly inside. Else inconclusive."
    ),
    quantity="dropout’s extra cost",
    reading="above 0 λ is the more stable, below 0 keep_prob",
    unit="nat",
    margin=SESOI,
    regions=(
        Region(Verdict.SUPPORTED, SESOI, INFINITE, "λ stays right over learning rates where keep_prob does not"),
        Region(Verdict.CONTRADICTED, -INFINITE, -SESOI, "keep_prob stays right over learning rates where λ does not"),
        Region(Verdict.NO_DIFFERENCE, -SESOI, SESOI, "λ and keep_prob are as stable over learning rates"),
    ),
    undecided="whether λ or keep_prob is the more stable over learning rates stays open",
    varying="whether λ or keep_prob is the more stable over learning rates depends on the width",
)


def evidence(results: pd.DataFrame) -> pd.DataFrame:
    """Columns of ``transfer.table``, and panel, at widths that both designs have."""
    found = networks(results)
    both = found.groupby("width")["arm"].transform("nunique") == len(ARMS)
    names = found["arm"].map(NAMES)
    return found.assign(panel=names + ", width " + found["width"].astype(str))[both]


def estimate(found: pd.DataFrame) -> Sequence[Estimate]:
    of_arm = {(each.arm, each.width): each for each in factorials(found)}
    widths = [width for arm, width in of_arm if arm == "dropout_rates" and ("l2_rates", width) in of_arm]
    return [_at_width(of_arm["dropout_rates", width], of_arm["l2_rates", width]) for width in widths]


def _at_width(dropout: Factorial, l2: Factorial) -> Estimate:
    shared = sorted(set(dropout.seeds) & set(l2.seeds))
    of_seed = {each.arm: pd.Series(costs(each), index=each.seeds).loc[shared] for each in (dropout, l2)}
    extra = of_seed["dropout_rates"] - of_seed["l2_rates"]
    notes = [_noted(each, of_seed[each.arm]) for each in (dropout, l2)]
    return replace(mean(extra.to_numpy(float)), regime=numbered("width", dropout.width), notes=tuple(notes))


def _noted(factorial: Factorial, of_seed: "pd.Series[float]") -> str:
    found, name = mean(of_seed.to_numpy(float)), {"keep_prob": "keep_prob", "l2": "λ"}[ARMS[factorial.arm]]
    chosen = [_range(factorial.strengths[places]) for places in best_places(factorial)]
    rates = [setting(rate) for rate in factorial.rates]
    cost = f"{quantity(found.value, 'nat')} {interval(found, 'nat')}"
    return f"{name} costs {cost}; its best is {listed(chosen)} at learning rates {listed(rates)}"


def _range(values: np.ndarray) -> str:
    low, high = setting(values.min()), setting(values.max())
    return low if low == high else f"{low} to {high}"


def draw(found: pd.DataFrame, ax: Axes) -> Axes:
    """Validation loss against strength, a line for each learning rate."""
    arm = str(found["arm"].iloc[0])
    shown = found.assign(rate=[f"learning rate {setting(rate)}" for rate in found["learning_rate"]])
    colour = theme.colour(arm.removesuffix("_rates"))
    draw_lines(shown, ax, value="loss", by="rate", colours=dict.fromkeys(shown["rate"].unique(), colour))
    if arm == "l2_rates":
        log_horizontal(ax)
    ax.set_xlabel("λ of L2" if arm == "l2_rates" else "keep_prob")
    ax.set_ylabel("validation loss [nat]")
    return ax


def table(found: pd.DataFrame) -> pd.DataFrame:
    return summary(found, ["arm", "width", "learning_rate", "strength"], "loss")


CLAIM = Claim(
    slug="Q4b",
    statement="L2’s λ stays right when the learning rate changes, keep_prob does not",
    quote=Quote("001", "This contrasted to L2 Reg., where the parameter lambda can be tuned continuously."),
    rule=RULE,
    evidence=evidence,
    estimate=estimate,
    draw=draw,
    table=table,
    alt="Validation loss against strength at several learning rates, for dropout and for L2.",
    caption=(
        "Mean validation loss over paired seeds, a line for each learning rate; bands are 95% t intervals over seeds. The post "
        "calls λ the easier to tune; that its best value is stable is one meaning of this."
    ),
)
