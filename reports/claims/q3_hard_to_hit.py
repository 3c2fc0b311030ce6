"""Q3: with few units it is hard to hit the right keep-prob."""

from collections.abc import Sequence

import pandas as pd

from reports import calibration
from reports.evidence.asked import Hits
from reports.evidence.contrasts import Side
from reports.judging.claim import Claim, Detail, Quote
from reports.judging.intervals import Estimate
from reports.judging.regimes import Regime
from reports.judging.rules import Measured, at_most
from reports.judging.text import interval, quantity, setting
from reports.judging.verdict import SESOI
from reports.tuning.hitting import UNIT
from reports.tuning.random_search import BUDGET
from reports.tuning.searching import (
    HITS,
    REGRET,
    Beside,
    Row,
    at_each_width,
    estimate_of,
    numbers_by_axis,
    regime,
    searching,
)
from reports.tuning.searching_figures import draw_hits
from reports.tuning.strength_axes import AXES

ASKED = Hits(Side("the right keep-prob", "dropout"))
HALF, OF_INTEREST = 50, 10  # of 100
RULE = at_most(
    Measured(
        what=(
            f"Of 100 random searches of {BUDGET} tries, how many end within {SESOI} nat of the best? A search tries keep-probs "
            "from 0.2 to 0.997, evenly on the axis named, at the learning rate that is best for dropout; it sees one seed, and "
            "where it ends is scored on the mean of the others. The best includes “none”. Hard is what fewer than half of them reach, at each width and axis."
        ),
        quantity="searches that hit",
        reading="below 50 the right keep-prob is hard to hit in ten tries",
        unit=UNIT,
        issue="the right keep-prob is hard to hit",
        depends="the width and the axis",
    ),
    HALF,
    OF_INTEREST,
    supported="the right keep-prob is hard to hit: fewer than half of searches of ten tries end near the best",
    contradicted="the right keep-prob is not hard to hit: more than half of searches of ten tries end near the best",
)
AXIS_WORDS = {"linear": "linear axis", "odds": "log-odds axis"}


def evidence(results: pd.DataFrame) -> pd.DataFrame:
    """Columns of ``searching``, and panel, at widths that dropout can be searched at."""
    found = searching(results)
    widths = found.loc[found["axis"].eq("linear"), "width"]
    return found[found["width"].isin(widths)].assign(panel=lambda rows: "width " + rows["width"].astype(str))


def estimate(found: pd.DataFrame) -> Sequence[Estimate]:
    widths = at_each_width(found)
    rows = hits_asked(found, none_first=False).to_dict("records")
    return [estimate_of(row, regime=_regime(row), notes=_notes(widths[row["width"]], row)) for row in rows]


def hits_asked(found: pd.DataFrame, *, none_first: bool) -> pd.DataFrame:
    """A row for each regime that is judged, in order; or the same where "none" is tried first."""
    asked = found[(found["quantity"] == HITS) & (found["trials"] == BUDGET) & (found["none_first"] == none_first)]
    return asked[asked["axis"].isin(AXIS_WORDS)]


def _regime(row: Row) -> Regime:
    return regime(row).under(AXIS_WORDS[str(row["axis"])])


def _notes(here: Beside, row: Row) -> tuple[str, ...]:
    """What is beside it: the cost, the same with "none" tried first, and λ."""
    axis, best = row["axis"], {1.0: "“none”"}.get(row["best"], f"keep_prob {setting(row['best'])}")
    edge = ", the end of those tried" if row["at_edge"] else ""
    notes = [
        f"at learning rate {setting(row['learning_rate'])}{edge}, {best} is best",
        f"they end {_said(here[REGRET, axis, BUDGET, False], 'nat')} above it on average",
        f"where “none” is tried first {_said(here[HITS, axis, BUDGET, True], UNIT)}",
        *(f"{found['label']}: {_said(found, UNIT)}" for found in _penalties(here)),
    ]
    return tuple(notes)


def _penalties(here: Beside) -> list[Row]:
    """What hits on the axes of λ."""
    own = {name for name, axis in AXES.items() if axis.arm == ASKED.of.arm}
    return [
        row
        for (measured, axis, trials, none_first), row in here.items()
        if (measured, trials, none_first) == (HITS, BUDGET, False) and axis not in own
    ]


def _said(row: Row, unit: str) -> str:
    found = estimate_of(row)
    return found.void or f"{quantity(found.value, unit)} {interval(found, unit)}"


def details(found: pd.DataFrame) -> Sequence[Detail]:
    note = (
        "Every axis and number of tries: how many of 100 searches hit, and how far above the best they end on average, in nats. "
        "λ is searched over the range that people search and over the one that is as strong as the keep-probs (equal training "
        "losses at one learning rate), at the learning rate best for L2."
    )
    return (
        Detail("How often searches hit, axis by axis", note, numbers_by_axis(found)),
        calibration.searches_of(*calibration.HITS.values(), *calibration.REGRETS.values()),
    )


CLAIM = Claim(
    slug="Q3",
    statement="With few units it is hard to hit the right keep-prob",
    quote=Quote(
        "001",
        "if the number of units in a layer is not big enough, it is very difficult to hit the right keep probability.",
    ),
    revised=(
        "First judged by mean regret against λ at one fixed learning rate, its interval too narrow; now by how many searches hit, "
        "at the learning rate that is best for dropout."
    ),
    compared=[ASKED],
    rule=RULE,
    evidence=evidence,
    estimate=estimate,
    draw=draw_hits,
    table=numbers_by_axis,
    alt="Of 100 random searches, how many end near the best, against the number of tries, on each axis.",
    caption=(
        f"Of 100 random searches, how many end within {SESOI} nat of the best, with 95% intervals; each arm at its own best "
        "learning rate. All chances are exact, none is drawn. Hollow: where every search tries “none” first."
    ),
    details=details,
)
