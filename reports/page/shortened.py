"""What is shown of a claim with many cases: a study may have sixty widths, and findings.csv says what all of them say."""

from collections.abc import Hashable, Sequence
from typing import TypeVar

import numpy as np
import pandas as pd

from reports.judging.regimes import Regime

Each = TypeVar("Each", bound=Hashable)

PANELS = 6  # that are drawn
CASES = 36  # in a table, or as rows of one panel


def spread(ordered: Sequence[Each], most: int) -> list[Each]:
    """At most so many of them, evenly from the first to the last."""
    places = np.linspace(0, len(ordered) - 1, min(most, len(ordered))).round().astype(int)
    return [ordered[place] for place in places]


def few(regimes: Sequence[Regime]) -> list[Regime]:
    """At most ``CASES`` of them: evenly chosen widths, each with all that was compared there, so that the same stand beside each other."""
    if len(regimes) <= CASES:
        return list(regimes)
    widths = list(dict.fromkeys(map(_width, regimes)))
    kept = set(spread(widths, max(CASES * len(widths) // len(regimes), 1)))
    return spread([each for each in regimes if _width(each) in kept], CASES)


def drawn(evidence: pd.DataFrame) -> pd.DataFrame:
    """The rows of at most ``PANELS`` panels; of panels with a row for each case those of a few cases."""
    titles = list(evidence["panel"].unique())
    some = evidence if len(titles) <= PANELS else evidence[evidence["panel"].isin(spread(titles, PANELS))]
    if "effect" not in some:
        return some
    kept = {
        (panel, regime)
        for panel, rows in some.groupby("panel", sort=False)
        for regime in few(list(dict.fromkeys(rows["regime"])))
    }
    is_kept = [each in kept for each in zip(some["panel"], some["regime"], strict=True)]
    return some if all(is_kept) else some[is_kept]


def left_out(evidence: pd.DataFrame, shown: pd.DataFrame) -> str:
    """A sentence on how many panels or cases of the evidence are drawn, empty where all are."""
    things = {"panels": "panel", "cases": "regime"} if "effect" in evidence else {"panels": "panel"}
    counts = [(shown[column].nunique(), evidence[column].nunique(), name) for name, column in things.items()]
    parts = [f"{some} of {every} {name}" for some, every, name in counts if some < every]
    told = "are drawn, with the data behind them; findings.csv has what all of them say."
    return f"{' and '.join(parts)} {told}" if parts else ""


def _width(regime: Regime) -> str:
    """What comes last in a regime's words, after what is compared there."""
    return regime.words.rpartition(", ")[2]
