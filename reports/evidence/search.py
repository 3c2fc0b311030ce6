"""The search as it went: every trial's mean, the best so far."""

from collections.abc import Sequence

import pandas as pd

from reports.judging.intervals import mean


def trials(results: pd.DataFrame, opened: Sequence[str]) -> pd.DataFrame:
    """One row for each search trial: arm, repeat, trial, the opened fields, mean, low, high, seeds, diverged, best.

    A trial with a diverged or pruned network counts as pruned: its mean is NaN. ``best`` is the lowest mean so far in its search.
    """
    columns = ["arm", "repeat", "trial", *opened, "mean", "low", "high", "seeds", "diverged"]
    networks = results.loc[results["stage"] == "search", [*columns[:3], *opened, "valid_loss", "stopped"]]
    rows = []
    for key, of_trial in networks.groupby(columns[:3], sort=True):
        losses = of_trial["valid_loss"].to_numpy(float)
        found = mean([] if pd.isna(losses).any() else losses)
        settings = (of_trial[name].to_numpy()[0] for name in opened)
        diverged = int((of_trial["stopped"] == "diverged").sum())
        rows.append((*key, *settings, found.value, found.low, found.high, len(losses), diverged))
    table = pd.DataFrame(rows, columns=columns)
    return table.assign(best=table.groupby(["arm", "repeat"])["mean"].transform(lambda losses: losses.cummin().ffill()))


def best_trial(tried: pd.DataFrame) -> pd.Series | None:
    """The trial with the lowest mean, None if all were pruned."""
    complete = tried.dropna(subset=["mean"]).sort_values("mean", kind="stable")
    return None if complete.empty else complete.iloc[0]
