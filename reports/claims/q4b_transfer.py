"""Q4b: λ of L2 is the easier of the two to tune, in that it stays right when the learning rate changes."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from reports.drawing import theme
from reports.drawing.figures import BEYOND, clip, log_horizontal
from reports.drawing.labels import Label, label_beside
from reports.evidence.asked import MovingCost
from reports.evidence.contrasts import Side
from reports.evidence.once import once
from reports.evidence.responses import TUNABLE, summary
from reports.judging.claim import Claim, Quote
from reports.judging.intervals import Estimate, jackknife, nothing
from reports.judging.regimes import numbered
from reports.judging.text import interval, listed, quantity, setting
from reports.judging.verdict import SESOI, DecisionRule, Region, Verdict
from reports.tuning.doses import Doses, at_widths, dose_networks, doses
from reports.tuning.transfer import Factorial, best_places, factorial, shared_rates

INFINITE = float("inf")
ASKED = MovingCost(high=Side("keep_prob", "dropout"), low=Side("λ", "l2"))
NAMES = {"dropout": "dropout", "l2": "L2"}
STRENGTHS = {side.arm: side.words for side in (ASKED.high, ASKED.low)}
AXES = {"dropout": ("keep_prob", False), "l2": ("λ of L2", True)}  # their labels, and which are logarithmic
OPACITY = (0.25, 1.0)  # of the lines of the lowest and the highest learning rate
NAMED = 4  # learning rates that a panel has room for
RULE = DecisionRule(
    text=(
        "Cost of moving a strength from one learning rate to another: the loss with the strength that is best at the first, "
        "above that with the second’s own best, “none” being one of the strengths, all chosen on the other seeds; the mean over all ordered pairs of "
        f"rates at which dropout or L2 comes within 1 nat of its best. Dropout’s cost minus L2’s, paired by seed, at each width. Supported (λ is the more stable): above +{SESOI} nat. "
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
    says="{less} stays right over learning rates where {more} does not",
)


def evidence(results: pd.DataFrame) -> pd.DataFrame:
    """Columns of ``dose_networks`` of both kinds, and panel, at widths at which both can be moved between learning rates."""
    found = pd.concat([dose_networks(results, kind, _designs(results, kind)) for kind in NAMES])
    found = found.assign(panel=found["kind"].map(NAMES) + ", width " + found["width"].astype(str))
    return at_widths(found, {high.width for high, _ in _pairs(found)})


def _designs(results: pd.DataFrame, kind: str) -> Sequence[str]:
    """The one that tries the same strengths at every learning rate."""
    table = f"{kind}_rates"
    return (table,) if (results["arm"] == table).any() else (kind,)


@once
def _pairs(found: pd.DataFrame) -> tuple[tuple[Factorial, Factorial], ...]:
    """The high and the low side at each width over the same seeds, at the learning rates that they are moved between."""
    return tuple(_found_pairs(found))


def _found_pairs(found: pd.DataFrame) -> Iterator[tuple[Factorial, Factorial]]:
    kinds: dict[str, dict[int, Doses]] = {kind: {} for kind in NAMES}
    for each in doses(found):
        kinds[each.kind][each.width] = each
    high, low = (kinds[side.arm] for side in (ASKED.high, ASKED.low))
    for width in sorted(set(high) & set(low)):
        rates = shared_rates(high[width], low[width])
        if len(rates) > 1:
            both = factorial(high[width], rates), factorial(low[width], rates)
            if both[0].seeds == both[1].seeds:
                yield both


def estimate(found: pd.DataFrame) -> Sequence[Estimate]:
    return [_of_pair(high, low) for high, low in _pairs(found)]


def _of_pair(high: Factorial, low: Factorial) -> Estimate:
    regime = numbered("width", high.width)
    notes = (_noted(high), _noted(low))
    beyond = [f"{NAMES[each.kind]} at learning rate {setting(rate)}" for each in (high, low) for rate in each.beyond]
    if beyond:
        doubt = f"the best strength may lie beyond the strongest that was tried: {listed(beyond)}"
        return nothing(doubt, regime=regime, seeds=len(high.seeds), notes=notes)
    found = jackknife(high.cost - low.cost, high.costs_without_each - low.costs_without_each)
    return replace(found, regime=regime, notes=notes)


def _noted(factorial: Factorial) -> str:
    found = jackknife(factorial.cost, factorial.costs_without_each)
    chosen = [_range(factorial.strengths[places]) for places in best_places(factorial.losses)]
    rates = [setting(rate) for rate in factorial.rates]
    said = f"{quantity(found.value, 'nat')} {interval(found, 'nat')}"
    return f"{STRENGTHS[factorial.kind]} costs {said}; its best is {listed(chosen)} at learning rates {listed(rates)}"


def _range(values: np.ndarray) -> str:
    return " to ".join(dict.fromkeys([setting(values.min()), setting(values.max())]))


def draw(found: pd.DataFrame, ax: Axes) -> Axes:
    """Mean validation loss against strength, a line for each learning rate; the best strength of each is ringed."""
    (kind,) = found["kind"].unique()
    label, logarithmic = AXES[kind]
    above = found[found["strength"].gt(0)]
    means = above.groupby(["learning_rate", "strength"])["loss"].mean().dropna()
    lines = {rate: line.droplevel(0) for rate, line in means.groupby(level=0) if len(line) > 1}
    colour = theme.colour(kind)
    for line, opacity in zip(lines.values(), np.linspace(*OPACITY, len(lines)), strict=True):
        ax.plot(line.index, line, "-", color=colour, alpha=opacity, linewidth=1.5)
    if logarithmic:
        log_horizontal(ax)
    near = {rate: line for rate, line in lines.items() if line.min() <= means.min() + TUNABLE}
    rings = [
        Label(f"{setting(rate)}:\nat {setting(line.idxmin())}", float(str(line.idxmin())), line.min(), colour)
        for rate, line in near.items()
    ]
    ax.plot(
        [each.x for each in rings], [each.y for each in rings], "o", color=colour, markersize=6, markerfacecolor="none"
    )
    label_beside(
        [rings[place] for place in np.linspace(0, len(rings) - 1, min(NAMED, len(rings))).round().astype(int)], clip(ax)
    )
    ax.set_xlabel(label)
    ax.set_ylabel("validation loss [nat]")
    return ax


def table(found: pd.DataFrame) -> pd.DataFrame:
    return summary(found, ["kind", "width", "learning_rate", "strength"], "loss")


CLAIM = Claim(
    slug="Q4b",
    statement="L2’s λ stays right when the learning rate changes, keep_prob does not",
    quote=Quote("001", "This contrasted to L2 Reg., where the parameter lambda can be tuned continuously."),
    compared=[ASKED],
    rule=RULE,
    evidence=evidence,
    estimate=estimate,
    draw=draw,
    table=table,
    alt="Validation loss against strength at several learning rates, for dropout and for L2.",
    caption=(
        "Mean validation loss over paired seeds, a line for each learning rate, the paler the lower; rings: the best strength at each (of λ, the best above 0), "
        f"beside some their rate and strength. Where a strength stays right, its rings stand above each other. {BEYOND} The post calls λ the easier to tune; that its best value is stable is one meaning of this."
    ),
)
