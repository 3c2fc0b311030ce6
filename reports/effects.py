"""One arm against another at their best strengths, by width: the seeds' effects as claims about which is better read them."""

from collections.abc import Mapping

import pandas as pd

from reports.responses import by_width
from reports.selection import compare
from reports.text import setting


def pairs(results: pd.DataFrame, arm: str, reference: str, strengths: Mapping[str, str]) -> pd.DataFrame:
    """``selection.compare`` with the columns regime and effect = gain; ``strengths`` names the columns whose choices are noted."""
    paired = compare(results, arm, reference).astype({"width": int})
    notes = {width: _note(rows, strengths) for width, rows in by_width(paired)}
    return pd.DataFrame(
        {
            "regime": [f"width {width}" for width in paired["width"]],
            "seed": paired["seed"],
            "effect": paired["gain"],
            **{name: paired[column] for column, name in strengths.items()},
            "loss [nat]": paired["loss"],
            "reference loss [nat]": paired["reference"],
            "note": paired["width"].map(notes).astype(object),
        }
    )


def _note(rows: pd.DataFrame, strengths: Mapping[str, str]) -> str:
    if rows["gain"].isna().all():
        return "one seed leaves no other to choose the strength on"
    chosen = [f"{name} chosen: {_range(rows[column])}" for column, name in strengths.items()]
    diverged = int(rows["diverged"].iloc[0])
    return "; ".join([*chosen, *([f"{diverged} networks diverged"] if diverged else [])])


def _range(values: "pd.Series[float]") -> str:
    low, high = setting(values.min()), setting(values.max())
    return low if low == high else f"{low} to {high}"
