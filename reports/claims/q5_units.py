"""Q5: the number of units matters to what dropout gains."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from reports.drawing import theme
from reports.evidence.asked import GainByWidth
from reports.evidence.contrasts import Side
from reports.evidence.responses import summary
from reports.judging.claim import Claim, Quote
from reports.judging.intervals import ERROR, LOSS, Estimate
from reports.judging.regimes import Regime
from reports.judging.rules import in_error
from reports.judging.text import setting
from reports.judging.verdict import SESOI, DecisionRule, Region, Verdict
from reports.tuning.doses import DoseCurve, dose_networks, doses
from reports.tuning.effects import Effect, at_home_in, effects
from reports.tuning.gains_by_width import COLUMNS, USUAL, gains_by_width, nested_gains, slope
from reports.tuning.regret_figures import draw_means

INFINITE = float("inf")
ASKED = GainByWidth(Side("dropout", "dropout"), over=Side("no regularisation", "none"))
TUNED = "the best learning rate of each arm"
METRIC_UNITS = {LOSS: "nat", ERROR: "points"}
RULE = DecisionRule(
    text=(
        "Change of the gain with each doubling of the width: the slope of each seed’s gain on log₂ n, averaged "
        "over paired seeds. Three gains: of dropout over no regularisation, each at its own best settings at every width, in loss and in error (chosen and scored as in R4); "
        "of dropout at its best keep_prob (chosen on the other seeds) where both have one learning rate at every width; "
        "and, at that rate and with p·n fixed at the number of units of the narrowest layer, over that layer without dropout. "
        f"Supported: the 95% interval lies above +{SESOI} or below −{SESOI} nat for each doubling. Contradicted: wholly inside, "
        "since the post says “an important role”. Else inconclusive. The number of steps is the same throughout."
    ),
    quantity="change of the gain for each doubling of the width",
    reading="above 0 dropout gains more in wider layers",
    unit="nat",
    margin=SESOI,
    regions=(
        Region(Verdict.SUPPORTED, SESOI, INFINITE, "dropout gains more the more units there are"),
        Region(Verdict.SUPPORTED, -INFINITE, -SESOI, "dropout gains less the more units there are"),
        Region(Verdict.CONTRADICTED, -SESOI, SESOI, "the number of units does not matter to what dropout gains"),
    ),
    undecided="whether the number of units matters to what dropout gains stays open",
    varying="whether the number of units matters to what dropout gains depends on what is held fixed",
    says="dropout gains {more} the more units there are",
)


def evidence(results: pd.DataFrame) -> pd.DataFrame:
    """Columns of ``gains_by_width``, held (what is held fixed), metric and panel; empty where there is no second width."""
    parts = [*_tuned(results), *_at_one_rate(results)]
    found = pd.concat([pd.DataFrame(columns=[*COLUMNS, "held", "metric"]), *parts])
    widths = found.groupby(["held", "metric"])["width"].transform("nunique")
    shown = found[widths.gt(1)].astype({"width": int})
    return shown.assign(
        panel=[f"{held}, in {metric}" for held, metric in zip(shown["held"], shown["metric"], strict=True)]
    )


def _tuned(results: pd.DataFrame) -> Iterator[pd.DataFrame]:
    """On each table of data apart, of those that a run has."""
    found = effects(at_home_in(results), "dropout", "none")
    tables: dict[tuple[object, ...], list[Effect]] = {}
    for each in found:
        tables.setdefault((*each.arm.where[:-1], each.arm.metric.name), []).append(each)
    several = len({where[:-1] for where in tables}) > 1
    for (data, rows, noise, metric), of_table in tables.items():
        held = f"{TUNED} ({data}, {rows} rows, {float(str(noise)):.0%} random labels)" if several else TUNED
        yield gains_by_width(of_table).assign(held=held, metric=str(metric))


def _at_one_rate(results: pd.DataFrame) -> Iterator[pd.DataFrame]:
    """At each learning rate of the dense design that several widths share."""
    every = [curve for each in doses(dose_networks(results, ASKED.of.arm, (ASKED.of.arm,))) for curve in each.curves]
    for rate in sorted({curve.rate for curve in every}):
        curves = [curve for curve in every if curve.rate == rate]
        of_width = [
            nested_gains(curve.losses, curve.none[None], width=curve.width, seeds=curve.seeds) for curve in curves
        ]
        yield pd.concat(of_width).assign(held=f"learning rate {setting(rate)}", metric=LOSS)
        yield _at_fixed_count(curves).assign(
            held=f"p·n = {curves[0].width} and learning rate {setting(rate)}", metric=LOSS
        )


def _at_fixed_count(curves: Sequence[DoseCurve]) -> pd.DataFrame:
    """Gain at keep_prob m/n over the narrowest layer, of m units, without dropout; widths where m/n was not tried are left out."""
    narrowest, rows = curves[0], []
    for curve in curves:
        kept = narrowest.width / curve.width
        if curve.seeds == narrowest.seeds and kept >= curve.strengths[0]:
            (seen,) = curve.seen(np.array([kept]))
            rows += [(curve.width, seed, gain) for seed, gain in zip(curve.seeds, narrowest.none - seen, strict=True)]
    return pd.DataFrame(rows, columns=["width", "seed", "gain"]).assign(**USUAL)


def estimate(found: pd.DataFrame) -> Sequence[Estimate]:
    groups = found.groupby(["metric", "held"], sort=False)
    return [_of_gain(str(held), str(metric), rows) for (metric, held), rows in groups]


def _of_gain(held: str, metric: str, rows: pd.DataFrame) -> Estimate:
    widths = f"widths {setting(rows['width'].min())} to {setting(rows['width'].max())}"
    return replace(slope(rows), regime=Regime(held), metric=metric, notes=(widths,))


def draw(found: pd.DataFrame, ax: Axes) -> Axes:
    draw_means(found, ax, value="gain", colour=theme.colour("dropout"))
    (metric,) = found["metric"].unique()
    ax.set_ylabel(f"gain [{METRIC_UNITS[metric]}]")
    return ax


def table(found: pd.DataFrame) -> pd.DataFrame:
    return summary(found, ["held", "metric", "width"], "gain").rename(columns={"mean": "mean gain"})


CLAIM = Claim(
    slug="Q5",
    statement="The number of units matters to dropout",
    quote=Quote(
        "001",
        "About the efficiency of using Dropout, my feeling is that the number of units in each hidden layer plays an "
        "important role.",
    ),
    compared=[ASKED],
    revised="It was told at one fixed learning rate alone, where the gain of dropout in wide layers is that of a rate too high for none.",
    rule=RULE,
    error_rule=in_error(RULE),
    evidence=evidence,
    estimate=estimate,
    draw=draw,
    table=table,
    alt="Gain of dropout against the number of units, for each seed and in the mean.",
    caption=(
        "Thin lines: seeds; dark: mean and 95% interval. Over no regularisation at the same width; with p·n fixed, over "
        "the narrowest layer without dropout, so that what is gained is the gain of drawing as many units from more."
    ),
)
