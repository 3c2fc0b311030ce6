"""The search as it went: every trial's mean, the best so far."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from reports.judging.intervals import mean

TRIAL = ["arm", "repeat", "trial"]


def trials(results: pd.DataFrame, opened: Sequence[str]) -> pd.DataFrame:
    """One row for each search trial: arm, repeat, trial, the opened fields, mean, low, high, seeds, best.

    A trial that lost a network, however that came, has no mean: it is NaN. ``best`` is the lowest mean so far in its search.
    """
    networks = results.loc[results["stage"] == "search", [*TRIAL, *opened, "valid_loss"]]
    order = networks.sort_values(TRIAL, kind="stable")
    begins = ~order.duplicated(TRIAL).to_numpy()
    first = order.loc[begins, [*TRIAL, *opened]].itertuples(index=False, name=None)
    losses = np.split(order["valid_loss"].to_numpy(), np.flatnonzero(begins)[1:])
    rows = []
    for key, of_trial in zip(first, losses, strict=False):  # of no trial there is one part, an empty one
        found = mean([] if np.isnan(of_trial).any() else of_trial)
        rows.append((*key, found.value, found.low, found.high, of_trial.size))
    table = pd.DataFrame(rows, columns=[*TRIAL, *opened, "mean", "low", "high", "seeds"])
    means, best = table["mean"].to_numpy(float), np.empty(len(table))
    for of_search in table.groupby(["arm", "repeat"]).indices.values():
        best[of_search] = np.fmin.accumulate(means[of_search])
    return table.assign(best=best)


def best_trial(tried: pd.DataFrame) -> pd.Series | None:
    """The trial with the lowest mean, None if all were pruned."""
    complete = tried.dropna(subset=["mean"]).sort_values("mean", kind="stable")
    return None if complete.empty else complete.iloc[0]
