"""One arm against another at their best strengths: what claims about which is better share."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

import pandas as pd

from reports.intervals import Estimate, mean, nothing
from reports.responses import by_width
from reports.selection import compare
from reports.text import setting


def pairs(results: pd.DataFrame, arm: str, reference: str) -> pd.DataFrame:
    """Columns of ``selection.compare``, and panel."""
    return compare(results, arm, reference).astype({"width": int}).assign(panel="all widths")


def at_each_width(paired: pd.DataFrame, strengths: Mapping[str, str]) -> Sequence[Estimate]:
    """The mean gain of each width; ``strengths`` names the columns whose choices are noted."""
    return [_at_width(width, rows, strengths) for width, rows in by_width(paired)]


def seed_table(paired: pd.DataFrame, strengths: Mapping[str, str]) -> pd.DataFrame:
    """The data behind the figure, a row for each seed."""
    units = {"loss": "loss [nat]", "reference": "reference loss [nat]", "gain": "gain [nat]"}
    return paired[["width", "seed", *strengths, *units]].rename(columns={**strengths, **units})


def _at_width(width: int, rows: pd.DataFrame, strengths: Mapping[str, str]) -> Estimate:
    regime = f"width {width}"
    if rows["gain"].isna().all():
        return nothing("one seed leaves no other to choose the strength on", regime=regime, seeds=len(rows))
    chosen = [f"{name} chosen: {_range(rows[column])}" for column, name in strengths.items()]
    diverged = int(rows["diverged"].iloc[0])
    notes = (*chosen, *([f"{diverged} networks diverged"] if diverged else []))
    return replace(mean(rows["gain"].to_numpy(float)), regime=regime, notes=notes)


def _range(values: "pd.Series[float]") -> str:
    low, high = setting(values.min()), setting(values.max())
    return low if low == high else f"{low} to {high}"
