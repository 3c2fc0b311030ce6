"""Q5b: the best keep-prob depends on the number of units."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from reports.drawing import theme
from reports.evidence.asked import BestByWidth
from reports.evidence.contrasts import Side
from reports.evidence.once import once
from reports.judging.claim import Claim, Quote
from reports.judging.intervals import Estimate, Numbers, nothing
from reports.judging.regimes import Regime
from reports.judging.text import listed, setting
from reports.judging.verdict import DecisionRule, Region, Verdict
from reports.tuning.best_doses import best_keep_probs, percentiles
from reports.tuning.doses import DoseCurve, at_widths, dose_networks, doses
from reports.tuning.regret_figures import draw_best

INFINITE = float("inf")
ASKED = BestByWidth(Side("the best keep-prob", "dropout"))
MARGIN = 0.05  # half the step of a usual grid of dropout rates
RULE = DecisionRule(
    text=(
        "Change of the best keep_prob with each doubling of the width: the slope of p* on log₂ n, p* being the lowest point of "
        "the smoothed mean response, or 1 where “none” is lower; percentile bootstrap over paired seeds. Supported: the 95% interval lies above "
        f"+{MARGIN} or below −{MARGIN} for each doubling, half the step of a usual grid. Contradicted: wholly inside. Else "
        "inconclusive. Once with each width at the learning rate that is best for it, and once at each that all widths share "
        "and that has enough keep-probs. Every response has to move by more than 0.04 nat."
    ),
    quantity="change of p* for each doubling of the width",
    reading="below 0 wider layers want more dropout",
    unit="",
    margin=MARGIN,
    regions=(
        Region(Verdict.SUPPORTED, MARGIN, INFINITE, "the best keep-prob rises with the number of units"),
        Region(Verdict.SUPPORTED, -INFINITE, -MARGIN, "the best keep-prob falls with the number of units"),
        Region(Verdict.CONTRADICTED, -MARGIN, MARGIN, "the best keep-prob is the same at every number of units"),
    ),
    undecided="whether the best keep-prob depends on the number of units stays open",
    varying="whether the best keep-prob depends on the number of units varies",
    says="the best keep-prob {more} with the number of units",
)
DENSE = (ASKED.of.arm,)
TUNED = "each at its best learning rate"


def evidence(results: pd.DataFrame) -> pd.DataFrame:
    """Columns of ``dose_networks``, dense (whether of the design dropout itself) and panel; empty without a second width."""
    every, dense = (dose_networks(results, ASKED.of.arm, designs) for designs in ((), DENSE))
    networks = pd.concat([every.assign(dense=False), dense.assign(dense=True)])
    networks = networks.assign(panel="all widths")
    return at_widths(networks, {curve.width for _, curves in _regimes(networks) for curve in curves})


@once
def _regimes(networks: pd.DataFrame) -> tuple[tuple[str, list[DoseCurve]], ...]:
    """The curves of two widths or more, by what their learning rates have in common."""
    return tuple((words, curves) for words, curves in _found_regimes(networks) if len(curves) > 1)


def _found_regimes(networks: pd.DataFrame) -> Iterator[tuple[str, list[DoseCurve]]]:
    every, dense = (list(doses(networks[networks["dense"] == which])) for which in (False, True))
    if all(each.tuned for each in every):
        yield TUNED, [each.best for each in every]
    rates = sorted({curve.rate for each in dense for curve in each.curves})
    for rate in rates:
        curves = [curve for each in dense for curve in each.curves if curve.rate == rate]
        yield f"all at learning rate {setting(rate)}", curves


def estimate(networks: pd.DataFrame) -> Sequence[Estimate]:
    return [_of_curves(words, curves) for words, curves in _regimes(networks)]


def _of_curves(words: str, curves: Sequence[DoseCurve]) -> Estimate:
    widths = f"widths {curves[0].width} to {curves[-1].width}"
    regime = Regime(widths).under(words)
    still = [f"width {curve.width}" for curve in curves if not curve.responds]
    beyond = [f"width {curve.width}" for curve in curves if curve.censored]
    if still:
        return nothing(f"keep_prob moves the loss by no more than 0.04 nat at {listed(still)}", regime=regime)
    if beyond:
        return nothing(f"the best keep_prob may lie below all that were tried at {listed(beyond)}", regime=regime)
    resampled = np.array([best_keep_probs(curve) for curve in curves])
    slopes = np.polyfit(np.log2([curve.width for curve in curves]), resampled, 1)[0]
    notes = tuple(
        f"p* = {_word(best[0])} at width {curve.width}" for best, curve in zip(resampled, curves, strict=True)
    )
    seeds = min(len(curve.seeds) for curve in curves)
    return replace(percentiles(slopes, seeds=seeds), regime=regime, notes=notes)


def _word(best: float) -> str:
    return {1.0: "1 (“none”)"}.get(best, f"{best:.3f}")


def draw(networks: pd.DataFrame, ax: Axes) -> Axes:
    """p* against width, a mark for each regime."""
    found = table(networks)
    for place, (words, rows) in enumerate(found.groupby("learning rates", sort=False)):
        colour = theme.colour("dropout" if words == TUNED else "none")
        draw_best(rows, ax, colour=colour, label=str(words), place=place)
    ax.set_ylabel("best keep_prob")
    return ax


def table(networks: pd.DataFrame) -> pd.DataFrame:
    rows = [_row(words, curve, best_keep_probs(curve)) for words, curves in _regimes(networks) for curve in curves]
    return pd.DataFrame(
        rows, columns=["learning rates", "width", "learning rate", "best keep_prob", "low", "high", "seeds"]
    )


def _row(words: str, curve: DoseCurve, resampled: Numbers) -> tuple[object, ...]:
    """An interval ends where keep-probs do."""
    found = percentiles(resampled, seeds=len(curve.seeds))
    low, high = (float(np.clip(end, 0.0, 1.0)) for end in (found.low, found.high))
    return words, curve.width, curve.rate, found.value, low, high, found.seeds


CLAIM = Claim(
    slug="Q5b",
    statement="The best keep-prob depends on the number of units",
    quote=Quote(
        "001",
        "if the number of units in a layer is not big enough, it is very difficult to hit the right keep probability.",
    ),
    compared=[ASKED],
    rule=RULE,
    evidence=evidence,
    estimate=estimate,
    draw=draw,
    table=table,
    alt="The best keep_prob against the number of units, with intervals.",
    caption="The lowest point of the smoothed mean response, 1 where “none” is lower; bars: 95% percentile bootstrap over seeds.",
)
