"""Networks without a loss: what became of them, and which of them say nothing of their setting.

One that diverged says that its setting is bad. One that the machine ended has a loss that nobody knows: where a response is
read it counts as if it had not been trained.
"""

from collections.abc import Sequence

import pandas as pd

ENDED = ("crashed", "out of memory", "out of time")  # of ``stopped``: by the machine and its limits
WORDS = {"out of memory": "ran out of memory", "out of time": "ran out of time", "pruned": "were pruned"}
MOST = 0.5  # of a point's networks: where more were ended, the point goes and no seed


def ended(rows: pd.DataFrame) -> "pd.Series[bool]":
    """Which networks the machine ended."""
    return rows["stopped"].isin(ENDED)


def trained(rows: pd.DataFrame, point: Sequence[str]) -> pd.DataFrame:
    """The rows without networks that the machine ended, and without points, of equal columns ``point``, of which it ended most."""
    by_machine = ended(rows)
    if not by_machine.any():
        return rows
    share = by_machine.groupby([rows[column] for column in point]).transform("mean")
    return rows[~by_machine & (share <= MOST)]


def lost(rows: pd.DataFrame, loss: str) -> tuple[str, ...]:
    """A note of how many networks have no ``loss``, each by what became of it, if any."""
    counts = rows.loc[rows[loss].isna(), "stopped"].value_counts().sort_index()
    if counts.empty:
        return ()
    told = [f"{number} {WORDS.get(str(reason), reason)}" for reason, number in counts.items()]
    return (f"{', '.join(told)}, of {len(rows)} networks; their points are left out",)
