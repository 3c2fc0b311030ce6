"""Q2: a layer has whole numbers of effective units."""

from collections.abc import Sequence
from dataclasses import replace

import pandas as pd

from reports.drawing.figures import BEYOND, draw_units
from reports.evidence.asked import Staircase
from reports.evidence.contrasts import Side
from reports.evidence.lost import lost
from reports.evidence.responses import complete, responses, summary, together, tunable
from reports.judging.claim import Claim, Detail, Quote
from reports.judging.intervals import Estimate, exactly
from reports.judging.regimes import Regime, numbered
from reports.judging.text import spelled
from reports.judging.verdict import DecisionRule, Region, Verdict
from reports.staircase.counts import chances, enumerated, kept_units
from reports.staircase.kinds import index_of
from reports.staircase.quantization import LIMITS, Shape, shape
from reports.staircase.steps import distinct, unit_share

CONTROL = Side("exactly k units kept", "fixed_count")
ASKED = Staircase(Side("dropout", "dropout"), control=CONTROL)
DRAWN = (ASKED.of.arm, CONTROL.arm)
POST = 12  # units, in the post's example
ALL_MASKS = "all masks"
DOTS = "Dots: exactly k units kept, for whole k, which is all that a fixed count can be."
TRAINING_LOSS = (
    "The loss is that of validation; where all masks were evaluated, that of the training rows, for one trained network of "
    "each seed."
)
NO_CONTROL = "no fixed-count arm here: without a control the share is not believed"
UNPROVEN = "the fixed-count control is not shown to move in whole numbers alone here: the instrument is unproven"
RULE = DecisionRule(
    text=(
        "Effective units mean three things, and each is a regime: the number kept in one draw, which is whole; its mean over "
        "draws, pn, which need not be; and what the units are worth, the validation loss. For the loss, U is the share of one seed’s ups "
        "and downs along keep_prob that falls on the steps (k − ½)/n, beyond chance: 1 where the loss moves only from one whole number "
        "of units to the next, 0 where it moves between them as well. Where a run holds networks whose 2^n masks were all "
        "evaluated, U is taken of the mean over masks too, which no draw blurs. Supported: the 95% interval lies in (0.75, 1.25). Contradicted: it lies in (−0.25, 0.25). "
        "Else inconclusive. A loss counts only where it moves by more than 0.04 nat and the control, exactly k units kept, comes out as whole numbers alone. The first two regimes are exact and hold for every run. Beside U stand D, the distinct outcomes of one "
        "seed by the strengths tried, and Q, the index of Q1."
    ),
    quantity="U",
    reading="0 is any number of units, 1 whole numbers alone",
    unit="",
    margin=0.25,
    regions=(
        Region(Verdict.SUPPORTED, *LIMITS[Shape.STAIRCASE], "units count as whole with dropout"),
        Region(
            Verdict.CONTRADICTED,
            *LIMITS[Shape.SMOOTH],
            "a layer with dropout can have a number of effective units that is not whole",
        ),
    ),
    undecided="whether units count as whole stays open",
    varying="effective units are whole in one draw, but not in what dropout does on average",
)


def evidence(results: pd.DataFrame) -> pd.DataFrame:
    """Columns of ``responses``, all_masks and panel: what was trained, then what was enumerated."""
    trained = together([responses(results, arm) for arm in DRAWN])
    every = enumerated(results)
    both = together([trained.assign(all_masks=False), every.assign(all_masks=True)])
    both = both.assign(panel=[_regime(*each).words for each in zip(both["width"], both["all_masks"], strict=True)])
    tested = both.loc[both["arm"].eq(ASKED.of.arm), "panel"].unique()
    return both[both["panel"].isin(tested)]


def estimate(responses: pd.DataFrame) -> Sequence[Estimate]:
    if responses.empty:
        return ()
    measured = [_measured(rows) for _, rows in responses.groupby("panel", sort=False)]
    return (_one_draw(), _mean_of_draws(), *measured)


