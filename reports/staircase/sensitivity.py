"""What a reviewer would vary in the index Q: one choice at a time, on the same networks."""

import sys
from collections.abc import Iterator
from dataclasses import dataclass, replace
from math import ceil, inf

import pandas as pd

from reports.drawing import theme
from reports.evidence.responses import TUNABLE, by_width, complete, tunable
from reports.judging.intervals import Estimate
from reports.judging.text import spelled
from reports.staircase.quantization import USUAL, Instrument, steppedness

ARMS = ("dropout", "fixed_count", "gaussian")  # what is tested, the staircase that must show, the twin that must not
EVERYWHERE = sys.maxsize  # strengths: the between-seed variance averaged over all of them, that is, equal weights
NOTE = (
    "One choice is changed at a time, on the same networks; no row is corrected for the number of rows (–: the strengths reach fewer than four levels). The spline never has "
    "more degrees of freedom than the strengths reach levels. Rows marked placebo look for steps where none can be: there "
    "even the fixed count must not read as a staircase. The strengths that are far worse than the best are left out of the "
    "index because a collapsed network’s plateau has a knee that a stiff spline does not follow; the rows with other limits "
    "show what that costs."
)


@dataclass(frozen=True, kw_only=True)
class Variant:
    """``level_share``: the wrong number of levels as a share of n; ``within``: nats above the best that count as tunable;
    ``seed_share``: of the seeds, the first ones.
    """

    name: str
    instrument: Instrument = USUAL
    level_share: float = 1.0
    within: float = TUNABLE
    seed_share: float = 1.0

    def steppedness(self, whole: pd.DataFrame, width: int) -> Estimate:
        """From strengths × seeds without a hole."""
        losses = tunable(whole, self.within)
        losses = losses.iloc[:, : ceil(self.seed_share * losses.shape[1])]
        levels = round(self.level_share * width)
        return steppedness(losses.index.to_numpy(float), losses.to_numpy(float), levels, self.instrument)


VARIANTS = (
    Variant(name="as the rule says"),
    Variant(name="spline: at most 6 degrees of freedom", instrument=replace(USUAL, degrees=6)),
    Variant(name="spline: at most 10", instrument=replace(USUAL, degrees=10)),
    Variant(name="placebo: steps a quarter of a level late", instrument=replace(USUAL, phase=0.25)),
    Variant(name="placebo: half a level late", instrument=replace(USUAL, phase=0.5)),
    Variant(name="placebo: three quarters late", instrument=replace(USUAL, phase=0.75)),
    Variant(name="placebo: 0.7 n levels", level_share=0.7),
    Variant(name="weights: equal", instrument=replace(USUAL, smoothing=EVERYWHERE)),
    Variant(name="weights: each strength by itself", instrument=replace(USUAL, smoothing=1)),
    Variant(name="strengths: within 0.5 nat of the best", within=0.5),
    Variant(name="strengths: all", within=inf),
    Variant(name="seeds: the first half", seed_share=0.5),
)


def sensitivity(responses: pd.DataFrame) -> pd.DataFrame:
    """A row for each width and variant, a column for each arm: Q [interval]."""
    return pd.DataFrame(list(_rows(responses)))


def _rows(responses: pd.DataFrame) -> Iterator[dict[str, object]]:
    for width, rows in by_width(responses):
        of_arms = {str(arm): complete(of_arm) for arm, of_arm in rows.groupby("arm")}
        for variant in VARIANTS:
            found = {arm: variant.steppedness(of_arms[arm], width) for arm in ARMS if arm in of_arms}
            yield {"width": width, "what is changed": variant.name} | {
                theme.label(arm): spelled(q, "") for arm, q in found.items()
            }
