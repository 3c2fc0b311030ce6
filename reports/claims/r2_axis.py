"""R2: log-odds is the easier axis for keep_prob."""

from collections.abc import Sequence

import pandas as pd
from matplotlib.axes import Axes

from reports import calibration
from reports.evidence.asked import AxisCost
from reports.evidence.contrasts import Side
from reports.judging.claim import Claim, Detail
from reports.judging.intervals import Estimate
from reports.judging.rules import Measured, effect
from reports.judging.text import interval, quantity, setting
from reports.judging.verdict import SESOI
from reports.tuning.random_search import BUDGET, TRIALS
from reports.tuning.searching import EXTRA, REGRET, Beside, Row, at_each_width, estimate_of, numbers, regime, searching
from reports.tuning.searching_figures import draw_extra
from reports.tuning.strength_axes import AXES

ASKED = AxisCost(high=Side("the linear axis", "linear"), low=Side("log-odds", "odds"))
RULE = effect(
    Measured(
        what=(
            f"Where random searches of {BUDGET} tries end on the linear axis of keep_prob, above where they end on its log-odds, in "
            "validation loss at each width. Both try the same keep-probs, 0.2 to 0.997, at the learning rate that is best for "
            "dropout; a search sees one seed, and another scores where it ends."
        ),
        quantity="extra loss on the linear axis",
        reading="above 0 log-odds is the easier axis, below 0 the linear one",
        unit="nat",
        issue="which axis of keep_prob is the easier to search",
        depends="the width",
        says="keep_prob is easier to search on {less} than on {more}",
    ),
    SESOI,
    supported="keep_prob is easier to search on log-odds than on the linear axis",
    contradicted="keep_prob is easier to search on the linear axis than on log-odds",
    alike="the axis of keep_prob makes no difference of interest to a search",
)


def evidence(results: pd.DataFrame) -> pd.DataFrame:
    """Columns of ``searching``, and panel, at widths that have both axes of keep_prob."""
    found = searching(results)
    widths = _extra(found)["width"]
    return found[found["width"].isin(widths)].assign(panel="all widths")


def estimate(found: pd.DataFrame) -> Sequence[Estimate]:
    widths = at_each_width(found)
    extra = _extra(found)
    asked = extra[(extra["trials"] == BUDGET) & ~extra["none_first"]].to_dict("records")
    return [estimate_of(row, regime=regime(row), notes=_notes(widths[row["width"]], row)) for row in asked]


def _extra(found: pd.DataFrame) -> pd.DataFrame:
    """The rows of what is compared."""
    return found[found["quantity"].eq(EXTRA)]


def _notes(here: Beside, row: Row) -> tuple[str, ...]:
    linear = str(row["axis"])
    others = [
        f"after {trials} tries {_said(here[EXTRA, linear, trials, False])}" for trials in TRIALS if trials != BUDGET
    ]
    beside = [
        f"{found['label']}: {_said(found)} above the best"
        for (measured, axis, trials, none_first), found in here.items()
        if (measured, trials, none_first) == (REGRET, BUDGET, False) and axis != "levels"
    ]
    edge = ", the end of those tried" if row["at_edge"] else ""
    return (
        f"at learning rate {setting(row['learning_rate'])}{edge}",
        *others,
        f"where both try “none” first {_said(here[EXTRA, linear, BUDGET, True])}",
        *beside,
    )


def _said(row: Row) -> str:
    found = estimate_of(row)
    return found.void or f"{quantity(found.value, 'nat')} {interval(found, 'nat')}"


def draw(found: pd.DataFrame, ax: Axes) -> Axes:
    extra = _extra(found)
    return draw_extra(extra[~extra["none_first"]], ax)


def table(found: pd.DataFrame) -> pd.DataFrame:
    return numbers(_extra(found))


def details(found: pd.DataFrame) -> Sequence[Detail]:
    return (calibration.searches_of(calibration.EXTRA),)


CLAIM = Claim(
    slug="R2",
    statement="Log-odds is the easier axis to search keep_prob on",
    revised=(
        "First asked of keep_prob on L2’s axis against its own linear one, which says nothing of an axis that one would choose; "
        "now of two axes over the same keep-probs, both signs being findings."
    ),
    compared=[ASKED],
    rule=RULE,
    evidence=evidence,
    estimate=estimate,
    draw=draw,
    table=table,
    alt="Extra loss of searches on the linear axis over those on log-odds, against width, by number of tries.",
    caption=(
        "Validation loss where searches on the linear axis end, minus where those on log-odds end, over the same keep-probs: "
        f"jackknife-t 95% intervals over pairs of seeds. Grey: within {SESOI} nat, too small to be of interest. "
        f"{AXES['odds'].label}: (1 − p)/p, log-uniform."
    ),
    details=details,
)