def _one_draw() -> Estimate:
    chance = chances(POST, (POST - 1) / POST)
    kept_in = (
        f"keeps exactly {POST - 1} of them in {chance[POST - 1]:.0%} of the draws, all {POST} in {chance[POST]:.0%}"
    )
    note = f"a layer of {POST} units at keep_prob {POST - 1}/{POST} {kept_in}, fewer in {chance[: POST - 1].sum():.0%}"
    return exactly(1, regime=Regime("a single draw"), notes=(note,))


def _mean_of_draws() -> Estimate:
    keep_prob = 0.95
    notes = (f"at keep_prob {keep_prob:g}, {POST} units keep {POST * keep_prob:.1f} on average",)
    return exactly(0, regime=Regime("the mean over draws"), notes=notes)


def _regime(width: int, all_masks: bool) -> Regime:  # noqa: FBT001 - a row of the evidence
    at_width = numbered("width", width)
    return at_width.under(ALL_MASKS) if all_masks else at_width


def _measured(rows: pd.DataFrame) -> Estimate:
    """One panel: the trained networks of a width, or the enumerated masks."""
    ((width, all_masks),) = rows[["width", "all_masks"]].drop_duplicates().to_numpy()
    bernoulli, counted = (side.networks(rows) for side in (ASKED.of, CONTROL))
    control = () if counted.empty else (f"fixed count: U = {_share(counted, width)}, {_beside(counted, width)}",)
    notes = (_beside(bernoulli, width), *control, *lost(bernoulli, "loss"))
    found = unit_share(tunable(complete(bernoulli)), width)
    return replace(found, regime=_regime(width, all_masks), notes=notes, void=found.void or _doubt(counted, width))


def _doubt(counted: pd.DataFrame, width: int) -> str:
    """Why the share is not believed, if it is not: the control, exactly k units kept, has to be whole numbers alone."""
    if counted.empty:
        return NO_CONTROL
    return "" if shape(unit_share(tunable(complete(counted)), width)) is Shape.STAIRCASE else UNPROVEN


def _share(rows: pd.DataFrame, width: int) -> str:
    return spelled(unit_share(tunable(complete(rows)), width), "")


def _beside(rows: pd.DataFrame, width: int) -> str:
    """The other indices of one arm, in words."""
    found = distinct(tunable(complete(rows)))
    return f"Q = {spelled(index_of(rows, width).q, '')}, D = {spelled(found, '', sign=False)}"


def table(responses: pd.DataFrame) -> pd.DataFrame:
    return summary(responses, ["panel", "arm", "width", "strength"], "loss")


def remark(responses: pd.DataFrame) -> str:
    """Of the dots, and of the panels of enumerated masks, where there are some."""
    counted, of_masks = responses["arm"].eq(CONTROL.arm), responses["all_masks"]
    return " ".join([*([DOTS] if counted.any() else []), *([TRAINING_LOSS] if of_masks.any() else [])])


def details(responses: pd.DataFrame) -> Sequence[Detail]:
    widths = sorted({POST, *responses["width"]})
    note = "Binomial(n, keep_prob), exact: at one unit less than all, and at half a unit less, which no draw can keep."
    return (Detail("How many units a draw keeps", note, kept_units(widths)),)


CLAIM = Claim(
    slug="Q2",
    statement="A layer can only have whole numbers of effective units: 11 of 12, but not 11.x",
    quote=Quote(
        "001",
        "For example, if a layer has 12 units, with dropout we can only have 11 effective units but not something 11.x "
        "effective units.",
    ),
    compared=[ASKED],
    rule=RULE,
    evidence=evidence,
    estimate=estimate,
    draw=draw_units,
    table=table,
    alt="Loss against the mean number of kept units: Bernoulli dropout as a line, fixed counts, if there are any, as dots.",
    caption="Line: Bernoulli dropout at pn units on average. Means over paired seeds; the band is the 95% t interval. "
    + BEYOND,
    remark=remark,
    details=details,
)
